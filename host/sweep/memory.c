// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/sweep/memory.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A line "KEY:  123 kB" of /proc/self/status. */
static size_t status_bytes(const char *key) {
  char line[256];
  size_t kib = 0;
  FILE *file = fopen("/proc/self/status", "r");
  if (file == NULL) return 0;
  while (fgets(line, sizeof line, file) != NULL)
    if (strncmp(line, key, strlen(key)) == 0 && sscanf(line + strlen(key), ": %zu", &kib) == 1) break;
  fclose(file);
  return kib * 1024;
}

size_t oss_resident_bytes(void) {
  return status_bytes("VmRSS");
}

size_t oss_peak_bytes(void) {
  return status_bytes("VmHWM");
}

size_t oss_physical_bytes(void) {
  long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  return pages > 0 && size > 0 ? (size_t)pages * (size_t)size : 0;
}

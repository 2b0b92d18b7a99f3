// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernels/cpu/cpu.h"

enum { ALIGNMENT = 64, CHUNK = 1 << 20 };

/* The most that could ever be allocated. Linux grants more than it has and kills the program when the pages are touched, so what cannot
 * fit is refused here. */
static size_t memory_limit(void) {
  size_t limit = PTRDIFF_MAX - ALIGNMENT;
  long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  if (pages > 0 && page > 0 && (size_t)pages < limit / (size_t)page) limit = (size_t)pages * (size_t)page;
  FILE *file = fopen("/sys/fs/cgroup/memory.max", "r"); /* a container's own limit; holds the word max where there is none */
  if (file == NULL) return limit;
  unsigned long long group;
  if (fscanf(file, "%llu", &group) == 1 && group < limit) limit = (size_t)group;
  fclose(file);
  return limit;
}

oss_status oss_cpu_allocate(oss_backend *be, size_t bytes, void **out) {
  *out = NULL;
  if (bytes > memory_limit()) return oss_fail(OSS_ERR_MEMORY, "%zu bytes are more than this machine has", bytes);
  size_t rounded = (bytes / ALIGNMENT + (bytes % ALIGNMENT != 0 || bytes == 0)) * ALIGNMENT;
  char *memory = aligned_alloc(ALIGNMENT, rounded);
  if (memory == NULL) return oss_fail(OSS_ERR_MEMORY, "%zu bytes could not be allocated", bytes);
  size_t chunks = rounded / CHUNK + 1;
  /* By the threads that will use it, so that the pages lie near them. */
#pragma omp parallel for schedule(static) num_threads(be->threads) if (chunks > 1)
  for (size_t i = 0; i < chunks; i++) {
    size_t begin = i * CHUNK;
    memset(memory + begin, 0, rounded - begin < CHUNK ? rounded - begin : CHUNK);
  }
  *out = memory;
  return OSS_OK;
}

/* Pages come when they are touched, and an allocation is cheap beside what is done with it. */
oss_status oss_cpu_reserve(oss_backend *be, size_t bytes) {
  (void)be;
  if (bytes > memory_limit()) return oss_fail(OSS_ERR_MEMORY, "%zu bytes are more than this machine has", bytes);
  return OSS_OK;
}

oss_status oss_cpu_release(oss_backend *be, void *memory) {
  (void)be;
  free(memory);
  return OSS_OK;
}

oss_status oss_cpu_copy(oss_backend *be, size_t bytes, const void *in, void *out) {
  if (bytes == 0 || in == out) return OSS_OK;
  size_t chunks = bytes / CHUNK + 1;
#pragma omp parallel for schedule(static) num_threads(be->threads) if (chunks > 1)
  for (size_t i = 0; i < chunks; i++) {
    size_t begin = i * CHUNK;
    memcpy((char *)out + begin, (const char *)in + begin, bytes - begin < CHUNK ? bytes - begin : CHUNK);
  }
  return OSS_OK;
}

oss_status oss_cpu_upload(oss_backend *be, size_t bytes, const void *host, void *out) {
  return oss_cpu_copy(be, bytes, host, out);
}

oss_status oss_cpu_download(oss_backend *be, size_t bytes, const void *in, void *host) {
  return oss_cpu_copy(be, bytes, in, host);
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/core/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

/* One lock over the whole line, so that lines of several threads do not mix. */
static void print(const char *prefix, const char *fmt, va_list args) OSS_PRINTF(2, 0);
static void print(const char *prefix, const char *fmt, va_list args) {
  flockfile(stderr);
  fputs(prefix, stderr);
  vfprintf(stderr, fmt, args);
  fputc('\n', stderr);
  funlockfile(stderr);
}

void oss_log_info(const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  print("ossbench: ", fmt, args);
  va_end(args);
}

void oss_log_warning(const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  print("ossbench: warning: ", fmt, args);
  va_end(args);
}

void oss_log_error(const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  print("ossbench: error: ", fmt, args);
  va_end(args);
}

double oss_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MESSAGE_BYTES = 2048 };

/* Kept per thread like errno: the only state outside a handle in the project. */
static _Thread_local char kept[MESSAGE_BYTES];

oss_status oss_fail(oss_status code, const char *fmt, ...) {
  char text[MESSAGE_BYTES]; /* an argument may be the kept message itself */
  va_list args;
  va_start(args, fmt);
  vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  memcpy(kept, text, sizeof kept);
  return code;
}

oss_status oss_fail_context(oss_status code, const char *fmt, ...) {
  if (code == OSS_OK) return code;
  char prefix[MESSAGE_BYTES / 2];
  va_list args;
  va_start(args, fmt);
  vsnprintf(prefix, sizeof prefix, fmt, args);
  va_end(args);
  char text[2 * MESSAGE_BYTES];
  snprintf(text, sizeof text, "%s: %s", prefix, kept);
  memcpy(kept, text, sizeof kept - 1);
  kept[sizeof kept - 1] = '\0';
  return code;
}

const char *oss_message(void) {
  return kept;
}

const char *oss_status_name(oss_status code) {
  switch (code) {
    case OSS_OK:
      return "ok";
    case OSS_ERR_USAGE:
      return "usage error";
    case OSS_ERR_CONFIG:
      return "config error";
    case OSS_ERR_INPUT:
      return "input error";
    case OSS_ERR_NUMERIC:
      return "numeric error";
    case OSS_ERR_MEMORY:
      return "out of memory";
    case OSS_ERR_IO:
      return "input/output error";
    case OSS_ERR_UNAVAILABLE:
      return "unavailable";
    case OSS_ERR_UNSUPPORTED:
      return "unsupported";
    case OSS_ERR_INTERNAL:
      return "internal error";
  }
  return "unknown error";
}

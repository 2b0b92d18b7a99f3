// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void oss_command_help(const oss_command *command) {
  printf("Usage: ossbench %s %s\n\n%s.\n", command->name, command->arguments, command->summary);
  if (command->help[0] != '\0') printf("\n%s", command->help);
}

oss_status oss_command_misuse(const oss_command *command, const char *fmt, ...) {
  char text[512];
  va_list args;
  va_start(args, fmt);
  vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  return oss_fail(OSS_ERR_USAGE, "%s (ossbench %s --help)", text, command->name);
}

oss_status oss_parse_whole(const char *option, const char *text, long long low, long long high, long long *out) {
  char *end;
  errno = 0;
  long long value = strtoll(text, &end, 10);
  if (end == text || *end != '\0' || errno != 0 || value < low || value > high)
    return oss_fail(OSS_ERR_USAGE, "%s '%s': a whole number from %lld to %lld", option, text, low, high);
  *out = value;
  return OSS_OK;
}

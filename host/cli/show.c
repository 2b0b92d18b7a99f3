// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <stdint.h>
#include <string.h>

#include "host/cli/cli.h"
#include "host/io/result.h"

static oss_status run(int argc, char **argv) {
  const char *path = NULL;
  long long cell = -1;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--help") == 0) {
      oss_command_help(&oss_command_show);
      return OSS_OK;
    }
    if (strcmp(argv[i], "--cell") == 0) {
      if (i + 1 == argc) return oss_command_misuse(&oss_command_show, "--cell needs a number");
      OSS_TRY(oss_parse_whole("--cell", argv[++i], 0, 999999999, &cell));
    } else if (argv[i][0] == '-' && argv[i][1] != '\0') {
      return oss_command_misuse(&oss_command_show, "unknown option %s", argv[i]);
    } else if (path != NULL) {
      return oss_command_misuse(&oss_command_show, "one result at a time");
    } else {
      path = argv[i];
    }
  }
  if (path == NULL) return oss_command_misuse(&oss_command_show, "which result? RESULT is missing");
  return oss_result_show(path, (int64_t)cell);
}

const oss_command oss_command_show = {
    .name = "show",
    .arguments = "RESULT [--cell N]",
    .summary = "Prints a result as a table; with --cell, one cell and its schedule",
    .help = "  --cell N           the cell's number in the table\n",
    .run = run,
};

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The command line: one function a command. Each returns a status; main() turns it into an exit code. */
#ifndef OSS_CLI_CLI_H
#define OSS_CLI_CLI_H

#include "kernels/status.h"

typedef struct oss_command {
  const char *name;
  const char *arguments;                    /* "CONFIG [options]" */
  const char *summary;                      /* one line */
  const char *help;                         /* the options, one a line */
  oss_status (*run)(int argc, char **argv); /* argv[0] is the command's name */
} oss_command;

extern const oss_command oss_command_run, oss_command_list, oss_command_show, oss_command_export, oss_command_info;

/* Prints a command's usage to stdout; its run function calls it for --help. */
void oss_command_help(const oss_command *command);

/* OSS_ERR_USAGE with a hint at the command's help, keeping what was said before in front. */
oss_status oss_command_misuse(const oss_command *command, const char *fmt, ...) OSS_PRINTF(2, 3);

/* A whole number of an option's argument within low..high. */
oss_status oss_parse_whole(const char *option, const char *text, long long low, long long high, long long *out);

#endif

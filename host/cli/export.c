// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* getopt_long */
#endif
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/cli/cli.h"
#include "host/core/log.h"
#include "host/core/registries.h"
#include "host/core/yaml_node.h"
#include "host/exports/export.h"
#include "host/io/disk.h"
#include "host/io/place.h"

typedef struct arguments {
  const char *result, *to, *output;
  long long cell, row; /* -1: not given */
  int help;
} arguments;

static const struct option long_options[] = {
    {"cell", required_argument, NULL, 'c'},   {"to", required_argument, NULL, 't'}, {"row", required_argument, NULL, 'r'},
    {"output", required_argument, NULL, 'o'}, {"help", no_argument, NULL, 'h'},     {NULL, 0, NULL, 0},
};

static oss_status parse(int argc, char **argv, arguments *a) {
  int option;
  *a = (arguments){.cell = -1, .row = -1};
  opterr = 0;
  while ((option = getopt_long(argc, argv, ":c:t:r:o:h", long_options, NULL)) != -1) {
    switch (option) {
      case 'c':
        OSS_TRY(oss_parse_whole("--cell", optarg, 0, 999999999, &a->cell));
        break;
      case 't':
        a->to = optarg;
        break;
      case 'r':
        OSS_TRY(oss_parse_whole("--row", optarg, 0, 999999999, &a->row));
        break;
      case 'o':
        a->output = optarg;
        break;
      case 'h':
        a->help = 1;
        return OSS_OK;
      case ':':
        return oss_command_misuse(&oss_command_export, "%s needs a value", argv[optind - 1]);
      default:
        return oss_command_misuse(&oss_command_export, "unknown option %s", argv[optind - 1]);
    }
  }
  if (optind + 1 != argc)
    return oss_command_misuse(&oss_command_export, optind == argc ? "which result? RESULT is missing" : "one result at a time");
  a->result = argv[optind];
  if (a->cell < 0)
    return oss_command_misuse(&oss_command_export, "which cell? --cell N is missing (ossbench show %s lists them)", a->result);
  if (a->to == NULL) return oss_command_misuse(&oss_command_export, "which format? --to FORMAT is missing (ossbench list exports)");
  return OSS_OK;
}

/* A format is written as a member is in a config: comfyui, or {kind: comfyui, space: flow}. */
static oss_status parse_format(const char *text, oss_member ***out, size_t *count) {
  const oss_registry *const registries[] = {&oss_exports, NULL};
  oss_node *node = NULL;
  OSS_TRY(oss_fail_context(oss_yaml_value("command line", text, strlen(text), 1, &node), "--to '%s'", text));
  oss_status status = oss_members_parse(registries, node, "--to", ".", out, count);
  oss_node_free(node);
  if (status == OSS_OK && *count != 1) status = oss_command_misuse(&oss_command_export, "--to '%s': one format at a time", text);
  return status;
}

static oss_status write_file(const char *path, const char *text) {
  oss_place place;
  OSS_TRY(oss_place_open(path, &place));
  int code = oss_disk_write(place.fd, text, strlen(text), 0);
  if (code == 0) return oss_place_keep(&place);
  oss_status status = oss_place_fail(&place, "cannot be written", code);
  oss_place_drop(&place);
  return status;
}

/* Where the reader of the text would not see them. */
static void tell_notes(char *notes) {
  char *rest = NULL;
  for (char *line = strtok_r(notes, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) oss_log_info("note: %s", line);
}

static oss_status export_cell(const arguments *a, const oss_member *format) {
  oss_exported e;
  char *text = NULL;
  if (a->output != NULL && oss_place_same(a->output, a->result))
    return oss_fail(OSS_ERR_INPUT, "--output %s: this is the result itself, which would be lost", a->output);
  OSS_TRY(oss_exported_load(a->result, a->cell, a->row, &e));
  oss_status status = oss_export_text(format, &e, &text);
  if (status == OSS_OK && a->output != NULL) {
    status = write_file(a->output, text);
  } else if (status == OSS_OK && (fputs(text, stdout) < 0 || fflush(stdout) != 0)) {
    status = oss_fail(OSS_ERR_IO, "standard output: %s", strerror(errno));
  }
  int seen = a->output == NULL && ((const oss_export_desc *)format->desc)->notes != OSS_NOTES_OUTSIDE;
  if (status == OSS_OK && !seen && e.notes.chars != NULL) tell_notes(e.notes.chars);
  if (status == OSS_OK && a->output != NULL) printf("%s\n", a->output);
  free(text);
  oss_exported_free(&e);
  return status;
}

static oss_status run(int argc, char **argv) {
  arguments a;
  oss_member **formats = NULL;
  size_t count = 0;
  OSS_TRY(parse(argc, argv, &a));
  if (a.help) {
    oss_command_help(&oss_command_export);
    return OSS_OK;
  }
  oss_status status = parse_format(a.to, &formats, &count);
  if (status == OSS_OK) status = export_cell(&a, formats[0]);
  oss_members_free(formats, count);
  return status;
}

const oss_command oss_command_export = {
    .name = "export",
    .arguments = "RESULT --cell N --to FORMAT [options]",
    .summary = "Writes the schedule of a finished cell in the form that a tool takes",
    .help =
        "  --cell N           the cell's number (ossbench show RESULT)\n"
        "  --to FORMAT        csv, json, comfyui, ..., or with options '{kind: comfyui, space: flow}'; ossbench list exports\n"
        "  --row R            which of the schedules, where a cell has one a sample\n"
        "  --output FILE      to a file, whose name then goes to stdout\n",
    .run = run,
};

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <stdio.h>
#include <string.h>

#include "host/cli/cli.h"
#include "host/core/version.h"
#include "host/io/reader.h"
#include "kernels/backend.h"

static oss_status run(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--help") == 0) {
    oss_command_help(&oss_command_info);
    return OSS_OK;
  }
  if (argc > 1) return oss_command_misuse(&oss_command_info, "takes no argument");
  printf("ossbench   %s\n", oss_version());
  printf("commit     %s%s\n", oss_git_commit(), oss_git_dirty() ? " with changes" : "");
  printf("compiler   %s\n", oss_compiler());
  printf("HDF5       %s\n", oss_io_library_version());
  printf("BLAS       %s\n", oss_blas_version());
  printf("YAML       libyaml %s\n", oss_yaml_version());
  for (const char *const *name = oss_backend_names(); *name != NULL; name++) {
    oss_backend *be;
    if (oss_backend_create(*name, 0, &be) == OSS_OK) {
      printf("backend    %s: %s, %d threads\n", *name, be->device, be->threads);
      oss_backend_destroy(be);
    } else {
      printf("backend    %s: not available: %s\n", *name, oss_message());
    }
  }
  return OSS_OK;
}

const oss_command oss_command_info = {
    .name = "info",
    .arguments = "",
    .summary = "Prints version, libraries and backends of this build on this machine",
    .help = "",
    .run = run,
};

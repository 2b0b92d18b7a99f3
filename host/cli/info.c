// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host/cli/cli.h"
#include "host/core/version.h"
#include "host/io/reader.h"
#include "host/sweep/context.h"
#include "kernels/backend.h"

/* Where teachers are kept from here, and how much they take. */
static void print_cache(void) {
  char *folder = oss_cache_folder("auto");
  size_t files = 0;
  double bytes = 0.0;
  DIR *list = folder != NULL ? opendir(folder) : NULL;
  for (const struct dirent *entry; list != NULL && (entry = readdir(list)) != NULL;) {
    char *path = oss_format("%s/%s", folder, entry->d_name);
    struct stat info;
    if (path != NULL && strstr(entry->d_name, ".h5") != NULL && stat(path, &info) == 0) {
      files++;
      bytes += (double)info.st_size;
    }
    free(path);
  }
  if (list != NULL) closedir(list);
  printf("teachers   %s: %zu files, %.1f MiB (safe to delete)\n", folder != NULL ? folder : "nowhere", files, bytes / 1048576.0);
  free(folder);
}

/* What it runs on, or why it can't be used; the name is said once. */
static void print_backend(const char *name) {
  oss_backend *be;
  char prefix[64];
  if (oss_backend_create(name, 0, &be) != OSS_OK) {
    const char *why = oss_message();
    size_t said = (size_t)snprintf(prefix, sizeof prefix, "backend %s: ", name);
    printf("backend    %s: not available: %s\n", name, strncmp(why, prefix, said) == 0 ? why + said : why);
    return;
  }
  printf("backend    %s: %s", name, be->device);
  if (be->threads > 0) printf(", %d threads", be->threads);
  printf("\n");
  oss_backend_destroy(be);
}

static oss_status run(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--help") == 0) {
    oss_command_help(&oss_command_info);
    return OSS_OK;
  }
  if (argc > 1) return oss_command_misuse(&oss_command_info, "takes no argument");
  char *dnnl = oss_dnnl_version();
  if (dnnl == NULL) return oss_fail(OSS_ERR_MEMORY, "info");
  printf("ossbench   %s\n", oss_version());
  printf("commit     %s%s\n", oss_git_commit(), oss_git_dirty() ? " with changes" : "");
  printf("compiler   %s\n", oss_compiler());
  printf("HDF5       %s\n", oss_io_library_version());
  printf("BLAS       %s\n", oss_blas_version());
  printf("DNN        %s\n", dnnl);
  free(dnnl);
  printf("YAML       libyaml %s\n", oss_yaml_version());
  print_cache();
  for (const char *const *name = oss_backend_names(); *name != NULL; name++) print_backend(*name);
  for (const char *const *name = oss_backend_absent_names(); *name != NULL; name++) print_backend(*name);
  return OSS_OK;
}

const oss_command oss_command_info = {
    .name = "info",
    .arguments = "",
    .summary = "Prints version, libraries and backends of this build on this machine",
    .help = "",
    .run = run,
};

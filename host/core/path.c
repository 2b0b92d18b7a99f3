// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/core/path.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/core/member.h"
#include "host/core/text.h"

char *oss_path_directory(const char *path) {
  const char *slash = strrchr(path, '/');
  if (!slash) return oss_strdup(".");
  if (slash == path) return oss_strdup("/");
  return oss_format("%.*s", (int)(slash - path), path);
}

char *oss_path_join(const char *dir, const char *path) {
  if (path[0] == '/' || dir[0] == '\0' || strcmp(dir, ".") == 0) return oss_strdup(path);
  return oss_format("%s%s%s", dir, dir[strlen(dir) - 1] == '/' ? "" : "/", path);
}

int oss_path_is_directory(const char *path) {
  struct stat about;
  return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

char *oss_path_resolve(const char *dir, const char *path) {
  struct stat about;
  char *beside = oss_path_join(dir, path);
  if (!beside || stat(beside, &about) == 0 || stat(path, &about) != 0) return beside;
  free(beside);
  return oss_strdup(path);
}

char *oss_path_absolute(const char *path) {
  char *real = realpath(path, NULL);
  if (real || path[0] == '\0') return real ? real : oss_strdup(path);
  /* A file that is still to be written: its folder may exist. */
  char *folder = oss_path_directory(path), *out = NULL;
  if (!folder) return NULL;
  const char *slash = strrchr(path, '/');
  char *real_folder = realpath(folder, NULL);
  free(folder);
  if (real_folder) {
    out = oss_path_join(real_folder, slash ? slash + 1 : path);
    free(real_folder);
    return out;
  }
  char current[PATH_MAX];
  if (path[0] == '/' || !getcwd(current, sizeof current)) return oss_strdup(path);
  return oss_path_join(current, path);
}

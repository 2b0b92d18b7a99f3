// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Paths of files that a config names. oss_path_resolve is in host/core/member.h. */
#ifndef OSS_CORE_PATH_H
#define OSS_CORE_PATH_H

/* The folder a path lies in, "." where it names none. New memory, or NULL. */
char *oss_path_directory(const char *path);

/* dir/path, or path alone where dir is "." or path is absolute. New memory, or NULL. */
char *oss_path_join(const char *dir, const char *path);

/* The same file by a path that begins at the root, links resolved as far as it exists. New memory, or NULL. */
char *oss_path_absolute(const char *path);

int oss_path_is_directory(const char *path);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* A place for a file that appears whole or not at all: a temporary name beside the target, renamed at the end. */
#ifndef OSS_IO_PLACE_H
#define OSS_IO_PLACE_H

#include "kernels/status.h"

enum { OSS_SEAL_BYTES = 512 };

typedef struct oss_place {
  char *path;      /* the target, a symbolic link resolved */
  char *temporary; /* PATH.tmp.PID, or PATH.tmp.PID.N where that is taken */
  int fd;          /* the temporary file, open for reading and writing */
} oss_place;

/* OSS_ERR_IO when something that is not a regular file is at the path. */
oss_status oss_place_check(const char *path);

/* Whether both names lead to one file that is there. */
int oss_place_same(const char *path, const char *other);

/* Where a file of that name is written: a symbolic link resolved, as far as it leads somewhere. New memory, NULL without any. */
char *oss_place_resolve(const char *path);

/* Removes the temporary files of that name that killed processes left: for the one who knows that nobody writes it now. path: resolved. */
void oss_place_clean(const char *path);

/* Makes missing folders and the temporary file. OSS_ERR_IO with the system's reason, also for a target that is not a regular file. */
oss_status oss_place_open(const char *path, oss_place *out);

/* Writes the checksum of everything after the first OSS_SEAL_BYTES into those. */
oss_status oss_place_seal(oss_place *place);

/* Syncs, closes and renames; or closes and removes. Both free; a failure to keep removes. */
oss_status oss_place_keep(oss_place *place);
void oss_place_drop(oss_place *place);

/* OSS_ERR_IO: "PATH: what: reason of errno code". */
oss_status oss_place_fail(const oss_place *place, const char *what, int code);

/* Makes a folder and those above it; and the folder a path lies in. */
oss_status oss_place_folders(const char *folder);
oss_status oss_place_parent(const char *path);

#endif

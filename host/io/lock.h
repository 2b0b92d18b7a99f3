// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* One process at a time: a lock (POSIX, fcntl) on an empty file beside what it protects. The system drops it when the process ends in
 * whatever way, so a file left behind means nothing. It does not hold a second time against the process that has it. */
#ifndef OSS_IO_LOCK_H
#define OSS_IO_LOCK_H

#include "kernels/status.h"

typedef struct oss_lock {
  char *path; /* owned; NULL: none */
  int fd;     /* -1: not locked */
} oss_lock;

/* Locks PATH.lock. OSS_ERR_IO "NAME: another run is writing it (process N)" where another process has it, or with the system's reason where
 * the file cannot be made. Where the file system has no locks, a warning is all, and *out is not locked. */
oss_status oss_lock_take(const char *name, const char *path, oss_lock *out);

/* Removes the file and lets go; nothing for a lock that is not held, or {.fd = -1}. */
void oss_lock_release(oss_lock *lock);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/io/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/core/log.h"
#include "host/core/text.h"

/* How often the file may vanish under us: each time another run just ended. */
enum { TRIES = 100 };

/* F_SETLK or F_GETLK for the whole file: 0 or an errno. */
static int control(int fd, int command, struct flock *lock) {
  *lock = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
  while (fcntl(fd, command, lock) != 0)
    if (errno != EINTR) return errno;
  return 0;
}

/* Whether the open file is still the one of that name: who had the lock before removes it at its end. */
static int is_at(int fd, const char *path) {
  struct stat open_file, named;
  return fstat(fd, &open_file) == 0 && lstat(path, &named) == 0 && open_file.st_dev == named.st_dev && open_file.st_ino == named.st_ino;
}

/* Ours is an empty file; anything else of that name stays. */
static void remove_ours(int fd, const char *path) {
  struct stat info;
  if (is_at(fd, path) && fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size == 0) (void)unlink(path);
}

static void warn(const char *path, int code) {
  oss_log_warning("%s: cannot be locked: %s; nothing keeps other runs away from this output", path, strerror(code));
}

/* One attempt; *again = 1 where the file or its owner has just gone. */
static oss_status try_lock(const char *name, oss_lock *lock, int *again) {
  struct flock holder;
  *again = 0;
  int fd = open(lock->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (fd < 0) {
    if (errno != EACCES || access(lock->path, F_OK) != 0)
      return oss_fail(OSS_ERR_IO, "%s: cannot be written: %s", lock->path, strerror(errno));
    warn(lock->path, EACCES); /* another user's, perhaps of long ago */
    return OSS_OK;
  }
  int code = control(fd, F_SETLK, &holder);
  if (code == 0 && is_at(fd, lock->path)) {
    lock->fd = fd;
    return OSS_OK;
  }
  oss_status status = OSS_OK;
  if (code == EACCES || code == EAGAIN) {
    int known = control(fd, F_GETLK, &holder) == 0;
    *again = known && holder.l_type == F_UNLCK;
    if (known && !*again && holder.l_pid > 0) {
      status = oss_fail(OSS_ERR_IO, "%s: another run is writing it (process %ld)", name, (long)holder.l_pid);
    } else if (!*again) {
      status = oss_fail(OSS_ERR_IO, "%s: another run is writing it", name);
    }
  } else if (code != 0) {
    warn(lock->path, code);
    remove_ours(fd, lock->path);
  } else {
    *again = 1;
  }
  close(fd);
  return status;
}

oss_status oss_lock_take(const char *name, const char *path, oss_lock *out) {
  *out = (oss_lock){.path = oss_format("%s.lock", path), .fd = -1};
  if (!out->path) return oss_fail(OSS_ERR_MEMORY, "%s: no memory to lock it", name);
  oss_status status = OSS_OK;
  int again = 1;
  for (int i = 0; i < TRIES && again; i++) status = try_lock(name, out, &again);
  if (again) status = oss_fail(OSS_ERR_IO, "%s: other runs keep writing it", name);
  if (status != OSS_OK) oss_lock_release(out);
  return status;
}

void oss_lock_release(oss_lock *lock) {
  if (lock->fd >= 0) {
    remove_ours(lock->fd, lock->path);
    close(lock->fd);
  }
  free(lock->path);
  *lock = (oss_lock){.fd = -1};
}

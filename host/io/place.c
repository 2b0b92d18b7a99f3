// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/io/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "host/core/text.h"
#include "host/io/disk.h"

enum { BLOCK = 1 << 18, NAMES = 1000 };

oss_status oss_place_fail(const oss_place *place, const char *what, int code) {
  return oss_fail(OSS_ERR_IO, "%s: %s: %s", place->path, what, code > 0 ? strerror(code) : "HDF5 did not close it");
}

oss_status oss_place_folders(const char *folder) {
  char *path = oss_strdup(folder);
  if (!path) return oss_fail(OSS_ERR_MEMORY, "%s: no memory to make it", folder);
  oss_status status = OSS_OK;
  size_t length = strlen(path);
  for (size_t i = 1; i <= length && status == OSS_OK; i++) {
    if (path[i] != '/' && path[i] != '\0') continue;
    char kept = path[i];
    path[i] = '\0';
    struct stat info;
    if (stat(path, &info) == 0) {
      if (!S_ISDIR(info.st_mode)) status = oss_fail(OSS_ERR_IO, "%s: not a folder, so '%s' cannot be made", path, folder);
    } else if (mkdir(path, 0777) != 0 && errno != EEXIST) { /* another process may just have made it */
      status = oss_fail(OSS_ERR_IO, "%s: cannot make this folder: %s", path, strerror(errno));
    }
    path[i] = kept;
  }
  free(path);
  return status;
}

/* The folder part of a path: new memory. */
static char *folder_of(const char *path) {
  const char *slash = strrchr(path, '/');
  if (!slash) return oss_strdup(".");
  return slash == path ? oss_strdup("/") : oss_format("%.*s", (int)(slash - path), path);
}

oss_status oss_place_parent(const char *path) {
  char *folder = folder_of(path);
  if (!folder) return oss_fail(OSS_ERR_MEMORY, "%s: no memory to write it", path);
  oss_status status = oss_fail_context(oss_place_folders(folder), "%s", path);
  free(folder);
  return status;
}

/* The first free name wins: another machine on the same file system may run under the same process number. */
static oss_status open_temporary(oss_place *place) {
  for (int n = 0; n < NAMES; n++) {
    free(place->temporary);
    place->temporary =
        n == 0 ? oss_format("%s.tmp.%ld", place->path, (long)getpid()) : oss_format("%s.tmp.%ld.%d", place->path, (long)getpid(), n);
    if (!place->temporary) return oss_fail(OSS_ERR_MEMORY, "%s: no memory to write it", place->path);
    place->fd = open(place->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (place->fd >= 0) return OSS_OK;
    if (errno != EEXIST) break;
  }
  return oss_place_fail(place, "cannot be written", errno);
}

int oss_place_same(const char *path, const char *other) {
  struct stat a, b;
  return stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

oss_status oss_place_check(const char *path) {
  struct stat info;
  if (path[0] == '\0') return oss_fail(OSS_ERR_IO, "the name of the file to write is empty");
  if (path[strlen(path) - 1] == '/') return oss_fail(OSS_ERR_IO, "%s: cannot be written: a folder, not a file", path);
  if (stat(path, &info) == 0) {
    if (S_ISDIR(info.st_mode)) return oss_fail(OSS_ERR_IO, "%s: cannot be written: %s", path, strerror(EISDIR));
    if (!S_ISREG(info.st_mode)) return oss_fail(OSS_ERR_IO, "%s: cannot be written: not a regular file", path);
  }
  return OSS_OK;
}

char *oss_place_resolve(const char *path) {
  struct stat info;
  char *resolved = NULL;
  if (lstat(path, &info) == 0 && S_ISLNK(info.st_mode)) resolved = realpath(path, NULL); /* NULL for a link to nothing: replaced itself */
  return resolved ? resolved : oss_strdup(path);
}

/* Whether a name is NAME.tmp.PID or NAME.tmp.PID.N. */
static int is_temporary(const char *entry, const char *name) {
  static const char digits[] = "0123456789", middle[] = ".tmp.";
  size_t length = strlen(name);
  if (strncmp(entry, name, length) != 0 || strncmp(entry + length, middle, sizeof middle - 1) != 0) return 0;
  entry += length + sizeof middle - 1;
  size_t pid = strspn(entry, digits), number = entry[pid] == '.' ? strspn(entry + pid + 1, digits) : 0;
  return pid > 0 && entry[pid + (number > 0 ? 1 + number : 0)] == '\0';
}

void oss_place_clean(const char *path) {
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
  char *folder = folder_of(path);
  DIR *list = folder ? opendir(folder) : NULL;
  for (const struct dirent *entry; list && (entry = readdir(list)) != NULL;) {
    if (is_temporary(entry->d_name, name)) (void)unlinkat(dirfd(list), entry->d_name, 0);
  }
  if (list) closedir(list);
  free(folder);
}

oss_status oss_place_open(const char *path, oss_place *out) {
  *out = (oss_place){.fd = -1};
  OSS_TRY(oss_place_check(path));
  out->path = oss_place_resolve(path);
  oss_status status = out->path ? oss_place_parent(out->path) : oss_fail(OSS_ERR_MEMORY, "%s: no memory to write it", path);
  if (status == OSS_OK) status = open_temporary(out);
  if (status != OSS_OK) {
    free(out->path);
    free(out->temporary);
    *out = (oss_place){.fd = -1};
  }
  return status;
}

/* The seal: readable, and different for every content. */
static oss_status seal_text(const char *path, int fd, char out[OSS_SEAL_BYTES]) {
  char *block = malloc(BLOCK);
  XXH3_state_t *state = XXH3_createState();
  oss_status status = OSS_OK;
  if (!block || !state || XXH3_64bits_reset(state) != XXH_OK) {
    status = oss_fail(OSS_ERR_MEMORY, "%s: no memory for its checksum", path);
    goto done;
  }
  int64_t offset = OSS_SEAL_BYTES, got;
  while ((got = oss_disk_read(fd, block, BLOCK, offset)) > 0) {
    XXH3_64bits_update(state, block, (size_t)got);
    offset += got;
  }
  if (got < 0) {
    status = oss_fail(OSS_ERR_IO, "%s: cannot be read: %s", path, strerror(errno));
    goto done;
  }
  memset(out, 0, OSS_SEAL_BYTES);
  snprintf(out, OSS_SEAL_BYTES, "ossbench %" PRId64 " bytes, XXH3-64 of the rest %016" PRIx64 "\n", offset,
           (uint64_t)XXH3_64bits_digest(state));
done:
  XXH3_freeState(state);
  free(block);
  return status;
}

oss_status oss_place_seal(oss_place *place) {
  char text[OSS_SEAL_BYTES];
  OSS_TRY(seal_text(place->path, place->fd, text));
  int code = oss_disk_write(place->fd, text, sizeof text, 0);
  return code ? oss_place_fail(place, "cannot be written", code) : OSS_OK;
}

oss_status oss_sealed_check(const char *path, int *whole) {
  char wanted[OSS_SEAL_BYTES], found[OSS_SEAL_BYTES];
  *whole = 0;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return oss_fail(OSS_ERR_IO, "%s: cannot be read: %s", path, strerror(errno));
  oss_status status = seal_text(path, fd, wanted);
  if (status == OSS_OK) {
    *whole = oss_disk_read(fd, found, sizeof found, 0) == (int64_t)sizeof found && memcmp(wanted, found, sizeof found) == 0;
    if (!*whole) (void)oss_fail(OSS_ERR_INPUT, "%s: damaged (its checksum does not fit)", path);
  }
  close(fd);
  return status;
}

/* Makes the rename itself last; some file systems cannot, which is no failure of ours. */
static void sync_folder(const char *path) {
  char *folder = folder_of(path);
  int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  if (fd >= 0) {
    (void)fsync(fd);
    close(fd);
  }
  free(folder);
}

oss_status oss_place_keep(oss_place *place) {
  int code = fsync(place->fd) != 0 ? errno : 0;
  if (code == EINVAL) code = 0; /* a file system without sync */
  if (close(place->fd) != 0 && !code) code = errno;
  place->fd = -1;
  if (!code && rename(place->temporary, place->path) != 0) code = errno;
  oss_status status = OSS_OK;
  if (code) {
    status = oss_place_fail(place, "cannot be written", code);
    oss_place_drop(place);
    return status;
  }
  sync_folder(place->path);
  free(place->path);
  free(place->temporary);
  *place = (oss_place){.fd = -1};
  return OSS_OK;
}

void oss_place_drop(oss_place *place) {
  if (place->fd >= 0) close(place->fd);
  if (place->temporary) (void)unlink(place->temporary);
  free(place->path);
  free(place->temporary);
  *place = (oss_place){.fd = -1};
}

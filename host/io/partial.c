// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/core/log.h"
#include "host/core/text.h"
#include "host/io/cell.h"
#include "host/io/lock.h"
#include "host/io/place.h"
#include "host/io/result.h"

enum { OBJECT_BYTES = 40 };

static oss_status no_memory(const char *output) {
  return oss_fail(OSS_ERR_MEMORY, "%s: no memory for the names of its parts", output);
}

char *oss_partial_path(const char *output) {
  return oss_format("%s.partial", output);
}

char *oss_partial_cell_path(const char *output, size_t number, const char *key) {
  return oss_format("%s.partial/cell-%04zu-%s.h5", output, number, key);
}

/* Empties a folder of our files and removes it: 0, or the errno of what could not be removed. */
static int remove_folder(const char *folder) {
  DIR *list = opendir(folder);
  if (!list) return errno == ENOENT ? 0 : errno;
  int code = 0;
  for (const struct dirent *entry; (entry = readdir(list)) != NULL;) {
    if (strncmp(entry->d_name, "cell-", 5) != 0 && strncmp(entry->d_name, "found-", 6) != 0) continue; /* not ours; rmdir will tell */
    char *path = oss_format("%s/%s", folder, entry->d_name);
    if (!path || (unlink(path) != 0 && errno != ENOENT)) code = path ? errno : ENOMEM;
    free(path);
  }
  closedir(list);
  if (code == 0 && rmdir(folder) != 0) code = errno;
  return code;
}

void oss_partial_remove(const char *output) {
  char *folder = oss_partial_path(output);
  int code = folder ? remove_folder(folder) : ENOMEM;
  if (code) oss_log_warning("%s.partial: cannot be removed: %s", output, strerror(code));
  free(folder);
}

struct oss_partial {
  oss_lock lock;
};

/* Makes the folder, an empty one without resume. */
static oss_status open_folder(const char *output, int resume) {
  char *folder = oss_partial_path(output), *old = oss_format("%s.partial.old", output);
  oss_status status = folder && old ? oss_place_parent(folder) : no_memory(output);
  struct stat info;
  if (status == OSS_OK && !resume && lstat(folder, &info) == 0 && S_ISDIR(info.st_mode) &&
      rmdir(folder) != 0) { /* not empty: worth keeping */
    int code = remove_folder(old);
    if (code == 0 && rename(folder, old) != 0) code = errno;
    if (code) {
      status = oss_fail(OSS_ERR_IO, "%s: holds the cells of an earlier run and cannot be moved to %s: %s", folder, old, strerror(code));
    } else {
      oss_log_info("the cells of an earlier, unfinished run are now in %s", old);
    }
  }
  if (status == OSS_OK) status = oss_place_folders(folder);
  if (status == OSS_OK && access(folder, W_OK | X_OK) != 0)
    status = oss_fail(OSS_ERR_IO, "%s: cannot be written: %s", folder, strerror(errno));
  free(folder);
  free(old);
  return status;
}

oss_status oss_partial_open(const char *output, int resume, oss_partial **out) {
  *out = NULL;
  OSS_TRY(oss_place_check(output)); /* better now than after hours of work */
  oss_partial *partial = calloc(1, sizeof *partial);
  char *path = oss_place_resolve(output); /* two links to one file are one output */
  oss_status status = OSS_OK;
  if (!partial || !path) {
    free(partial);
    free(path);
    return no_memory(output);
  }
  partial->lock.fd = -1;
  OSS_TRY_TO(done, oss_place_parent(path));
  OSS_TRY_TO(done, oss_lock_take(output, path, &partial->lock));
  if (partial->lock.fd >= 0) oss_place_clean(path);
  OSS_TRY_TO(done, open_folder(output, resume));
done:
  free(path);
  if (status == OSS_OK) {
    *out = partial;
  } else {
    oss_partial_close(partial);
  }
  return status;
}

void oss_partial_close(oss_partial *partial) {
  if (!partial) return;
  oss_lock_release(&partial->lock);
  free(partial);
}

oss_status oss_partial_write(const char *output, const oss_record *record) {
  char *path = oss_partial_cell_path(output, record->number, record->key);
  if (!path) return no_memory(output);
  oss_writer *writer;
  oss_status status = oss_writer_create_sealed(path, &writer);
  if (status == OSS_OK) {
    status = oss_cell_write(writer, OSS_CELL_OBJECT, record);
    if (status == OSS_OK) {
      status = oss_writer_finish(writer);
    } else {
      oss_writer_abort(writer);
    }
  }
  free(path);
  return status;
}

/* Whether an open file's cell is under this key and finished. */
static oss_status is_kept(hid_t file, const char *path, const char *object, const char *key, int *kept) {
  *kept = 0;
  hid_t cell;
  oss_h5_attribute found = {0}, state = {0};
  OSS_TRY(oss_h5_find(file, path, object, H5I_GROUP, &cell));
  oss_status status = oss_h5_attribute_read(cell, "key", &found);
  if (status == OSS_OK) status = oss_h5_attribute_read(cell, "status", &state);
  if (status == OSS_OK && found.kind == OSS_H5_TEXT && state.kind == OSS_H5_TEXT) {
    *kept = strcmp(found.text, key) == 0 && (strcmp(state.text, oss_cell_status_name(OSS_CELL_DONE)) == 0 ||
                                             strcmp(state.text, oss_cell_status_name(OSS_CELL_SKIPPED)) == 0);
  }
  oss_h5_attribute_free(&found);
  oss_h5_attribute_free(&state);
  oss_h5_close(cell);
  return oss_fail_context(status, "%s", path);
}

/* Whether a cell file is whole, under this key, and finished. */
static int is_good_file(const char *path, const char *key) {
  int good = 0;
  hid_t file;
  oss_status status = oss_sealed_check(path, &good);
  if (status == OSS_OK && !good) status = OSS_ERR_INPUT;
  if (status == OSS_OK) status = oss_h5_open(path, &file);
  if (status == OSS_OK) {
    status = is_kept(file, path, OSS_CELL_OBJECT, key, &good);
    oss_h5_close(file);
  }
  if (status == OSS_OK) return good;
  oss_log_warning("%s; this cell is computed again", oss_message());
  return 0;
}

/* A file of the folder that ends in -KEY.h5 under another number; NULL when there is none. Caller frees. */
static char *find_renumbered(const char *output, const char *key) {
  char *folder = oss_partial_path(output), *ending = oss_format("-%s.h5", key), *found = NULL;
  DIR *list = folder && ending ? opendir(folder) : NULL;
  if (list) {
    size_t tail = strlen(ending);
    for (const struct dirent *entry; !found && (entry = readdir(list)) != NULL;) {
      size_t length = strlen(entry->d_name);
      if (length > tail && strncmp(entry->d_name, "cell-", 5) == 0 && strcmp(entry->d_name + length - tail, ending) == 0)
        found = oss_format("%s/%s", folder, entry->d_name);
    }
    closedir(list);
  }
  free(folder);
  free(ending);
  return found;
}

/* Makes the cell file of a number from an object of another file. *made = 0 with a warning where the source is at fault. */
static oss_status copy_cell(const char *source, const char *object, const char *target, int *made) {
  oss_writer *writer;
  OSS_TRY(oss_writer_create_sealed(target, &writer));
  oss_status status = oss_writer_copy(writer, source, object, OSS_CELL_OBJECT);
  if (status == OSS_OK) {
    status = oss_writer_finish(writer);
    *made = status == OSS_OK;
    return status;
  }
  oss_writer_abort(writer);
  if (status != OSS_ERR_INPUT) return status;
  oss_log_warning("%s; this cell is computed again", oss_message());
  return OSS_OK;
}

/* Looks a key up among the cells of a complete result; gives the object's name. */
static oss_status find_in_result(hid_t file, const char *output, const char *key, size_t number, char object[OBJECT_BYTES], int *found) {
  size_t row;
  snprintf(object, OBJECT_BYTES, "/cells/%04zu", number);
  if (oss_h5_exists(file, object)) {
    OSS_TRY(is_kept(file, output, object, key, found));
    if (*found) return OSS_OK;
  }
  if (!oss_summary_find(file, key, &row)) return OSS_OK;
  snprintf(object, OBJECT_BYTES, "/cells/%04zu", row);
  return is_kept(file, output, object, key, found);
}

static oss_status find_complete(const char *output, const char *key, size_t number, const char *target, int *found) {
  struct stat info;
  if (stat(output, &info) != 0) return OSS_OK;
  char object[OBJECT_BYTES];
  int there = 0;
  hid_t file, cell;
  oss_status status = oss_h5_open(output, &file);
  if (status == OSS_OK) {
    status = find_in_result(file, output, key, number, object, &there);
    if (status == OSS_OK && there) {
      status = oss_h5_find(file, output, object, H5I_GROUP, &cell);
      if (status == OSS_OK) {
        status = oss_fail_context(oss_cell_verify(cell), "%s: '%s'", output, object);
        oss_h5_close(cell);
      }
    }
    oss_h5_close(file);
  }
  if (status != OSS_OK) {
    oss_log_warning("%s; its cell %zu is not kept", oss_message(), number);
    return OSS_OK;
  }
  return there ? copy_cell(output, object, target, found) : OSS_OK;
}

oss_status oss_partial_find(const char *output, const char *key, size_t number, int *found) {
  *found = 0;
  char *target = oss_partial_cell_path(output, number, key), *other = NULL;
  if (!target) return no_memory(output);
  oss_status status = OSS_OK;
  if (access(target, F_OK) == 0) {
    *found = is_good_file(target, key);
    if (!*found) (void)unlink(target); /* so that the scan below does not meet it again */
  }
  if (!*found && (other = find_renumbered(output, key)) != NULL && is_good_file(other, key)) {
    if (link(other, target) == 0) {
      *found = 1;
    } else { /* a file system without links */
      status = copy_cell(other, OSS_CELL_OBJECT, target, found);
    }
  }
  if (status == OSS_OK && !*found) status = find_complete(output, key, number, target, found);
  free(other);
  free(target);
  return status;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/io/h5.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/core/text.h"
#include "host/io/reader.h"

enum { REASON_BYTES = 240, LISTED = 12 };

void oss_io_init(void) {
  /* HDF5's handler would try to flush files that failed to close, at exit and without end. */
  (void)H5dont_atexit();
  (void)H5open();
  (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

/* Keeps the first description met: walking upward starts at the innermost. */
static herr_t keep_reason(unsigned n, const H5E_error2_t *error, void *data) {
  (void)n;
  char *out = data;
  if (out[0] == '\0' && error->desc) snprintf(out, REASON_BYTES, "%s", error->desc);
  return 0;
}

static void reason_text(char out[REASON_BYTES]) {
  out[0] = '\0';
  if (H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_reason, out) < 0) out[0] = '\0';
  for (char *c = out; *c; c++) {
    if ((unsigned char)*c < ' ') *c = ' ';
  }
}

oss_status oss_h5_fail(oss_status code, const char *fmt, ...) {
  char reason[REASON_BYTES], text[1024];
  reason_text(reason);
  va_list args;
  va_start(args, fmt);
  vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  return reason[0] ? oss_fail(code, "%s: %s", text, reason) : oss_fail(code, "%s", text);
}

int oss_h5_close(hid_t id) {
  if (id < 0) return 0;
  switch (H5Iget_type(id)) {
    case H5I_FILE:
      return H5Fclose(id);
    case H5I_GROUP:
      return H5Gclose(id);
    case H5I_DATATYPE:
      return H5Tclose(id);
    case H5I_DATASPACE:
      return H5Sclose(id);
    case H5I_DATASET:
      return H5Dclose(id);
    case H5I_ATTR:
      return H5Aclose(id);
    case H5I_GENPROP_LST:
      return H5Pclose(id);
    default:
      return -1;
  }
}

oss_status oss_h5_open(const char *path, hid_t *file) {
  *file = H5I_INVALID_HID;
  struct stat info;
  if (stat(path, &info) != 0) {
    oss_status code = errno == ENOENT || errno == ENOTDIR ? OSS_ERR_INPUT : OSS_ERR_IO;
    return oss_fail(code, "%s: %s", path, strerror(errno));
  }
  if (S_ISDIR(info.st_mode)) return oss_fail(OSS_ERR_INPUT, "%s: a folder, not an HDF5 file", path);
  if (!S_ISREG(info.st_mode)) return oss_fail(OSS_ERR_INPUT, "%s: not a regular file", path);
  if (info.st_size == 0) return oss_fail(OSS_ERR_INPUT, "%s: not an HDF5 file (it is empty)", path);
  if (access(path, R_OK) != 0) return oss_fail(OSS_ERR_IO, "%s: %s", path, strerror(errno));
  hid_t access_list = H5Pcreate(H5P_FILE_ACCESS);
  if (access_list < 0 || H5Pset_fclose_degree(access_list, H5F_CLOSE_STRONG) < 0) {
    oss_status status = oss_h5_fail(OSS_ERR_INTERNAL, "%s: cannot be opened", path);
    oss_h5_close(access_list);
    return status;
  }
#if H5_VERSION_GE(1, 10, 7) && !H5_VERSION_GE(1, 12, 0) || H5_VERSION_GE(1, 12, 1)
  /* Files appear by rename, so nobody writes what we read; and network file systems may have no locks. */
  (void)H5Pset_file_locking(access_list, 0, 1);
#endif
  oss_status status = OSS_OK;
  *file = H5Fopen(path, H5F_ACC_RDONLY, access_list);
  if (*file < 0) {
    char reason[REASON_BYTES];
    reason_text(reason);
    if (strstr(reason, "truncated file")) {
      status = oss_fail(OSS_ERR_INPUT, "%s: truncated HDF5 file (%s)", path, reason);
    } else if (H5Fis_hdf5(path) > 0) {
      status = oss_fail(OSS_ERR_INPUT, "%s: damaged HDF5 file (%s)", path, reason);
    } else {
      status = oss_fail(OSS_ERR_INPUT, "%s: not an HDF5 file", path);
    }
  }
  oss_h5_close(access_list);
  return status;
}

static herr_t refuse_external(const char *parent_file, const char *parent_group, const char *child_file, const char *child_object,
                              unsigned *flags, hid_t access_list, void *data) {
  (void)parent_file, (void)parent_group, (void)child_file, (void)child_object, (void)flags, (void)access_list, (void)data;
  return -1;
}

/* Link access that never leaves the file: what a file gives must depend on its own content, since that is what the cache's keys hash. */
static hid_t inside_only(void) {
  hid_t list = H5Pcreate(H5P_LINK_ACCESS);
  if (list >= 0) (void)H5Pset_elink_cb(list, refuse_external, NULL);
  return list;
}

typedef enum walk { WALK_FOUND, WALK_MISSING, WALK_EXTERNAL, WALK_DANGLING, WALK_MEMORY } walk;

/* Follows the links of object one by one. */
static walk walk_links(hid_t file, const char *object, hid_t access_list) {
  char *prefix = oss_strdup(object);
  if (!prefix) return WALK_MEMORY;
  walk result = WALK_FOUND;
  size_t length = strlen(prefix);
  for (size_t i = 1; i <= length && result == WALK_FOUND; i++) {
    if ((prefix[i] != '/' && prefix[i] != '\0') || prefix[i - 1] == '/') continue;
    char kept = prefix[i];
    prefix[i] = '\0';
    H5L_info_t info;
    if (H5Lexists(file, prefix, access_list) <= 0 || H5Lget_info(file, prefix, &info, access_list) < 0) {
      result = WALK_MISSING;
    } else if (info.type == H5L_TYPE_EXTERNAL) {
      result = WALK_EXTERNAL;
    } else if (info.type != H5L_TYPE_HARD && H5Oexists_by_name(file, prefix, access_list) <= 0) {
      result = WALK_DANGLING;
    }
    prefix[i] = kept;
  }
  free(prefix);
  return result;
}

int oss_h5_exists(hid_t file, const char *object) {
  hid_t access_list = inside_only();
  int exists = object[0] != '\0' && walk_links(file, object, access_list) == WALK_FOUND;
  oss_h5_close(access_list);
  return exists;
}

typedef struct listing {
  oss_text text;
  size_t count;
} listing;

static herr_t list_dataset(hid_t root, const char *name, const H5O_info_t *info, void *data) {
  (void)root;
  listing *list = data;
  if (info->type != H5O_TYPE_DATASET) return 0;
  if (list->count < LISTED) oss_text_add(&list->text, "%s%s", list->count ? ", " : "", name);
  list->count++;
  return 0;
}

/* Says what is missing and what there is instead. */
static oss_status fail_missing(hid_t from, const char *what, const char *path, const char *object, const char *holder) {
  listing list = {0};
  (void)H5Ovisit2(from, H5_INDEX_NAME, H5_ITER_INC, list_dataset, &list, H5O_INFO_BASIC); /* a damaged file gives what it can */
  char more[48] = "";
  if (list.count > LISTED) snprintf(more, sizeof more, " and %zu more", list.count - LISTED);
  const char *names = list.count && !list.text.failed ? list.text.chars : "no datasets";
  oss_status status = oss_fail(OSS_ERR_INPUT, "%s: %s '%s'%s; the %s has: %s%s", path, holder ? "group" : what, object,
                               holder ? ", where a dataset is expected" : " not found", holder ? holder : "file", names, more);
  oss_text_free(&list.text);
  return status;
}

oss_status oss_h5_find(hid_t file, const char *path, const char *object, H5I_type_t wanted, hid_t *out) {
  *out = H5I_INVALID_HID;
  const char *what = wanted == H5I_DATASET ? "dataset" : wanted == H5I_GROUP ? "group" : "object";
  hid_t access_list = inside_only();
  walk result = object[0] == '\0' ? WALK_MISSING : walk_links(file, object, access_list);
  oss_status status = OSS_OK;
  if (result == WALK_MISSING) {
    status = fail_missing(file, what, path, object, NULL);
  } else if (result == WALK_EXTERNAL) {
    status = oss_fail(OSS_ERR_INPUT, "%s: '%s' goes through a link to another file, which is not followed; copy the data into this file",
                      path, object);
  } else if (result == WALK_DANGLING) {
    status = oss_fail(OSS_ERR_INPUT, "%s: '%s' goes through a link that leads nowhere inside this file", path, object);
  } else if (result == WALK_MEMORY) {
    status = oss_fail(OSS_ERR_MEMORY, "%s: no memory to look up '%s'", path, object);
  } else if ((*out = H5Oopen(file, object, access_list)) < 0) {
    status = oss_h5_fail(OSS_ERR_INPUT, "%s: %s '%s' cannot be opened", path, what, object);
  }
  oss_h5_close(access_list);
  OSS_TRY(status);
  H5I_type_t type = H5Iget_type(*out);
  if (wanted == H5I_DATASET && type == H5I_GROUP) {
    status = fail_missing(*out, what, path, object, "group");
  } else if ((wanted != H5I_BADID && type != wanted) || (type != H5I_DATASET && type != H5I_GROUP)) {
    status = oss_fail(OSS_ERR_INPUT, "%s: '%s' is a %s, where a %s is expected", path, object,
                      type == H5I_DATASET ? "dataset" : "named type", wanted == H5I_BADID ? "group or dataset" : what);
  }
  if (status != OSS_OK) {
    oss_h5_close(*out);
    *out = H5I_INVALID_HID;
  }
  return status;
}

hid_t oss_h5_memory_type(oss_type type) {
  switch (type) {
    case OSS_F32:
      return H5T_NATIVE_FLOAT;
    case OSS_F64:
      return H5T_NATIVE_DOUBLE;
    case OSS_I32:
      return H5T_NATIVE_INT32;
    case OSS_I64:
      return H5T_NATIVE_INT64;
  }
  return H5I_INVALID_HID;
}

hid_t oss_h5_file_type(oss_type type) {
  switch (type) {
    case OSS_F32:
      return H5T_IEEE_F32LE;
    case OSS_F64:
      return H5T_IEEE_F64LE;
    case OSS_I32:
      return H5T_STD_I32LE;
    case OSS_I64:
      return H5T_STD_I64LE;
  }
  return H5I_INVALID_HID;
}

hid_t oss_h5_text_type(void) {
  hid_t type = H5Tcopy(H5T_C_S1);
  if (type >= 0 && (H5Tset_size(type, H5T_VARIABLE) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0)) {
    oss_h5_close(type);
    return H5I_INVALID_HID;
  }
  return type;
}

char *oss_h5_shape_text(int rank, const hsize_t *dims, char out[OSS_H5_SHAPE_BYTES]) {
  size_t used = (size_t)snprintf(out, OSS_H5_SHAPE_BYTES, "(");
  for (int d = 0; d < rank && used < OSS_H5_SHAPE_BYTES - 32; d++)
    used += (size_t)snprintf(out + used, OSS_H5_SHAPE_BYTES - used, "%s%llu", d ? ", " : "", (unsigned long long)dims[d]);
  snprintf(out + used, OSS_H5_SHAPE_BYTES - used, rank == 1 ? ",)" : ")");
  return out;
}

oss_status oss_h5_with(const char *path, const char *object, H5I_type_t wanted, oss_h5_use *use, void *context) {
  hid_t file, id;
  OSS_TRY(oss_h5_open(path, &file));
  oss_status status = OSS_OK;
  if (oss_h5_exists(file, object)) {
    status = oss_h5_find(file, path, object, wanted, &id);
    if (status == OSS_OK) {
      status = oss_fail_context(use(id, context), "%s: '%s'", path, object);
      oss_h5_close(id);
    }
  }
  oss_h5_close(file);
  return status;
}

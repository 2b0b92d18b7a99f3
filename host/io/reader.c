// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/io/reader.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/core/text.h"
#include "host/io/h5.h"

/* An open dataset of numbers. */
typedef struct source {
  const char *path, *name;
  hid_t file, dataset, type, space;
  int rank;
  hsize_t dims[OSS_MAX_RANK];
  size_t count;  /* elements */
  size_t stride; /* elements of one row */
} source;

static void source_close(source *s) {
  oss_h5_close(s->space);
  oss_h5_close(s->type);
  oss_h5_close(s->dataset);
  oss_h5_close(s->file);
}

static oss_status check_type(const source *s) {
  const char *found = NULL;
  switch (H5Tget_class(s->type)) {
    case H5T_INTEGER:
    case H5T_FLOAT:
    case H5T_ENUM:
      return OSS_OK;
    case H5T_STRING:
      found = "text";
      break;
    case H5T_COMPOUND: {
      int members = H5Tget_nmembers(s->type);
      oss_text fields = {0};
      for (int i = 0; i < members && i < 8; i++) {
        char *field = H5Tget_member_name(s->type, (unsigned)i);
        oss_text_add(&fields, "%s%s", i ? ", " : "", field ? field : "?");
        (void)H5free_memory(field);
      }
      oss_status status = oss_fail(OSS_ERR_INPUT, "%s: '%s' is a compound table (fields %s%s), where plain numbers are expected", s->path,
                                   s->name, fields.chars && !fields.failed ? fields.chars : "?", members > 8 ? ", ..." : "");
      oss_text_free(&fields);
      return status;
    }
    case H5T_VLEN:
      found = "lists of varying length";
      break;
    case H5T_ARRAY:
      found = "an array inside each element";
      break;
    case H5T_REFERENCE:
      found = "references to other objects";
      break;
    case H5T_BITFIELD:
      found = "bit fields";
      break;
    default:
      found = "opaque bytes";
  }
  return oss_fail(OSS_ERR_INPUT, "%s: '%s' holds %s, where plain numbers are expected", s->path, s->name, found);
}

/* Data in other files would escape the hash of this one, like links that leave it. */
static oss_status check_layout(const source *s) {
  hid_t list = H5Dget_create_plist(s->dataset);
  if (list < 0) return oss_h5_fail(OSS_ERR_INPUT, "%s: '%s' cannot be opened", s->path, s->name);
  int elsewhere = H5Pget_layout(list) == H5D_VIRTUAL || H5Pget_external_count(list) > 0;
  oss_h5_close(list);
  if (!elsewhere) return OSS_OK;
  return oss_fail(OSS_ERR_INPUT, "%s: '%s' keeps its data in other files, which are not followed; copy the data into this file", s->path,
                  s->name);
}

static oss_status check_space(source *s) {
  H5S_class_t kind = H5Sget_simple_extent_type(s->space);
  if (kind == H5S_NULL) return oss_fail(OSS_ERR_INPUT, "%s: '%s' is empty (it has no shape)", s->path, s->name);
  int rank = H5Sget_simple_extent_ndims(s->space);
  hsize_t dims[H5S_MAX_RANK];
  if (rank < 0 || H5Sget_simple_extent_dims(s->space, dims, NULL) < 0)
    return oss_h5_fail(OSS_ERR_INPUT, "%s: '%s' has no readable shape", s->path, s->name);
  char shape[OSS_H5_SHAPE_BYTES];
  oss_h5_shape_text(rank, dims, shape);
  if (rank > OSS_MAX_RANK)
    return oss_fail(OSS_ERR_INPUT, "%s: '%s' has %d dimensions, at most %d are supported", s->path, s->name, rank, OSS_MAX_RANK);
  s->rank = rank;
  s->count = s->stride = 1;
  for (int d = 0; d < rank; d++) {
    if (dims[d] == 0) return oss_fail(OSS_ERR_INPUT, "%s: '%s' has no elements (its shape is %s)", s->path, s->name, shape);
    if (dims[d] > SIZE_MAX / 8 / s->count) return oss_fail(OSS_ERR_INPUT, "%s: '%s' has an impossible shape %s", s->path, s->name, shape);
    s->dims[d] = dims[d];
    s->count *= (size_t)dims[d];
    if (d > 0) s->stride *= (size_t)dims[d];
  }
  return OSS_OK;
}

static oss_status source_open(const char *path, const char *name, source *s) {
  *s = (source){.path = path, .name = name, .dataset = H5I_INVALID_HID, .type = H5I_INVALID_HID, .space = H5I_INVALID_HID};
  OSS_TRY(oss_h5_open(path, &s->file));
  oss_status status = OSS_OK;
  OSS_TRY_TO(fail, oss_h5_find(s->file, path, name, H5I_DATASET, &s->dataset));
  s->type = H5Dget_type(s->dataset);
  if (s->type >= 0) s->space = H5Dget_space(s->dataset);
  if (s->type < 0 || s->space < 0) {
    status = oss_h5_fail(OSS_ERR_INPUT, "%s: '%s' cannot be opened", path, name);
    goto fail;
  }
  OSS_TRY_TO(fail, check_type(s));
  OSS_TRY_TO(fail, check_layout(s));
  OSS_TRY_TO(fail, check_space(s));
  return OSS_OK;
fail:
  source_close(s);
  return status;
}

static oss_status check_rank(const source *s, int rank_min, int rank_max) {
  if (s->rank >= rank_min && s->rank <= rank_max) return OSS_OK;
  char shape[OSS_H5_SHAPE_BYTES], wanted[48];
  if (rank_min == rank_max) {
    snprintf(wanted, sizeof wanted, "%d", rank_min);
  } else {
    snprintf(wanted, sizeof wanted, "%d to %d", rank_min, rank_max);
  }
  return oss_fail(OSS_ERR_INPUT, "%s: '%s' has %d dimension%s, shape %s, where %s are expected", s->path, s->name, s->rank,
                  s->rank == 1 ? "" : "s", oss_h5_shape_text(s->rank, s->dims, shape), wanted);
}

/* Memory that can be had without swapping; a guess that is too high only leaves the answer to malloc. */
static double available_bytes(void) {
  double bytes = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
  FILE *file = fopen("/proc/meminfo", "r");
  if (!file) return bytes;
  char line[128];
  while (fgets(line, sizeof line, file)) {
    uint64_t kib;
    if (sscanf(line, "MemAvailable: %" SCNu64, &kib) == 1) bytes = 1024.0 * (double)kib;
  }
  fclose(file);
  return bytes;
}

static oss_status allocate(const source *s, size_t count, size_t size, void **out) {
  double bytes = (double)count * (double)size, available = available_bytes();
  *out = bytes < available ? malloc(count * size) : NULL;
  if (*out) return OSS_OK;
  const double gib = 1073741824.0;
  return oss_fail(OSS_ERR_MEMORY, "%s: '%s' needs %.1f GiB for %zu elements, and %.1f GiB of memory are free", s->path, s->name,
                  bytes / gib, count, available / gib);
}

/* "[3, 1]" for a flat position, counted from row first on. */
static char *position_text(const source *s, size_t first, size_t flat, char out[OSS_H5_SHAPE_BYTES]) {
  hsize_t at[OSS_MAX_RANK];
  for (int d = s->rank - 1; d >= 0; d--) {
    at[d] = flat % (size_t)s->dims[d];
    if (d == 0) at[d] = flat + first;
    flat /= (size_t)s->dims[d];
  }
  size_t used = (size_t)snprintf(out, OSS_H5_SHAPE_BYTES, "[");
  for (int d = 0; d < s->rank; d++)
    used += (size_t)snprintf(out + used, OSS_H5_SHAPE_BYTES - used, "%s%llu", d ? ", " : "", (unsigned long long)at[d]);
  snprintf(out + used, OSS_H5_SHAPE_BYTES - used, "]");
  return out;
}

static H5T_conv_ret_t stop_at_overflow(H5T_conv_except_t what, hid_t from, hid_t to, void *value, void *result, void *data) {
  (void)from, (void)to, (void)value, (void)result;
  if (what != H5T_CONV_EXCEPT_RANGE_HI && what != H5T_CONV_EXCEPT_RANGE_LOW) return H5T_CONV_UNHANDLED;
  *(int *)data = 1;
  return H5T_CONV_ABORT;
}

/* Reads count rows (all for rank 0) from first on as they convert to type, into memory for s->stride * count elements. */
static oss_status read_as(const source *s, oss_type type, size_t first, size_t count, void *out) {
  oss_status status = OSS_OK;
  int overflow = 0;
  hid_t memory = H5S_ALL, file = H5S_ALL, transfer = H5Pcreate(H5P_DATASET_XFER);
  int whole = s->rank == 0 || count == s->dims[0];
  herr_t code = transfer < 0 ? -1 : 0;
  if (code >= 0 && type == OSS_I64) code = H5Pset_type_conv_cb(transfer, stop_at_overflow, &overflow);
  if (code >= 0 && !whole) {
    hsize_t start[OSS_MAX_RANK] = {first}, extent[OSS_MAX_RANK];
    for (int d = 0; d < s->rank; d++) extent[d] = d == 0 ? count : s->dims[d];
    file = H5Scopy(s->space);
    memory = file < 0 ? H5I_INVALID_HID : H5Screate_simple(s->rank, extent, NULL);
    code = memory < 0 ? -1 : H5Sselect_hyperslab(file, H5S_SELECT_SET, start, NULL, extent, NULL);
  }
  if (code >= 0) code = H5Dread(s->dataset, oss_h5_memory_type(type), memory, file, transfer, out);
  if (code < 0) {
    status = overflow ? oss_fail(OSS_ERR_INPUT, "%s: '%s' holds a whole number beyond 64 bits with sign", s->path, s->name)
                      : oss_h5_fail(OSS_ERR_INPUT, "%s: '%s' cannot be read", s->path, s->name);
  }
  if (!whole) {
    oss_h5_close(memory);
    oss_h5_close(file);
  }
  oss_h5_close(transfer);
  return status;
}

/* unbounded: positive infinity passes. */
static oss_status check_finite(const source *s, size_t first, size_t count, oss_type type, int unbounded, const void *data) {
  for (size_t i = 0; i < count; i++) {
    double value = type == OSS_F32 ? (double)((const float *)data)[i] : ((const double *)data)[i];
    if (isfinite(value) || (unbounded && value > 0)) continue;
    char at[OSS_H5_SHAPE_BYTES];
    const char *found = isnan(value)      ? "NaN"
                        : unbounded       ? "negative infinity"
                        : type == OSS_F32 ? "infinity, or a number beyond float32,"
                                          : "infinity";
    return oss_fail(OSS_ERR_INPUT, "%s: '%s' holds %s at %s", s->path, s->name, found, position_text(s, first, i, at));
  }
  return OSS_OK;
}

/* Whole numbers are read wide and checked on the way to their type: HDF5 itself would clip and cut without a word. */
static oss_status read_integers(const source *s, oss_type type, size_t first, size_t rows, size_t count, void *out) {
  int from_float = H5Tget_class(s->type) == H5T_FLOAT;
  void *wide = NULL;
  OSS_TRY(allocate(s, count, 8, &wide));
  oss_status status = OSS_OK;
  OSS_TRY_TO(done, read_as(s, from_float ? OSS_F64 : OSS_I64, first, rows, wide));
  const double limit = type == OSS_I32 ? 2147483647.0 : 9007199254740992.0; /* beyond 2^53 a double is no exact whole number */
  for (size_t i = 0; i < count; i++) {
    char at[OSS_H5_SHAPE_BYTES], number[OSS_NUMBER_BYTES];
    int64_t value;
    if (from_float) {
      double real = ((const double *)wide)[i];
      if (!(fabs(real) <= limit) || real != floor(real)) {
        status = oss_fail(OSS_ERR_INPUT, "%s: '%s' holds %s at %s, where a whole number%s is expected", s->path, s->name,
                          oss_number_text(real, number), position_text(s, first, i, at), type == OSS_I32 ? " of 32 bits" : "");
        goto done;
      }
      value = (int64_t)real;
    } else {
      value = ((const int64_t *)wide)[i];
      if (type == OSS_I32 && (value > INT32_MAX || value < INT32_MIN)) {
        status = oss_fail(OSS_ERR_INPUT, "%s: '%s' holds %" PRId64 " at %s, where a whole number of 32 bits is expected", s->path, s->name,
                          value, position_text(s, first, i, at));
        goto done;
      }
    }
    if (type == OSS_I32) {
      ((int32_t *)out)[i] = (int32_t)value;
    } else {
      ((int64_t *)out)[i] = value;
    }
  }
done:
  free(wide);
  return status;
}

static oss_status load(const source *s, oss_type type, size_t first, size_t rows, int unbounded, oss_array *out) {
  oss_array array = {.type = type, .rank = s->rank};
  for (int d = 0; d < s->rank; d++) array.dims[d] = d == 0 ? rows : (size_t)s->dims[d];
  size_t count = s->rank == 0 ? 1 : rows * s->stride;
  OSS_TRY(allocate(s, count, oss_type_bytes(type), &array.data));
  oss_status status;
  if (type == OSS_I32 || type == OSS_I64) {
    status = read_integers(s, type, first, rows, count, array.data);
  } else {
    status = read_as(s, type, first, rows, array.data);
    if (status == OSS_OK) status = check_finite(s, first, count, type, unbounded, array.data);
  }
  if (status != OSS_OK) {
    oss_array_free(&array);
    return status;
  }
  *out = array;
  return OSS_OK;
}

static oss_status read_whole(const char *path, const char *dataset, oss_type type, int rank_min, int rank_max, int unbounded,
                             oss_array *out) {
  *out = (oss_array){0};
  source s;
  OSS_TRY(source_open(path, dataset, &s));
  oss_status status = check_rank(&s, rank_min, rank_max);
  if (status == OSS_OK) status = load(&s, type, 0, s.rank ? (size_t)s.dims[0] : 1, unbounded, out);
  source_close(&s);
  return status;
}

oss_status oss_io_read(const char *path, const char *dataset, oss_type type, int rank_min, int rank_max, oss_array *out) {
  return read_whole(path, dataset, type, rank_min, rank_max, 0, out);
}

oss_status oss_io_read_unbounded(const char *path, const char *dataset, int rank_min, int rank_max, oss_array *out) {
  return read_whole(path, dataset, OSS_F64, rank_min, rank_max, 1, out);
}

oss_status oss_io_read_rows(const char *path, const char *dataset, oss_type type, size_t first, size_t count, oss_array *out) {
  *out = (oss_array){0};
  if (count == 0) return oss_fail(OSS_ERR_INTERNAL, "%s: no rows of '%s' were asked for", path, dataset);
  source s;
  OSS_TRY(source_open(path, dataset, &s));
  oss_status status = check_rank(&s, 1, OSS_MAX_RANK);
  if (status == OSS_OK && (first > s.dims[0] || count > s.dims[0] - first)) {
    char shape[OSS_H5_SHAPE_BYTES];
    status = oss_fail(OSS_ERR_INPUT, "%s: '%s' has %llu rows (its shape is %s), but rows %zu to %zu are needed", path, dataset,
                      (unsigned long long)s.dims[0], oss_h5_shape_text(s.rank, s.dims, shape), first, first + count - 1);
  }
  if (status == OSS_OK) status = load(&s, type, first, count, 0, out);
  source_close(&s);
  return status;
}

oss_status oss_io_shape(const char *path, const char *dataset, oss_array *out) {
  *out = (oss_array){0};
  source s;
  OSS_TRY(source_open(path, dataset, &s));
  size_t bytes = H5Tget_size(s.type);
  int is_float = H5Tget_class(s.type) == H5T_FLOAT;
  out->type = is_float                                                        ? (bytes <= 4 ? OSS_F32 : OSS_F64)
              : bytes < 4 || (bytes == 4 && H5Tget_sign(s.type) == H5T_SGN_2) ? OSS_I32
                                                                              : OSS_I64;
  out->rank = s.rank;
  for (int d = 0; d < s.rank; d++) out->dims[d] = (size_t)s.dims[d];
  source_close(&s);
  return OSS_OK;
}

int oss_io_exists(const char *path, const char *object) {
  hid_t file;
  if (oss_h5_open(path, &file) != OSS_OK) return 0;
  int exists = oss_h5_exists(file, object);
  oss_h5_close(file);
  return exists;
}

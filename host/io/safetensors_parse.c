// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/json.h"
#include "host/core/text.h"
#include "host/core/value.h"
#include "host/io/safetensors_file.h"
#include "kernels/sizes.h"

static const struct {
  const char *name;
  size_t bytes;
} dtypes[] = {
    [OSS_DTYPE_BOOL] = {"BOOL", 1}, [OSS_DTYPE_U8] = {"U8", 1},   [OSS_DTYPE_I8] = {"I8", 1},     [OSS_DTYPE_U16] = {"U16", 2},
    [OSS_DTYPE_I16] = {"I16", 2},   [OSS_DTYPE_U32] = {"U32", 4}, [OSS_DTYPE_I32] = {"I32", 4},   [OSS_DTYPE_U64] = {"U64", 8},
    [OSS_DTYPE_I64] = {"I64", 8},   [OSS_DTYPE_F16] = {"F16", 2}, [OSS_DTYPE_BF16] = {"BF16", 2}, [OSS_DTYPE_F32] = {"F32", 4},
    [OSS_DTYPE_F64] = {"F64", 8},
};
enum { DTYPES = sizeof dtypes / sizeof dtypes[0], START = 8 /* of the header in the file */ };

const char *oss_dtype_name(oss_dtype dtype) {
  return dtypes[dtype].name;
}

size_t oss_dtype_bytes(oss_dtype dtype) {
  return dtypes[dtype].bytes;
}

/* A tensor's description while it is read: which keys were seen, and where its bytes are said to lie behind the header. */
typedef struct description {
  int dtype, shape, offsets;
  size_t begin, end;
} description;

static oss_status fail_tensor(const oss_safetensors *file, const oss_tensor_info *info, const char *what) {
  char shown[OSS_FOUND_BYTES];
  return oss_fail(OSS_ERR_INPUT, "%s: tensor '%s' %s", file->path, oss_shown(info->name, shown), what);
}

/* A whole number that is not negative. */
static oss_status take_size(oss_json *json, size_t *out) {
  int64_t value;
  OSS_TRY(oss_json_int(json, &value));
  if (value < 0) return oss_json_fail(json, "a negative number");
  if ((uint64_t)value > PTRDIFF_MAX) return oss_json_fail(json, "a number beyond this machine's address space");
  *out = (size_t)value;
  return OSS_OK;
}

static oss_status take_dtype(oss_json *json, oss_tensor_info *info) {
  char *name, shown[OSS_FOUND_BYTES];
  OSS_TRY(oss_json_text(json, "a dtype in quotes", &name));
  for (int i = 0; i < DTYPES; i++) {
    if (strcmp(name, dtypes[i].name) != 0) continue;
    info->dtype = (oss_dtype)i;
    return OSS_OK;
  }
  oss_text text = {0};
  for (int i = 0; i < DTYPES; i++) oss_text_add(&text, "%s%s", i ? ", " : "", dtypes[i].name);
  oss_status status = oss_json_fail(json, "dtype '%s'; taken: %s;", oss_shown(name, shown), text.chars ? text.chars : "");
  oss_text_free(&text);
  return status;
}

static oss_status take_shape(oss_json *json, oss_tensor_info *info) {
  OSS_TRY(oss_json_open(json, '['));
  for (int first = 1, more;;) {
    OSS_TRY(oss_json_next(json, ']', &first, &more));
    if (!more) return OSS_OK;
    if (info->rank == OSS_MAX_RANK) return oss_json_fail(json, "a shape of more than %d dimensions", OSS_MAX_RANK);
    OSS_TRY(take_size(json, &info->dims[info->rank++]));
  }
}

static oss_status take_offsets(oss_json *json, description *said) {
  size_t *const to[] = {&said->begin, &said->end};
  OSS_TRY(oss_json_open(json, '['));
  for (int first = 1, more, count = 0;; count++) {
    OSS_TRY(oss_json_next(json, ']', &first, &more));
    if (!more && count == 2) return OSS_OK;
    if (!more || count == 2) return oss_json_fail(json, "data_offsets that are not two numbers");
    OSS_TRY(take_size(json, to[count]));
  }
}

static oss_status take_description(oss_json *json, oss_tensor_info *info, description *said) {
  OSS_TRY(oss_json_open(json, '{'));
  for (int first = 1, more;;) {
    char *key, shown[OSS_FOUND_BYTES];
    OSS_TRY(oss_json_next(json, '}', &first, &more));
    if (!more) break;
    OSS_TRY(oss_json_key(json, &key));
    int *seen = strcmp(key, "dtype") == 0          ? &said->dtype
                : strcmp(key, "shape") == 0        ? &said->shape
                : strcmp(key, "data_offsets") == 0 ? &said->offsets
                                                   : NULL;
    if (!seen) return oss_json_fail(json, "the key '%s'; allowed: dtype, shape, data_offsets;", oss_shown(key, shown));
    if (*seen) return oss_json_fail(json, "'%s' a second time", key);
    *seen = 1;
    OSS_TRY(seen == &said->dtype ? take_dtype(json, info) : seen == &said->shape ? take_shape(json, info) : take_offsets(json, said));
  }
  const char *missing = !said->dtype ? "dtype" : !said->shape ? "shape" : !said->offsets ? "data_offsets" : NULL;
  return missing ? oss_json_fail(json, "'%s' is missing", missing) : OSS_OK;
}

/* Room for one more in an array that grows by half: what was read already bounds what is taken. */
static oss_status grow(const oss_safetensors *file, void **array, size_t count, size_t *capacity, size_t size) {
  if (count < *capacity) return OSS_OK;
  size_t wanted = *capacity + *capacity / 2 + 4;
  void *grown = realloc(*array, wanted * size);
  if (!grown) return oss_fail(OSS_ERR_MEMORY, "%s: no memory for its list of tensors", file->path);
  *array = grown;
  *capacity = wanted;
  return OSS_OK;
}

/* The description of a tensor held against its own shape and against the bytes behind the header. */
static oss_status check_bytes(const oss_safetensors *file, oss_tensor_info *info, const description *said, size_t room) {
  size_t size = oss_dtype_bytes(info->dtype), count = 1;
  for (int d = 0; d < info->rank; d++) count = info->dims[d] == 0 ? 0 : count;
  for (int d = 0; count > 0 && d < info->rank; d++) {
    if (!oss_fits(count, info->dims[d], 1, size)) return fail_tensor(file, info, "has a shape that is beyond the address space");
    count *= info->dims[d];
  }
  info->elements = count;
  char shown[OSS_FOUND_BYTES], shape[OSS_TENSOR_SHAPE_BYTES];
  oss_shown(info->name, shown);
  if (said->begin > said->end || said->end > room)
    return oss_fail(OSS_ERR_INPUT, "%s: tensor '%s' has the bytes %zu to %zu, and the file has %zu of data", file->path, shown, said->begin,
                    said->end, room);
  if (said->end - said->begin != count * size)
    return oss_fail(OSS_ERR_INPUT, "%s: tensor '%s' has %zu bytes, and its shape %s in %s takes %zu", file->path, shown,
                    said->end - said->begin, oss_tensor_shape_text(info, shape), oss_dtype_name(info->dtype), count * size);
  return OSS_OK;
}

static oss_status take_tensor(oss_safetensors *file, oss_json *json, const char *name, size_t room) {
  void *array = file->tensors;
  oss_status status = grow(file, &array, file->count, &file->capacity, sizeof *file->tensors);
  file->tensors = array;
  OSS_TRY(status);
  oss_tensor_info *info = &file->tensors[file->count++];
  *info = (oss_tensor_info){.name = name};
  description said = {0};
  char where[512], shown[OSS_FOUND_BYTES];
  snprintf(where, sizeof where, "%.380s: tensor '%s'", file->path, oss_shown(name, shown));
  json->where = where;
  status = take_description(json, info, &said);
  json->where = file->path;
  OSS_TRY(status);
  OSS_TRY(check_bytes(file, info, &said, room));
  info->offset = said.begin;
  return OSS_OK;
}

static oss_status take_notes(oss_safetensors *file, oss_json *json) {
  OSS_TRY(oss_json_open(json, '{'));
  for (int first = 1, more;;) {
    char *key, *value, what[OSS_FOUND_BYTES * 2], shown[OSS_FOUND_BYTES];
    OSS_TRY(oss_json_next(json, '}', &first, &more));
    if (!more) return OSS_OK;
    OSS_TRY(oss_json_key(json, &key));
    snprintf(what, sizeof what, "a text as metadata '%s'", oss_shown(key, shown));
    OSS_TRY(oss_json_text(json, what, &value));
    void *array = file->notes;
    oss_status status = grow(file, &array, file->note_count, &file->note_capacity, sizeof *file->notes);
    file->notes = array;
    OSS_TRY(status);
    file->notes[file->note_count++] = (oss_tensor_note){key, value};
  }
}

static oss_status take_header(oss_safetensors *file, oss_json *json, size_t room) {
  int notes = 0;
  OSS_TRY(oss_json_open(json, '{'));
  for (int first = 1, more;;) {
    char *name;
    OSS_TRY(oss_json_next(json, '}', &first, &more));
    if (!more) return oss_json_end(json);
    OSS_TRY(oss_json_key(json, &name));
    if (strcmp(name, "__metadata__") != 0) {
      OSS_TRY(take_tensor(file, json, name, room));
      continue;
    }
    if (notes++) return oss_json_fail(json, "'__metadata__' a second time");
    OSS_TRY(take_notes(file, json));
  }
}

static int by_bytes(const void *a, const void *b) {
  const oss_tensor_info *p = a, *q = b;
  if (p->offset != q->offset) return p->offset < q->offset ? -1 : 1;
  if ((p->elements == 0) != (q->elements == 0))
    return p->elements == 0 ? -1 : 1; /* an empty tensor lies before the one that starts there */
  return strcmp(p->name, q->name);
}

static int by_name(const void *a, const void *b) {
  return strcmp((*(const oss_tensor_info *const *)a)->name, (*(const oss_tensor_info *const *)b)->name);
}

static int by_key(const void *a, const void *b) {
  return strcmp(((const oss_tensor_note *)a)->key, ((const oss_tensor_note *)b)->key);
}

/* The tensors' bytes must follow each other without hole or overlap to the end of the file. */
static oss_status check_cover(oss_safetensors *file, size_t room) {
  size_t end = 0;
  for (size_t i = 0; i < file->count; i++) {
    oss_tensor_info *info = &file->tensors[i];
    char shown[OSS_FOUND_BYTES], before[OSS_FOUND_BYTES];
    if (info->offset < end)
      return oss_fail(OSS_ERR_INPUT, "%s: tensor '%s' overlaps tensor '%s'", file->path, oss_shown(info->name, shown),
                      oss_shown(file->tensors[i - 1].name, before));
    if (info->offset > end)
      return oss_fail(OSS_ERR_INPUT, "%s: %zu bytes before tensor '%s' belong to no tensor", file->path, info->offset - end,
                      oss_shown(info->name, shown));
    end += info->elements * oss_dtype_bytes(info->dtype);
  }
  return end == room ? OSS_OK : oss_fail(OSS_ERR_INPUT, "%s: its last %zu bytes belong to no tensor", file->path, room - end);
}

static oss_status check_names(oss_safetensors *file) {
  char shown[OSS_FOUND_BYTES];
  if (file->note_count > 0) qsort(file->notes, file->note_count, sizeof *file->notes, by_key);
  for (size_t i = 1; i < file->note_count; i++)
    if (strcmp(file->notes[i - 1].key, file->notes[i].key) == 0)
      return oss_fail(OSS_ERR_INPUT, "%s: metadata '%s' is there twice", file->path, oss_shown(file->notes[i].key, shown));
  if (file->count == 0) return OSS_OK;
  file->by_name = malloc(file->count * sizeof(const oss_tensor_info *));
  if (!file->by_name) return oss_fail(OSS_ERR_MEMORY, "%s: no memory for the names of %zu tensors", file->path, file->count);
  for (size_t i = 0; i < file->count; i++) file->by_name[i] = &file->tensors[i];
  qsort(file->by_name, file->count, sizeof(const oss_tensor_info *), by_name);
  for (size_t i = 1; i < file->count; i++)
    if (strcmp(file->by_name[i - 1]->name, file->by_name[i]->name) == 0) return fail_tensor(file, file->by_name[i], "is there twice");
  return OSS_OK;
}

oss_status oss_safetensors_parse(oss_safetensors *file, size_t length) {
  oss_json json = {.text = file->header, .bytes = length, .where = file->path, .code = OSS_ERR_INPUT};
  size_t room = file->bytes - START - length;
  OSS_TRY(take_header(file, &json, room));
  if (file->count > 0) qsort(file->tensors, file->count, sizeof *file->tensors, by_bytes);
  OSS_TRY(check_names(file)); /* before the bytes: a tensor that is there twice overlaps itself */
  OSS_TRY(check_cover(file, room));
  for (size_t i = 0; i < file->count; i++) file->tensors[i].offset += START + length;
  return OSS_OK;
}

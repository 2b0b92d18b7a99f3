// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/io/safetensors.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host/core/text.h"
#include "host/io/safetensors_file.h"

enum { LENGTH_BYTES = 8, MAX_HEADER = 100000000 /* as in the format's own library */ };

/* Opens without waiting for a writer, where the path is a pipe, and maps a regular file. */
static oss_status map(oss_safetensors *file) {
  file->fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file->fd < 0 || fstat(file->fd, &file->opened) != 0)
    return oss_fail(OSS_ERR_INPUT, "%s: can't be read: %s", file->path, strerror(errno));
  if (S_ISDIR(file->opened.st_mode)) return oss_fail(OSS_ERR_INPUT, "%s: a folder, where a safetensors file is expected", file->path);
  if (!S_ISREG(file->opened.st_mode)) return oss_fail(OSS_ERR_INPUT, "%s: not a regular file", file->path);
  uintmax_t size = (uintmax_t)file->opened.st_size;
  if (size < LENGTH_BYTES)
    return oss_fail(OSS_ERR_INPUT, "%s: no safetensors file: it has %ju bytes, and the length of the header alone takes %d", file->path,
                    size, LENGTH_BYTES);
  if (size > PTRDIFF_MAX) return oss_fail(OSS_ERR_INPUT, "%s: %ju bytes do not fit this machine's address space", file->path, size);
  void *data = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, file->fd, 0);
  if (data == MAP_FAILED) return oss_fail(OSS_ERR_IO, "%s: can't be mapped: %s", file->path, strerror(errno));
  file->data = data;
  file->bytes = (size_t)size;
  return OSS_OK;
}

/* What to do about a checkpoint as PyTorch or pickle writes it, which begins as a zip archive or a pickle of protocol 2 and up; else "". */
static const char *other_format(const oss_safetensors *file) {
  bool zip = memcmp(file->data, "PK\3\4", 4) == 0, pickle = file->data[0] == 0x80 && file->data[1] >= 2 && file->data[1] <= 5;
  return zip || pickle ? " (it looks like PyTorch's or pickle's: scripts/convert_checkpoint.py makes a safetensors file of it)" : "";
}

/* The first eight bytes, little-endian, held against the file's size. */
static oss_status header_length(const oss_safetensors *file, size_t *out) {
  uint64_t length = 0;
  for (int i = 0; i < LENGTH_BYTES; i++) length |= (uint64_t)file->data[i] << (8 * i);
  size_t room = file->bytes - LENGTH_BYTES;
  if (length > MAX_HEADER || length > room)
    return oss_fail(OSS_ERR_INPUT, "%s: no safetensors file, or cut short: its header would take %ju bytes, at most %zu are possible%s",
                    file->path, (uintmax_t)length, room < MAX_HEADER ? room : (size_t)MAX_HEADER, other_format(file));
  if (length == 0 || file->data[LENGTH_BYTES] != '{')
    return oss_fail(OSS_ERR_INPUT, "%s: no safetensors file: its header does not begin with '{'", file->path);
  *out = (size_t)length;
  return OSS_OK;
}

oss_status oss_safetensors_open(const char *path, oss_safetensors **out) {
  *out = NULL;
  oss_safetensors *file = calloc(1, sizeof *file);
  if (!file) return oss_fail(OSS_ERR_MEMORY, "%s: no memory to open it", path);
  file->fd = -1;
  file->path = oss_strdup(path);
  size_t length = 0;
  oss_status status = file->path ? map(file) : oss_fail(OSS_ERR_MEMORY, "%s: no memory to open it", path);
  if (status == OSS_OK) status = header_length(file, &length);
  if (status == OSS_OK) {
    file->header = malloc(length);
    if (!file->header) status = oss_fail(OSS_ERR_MEMORY, "%s: no memory for its header of %zu bytes", path, length);
  }
  if (status == OSS_OK) {
    memcpy(file->header, file->data + LENGTH_BYTES, length);
    status = oss_safetensors_parse(file, length);
  }
  if (status != OSS_OK) {
    oss_safetensors_close(file);
    return status;
  }
  *out = file;
  return OSS_OK;
}

void oss_safetensors_close(oss_safetensors *file) {
  if (!file) return;
  if (file->data) (void)munmap((void *)(uintptr_t)file->data, file->bytes);
  if (file->fd >= 0) (void)close(file->fd);
  free(file->header);
  free(file->tensors);
  free(file->by_name);
  free(file->notes);
  free(file->path);
  free(file);
}

const char *oss_safetensors_path(const oss_safetensors *file) {
  return file->path;
}

const char *oss_safetensors_metadata(const oss_safetensors *file, const char *key) {
  for (size_t low = 0, high = file->note_count; low < high;) {
    size_t middle = low + (high - low) / 2;
    int order = strcmp(key, file->notes[middle].key);
    if (order == 0) return file->notes[middle].value;
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return NULL;
}

size_t oss_safetensors_metadata_count(const oss_safetensors *file) {
  return file->note_count;
}

void oss_safetensors_metadata_at(const oss_safetensors *file, size_t i, const char **key, const char **value) {
  *key = file->notes[i].key;
  *value = file->notes[i].value;
}

size_t oss_safetensors_count(const oss_safetensors *file) {
  return file->count;
}

const oss_tensor_info *oss_safetensors_at(const oss_safetensors *file, size_t i) {
  return &file->tensors[i];
}

const oss_tensor_info *oss_safetensors_find(const oss_safetensors *file, const char *name) {
  for (size_t low = 0, high = file->count; low < high;) {
    size_t middle = low + (high - low) / 2;
    int order = strcmp(name, file->by_name[middle]->name);
    if (order == 0) return file->by_name[middle];
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return NULL;
}

const char *oss_tensor_shape_text(const oss_tensor_info *info, char out[OSS_TENSOR_SHAPE_BYTES]) {
  size_t used = (size_t)snprintf(out, OSS_TENSOR_SHAPE_BYTES, "[");
  for (int d = 0; d < info->rank; d++)
    used += (size_t)snprintf(out + used, OSS_TENSOR_SHAPE_BYTES - used, "%s%zu", d ? ", " : "", info->dims[d]);
  snprintf(out + used, OSS_TENSOR_SHAPE_BYTES - used, "]");
  return out;
}

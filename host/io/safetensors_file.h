// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What an open safetensors file is, for the files that make it up. */
#ifndef OSS_IO_SAFETENSORS_FILE_H
#define OSS_IO_SAFETENSORS_FILE_H

#include <sys/stat.h>

#include "host/io/safetensors.h"

typedef struct oss_tensor_note {
  const char *key, *value;
} oss_tensor_note;

struct oss_safetensors {
  char *path;
  int fd;
  struct stat opened; /* size and times at opening */
  const unsigned char *data;
  size_t bytes; /* mapped: the whole file */
  char *header; /* a copy, its texts decoded in place */
  oss_tensor_info *tensors;
  const oss_tensor_info **by_name;
  size_t count, capacity;
  oss_tensor_note *notes;
  size_t note_count, note_capacity;
};

size_t oss_dtype_bytes(oss_dtype dtype);

/* Reads the header of length bytes behind the first eight into tensors and notes, and checks all of it. */
oss_status oss_safetensors_parse(oss_safetensors *file, size_t length);

#endif

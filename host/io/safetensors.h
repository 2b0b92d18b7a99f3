// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Reading safetensors files: the weights of networks.
 *
 * The file is mapped, not read: opening costs its header alone. Everything in the header is checked against the file's size before it is
 * believed, and by the format's own rule that the tensors' bytes cover the rest of the file exactly: no hole, no overlap, nothing behind
 * them. Alignment does not matter. Memory taken: the header (at most 100 MB, the format's limit, and never more than the file) and at most
 * eight times its size beside it. Every error names the file and, where there is one, the tensor.
 *
 * Size and time of change are kept at opening and compared in every read: a file that was changed since is an error. One that is cut short
 * in the very moment of a read ends the program (SIGBUS), as with every mapping: replace such files by renaming, do not overwrite them. */
#ifndef OSS_IO_SAFETENSORS_H
#define OSS_IO_SAFETENSORS_H

#include <stddef.h>
#include <stdint.h>

#include "host/core/array.h"
#include "kernels/status.h"

/* Of the format's types, those that a float32 can stand for. */
typedef enum oss_dtype {
  OSS_DTYPE_BOOL,
  OSS_DTYPE_U8,
  OSS_DTYPE_I8,
  OSS_DTYPE_U16,
  OSS_DTYPE_I16,
  OSS_DTYPE_U32,
  OSS_DTYPE_I32,
  OSS_DTYPE_U64,
  OSS_DTYPE_I64,
  OSS_DTYPE_F16,
  OSS_DTYPE_BF16,
  OSS_DTYPE_F32,
  OSS_DTYPE_F64
} oss_dtype;

typedef struct oss_tensor_info {
  const char *name; /* the file's */
  oss_dtype dtype;
  int rank; /* 0: one element */
  size_t dims[OSS_MAX_RANK];
  size_t elements; /* 0 where a dimension is 0 */
  size_t offset;   /* of its bytes in the file */
} oss_tensor_info;

typedef struct oss_safetensors oss_safetensors;

/* The caller owns *out, NULL after a failure. OSS_ERR_INPUT for what is wrong with the file. */
oss_status oss_safetensors_open(const char *path, oss_safetensors **out);
void oss_safetensors_close(oss_safetensors *file); /* NULL-safe */

const char *oss_safetensors_path(const oss_safetensors *file);

/* The texts under __metadata__, by key: NULL where there is none; one after the other, sorted by key. The file's memory. */
const char *oss_safetensors_metadata(const oss_safetensors *file, const char *key);
size_t oss_safetensors_metadata_count(const oss_safetensors *file);
void oss_safetensors_metadata_at(const oss_safetensors *file, size_t i, const char **key, const char **value);

/* The tensors in the order of their bytes; by name, NULL where there is none. */
size_t oss_safetensors_count(const oss_safetensors *file);
const oss_tensor_info *oss_safetensors_at(const oss_safetensors *file, size_t i);
const oss_tensor_info *oss_safetensors_find(const oss_safetensors *file, const char *name);

/* All elements of one of the file's tensors, row-major, as float32: [info->elements]. F64 is rounded, whole numbers must be exact. NaN,
 * infinity, what float32 does not hold and a BOOL that is not 0 or 1 are OSS_ERR_INPUT and name the element. */
oss_status oss_safetensors_read(const oss_safetensors *file, const oss_tensor_info *info, float *out);

/* "F32"; and a shape in words, "[3, 4]". */
const char *oss_dtype_name(oss_dtype dtype);
enum { OSS_TENSOR_SHAPE_BYTES = 192 };
const char *oss_tensor_shape_text(const oss_tensor_info *info, char out[OSS_TENSOR_SHAPE_BYTES]);

#endif

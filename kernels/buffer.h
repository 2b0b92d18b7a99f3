// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Memory of a backend, with its space and its owner. */
#ifndef OSS_KERNELS_BUFFER_H
#define OSS_KERNELS_BUFFER_H

#include "kernels/backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Plain handle: {0} is an empty buffer. data lies in owner->space; only the owner's operations may dereference it. */
typedef struct oss_buffer {
  void *data;
  size_t bytes;
  oss_backend *owner;
} oss_buffer;

/* Allocates count * size bytes, zeroed. OSS_ERR_MEMORY names what (a word for the message) and how much was asked for. */
oss_status oss_buffer_create(oss_backend *be, const char *what, size_t count, size_t size, oss_buffer *out);

/* NULL-safe and safe on an empty buffer; leaves it empty. */
void oss_buffer_destroy(oss_buffer *buffer);

/* Copies bytes from host memory to data + offset (bytes), or back. OSS_ERR_INTERNAL when the range is outside the buffer. */
oss_status oss_buffer_upload(const oss_buffer *buffer, size_t offset, size_t bytes, const void *host);
oss_status oss_buffer_download(const oss_buffer *buffer, size_t offset, size_t bytes, void *host);

#ifdef __cplusplus
}
#endif
#endif

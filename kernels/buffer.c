// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/buffer.h"

oss_status oss_buffer_create(oss_backend *be, const char *what, size_t count, size_t size, oss_buffer *out) {
  *out = (oss_buffer){0};
  if (size != 0 && count > (size_t)-1 / size) return oss_fail(OSS_ERR_MEMORY, "%s: %zu x %zu bytes overflow", what, count, size);
  size_t bytes = count * size;
  void *data = NULL;
  oss_status status = be->ops->allocate(be, bytes == 0 ? 1 : bytes, &data);
  if (status != OSS_OK) return oss_fail_context(status, "%s (%.1f MiB on %s)", what, (double)bytes / 1048576.0, be->name);
  *out = (oss_buffer){.data = data, .bytes = bytes, .owner = be};
  return OSS_OK;
}

void oss_buffer_destroy(oss_buffer *buffer) {
  if (buffer == NULL || buffer->data == NULL) return;
  oss_status ignored = buffer->owner->ops->release(buffer->owner, buffer->data);
  (void)ignored; /* a release has no way to go on from a failure */
  *buffer = (oss_buffer){0};
}

static oss_status check_range(const oss_buffer *buffer, size_t offset, size_t bytes) {
  if (offset > buffer->bytes || bytes > buffer->bytes - offset)
    return oss_fail(OSS_ERR_INTERNAL, "buffer: %zu bytes at %zu are outside its %zu bytes", bytes, offset, buffer->bytes);
  return OSS_OK;
}

oss_status oss_buffer_upload(const oss_buffer *buffer, size_t offset, size_t bytes, const void *host) {
  OSS_TRY(check_range(buffer, offset, bytes));
  if (bytes == 0) return OSS_OK;
  return buffer->owner->ops->upload(buffer->owner, bytes, host, (char *)buffer->data + offset);
}

oss_status oss_buffer_download(const oss_buffer *buffer, size_t offset, size_t bytes, void *host) {
  OSS_TRY(check_range(buffer, offset, bytes));
  if (bytes == 0) return OSS_OK;
  return buffer->owner->ops->download(buffer->owner, bytes, (const char *)buffer->data + offset, host);
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Copies and fills, checked when they are asked for, done when the stream comes to them. */
#include <string.h>

#include "internal.h"

using namespace oss_cuda_host;

namespace {

struct copy {
  const char *function;
  char *to;
  const char *from;
  size_t bytes;
  bool waits; /* pageable host memory will do */
};

void check_host(const copy &c, const void *memory) {
  if (in_device_range(memory)) fail("%s: %p is device memory; the kind says host", c.function, memory);
  if (!c.waits && !is_pinned(memory, c.bytes))
    fail("%s: %zu bytes of host memory at %p are not pinned (cudaHostAlloc), or not all of them", c.function, c.bytes, memory);
}

cudaError_t check_copy(const copy &c, cudaMemcpyKind kind, operation *op) {
  bool to_device = kind == cudaMemcpyDefault ? in_device_range(c.to) : kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
  bool from_device =
      kind == cudaMemcpyDefault ? in_device_range(c.from) : kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
  if (kind < cudaMemcpyHostToHost || kind > cudaMemcpyDefault) return result(cudaErrorInvalidMemcpyDirection);
  if (to_device)
    op->touches.push_back(check_device(c.function, c.to, c.bytes)->id);
  else
    check_host(c, c.to);
  if (from_device)
    op->touches.push_back(check_device(c.function, c.from, c.bytes)->id);
  else
    check_host(c, c.from);
  if (c.from < c.to + c.bytes && c.to < c.from + c.bytes) fail("%s: source and destination overlap", c.function);
  return cudaSuccess;
}

cudaError_t queue_copy(const copy &c, cudaMemcpyKind kind, cudaStream_t stream) {
  enter(c.function);
  if (!stream_exists(stream)) return result(cudaErrorInvalidResourceHandle);
  if (c.bytes == 0) return cudaSuccess;
  operation op;
  op.what = c.function;
  cudaError_t error = check_copy(c, kind, &op);
  if (error != cudaSuccess) return error;
  copy kept = c;
  if (in_device_range(c.to)) kept.to = device_bytes(c.to);
  if (in_device_range(c.from)) kept.from = device_bytes(c.from);
  op.run = [kept] { memcpy(kept.to, kept.from, kept.bytes); };
  enqueue(stream, std::move(op));
  return cudaSuccess;
}

cudaError_t queue_fill(const char *function, void *memory, int value, size_t bytes, cudaStream_t stream) {
  enter(function);
  if (!stream_exists(stream)) return result(cudaErrorInvalidResourceHandle);
  if (bytes == 0) return cudaSuccess;
  operation op;
  op.what = function;
  op.touches.push_back(check_device(function, memory, bytes)->id);
  op.run = [memory, value, bytes] { memset(device_bytes(static_cast<char *>(memory)), value, bytes); };
  enqueue(stream, std::move(op));
  return cudaSuccess;
}

}  // namespace

cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes, cudaMemcpyKind kind) {
  forbid_in_capture("cudaMemcpy");
  cudaError_t error = queue_copy({"cudaMemcpy", static_cast<char *>(to), static_cast<const char *>(from), bytes, true}, kind, nullptr);
  if (error == cudaSuccess) finish_stream(nullptr);
  return error;
}

cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  return queue_copy({"cudaMemcpyAsync", static_cast<char *>(to), static_cast<const char *>(from), bytes, false}, kind, stream);
}

cudaError_t cudaMemset(void *memory, int value, size_t bytes) {
  forbid_in_capture("cudaMemset");
  return queue_fill("cudaMemset", memory, value, bytes, nullptr);
}

cudaError_t cudaMemsetAsync(void *memory, int value, size_t bytes, cudaStream_t stream) {
  return queue_fill("cudaMemsetAsync", memory, value, bytes, stream);
}

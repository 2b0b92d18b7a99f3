// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Memory and transfers. Buffers come from the device's memory pool, which keeps what it was given: after reserve, or after the first
 * search, no allocation reaches the driver. Transfers go through pinned buffers that take turns, so the host copies one piece while another
 * is under way, and the caller's memory is free as soon as an upload returns. */
#include <string.h>

#include "kernels/cuda/cuda.h"

static oss_status check_device_memory(size_t bytes) {
  size_t available, total;
  OSS_CUDA_TRY(cudaMemGetInfo(&available, &total));
  if (bytes <= total) return OSS_OK;
  return oss_fail(OSS_ERR_MEMORY, "%zu bytes are more than the device has (%zu)", bytes, total);
}

/* Out of memory says how much there is, and leaves no sticky error behind. */
static oss_status allocation_failed(cudaError_t error, size_t bytes) {
  size_t available = 0, total = 0;
  cudaError_t cleared = cudaGetLastError();
  (void)cleared;
  if (error != cudaErrorMemoryAllocation) return oss_cuda_fail(error, "cudaMallocAsync", __FILE__, __LINE__);
  OSS_CUDA_TRY(cudaMemGetInfo(&available, &total));
  return oss_fail(OSS_ERR_MEMORY, "%zu bytes could not be allocated on the device; %zu of its %zu are free", bytes, available, total);
}

oss_status oss_cuda_allocate(oss_backend *be, size_t bytes, void **out) {
  oss_cuda_state *s = oss_cuda_state_of(be);
  *out = NULL;
  OSS_TRY(oss_cuda_not_recording(be, "allocate"));
  OSS_TRY(check_device_memory(bytes));
  size_t size = bytes == 0 ? 1 : bytes;
  void *memory = NULL;
  cudaError_t error = cudaMallocAsync(&memory, size, s->stream);
  if (error != cudaSuccess) return allocation_failed(error, bytes);
  OSS_CUDA_TRY(cudaMemsetAsync(memory, 0, size, s->stream));
  *out = memory;
  return OSS_OK;
}

oss_status oss_cuda_release(oss_backend *be, void *memory) {
  if (memory == NULL) return OSS_OK;
  OSS_TRY(oss_cuda_not_recording(be, "release"));
  OSS_CUDA_TRY(cudaFreeAsync(memory, oss_cuda_state_of(be)->stream));
  return OSS_OK;
}

/* The pool keeps what is freed (its release threshold is set at open). */
oss_status oss_cuda_reserve(oss_backend *be, size_t bytes) {
  oss_cuda_state *s = oss_cuda_state_of(be);
  void *memory = NULL;
  if (bytes == 0) return OSS_OK;
  OSS_TRY(oss_cuda_not_recording(be, "reserve"));
  OSS_TRY(check_device_memory(bytes));
  cudaError_t error = cudaMallocAsync(&memory, bytes, s->stream);
  if (error != cudaSuccess) return allocation_failed(error, bytes);
  OSS_CUDA_TRY(cudaFreeAsync(memory, s->stream));
  return OSS_OK;
}

oss_status oss_cuda_copy(oss_backend *be, size_t bytes, const void *in, void *out) {
  if (bytes == 0 || in == out) return OSS_OK;
  OSS_CUDA_TRY(cudaMemcpyAsync(out, in, bytes, cudaMemcpyDeviceToDevice, oss_cuda_state_of(be)->stream));
  return OSS_OK;
}

static oss_cuda_stage *next_stage(oss_cuda_state *s) {
  oss_cuda_stage *stage = &s->stages[s->next_stage];
  s->next_stage = (s->next_stage + 1) % OSS_CUDA_STAGES;
  return stage;
}

static size_t piece(size_t bytes, size_t at) {
  return bytes - at < OSS_CUDA_STAGE_BYTES ? bytes - at : (size_t)OSS_CUDA_STAGE_BYTES;
}

oss_status oss_cuda_upload(oss_backend *be, size_t bytes, const void *host, void *out) {
  oss_cuda_state *s = oss_cuda_state_of(be);
  OSS_TRY(oss_cuda_not_recording(be, "upload"));
  for (size_t at = 0; at < bytes; at += OSS_CUDA_STAGE_BYTES) {
    oss_cuda_stage *stage = next_stage(s);
    size_t count = piece(bytes, at);
    OSS_CUDA_TRY(cudaEventSynchronize(stage->done));
    memcpy(stage->memory, static_cast<const char *>(host) + at, count);
    OSS_CUDA_TRY(cudaMemcpyAsync(static_cast<char *>(out) + at, stage->memory, count, cudaMemcpyHostToDevice, s->stream));
    OSS_CUDA_TRY(cudaEventRecord(stage->done, s->stream));
  }
  return OSS_OK;
}

/* While one piece is copied to the caller the next is already coming. */
oss_status oss_cuda_download(oss_backend *be, size_t bytes, const void *in, void *host) {
  oss_cuda_state *s = oss_cuda_state_of(be);
  oss_cuda_stage *coming[OSS_CUDA_STAGES];
  size_t asked = 0, asked_pieces = 0;
  OSS_TRY(oss_cuda_not_recording(be, "download"));
  if (bytes == 0) return OSS_OK;
  OSS_TRY(oss_cuda_fault_fetch(be)); /* in front of the data: it has arrived when they have */
  for (size_t at = 0, pieces = 0; at < bytes; at += OSS_CUDA_STAGE_BYTES, pieces++) {
    for (; asked < bytes && asked_pieces < pieces + OSS_CUDA_STAGES; asked_pieces++) {
      oss_cuda_stage *stage = coming[asked_pieces % OSS_CUDA_STAGES] = next_stage(s);
      size_t count = piece(bytes, asked);
      OSS_CUDA_TRY(cudaMemcpyAsync(stage->memory, static_cast<const char *>(in) + asked, count, cudaMemcpyDeviceToHost, s->stream));
      OSS_CUDA_TRY(cudaEventRecord(stage->done, s->stream));
      asked += count;
    }
    oss_cuda_stage *stage = coming[pieces % OSS_CUDA_STAGES];
    OSS_CUDA_TRY(cudaEventSynchronize(stage->done));
    memcpy(static_cast<char *>(host) + at, stage->memory, piece(bytes, at));
  }
  return oss_cuda_fault_report(be);
}

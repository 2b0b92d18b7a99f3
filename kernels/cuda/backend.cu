// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <stdio.h>
#include <stdlib.h>

#include "kernels/cuda/blas.h"
#include "kernels/cuda/cuda.h"
#include "kernels/cuda/dnn.h"

enum { LEAST_SM = 75 };

static const oss_ops ops = {
#define OSS_OP(name, params) oss_cuda_##name,
#include "kernels/ops.def"
#undef OSS_OP
};

/* Which device, or why there is none. */
static oss_status find_device(cudaDeviceProp *properties) {
  int count = 0, driver = 0, runtime = 0;
  cudaError_t error = cudaGetDeviceCount(&count);
  if (error == cudaErrorInsufficientDriver) {
    cudaGetLastError();
    if (cudaDriverGetVersion(&driver) != cudaSuccess || driver == 0)
      return oss_fail(OSS_ERR_UNAVAILABLE, "no device: the machine has no NVIDIA driver");
    OSS_CUDA_TRY(cudaRuntimeGetVersion(&runtime));
    return oss_fail(OSS_ERR_UNAVAILABLE, "the NVIDIA driver is too old: it serves CUDA %d.%d, this build needs %d.%d", driver / 1000,
                    driver % 1000 / 10, runtime / 1000, runtime % 1000 / 10);
  }
  if (error == cudaErrorNoDevice || (error == cudaSuccess && count == 0)) {
    cudaGetLastError();
    return oss_fail(OSS_ERR_UNAVAILABLE, "no device: the driver finds no GPU (CUDA_VISIBLE_DEVICES hides them when it is empty)");
  }
  OSS_CUDA_TRY(error);
  OSS_CUDA_TRY(cudaGetDeviceProperties(properties, 0));
  if (properties->major * 10 + properties->minor < LEAST_SM)
    return oss_fail(OSS_ERR_UNAVAILABLE, "%s has compute capability %d.%d; %d.%d is the least", properties->name, properties->major,
                    properties->minor, LEAST_SM / 10, LEAST_SM % 10);
  return OSS_OK;
}

/* Freed memory stays with the process: searches allocate the same sizes again and again. */
static oss_status keep_freed_memory(int device) {
  int supported = 0;
  cudaMemPool_t pool;
  unsigned long long threshold = ~0ULL;
  OSS_CUDA_TRY(cudaDeviceGetAttribute(&supported, cudaDevAttrMemoryPoolsSupported, device));
  if (!supported) return oss_fail(OSS_ERR_UNAVAILABLE, "the device or its driver has no memory pools (cudaMallocAsync)");
  OSS_CUDA_TRY(cudaDeviceGetDefaultMemPool(&pool, device));
  OSS_CUDA_TRY(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &threshold));
  return OSS_OK;
}

static oss_status open_stages(oss_cuda_state *s) {
  for (int i = 0; i < OSS_CUDA_STAGES; i++) {
    oss_cuda_stage *stage = &s->stages[i];
    OSS_CUDA_TRY(cudaHostAlloc(reinterpret_cast<void **>(&stage->memory), OSS_CUDA_STAGE_BYTES, cudaHostAllocDefault));
    OSS_CUDA_TRY(cudaEventCreateWithFlags(&stage->done, cudaEventDisableTiming));
  }
  for (int i = 0; i < 2; i++) OSS_CUDA_TRY(cudaEventCreate(&s->timer[i]));
  return OSS_OK;
}

static oss_status open_state(oss_cuda_state *s, oss_backend *be) {
  cudaDeviceProp properties;
  int ratio = 1;
  size_t available = 0, total = 0;
  OSS_TRY(find_device(&properties));
  OSS_CUDA_TRY(cudaSetDevice(0));
  OSS_TRY(keep_freed_memory(0));
  OSS_CUDA_TRY(cudaDeviceGetAttribute(&ratio, cudaDevAttrSingleToDoublePrecisionPerfRatio, 0));
  s->sm = properties.major * 10 + properties.minor;
  s->multiprocessors = properties.multiProcessorCount;
  s->slow_double = ratio >= 16;
  OSS_CUDA_TRY(cudaStreamCreateWithFlags(&s->stream, cudaStreamNonBlocking));
  OSS_TRY(open_stages(s));
  OSS_CUDA_TRY(cudaMalloc(reinterpret_cast<void **>(&s->fault), sizeof *s->fault));
  OSS_CUDA_TRY(cudaMemsetAsync(s->fault, 0, sizeof *s->fault, s->stream));
  OSS_CUDA_TRY(cudaHostAlloc(reinterpret_cast<void **>(&s->fault_host), sizeof *s->fault_host, cudaHostAllocDefault));
  OSS_CUDA_TRY(cudaMalloc(&s->scratch, OSS_CUDA_SCRATCH_BYTES));
  OSS_TRY(oss_cuda_blas_open(s));
  OSS_CUDA_TRY(cudaMemGetInfo(&available, &total));
  be->memory = available > 0 ? available : 1; /* 0 would mean that nothing bounds it */
  snprintf(be->device, sizeof be->device, "%.80s, compute capability %d.%d, %d multiprocessors, %.1f GiB%s", properties.name,
           properties.major, properties.minor, properties.multiProcessorCount, (double)total / 1073741824.0,
           OSS_CUDA_EMULATED ? " (emulation on the processor: correctness only, its times mean nothing)" : "");
  snprintf(be->numerics, sizeof be->numerics, "cuda sm_%d%s", s->sm, OSS_CUDA_EMULATED ? " emulated" : "");
  return OSS_OK;
}

oss_status oss_cuda_open(int threads, oss_backend *be) {
  (void)threads; /* the host's, of which this backend uses one */
  oss_cuda_state *s = static_cast<oss_cuda_state *>(calloc(1, sizeof *s));
  if (s == NULL) return oss_fail(OSS_ERR_MEMORY, "no memory");
  *be = oss_backend{};
  be->name = "cuda";
  be->ops = &ops;
  be->space = OSS_SPACE_DEVICE;
  be->emulated = OSS_CUDA_EMULATED;
  be->state = s;
  oss_status status = open_state(s, be);
  if (status != OSS_OK) oss_cuda_close(be);
  return status;
}

/* Also of a state that is half open. There is nobody left to tell of a failure here. */
void oss_cuda_close(oss_backend *be) {
  oss_cuda_state *s = oss_cuda_state_of(be);
  if (s->stream != NULL) cudaStreamSynchronize(s->stream);
  oss_cuda_dnn_close(s);
  oss_cuda_blas_close(s);
  if (s->scratch != NULL) cudaFree(s->scratch);
  if (s->fault != NULL) cudaFree(s->fault);
  if (s->fault_host != NULL) cudaFreeHost(s->fault_host);
  for (int i = 0; i < OSS_CUDA_STAGES; i++) {
    if (s->stages[i].done != NULL) cudaEventDestroy(s->stages[i].done);
    if (s->stages[i].memory != NULL) cudaFreeHost(s->stages[i].memory);
  }
  for (int i = 0; i < 2; i++)
    if (s->timer[i] != NULL) cudaEventDestroy(s->timer[i]);
  if (s->stream != NULL) cudaStreamDestroy(s->stream);
  free(s);
  be->state = NULL;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The device that is imitated, errors, and what environment variables say about both. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "nvtx3/nvToolsExt.h"

namespace oss_cuda_host {

namespace {

cudaError_t last = cudaSuccess;
int ranges; /* nvtx */

struct capability {
  int major, minor;
};

capability device_capability() {
  capability c = {9, 0};
  const char *asked = getenv("OSS_CUDA_HOST_CAPABILITY");
  if (asked != nullptr && sscanf(asked, "%d.%d", &c.major, &c.minor) != 2) fail("OSS_CUDA_HOST_CAPABILITY is '%s': such as 7.5", asked);
  return c;
}

/* cudaErrorInsufficientDriver or cudaErrorNoDevice when the environment asks for that. */
cudaError_t presence() {
  const char *driver = getenv("OSS_CUDA_HOST_DRIVER"), *devices = getenv("OSS_CUDA_HOST_DEVICES");
  if (driver != nullptr && (strcmp(driver, "old") == 0 || strcmp(driver, "none") == 0)) return cudaErrorInsufficientDriver;
  if (devices != nullptr && atoi(devices) == 0) return cudaErrorNoDevice;
  return cudaSuccess;
}

cudaError_t check_device_number(int device) {
  cudaError_t error = presence();
  return error != cudaSuccess ? error : device == 0 ? cudaSuccess : cudaErrorInvalidDevice;
}

}  // namespace

void enter(const char *function) {
  static thread_local char mark;
  static const char *owner;
  if (owner == nullptr) {
    owner = &mark;
    watch_faults();
  }
  if (owner != &mark) fail("%s: called from a second thread, which this emulation does not serve", function);
}

cudaError_t result(cudaError_t error) {
  if (error != cudaSuccess) last = error;
  return error;
}

size_t total_memory() {
  const char *asked = getenv("OSS_CUDA_HOST_MEMORY");
  return asked == nullptr ? (size_t)4 << 30 : (size_t)strtoull(asked, nullptr, 0);
}

}  // namespace oss_cuda_host

using namespace oss_cuda_host;

cudaError_t cudaGetLastError(void) {
  cudaError_t error = last;
  last = cudaSuccess;
  return error;
}

cudaError_t cudaPeekAtLastError(void) {
  return last;
}

const char *cudaGetErrorName(cudaError_t error) {
  switch (error) {
#define OSS_CUDA_HOST_ERROR(name, value, words) \
  case name:                                    \
    return #name;
#include "cuda_host/errors.def"
#undef OSS_CUDA_HOST_ERROR
  }
  return "unrecognized error code";
}

const char *cudaGetErrorString(cudaError_t error) {
  switch (error) {
#define OSS_CUDA_HOST_ERROR(name, value, words) \
  case name:                                    \
    return words;
#include "cuda_host/errors.def"
#undef OSS_CUDA_HOST_ERROR
  }
  return "unrecognized error code";
}

cudaError_t cudaGetDeviceCount(int *count) {
  enter("cudaGetDeviceCount");
  cudaError_t error = presence();
  *count = error == cudaSuccess;
  return result(error);
}

cudaError_t cudaDriverGetVersion(int *version) {
  enter("cudaDriverGetVersion");
  const char *driver = getenv("OSS_CUDA_HOST_DRIVER");
  *version = driver != nullptr && strcmp(driver, "none") == 0 ? 0 : presence() == cudaErrorInsufficientDriver ? 11040 : CUDART_VERSION;
  return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int *version) {
  *version = CUDART_VERSION;
  return cudaSuccess;
}

cudaError_t cudaSetDevice(int device) {
  enter("cudaSetDevice");
  return result(check_device_number(device));
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp *p, int device) {
  enter("cudaGetDeviceProperties");
  cudaError_t error = check_device_number(device);
  if (error != cudaSuccess) return result(error);
  capability c = device_capability();
  *p = cudaDeviceProp{};
  snprintf(p->name, sizeof p->name, "host emulation");
  p->totalGlobalMem = total_memory();
  p->sharedMemPerBlock = STATIC_SHARED_BYTES;
  p->sharedMemPerBlockOptin = MOST_SHARED_BYTES;
  p->sharedMemPerMultiprocessor = MOST_SHARED_BYTES + 1024;
  p->reservedSharedMemPerBlock = 1024;
  p->regsPerBlock = p->regsPerMultiprocessor = 65536;
  p->warpSize = WARP_LANES;
  p->memPitch = 0x7fffffff;
  p->maxThreadsPerBlock = p->maxThreadsDim[0] = p->maxThreadsDim[1] = MOST_THREADS;
  p->maxThreadsDim[2] = 64;
  p->maxGridSize[0] = 0x7fffffff;
  p->maxGridSize[1] = p->maxGridSize[2] = 65535;
  p->totalConstMem = 65536;
  p->major = c.major;
  p->minor = c.minor;
  p->multiProcessorCount = 4; /* few, so that loops over a grid go round */
  p->concurrentKernels = p->unifiedAddressing = p->memoryPoolsSupported = p->asyncEngineCount = 1;
  p->memoryBusWidth = 64;
  p->l2CacheSize = 1 << 20;
  p->maxThreadsPerMultiProcessor = 2048;
  p->maxBlocksPerMultiProcessor = 32;
  return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int *value, cudaDeviceAttr attribute, int device) {
  cudaDeviceProp p;
  cudaError_t error = cudaGetDeviceProperties(&p, device);
  if (error != cudaSuccess) return error;
  switch (attribute) {
    case cudaDevAttrMaxThreadsPerBlock:
    case cudaDevAttrMaxBlockDimX:
      *value = p.maxThreadsPerBlock;
      break;
    case cudaDevAttrMaxGridDimX:
      *value = p.maxGridSize[0];
      break;
    case cudaDevAttrMaxGridDimY:
    case cudaDevAttrMaxGridDimZ:
      *value = p.maxGridSize[1];
      break;
    case cudaDevAttrMaxSharedMemoryPerBlock:
      *value = (int)p.sharedMemPerBlock;
      break;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin:
      *value = (int)p.sharedMemPerBlockOptin;
      break;
    case cudaDevAttrMaxSharedMemoryPerMultiprocessor:
      *value = (int)p.sharedMemPerMultiprocessor;
      break;
    case cudaDevAttrReservedSharedMemoryPerBlock:
      *value = (int)p.reservedSharedMemPerBlock;
      break;
    case cudaDevAttrWarpSize:
      *value = p.warpSize;
      break;
    case cudaDevAttrMaxRegistersPerBlock:
    case cudaDevAttrMaxRegistersPerMultiprocessor:
      *value = p.regsPerBlock;
      break;
    case cudaDevAttrClockRate:
    case cudaDevAttrMemoryClockRate:
      *value = 1000000; /* kHz */
      break;
    case cudaDevAttrMultiProcessorCount:
      *value = p.multiProcessorCount;
      break;
    case cudaDevAttrGlobalMemoryBusWidth:
      *value = p.memoryBusWidth;
      break;
    case cudaDevAttrL2CacheSize:
      *value = p.l2CacheSize;
      break;
    case cudaDevAttrMaxThreadsPerMultiProcessor:
      *value = p.maxThreadsPerMultiProcessor;
      break;
    case cudaDevAttrMaxBlocksPerMultiprocessor:
      *value = p.maxBlocksPerMultiProcessor;
      break;
    case cudaDevAttrComputeCapabilityMajor:
      *value = p.major;
      break;
    case cudaDevAttrComputeCapabilityMinor:
      *value = p.minor;
      break;
    case cudaDevAttrSingleToDoublePrecisionPerfRatio:
      *value = p.minor == 0 && p.major != 12 ? 2 : 32; /* 8.0, 9.0 and 10.0 compute in double at half the rate */
      break;
    case cudaDevAttrConcurrentKernels:
    case cudaDevAttrAsyncEngineCount:
    case cudaDevAttrUnifiedAddressing:
    case cudaDevAttrMemoryPoolsSupported:
      *value = 1;
      break;
    default:
      *value = 0;
  }
  return cudaSuccess;
}

int nvtxRangePushA(const char *name) {
  if (name == nullptr) fail("nvtxRangePushA: no name");
  return ranges++;
}

int nvtxRangePop(void) {
  if (ranges == 0) fail("nvtxRangePop without nvtxRangePushA");
  return --ranges;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Finding cuDNN and setting it up. Its stream is the backend's. Memory it takes for itself while a handle is made and a layer packed; the
 * workspace of a convolution is a part of the backend's scratch. */
#include "kernels/cuda/dnn.h"

#include <dlfcn.h>
#include <stdlib.h>

#define TEXT_OF(name) #name
#define TEXT(macro) TEXT_OF(macro)

oss_status oss_cuda_dnn_fail(const oss_cuda_dnn *dnn, cudnnStatus_t error, const char *what, const char *file, int line) {
  const int memory =
      error == CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED || error == CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED;
  return oss_fail(memory ? OSS_ERR_MEMORY : OSS_ERR_UNAVAILABLE, "cuDNN: %s in %s, %s:%d", dnn->cudnnGetErrorString(error), what, file,
                  line);
}

#if OSS_CUDA_EMULATED
static oss_status find_functions(oss_cuda_dnn *dnn) {
#define FIND(name) dnn->name = &::name;
  OSS_CUDA_DNN_FUNCTIONS(FIND)
#undef FIND
  return OSS_OK;
}
#else
static oss_status find_library(oss_cuda_dnn *dnn) {
  static const char name[] = "libcudnn.so." TEXT(CUDNN_MAJOR);
  dnn->library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (dnn->library != NULL) return OSS_OK;
  const char *why = dlerror();
  return oss_fail(OSS_ERR_UNAVAILABLE,
                  "cuDNN is missing: no %s in the toolkit's folder of the build, in LD_LIBRARY_PATH or in the system's folders; "
                  "networks with convolutions need it (%s)",
                  name, why != NULL ? why : "no reason given");
}

static oss_status find_functions(oss_cuda_dnn *dnn) {
  OSS_TRY(find_library(dnn));
#define FIND(name)                                                             \
  dnn->name = reinterpret_cast<decltype(&::name)>(dlsym(dnn->library, #name)); \
  if (dnn->name == NULL) return oss_fail(OSS_ERR_UNAVAILABLE, "cuDNN: the library found has no %s", #name);
  OSS_CUDA_DNN_FUNCTIONS(FIND)
#undef FIND
  return OSS_OK;
}
#endif

static oss_status open(oss_cuda_dnn *dnn, cudaStream_t stream) {
  OSS_TRY(find_functions(dnn));
  OSS_DNN_TRY(dnn, cudnnCreate, &dnn->handle);
  OSS_DNN_TRY(dnn, cudnnSetStream, dnn->handle, stream);
  return OSS_OK;
}

oss_status oss_cuda_dnn_open(oss_cuda_state *state) {
  if (state->dnn != NULL) return OSS_OK;
  state->dnn = static_cast<oss_cuda_dnn *>(calloc(1, sizeof *state->dnn));
  if (state->dnn == NULL) return oss_fail(OSS_ERR_MEMORY, "cuDNN: no memory");
  oss_status status = open(state->dnn, state->stream);
  if (status != OSS_OK) oss_cuda_dnn_close(state);
  return status;
}

/* The library stays loaded: what it started on the device does not survive being unloaded. */
void oss_cuda_dnn_close(oss_cuda_state *state) {
  oss_cuda_dnn *dnn = state->dnn;
  if (dnn == NULL) return;
  if (dnn->handle != NULL) dnn->cudnnDestroy(dnn->handle);
  free(dnn);
  state->dnn = NULL;
}

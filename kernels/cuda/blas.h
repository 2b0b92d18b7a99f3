// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* cuBLAS for the CUDA backend. The library is looked up when a device is opened, not when the program starts: loading its half gigabyte
 * takes longer than many commands of a machine without a GPU. */
#ifndef OSS_KERNELS_CUDA_BLAS_H
#define OSS_KERNELS_CUDA_BLAS_H

#include "kernels/cuda/cuda.h"

/* THE list of its functions in use, by the names that they have in the library (cublas_v2.h hides the _v2 behind macros). */
#define OSS_CUDA_BLAS_FUNCTIONS(F) \
  F(cublasCreate_v2)               \
  F(cublasDestroy_v2)              \
  F(cublasSetStream_v2)            \
  F(cublasSetWorkspace_v2)         \
  F(cublasSetPointerMode_v2)       \
  F(cublasSetAtomicsMode)          \
  F(cublasSetMathMode)             \
  F(cublasGetStatusString)         \
  F(cublasDgemm_v2)

typedef struct oss_cuda_blas {
  void *library; /* NULL in emulation */
  void *workspace;
  cublasHandle_t handle;
#define OSS_CUDA_BLAS_MEMBER(name) decltype(&::name) name;
  OSS_CUDA_BLAS_FUNCTIONS(OSS_CUDA_BLAS_MEMBER)
#undef OSS_CUDA_BLAS_MEMBER
} oss_cuda_blas;

/* Loads the library and binds a handle to the state's stream. OSS_ERR_UNAVAILABLE says what is missing. */
oss_status oss_cuda_blas_open(oss_cuda_state *state);
void oss_cuda_blas_close(oss_cuda_state *state); /* safe on a state without */

/* The failure of a cuBLAS call: OSS_ERR_MEMORY when memory ran out, else OSS_ERR_UNAVAILABLE. */
oss_status oss_cuda_blas_fail(const oss_cuda_blas *blas, cublasStatus_t error, const char *what, const char *file, int line);

/* Calls a function of the list; returns from the caller when it fails. */
#define OSS_BLAS_TRY(blas, name, ...)                                                                                          \
  do {                                                                                                                         \
    cublasStatus_t oss_blas_error_ = (blas)->name(__VA_ARGS__);                                                                \
    if (oss_blas_error_ != CUBLAS_STATUS_SUCCESS) return oss_cuda_blas_fail(blas, oss_blas_error_, #name, __FILE__, __LINE__); \
  } while (0)

#endif

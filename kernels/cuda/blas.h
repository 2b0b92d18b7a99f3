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
/* Those whose names the header overloads for C++, with the type that the library's has. */
#define OSS_CUDA_BLAS_OVERLOADED(F)   \
  F(cublasGemmEx, oss_cublas_gemm_ex) \
  F(cublasGemmStridedBatchedEx, oss_cublas_gemm_batched_ex)

typedef cublasStatus_t oss_cublas_gemm_ex(cublasHandle_t, cublasOperation_t, cublasOperation_t, int m, int n, int k, const void *alpha,
                                          const void *a, cudaDataType, int lda, const void *b, cudaDataType, int ldb, const void *beta,
                                          void *c, cudaDataType, int ldc, cublasComputeType_t, cublasGemmAlgo_t);
typedef cublasStatus_t oss_cublas_gemm_batched_ex(cublasHandle_t, cublasOperation_t, cublasOperation_t, int m, int n, int k,
                                                  const void *alpha, const void *a, cudaDataType, int lda, long long stride_a,
                                                  const void *b, cudaDataType, int ldb, long long stride_b, const void *beta, void *c,
                                                  cudaDataType, int ldc, long long stride_c, int count, cublasComputeType_t,
                                                  cublasGemmAlgo_t);

typedef struct oss_cuda_blas {
  void *library; /* NULL in emulation */
  void *workspace;
  cublasHandle_t handle;
#define OSS_CUDA_BLAS_MEMBER(name) decltype(&::name) name;
  OSS_CUDA_BLAS_FUNCTIONS(OSS_CUDA_BLAS_MEMBER)
#undef OSS_CUDA_BLAS_MEMBER
#define OSS_CUDA_BLAS_MEMBER(name, type) type *name;
  OSS_CUDA_BLAS_OVERLOADED(OSS_CUDA_BLAS_MEMBER)
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

/* One matrix of a product, column-major as cuBLAS has it; apart: from one of a batch to the next. */
typedef struct oss_cuda_matrix {
  float *at; /* a and b are only read */
  size_t lead, apart;
} oss_cuda_matrix;

/* c (m x n) = alpha op(a) b, count times; op transposes where transpose_a is set. */
typedef struct oss_cuda_product {
  int transpose_a;
  size_t m, n, k, count;
  float alpha;
  oss_cuda_matrix a, b, c;
} oss_cuda_product;

/* In float, or with factors rounded to the compute type's. */
oss_status oss_cuda_multiply(const oss_backend *be, oss_compute compute, const oss_cuda_product *product);

/* OSS_ERR_UNSUPPORTED where the device does not have it. */
oss_status oss_cuda_check_compute(const oss_backend *be, oss_compute compute);

#endif

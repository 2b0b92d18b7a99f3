// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Finding cuBLAS and setting it up.
 *
 * What it may do is narrowed down as far as it offers: results must be the same bits in every run, and an operation must neither allocate
 * nor wait, or it could not be part of a graph.
 * - workspace: ours, from the start. It would else take memory at a first call, and other amounts while a graph is recorded.
 * - math mode: PEDANTIC. DEFAULT too keeps to the precision asked for, but lets the environment speak (TF32, emulated float and double): a
 *   schedule must not depend on that.
 * - atomics: not allowed, so that sums have one order.
 * - pointer mode: factors from the host, copied at the call. */
#include "kernels/cuda/blas.h"

#include <dlfcn.h>
#include <stdlib.h>

#define TEXT_OF(name) #name
#define TEXT(macro) TEXT_OF(macro)

/* What NVIDIA advises for its newest cards; older ones ask for 4 MiB. The stand-in of the emulation has no use for it. */
enum { WORKSPACE_BYTES = OSS_CUDA_EMULATED ? 4096 : 32 << 20 };

oss_status oss_cuda_blas_fail(const oss_cuda_blas *blas, cublasStatus_t error, const char *what, const char *file, int line) {
  oss_status code = error == CUBLAS_STATUS_ALLOC_FAILED ? OSS_ERR_MEMORY : OSS_ERR_UNAVAILABLE;
  return oss_fail(code, "cuBLAS: %s in %s, %s:%d", blas->cublasGetStatusString(error), what, file, line);
}

#if OSS_CUDA_EMULATED
static oss_status find_functions(oss_cuda_blas *blas) {
#define FIND(name) blas->name = &::name;
#define FIND_OVERLOADED(name, type) FIND(name)
  OSS_CUDA_BLAS_FUNCTIONS(FIND)
  OSS_CUDA_BLAS_OVERLOADED(FIND_OVERLOADED)
#undef FIND_OVERLOADED
#undef FIND
  return OSS_OK;
}
#else
static oss_status find_library(oss_cuda_blas *blas) {
  static const char first[] = "libcublas.so." TEXT(CUBLAS_VER_MAJOR);
  blas->library = dlopen(first, RTLD_NOW | RTLD_LOCAL);
  if (blas->library == NULL) blas->library = dlopen("libcublas.so", RTLD_NOW | RTLD_LOCAL);
  if (blas->library != NULL) return OSS_OK;
  const char *why = dlerror();
  return oss_fail(OSS_ERR_UNAVAILABLE,
                  "cuBLAS is missing: neither %s nor libcublas.so in the toolkit's folder of the build, in LD_LIBRARY_PATH or in the "
                  "system's folders (%s)",
                  first, why != NULL ? why : "no reason given");
}

static oss_status find_functions(oss_cuda_blas *blas) {
  OSS_TRY(find_library(blas));
#define FIND(name)                                                                  \
  blas->name = reinterpret_cast<decltype(blas->name)>(dlsym(blas->library, #name)); \
  if (blas->name == NULL) return oss_fail(OSS_ERR_UNAVAILABLE, "cuBLAS: the library found has no %s: is it older than CUDA 11.4?", #name);
#define FIND_OVERLOADED(name, type) FIND(name)
  OSS_CUDA_BLAS_FUNCTIONS(FIND)
  OSS_CUDA_BLAS_OVERLOADED(FIND_OVERLOADED)
#undef FIND_OVERLOADED
#undef FIND
  return OSS_OK;
}
#endif

oss_status oss_cuda_blas_open(oss_cuda_state *state) {
  oss_cuda_blas *blas = state->blas = static_cast<oss_cuda_blas *>(calloc(1, sizeof *blas));
  if (blas == NULL) return oss_fail(OSS_ERR_MEMORY, "cuBLAS: no memory");
  OSS_TRY(find_functions(blas));
  OSS_CUDA_TRY(cudaMalloc(&blas->workspace, WORKSPACE_BYTES));
  OSS_BLAS_TRY(blas, cublasCreate_v2, &blas->handle);
  OSS_BLAS_TRY(blas, cublasSetStream_v2, blas->handle, state->stream); /* before the workspace, which it would take away */
  OSS_BLAS_TRY(blas, cublasSetWorkspace_v2, blas->handle, blas->workspace, WORKSPACE_BYTES);
  OSS_BLAS_TRY(blas, cublasSetPointerMode_v2, blas->handle, CUBLAS_POINTER_MODE_HOST);
  OSS_BLAS_TRY(blas, cublasSetAtomicsMode, blas->handle, CUBLAS_ATOMICS_NOT_ALLOWED);
  OSS_BLAS_TRY(blas, cublasSetMathMode, blas->handle, CUBLAS_PEDANTIC_MATH);
  return OSS_OK;
}

/* The library stays loaded: what it started on the device does not survive being unloaded. */
void oss_cuda_blas_close(oss_cuda_state *state) {
  oss_cuda_blas *blas = state->blas;
  if (blas == NULL) return;
  if (blas->handle != NULL) blas->cublasDestroy_v2(blas->handle);
  if (blas->workspace != NULL) cudaFree(blas->workspace);
  free(blas);
  state->blas = NULL;
}

oss_status oss_cuda_check_compute(const oss_backend *be, oss_compute compute) {
  if (compute == OSS_COMPUTE_FP32) return OSS_OK;
  if (compute != OSS_COMPUTE_TF32 && compute != OSS_COMPUTE_BF16)
    return oss_fail(OSS_ERR_UNSUPPORTED, "compute %d is unknown", (int)compute);
  if (oss_cuda_state_of(be)->sm >= 80) return OSS_OK;
  return oss_fail(OSS_ERR_UNSUPPORTED, "compute %s needs compute capability 8.0", compute == OSS_COMPUTE_TF32 ? "tf32" : "bf16");
}

static cublasStatus_t call(const oss_cuda_blas *blas, cublasComputeType_t compute, const oss_cuda_product *p) {
  const float none = 0.0f;
  const cublasOperation_t op = p->transpose_a ? CUBLAS_OP_T : CUBLAS_OP_N;
  const int m = (int)p->m, n = (int)p->n, k = (int)p->k, lda = (int)p->a.lead, ldb = (int)p->b.lead, ldc = (int)p->c.lead;
  if (p->count == 1)
    return blas->cublasGemmEx(blas->handle, op, CUBLAS_OP_N, m, n, k, &p->alpha, p->a.at, CUDA_R_32F, lda, p->b.at, CUDA_R_32F, ldb, &none,
                              p->c.at, CUDA_R_32F, ldc, compute, CUBLAS_GEMM_DEFAULT);
  return blas->cublasGemmStridedBatchedEx(blas->handle, op, CUBLAS_OP_N, m, n, k, &p->alpha, p->a.at, CUDA_R_32F, lda,
                                          (long long)p->a.apart, p->b.at, CUDA_R_32F, ldb, (long long)p->b.apart, &none, p->c.at,
                                          CUDA_R_32F, ldc, (long long)p->c.apart, (int)p->count, compute, CUBLAS_GEMM_DEFAULT);
}

/* PEDANTIC does not go with rounded factors: that mode is left for the call. */
oss_status oss_cuda_multiply(const oss_backend *be, oss_compute compute, const oss_cuda_product *product) {
  const oss_cuda_blas *blas = oss_cuda_state_of(be)->blas;
  cublasStatus_t status;
  if (compute == OSS_COMPUTE_FP32) {
    status = call(blas, CUBLAS_COMPUTE_32F_PEDANTIC, product);
  } else {
    OSS_BLAS_TRY(blas, cublasSetMathMode, blas->handle, CUBLAS_DEFAULT_MATH);
    status = call(blas, compute == OSS_COMPUTE_TF32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F_FAST_16BF, product);
    OSS_BLAS_TRY(blas, cublasSetMathMode, blas->handle, CUBLAS_PEDANTIC_MATH);
  }
  return status == CUBLAS_STATUS_SUCCESS ? OSS_OK : oss_cuda_blas_fail(blas, status, "a product", __FILE__, __LINE__);
}

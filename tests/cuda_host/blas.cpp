// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* cuBLAS by plain loops: column-major, the same arguments refused, nothing read or written that cuBLAS would not. */
#include <stddef.h>
#include <string.h>

#include <map>
#include <memory>
#include <vector>

#include "cublas_v2.h"
#include "internal.h"

struct cublasContext {
  cudaStream_t stream;
  bool workspace; /* the program's */
  cublasPointerMode_t mode;
  cublasMath_t math;
};

using namespace oss_cuda_host;

namespace {

std::map<cublasHandle_t, std::unique_ptr<cublasContext>> handles;

bool known(cublasHandle_t handle) {
  return handles.count(handle) != 0;
}

/* A matrix of rows x columns as it lies in memory, or count of them. */
template <class T>
struct matrix {
  T *at;
  int rows, columns, lead;
  long long stride;
};

template <class T>
struct product {
  bool transpose_a, transpose_b;
  int m, n, k, count;
  const T *alpha, *beta;     /* device memory in pointer mode device */
  T alpha_value, beta_value; /* their values in pointer mode host */
  matrix<const T> a, b;
  matrix<T> c;
  int bits = 0; /* of the significands that A and B are rounded to; 0: all */
};

/* To the nearest value of so many bits, ties to even. NaN and infinity stay. */
float rounded(float x, int bits) {
  uint32_t word;
  memcpy(&word, &x, sizeof word);
  if (bits == 0 || (word & 0x7f800000u) == 0x7f800000u) return x;
  const uint32_t unit = 1u << (24 - bits);
  word += unit / 2 - 1 + (word / unit & 1);
  word &= ~(unit - 1);
  memcpy(&x, &word, sizeof x);
  return x;
}
double rounded(double x, int) {
  return x;
}

/* op(X) as rows x columns, column by column. */
template <class T>
std::vector<T> straight(const matrix<const T> &x, const T *at, bool transpose, int bits) {
  const int rows = transpose ? x.columns : x.rows, columns = transpose ? x.rows : x.columns;
  std::vector<T> out((size_t)rows * (size_t)columns);
  for (int j = 0; j < columns; j++)
    for (int i = 0; i < rows; i++)
      out[(size_t)i + (size_t)j * (size_t)rows] = rounded(transpose ? at[j + (ptrdiff_t)i * x.lead] : at[i + (ptrdiff_t)j * x.lead], bits);
  return out;
}

/* Whether four elements of the matrix move as one wherever a column begins. */
template <class T>
bool aligned(const matrix<T> &x) {
  const size_t four = 4 * sizeof(T);
  return reinterpret_cast<uintptr_t>(x.at) % four == 0 && x.lead % 4 == 0 && x.stride % 4 == 0;
}

/* The term that a sum begins with: its order is another one for other sizes and alignments, as it is where a library chooses kernels by
 * these. */
template <class T>
int first_term(const product<T> &p) {
  const size_t kind = (size_t)(p.transpose_a + 2 * p.transpose_b + 4 * (aligned(p.a) && aligned(p.b) && aligned(p.c)));
  return p.k == 0 ? 0 : (int)(((size_t)p.m * 3 + (size_t)p.n * 5 + (size_t)p.count * 7 + kind * 11) % (size_t)p.k);
}

/* C = alpha op(A) op(B) + beta C: column by column. C is not read where beta is 0, A and B not where alpha is. */
template <class T>
void multiply(const product<T> &p, T alpha, T beta, const T *a, const T *b, T *c) {
  std::vector<T> column((size_t)p.m), left, right;
  if (alpha != 0) {
    left = straight(p.a, a, p.transpose_a, p.bits);
    right = straight(p.b, b, p.transpose_b, p.bits);
  }
  for (int j = 0; j < p.n; j++) {
    for (int i = 0; i < p.m; i++) column[(size_t)i] = 0;
    for (int term = 0, l = first_term(p); alpha != 0 && term < p.k; term++, l = l + 1 < p.k ? l + 1 : 0) {
      const T factor = right[(size_t)l + (size_t)j * (size_t)p.k], *from = &left[(size_t)l * (size_t)p.m];
      for (int i = 0; i < p.m; i++) column[(size_t)i] += from[i] * factor;
    }
    T *to = c + (ptrdiff_t)j * p.c.lead;
    for (int i = 0; i < p.m; i++) to[i] = beta == 0 ? alpha * column[(size_t)i] : alpha * column[(size_t)i] + beta * to[i];
  }
}

/* The whole extent, from the first element to the last one of the last column of the last matrix. */
template <class T>
void touch(const char *function, const matrix<T> &x, int count, operation *op) {
  if (x.rows == 0 || x.columns == 0 || count == 0) return;
  if (x.stride < 0) fail("%s: a negative stride", function);
  size_t elements = (size_t)x.stride * (size_t)(count - 1) + (size_t)x.lead * (size_t)(x.columns - 1) + (size_t)x.rows;
  op->touches.push_back(check_device(function, x.at, elements * sizeof(T))->id);
}

template <class T>
cublasStatus_t take_scalars(const char *function, cublasHandle_t handle, product<T> *p, operation *op) {
  if (p->alpha == nullptr || p->beta == nullptr) return CUBLAS_STATUS_INVALID_VALUE;
  if (handle->mode == CUBLAS_POINTER_MODE_DEVICE) {
    op->touches.push_back(check_device(function, p->alpha, sizeof(T))->id);
    op->touches.push_back(check_device(function, p->beta, sizeof(T))->id);
    return CUBLAS_STATUS_SUCCESS;
  }
  if (in_device_range(p->alpha) || in_device_range(p->beta)) fail("%s: alpha or beta in device memory, in pointer mode host", function);
  p->alpha_value = *p->alpha;
  p->beta_value = *p->beta;
  p->alpha = p->beta = nullptr;
  return CUBLAS_STATUS_SUCCESS;
}

template <class T>
cublasStatus_t queue(const char *function, cublasHandle_t handle, product<T> p) {
  operation op;
  op.what = function;
  cublasStatus_t status = take_scalars(function, handle, &p, &op);
  if (status != CUBLAS_STATUS_SUCCESS) return status;
  if (p.m == 0 || p.n == 0 || p.count == 0) return CUBLAS_STATUS_SUCCESS;
  if (!handle->workspace) forbid_in_capture("a product without a workspace, which takes memory");
  touch(function, p.a, p.count, &op);
  touch(function, p.b, p.count, &op);
  touch(function, p.c, p.count, &op);
  op.run = [p] {
    T alpha = p.alpha == nullptr ? p.alpha_value : *device_bytes(p.alpha), beta = p.beta == nullptr ? p.beta_value : *device_bytes(p.beta);
    const T *a = device_bytes(p.a.at), *b = device_bytes(p.b.at);
    T *c = device_bytes(p.c.at);
    for (int i = 0; i < p.count; i++) multiply(p, alpha, beta, a + i * p.a.stride, b + i * p.b.stride, c + i * p.c.stride);
  };
  enqueue(handle->stream, std::move(op));
  return CUBLAS_STATUS_SUCCESS;
}

bool valid(cublasOperation_t op) {
  return op == CUBLAS_OP_N || op == CUBLAS_OP_T || op == CUBLAS_OP_C;
}

/* What the math mode rounds float to where no compute type says so. */
enum { BY_MODE = -1 };
int mode_bits(cublasHandle_t handle) {
  return handle->math == CUBLAS_TF32_TENSOR_OP_MATH ? 11 : 0;
}

int least_lead(int rows) {
  return rows > 1 ? rows : 1;
}

template <class T>
cublasStatus_t gemm(const char *function, cublasHandle_t handle, cublasOperation_t opa, cublasOperation_t opb, int m, int n, int k,
                    const T *alpha, const T *a, int lda, long long stride_a, const T *b, int ldb, long long stride_b, const T *beta, T *c,
                    int ldc, long long stride_c, int count, int bits = BY_MODE) {
  enter(function);
  if (!known(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
  if (bits == BY_MODE) bits = mode_bits(handle);
  if (!valid(opa) || !valid(opb) || m < 0 || n < 0 || k < 0 || count < 0) return CUBLAS_STATUS_INVALID_VALUE;
  bool ta = opa != CUBLAS_OP_N, tb = opb != CUBLAS_OP_N;
  matrix<const T> am = {a, ta ? k : m, ta ? m : k, lda, stride_a}, bm = {b, tb ? n : k, tb ? k : n, ldb, stride_b};
  matrix<T> cm = {c, m, n, ldc, stride_c};
  if (lda < least_lead(am.rows) || ldb < least_lead(bm.rows) || ldc < least_lead(m)) return CUBLAS_STATUS_INVALID_VALUE;
  /* One after another, or side by side in the same columns. */
  if (count > 1 && stride_c < (long long)ldc * (n - 1) + m && (stride_c < m || stride_c * (count - 1) + m > ldc))
    fail("%s: the results of a batch overlap", function);
  return queue(function, handle, product<T>{ta, tb, m, n, k, count, alpha, beta, 0, 0, am, bm, cm, bits});
}

/* What a compute type rounds factors of type float to, in *bits. Only what goes with float matrices is imitated; what cuBLAS has beside
 * that is a fault, so that it is not taken for something it refuses. */
cublasStatus_t take_types(const char *function, cublasHandle_t handle, cudaDataType a, cudaDataType b, cudaDataType c,
                          cublasComputeType_t compute, cublasGemmAlgo_t algorithm, int *bits) {
  if (!known(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
  if (algorithm != CUBLAS_GEMM_DEFAULT && algorithm != CUBLAS_GEMM_DEFAULT_TENSOR_OP)
    fail("%s: algorithm %d; their numbers mean nothing any more", function, (int)algorithm);
  switch (compute) {
    case CUBLAS_COMPUTE_32F:
      *bits = mode_bits(handle);
      break;
    case CUBLAS_COMPUTE_32F_PEDANTIC:
      *bits = 0;
      break;
    case CUBLAS_COMPUTE_32F_FAST_TF32:
    case CUBLAS_COMPUTE_32F_FAST_16F:
      *bits = 11;
      break;
    case CUBLAS_COMPUTE_32F_FAST_16BF:
      *bits = 8;
      break;
    case CUBLAS_COMPUTE_16F:
    case CUBLAS_COMPUTE_16F_PEDANTIC:
    case CUBLAS_COMPUTE_64F:
    case CUBLAS_COMPUTE_64F_PEDANTIC:
    case CUBLAS_COMPUTE_32I:
    case CUBLAS_COMPUTE_32I_PEDANTIC:
      return CUBLAS_STATUS_NOT_SUPPORTED; /* with float */
    default:
      return CUBLAS_STATUS_INVALID_VALUE;
  }
  if (a != b) return CUBLAS_STATUS_NOT_SUPPORTED;
  if (a != CUDA_R_32F && c == CUDA_R_64F) return CUBLAS_STATUS_NOT_SUPPORTED;
  if (a == CUDA_R_32F && c != CUDA_R_32F) return CUBLAS_STATUS_NOT_SUPPORTED;
  if (a == CUDA_R_64F || a == CUDA_R_32I) return CUBLAS_STATUS_NOT_SUPPORTED;
  if (a != CUDA_R_32F) fail("%s: matrices of type %d are not part of this emulation", function, (int)a);
  if (*bits == 0) return CUBLAS_STATUS_SUCCESS;
  int major = 0;
  if (handle->math == CUBLAS_PEDANTIC_MATH) fail("%s: a fast compute type in pedantic math mode", function);
  if (cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, 0) != cudaSuccess || major < 8) {
    if (compute != CUBLAS_COMPUTE_32F_FAST_16F) return CUBLAS_STATUS_NOT_SUPPORTED;
  }
  return CUBLAS_STATUS_SUCCESS;
}

/* y as a matrix of one row: its increment is the leading dimension; x likewise, as op(B) with one column. */
template <class T>
cublasStatus_t gemv(const char *function, cublasHandle_t handle, cublasOperation_t op, int m, int n, const T *alpha, const T *a, int lda,
                    const T *x, int incx, const T *beta, T *y, int incy) {
  enter(function);
  if (!known(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
  if (!valid(op) || m < 0 || n < 0 || incx == 0 || incy == 0 || lda < least_lead(m)) return CUBLAS_STATUS_INVALID_VALUE;
  if (incx < 0 || incy < 0) fail("%s: negative increments are not part of this emulation", function);
  bool t = op != CUBLAS_OP_N;
  int in = t ? m : n, out = t ? n : m;
  /* y' (1 x out) = alpha x' (1 x in) op(A)' (in x out) + beta y' */
  matrix<const T> xm = {x, 1, in, incx, 0}, am = {a, m, n, lda, 0};
  matrix<T> ym = {y, 1, out, incy, 0};
  return queue(function, handle, product<T>{false, !t, 1, out, in, 1, alpha, beta, 0, 0, xm, am, ym});
}

}  // namespace

void oss_cuda_host::blas_leaks(std::string *out) {
  if (!handles.empty()) *out += " " + std::to_string(handles.size()) + " cuBLAS handles;";
}

#define GEMM(type, letter)                                                                                                                 \
  cublasStatus_t cublas##letter##gemm_v2(cublasHandle_t handle, cublasOperation_t opa, cublasOperation_t opb, int m, int n, int k,         \
                                         const type *alpha, const type *a, int lda, const type *b, int ldb, const type *beta, type *c,     \
                                         int ldc) {                                                                                        \
    return gemm("cublas" #letter "gemm", handle, opa, opb, m, n, k, alpha, a, lda, 0, b, ldb, 0, beta, c, ldc, 0, 1);                      \
  }                                                                                                                                        \
  cublasStatus_t cublas##letter##gemmStridedBatched(                                                                                       \
      cublasHandle_t handle, cublasOperation_t opa, cublasOperation_t opb, int m, int n, int k, const type *alpha, const type *a, int lda, \
      long long stride_a, const type *b, int ldb, long long stride_b, const type *beta, type *c, int ldc, long long stride_c, int count) { \
    return gemm("cublas" #letter "gemmStridedBatched", handle, opa, opb, m, n, k, alpha, a, lda, stride_a, b, ldb, stride_b, beta, c, ldc, \
                stride_c, count);                                                                                                          \
  }                                                                                                                                        \
  cublasStatus_t cublas##letter##gemv_v2(cublasHandle_t handle, cublasOperation_t op, int m, int n, const type *alpha, const type *a,      \
                                         int lda, const type *x, int incx, const type *beta, type *y, int incy) {                          \
    return gemv("cublas" #letter "gemv", handle, op, m, n, alpha, a, lda, x, incx, beta, y, incy);                                         \
  }
GEMM(float, S)
GEMM(double, D)
#undef GEMM

cublasStatus_t cublasCreate_v2(cublasHandle_t *handle) {
  enter("cublasCreate");
  forbid_in_capture("cublasCreate");
  auto context = std::make_unique<cublasContext>(cublasContext{nullptr, false, CUBLAS_POINTER_MODE_HOST, CUBLAS_DEFAULT_MATH});
  *handle = context.get();
  handles[*handle] = std::move(context);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasDestroy_v2(cublasHandle_t handle) {
  enter("cublasDestroy");
  forbid_in_capture("cublasDestroy");
  if (!known(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
  if (stream_exists(handle->stream)) finish_stream(handle->stream);
  handles.erase(handle);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, cudaStream_t stream) {
  if (!known(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
  if (!stream_exists(stream)) return CUBLAS_STATUS_INVALID_VALUE;
  handle->stream = stream;
  handle->workspace = false; /* it is taken away */
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetWorkspace_v2(cublasHandle_t handle, void *workspace, size_t bytes) {
  if (!known(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
  if (bytes == 0) return CUBLAS_STATUS_SUCCESS;
  check_device("cublasSetWorkspace", workspace, bytes);
  if (reinterpret_cast<uintptr_t>(workspace) % 256 != 0) return CUBLAS_STATUS_INVALID_VALUE;
  handle->workspace = true;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetPointerMode_v2(cublasHandle_t handle, cublasPointerMode_t mode) {
  if (!known(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
  handle->mode = mode;
  return CUBLAS_STATUS_SUCCESS;
}

/* Of the flags beside the mode (no reduced precision in reductions) plain loops know nothing. */
cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t mode) {
  if (!known(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
  const int plain = (int)mode & ~(int)CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION;
  if (plain < CUBLAS_DEFAULT_MATH || plain > CUBLAS_TF32_TENSOR_OP_MATH) return CUBLAS_STATUS_INVALID_VALUE;
  handle->math = (cublasMath_t)plain;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasGemmStridedBatchedEx(cublasHandle_t handle, cublasOperation_t opa, cublasOperation_t opb, int m, int n, int k,
                                          const void *alpha, const void *a, cudaDataType type_a, int lda, long long stride_a, const void *b,
                                          cudaDataType type_b, int ldb, long long stride_b, const void *beta, void *c, cudaDataType type_c,
                                          int ldc, long long stride_c, int count, cublasComputeType_t compute, cublasGemmAlgo_t algorithm) {
  int bits = 0;
  cublasStatus_t status = take_types("cublasGemmStridedBatchedEx", handle, type_a, type_b, type_c, compute, algorithm, &bits);
  if (status != CUBLAS_STATUS_SUCCESS) return status;
  return gemm("cublasGemmStridedBatchedEx", handle, opa, opb, m, n, k, static_cast<const float *>(alpha), static_cast<const float *>(a),
              lda, stride_a, static_cast<const float *>(b), ldb, stride_b, static_cast<const float *>(beta), static_cast<float *>(c), ldc,
              stride_c, count, bits);
}

cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t opa, cublasOperation_t opb, int m, int n, int k, const void *alpha,
                            const void *a, cudaDataType type_a, int lda, const void *b, cudaDataType type_b, int ldb, const void *beta,
                            void *c, cudaDataType type_c, int ldc, cublasComputeType_t compute, cublasGemmAlgo_t algorithm) {
  int bits = 0;
  cublasStatus_t status = take_types("cublasGemmEx", handle, type_a, type_b, type_c, compute, algorithm, &bits);
  if (status != CUBLAS_STATUS_SUCCESS) return status;
  return gemm("cublasGemmEx", handle, opa, opb, m, n, k, static_cast<const float *>(alpha), static_cast<const float *>(a), lda, 0,
              static_cast<const float *>(b), ldb, 0, static_cast<const float *>(beta), static_cast<float *>(c), ldc, 0, 1, bits);
}

cublasStatus_t cublasSetAtomicsMode(cublasHandle_t handle, cublasAtomicsMode_t mode) {
  if (!known(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
  return mode == CUBLAS_ATOMICS_NOT_ALLOWED || mode == CUBLAS_ATOMICS_ALLOWED ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_INVALID_VALUE;
}

const char *cublasGetStatusName(cublasStatus_t status) {
  static const std::map<int, const char *> names = {{CUBLAS_STATUS_SUCCESS, "CUBLAS_STATUS_SUCCESS"},
                                                    {CUBLAS_STATUS_NOT_INITIALIZED, "CUBLAS_STATUS_NOT_INITIALIZED"},
                                                    {CUBLAS_STATUS_INVALID_VALUE, "CUBLAS_STATUS_INVALID_VALUE"},
                                                    {CUBLAS_STATUS_NOT_SUPPORTED, "CUBLAS_STATUS_NOT_SUPPORTED"}};
  auto found = names.find(status);
  return found == names.end() ? "CUBLAS_STATUS_INTERNAL_ERROR" : found->second;
}

const char *cublasGetStatusString(cublasStatus_t status) {
  return status == CUBLAS_STATUS_SUCCESS         ? "success"
         : status == CUBLAS_STATUS_INVALID_VALUE ? "invalid value"
                                                 : cublasGetStatusName(status);
}

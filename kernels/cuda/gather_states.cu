// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Mapping: a thread moves 16 bytes of a row (4 where rows are not aligned); x runs along the row, a row's index is read once a thread.
 * Bytes 8 an element, no flops; block 256: no thread needs another one; 28 registers. Floor: the bytes; about 90 % of a copy's rate. */
#include "kernels/checks.h"
#include "kernels/cuda/rows.h"

// block: 256
template <int WIDE>
static __global__ void gather_rows(size_t b, size_t n, size_t columns, size_t from_stride, const int32_t *from, const float *in,
                                   const float *keep, float *out, oss_cuda_fault *fault) {
  const size_t rows = (n + 1) * b;
  for (size_t row = oss_cuda_y(); row < rows; row += oss_cuda_y_step()) {
    const size_t j = row / b, s = row - j * b;
    const int32_t k = from[s * from_stride + j];
    if (k >= 0 && (size_t)k > n) {
      oss_cuda_fault_set(fault, OSS_CUDA_FAULT_GATHER, k, 0, (long long)n, 0.0);
      continue;
    }
    const float *source = k < 0 ? keep + row * columns * WIDE : in + ((size_t)k * b + s) * columns * WIDE;
    for (size_t i = oss_cuda_x(); i < columns; i += oss_cuda_x_step())
      oss_cuda_store<WIDE>(out + (row * columns + i) * WIDE, oss_cuda_load<WIDE>(source + i * WIDE));
  }
}

template <int WIDE>
static oss_status launch(oss_backend *be, size_t b, size_t n, size_t d, size_t from_stride, const int32_t *from, const float *in,
                         const float *keep, float *out) {
  const auto kernel = gather_rows<WIDE>;
  const oss_cuda_rows plan = oss_cuda_rows_plan((n + 1) * b, d / WIDE);
  OSS_LAUNCH(be, kernel, plan.grid, plan.block, 0, b, n, d / WIDE, from_stride, from, in, keep, out, oss_cuda_state_of(be)->fault);
  return OSS_OK;
}

oss_status oss_cuda_gather_states(oss_backend *be, size_t b, size_t n, size_t d, size_t from_stride, const int32_t *from, const float *in,
                                  const float *keep, float *out) {
  OSS_TRY(oss_check_gather_states(b, n, d, from_stride));
  if (b == 0 || d == 0) return OSS_OK;
  return d % 4 == 0 && oss_cuda_aligned(in) && oss_cuda_aligned(keep) && oss_cuda_aligned(out)
             ? launch<4>(be, b, n, d, from_stride, from, in, keep, out)
             : launch<1>(be, b, n, d, from_stride, from, in, keep, out);
}

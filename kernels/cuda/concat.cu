// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Mapping: a thread moves 16 bytes of a row (4 where something is not aligned to 16 bytes); x runs along the row, y over the rows. Bytes 8
 * a float, no flops; block 256: no thread needs another one. Floor: the bytes; about 90 % of a copy's rate. */
#include "kernels/checks.h"
#include "kernels/cuda/rows.h"

// block: 256
template <int WIDE>
static __global__ void concat_rows(size_t rows, size_t n, size_t stride, const float *a, size_t m, size_t other, const float *b,
                                   float *out) {
  const size_t columns = (n + m) / WIDE;
  for (size_t r = oss_cuda_y(); r < rows; r += oss_cuda_y_step())
    for (size_t i = oss_cuda_x(); i < columns; i += oss_cuda_x_step()) {
      const float *from = i * WIDE < n ? a + r * stride + i * WIDE : b + r * other + (i * WIDE - n);
      oss_cuda_store<WIDE>(out + (r * columns + i) * WIDE, oss_cuda_load<WIDE>(from));
    }
}

template <int WIDE>
static oss_status launch(oss_backend *be, size_t rows, size_t n, size_t stride, const float *a, size_t m, size_t other, const float *b,
                         float *out) {
  const auto kernel = concat_rows<WIDE>;
  const oss_cuda_rows plan = oss_cuda_rows_plan(rows, (n + m) / WIDE);
  OSS_LAUNCH(be, kernel, plan.grid, plan.block, 0, rows, n, stride, a, m, other, b, out);
  return OSS_OK;
}

oss_status oss_cuda_concat(oss_backend *be, size_t rows, size_t n, size_t stride, const float *a, size_t m, size_t other, const float *b,
                           float *out) {
  OSS_TRY(oss_check_concat(rows, n, stride, m, other));
  if (rows == 0 || n + m == 0) return OSS_OK;
  const bool wide =
      n % 4 == 0 && stride % 4 == 0 && m % 4 == 0 && other % 4 == 0 && oss_cuda_aligned(a) && oss_cuda_aligned(b) && oss_cuda_aligned(out);
  return wide ? launch<4>(be, rows, n, stride, a, m, other, b, out) : launch<1>(be, rows, n, stride, a, m, other, b, out);
}

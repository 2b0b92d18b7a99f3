// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Mapping: a thread makes 4 neighbouring elements of a row (1 where rows are not aligned to 16 bytes); x runs along the row. The
 * coefficients lie in device memory and are read once a thread, the same address for a whole row, which is one transaction a warp. Bytes 4
 * (terms + 1) and 2 terms flops of double an element, and terms + 1 conversions, which cost as much as a flop of double. Block 256: no
 * thread needs another one. Kernels for up to 2, 4 and 8 terms keep the loads in flight together without the registers of the longest sum:
 * 30 to 80 on sm_90, none spilled. Floor: the bytes. sm_80, sm_90: double and conversions take under a third of the time that the bytes do,
 * so about 90 % of a copy's rate. Cards with double at 1/32 or 1/64 (two a clock and multiprocessor): 3 terms + 1 such instructions for 4
 * (terms + 1) bytes, which at 1 TB/s and 128 multiprocessors of 2.5 GHz is 640 G/s against 250 G (terms + 1) bytes / 4: about as long as
 * the bytes, 75 to 100 %. */
#include "kernels/checks.h"
#include "kernels/cuda/combine.h"

// block: 256
template <int WIDE, int MOST>
static __global__ void combine_rows(size_t rows, size_t columns, int terms, size_t stride, const double *coef, oss_terms in, float *out) {
  for (size_t r = oss_cuda_y(); r < rows; r += oss_cuda_y_step()) {
    const oss_cuda_coefs<MOST> coefs(terms, coef + r * stride, 1);
    for (size_t i = oss_cuda_x(); i < columns; i += oss_cuda_x_step()) {
      const size_t at = (r * columns + i) * WIDE;
      double sum[WIDE] = {0.0};
      oss_cuda_combine<WIDE, MOST>(coefs, in, at, sum);
      oss_cuda_store<WIDE>(out + at, oss_cuda_rounded<WIDE>(sum));
    }
  }
}

template <int WIDE>
static oss_status launch(oss_backend *be, size_t rows, size_t d, int terms, size_t stride, const double *coef, const oss_terms &in,
                         float *out) {
  const auto kernel = terms <= 2 ? combine_rows<WIDE, 2> : terms <= 4 ? combine_rows<WIDE, 4> : combine_rows<WIDE, OSS_MAX_TERMS>;
  const oss_cuda_rows plan = oss_cuda_rows_plan(rows, d / WIDE);
  OSS_LAUNCH(be, kernel, plan.grid, plan.block, 0, rows, d / WIDE, terms, stride, coef, in, out);
  return OSS_OK;
}

oss_status oss_cuda_lincomb(oss_backend *be, size_t rows, size_t d, int terms, size_t stride, const double *coef, oss_terms in,
                            float *out) {
  OSS_TRY(oss_check_lincomb(rows, d, terms, stride));
  if (rows == 0 || d == 0) return OSS_OK;
  int wide = d % 4 == 0 && oss_cuda_aligned(out);
  for (int m = 0; m < terms; m++) wide = wide && oss_cuda_aligned(in.at[m]);
  return wide ? launch<4>(be, rows, d, terms, stride, coef, in, out) : launch<1>(be, rows, d, terms, stride, coef, in, out);
}

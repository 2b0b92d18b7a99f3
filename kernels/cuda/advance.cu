// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Mapping: as lincomb; a row is a cell (j, s), whose source k is looked up once a thread, its q + 1 coefficients too: all threads of a row
 * ask for the same address, one transaction a warp. A cell without a source is copied, bits as they are.
 * Bytes 4 (q + 2) an element, 2 (q + 1) flops of double; block 256, kernels for up to 2, 4 and 8 histories, as lincomb; 34 to 80 registers.
 * Floor: the bytes (copied cells: 8). From many cells one k is read again and again, so the second-level cache serves part of them: 90 % of
 * a copy's rate or more on sm_80 and sm_90. For d = 3072 and b = 1 there are 603 blocks of 12 KB each way, one wave on a large card: the
 * two reads on end (index, coefficients) before the states then show, about 60 %. */
#include "kernels/checks.h"
#include "kernels/cuda/combine.h"

// block: 256
template <int WIDE, int MOST>
static __global__ void advance_rows(size_t b, size_t n, size_t columns, int q, size_t coef_stride, const double *coef, size_t from_stride,
                                    const int32_t *from, const float *x, oss_terms h, float *out, oss_cuda_fault *fault) {
  const size_t rows = (n + 1) * b, plane = (n + 1) * (n + 1);
  for (size_t row = oss_cuda_y(); row < rows; row += oss_cuda_y_step()) {
    const size_t j = row / b, s = row - j * b;
    const int32_t k = from[s * from_stride + j];
    if (k < 0) {
      for (size_t i = oss_cuda_x(); i < columns; i += oss_cuda_x_step())
        oss_cuda_store<WIDE>(out + (row * columns + i) * WIDE, oss_cuda_load<WIDE>(x + (row * columns + i) * WIDE));
      continue;
    }
    if ((size_t)k > n || (size_t)k <= j) { /* would read outside the states */
      oss_cuda_fault_set(fault, OSS_CUDA_FAULT_ADVANCE, (long long)j, from_stride == 0 ? 0 : (long long)s, k, 0.0);
      continue;
    }
    const double *cell = coef + s * coef_stride + (size_t)k * (n + 1) + j;
    const double own = cell[0];
    const oss_cuda_coefs<MOST> coefs(q, cell + plane, plane);
    const size_t source = ((size_t)k * b + s) * columns;
    for (size_t i = oss_cuda_x(); i < columns; i += oss_cuda_x_step()) {
      const size_t at = (source + i) * WIDE;
      double sum[WIDE] = {0.0};
      if (own != 0.0) {
        const oss_cuda_pack<WIDE> value = oss_cuda_load<WIDE>(x + at);
        for (int e = 0; e < WIDE; e++) sum[e] += own * (double)value.at[e];
      }
      oss_cuda_combine<WIDE, MOST>(coefs, h, at, sum);
      oss_cuda_store<WIDE>(out + (row * columns + i) * WIDE, oss_cuda_rounded<WIDE>(sum));
    }
  }
}

template <int WIDE>
static oss_status launch(oss_backend *be, size_t b, size_t n, size_t d, int q, size_t coef_stride, const double *coef, size_t from_stride,
                         const int32_t *from, const float *x, const oss_terms &h, float *out) {
  const auto kernel = q <= 2 ? advance_rows<WIDE, 2> : q <= 4 ? advance_rows<WIDE, 4> : advance_rows<WIDE, OSS_MAX_TERMS>;
  const oss_cuda_rows plan = oss_cuda_rows_plan((n + 1) * b, d / WIDE);
  OSS_LAUNCH(be, kernel, plan.grid, plan.block, 0, b, n, d / WIDE, q, coef_stride, coef, from_stride, from, x, h, out,
             oss_cuda_state_of(be)->fault);
  return OSS_OK;
}

oss_status oss_cuda_advance(oss_backend *be, size_t b, size_t n, size_t d, int q, size_t coef_stride, const double *coef,
                            size_t from_stride, const int32_t *from, const float *x, oss_terms h, float *out) {
  OSS_TRY(oss_check_advance(b, n, d, q, coef_stride, from_stride));
  if (b == 0 || d == 0) return OSS_OK;
  int wide = d % 4 == 0 && oss_cuda_aligned(x) && oss_cuda_aligned(out);
  for (int m = 0; m < q; m++) wide = wide && oss_cuda_aligned(h.at[m]);
  return wide ? launch<4>(be, b, n, d, q, coef_stride, coef, from_stride, from, x, h, out)
              : launch<1>(be, b, n, d, q, coef_stride, coef, from_stride, from, x, h, out);
}

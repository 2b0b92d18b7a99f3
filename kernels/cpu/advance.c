// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <string.h>

#include "kernels/checks.h"
#include "kernels/cpu/combine_row.h"

/* A wrong index would read outside the states, so all are looked at before anything is written. */
static oss_status check_sources(size_t b, size_t n, size_t from_stride, const int32_t *from) {
  size_t rows = from_stride == 0 ? 1 : b;
  for (size_t s = 0; s < rows; s++)
    for (size_t j = 0; j <= n; j++) {
      int32_t k = from[s * from_stride + j];
      if (k >= 0 && ((size_t)k > n || (size_t)k <= j))
        return oss_fail(OSS_ERR_INTERNAL, "advance: index %zu of sample %zu comes from %ld; %zu to %zu are possible", j, s, (long)k, j + 1,
                        n);
    }
  return OSS_OK;
}

oss_status oss_cpu_advance(oss_backend *be, size_t b, size_t n, size_t d, int q, size_t coef_stride, const double *coef, size_t from_stride,
                           const int32_t *from, const float *x, oss_terms h, float *out) {
  OSS_TRY(oss_check_advance(b, n, d, q, coef_stride, from_stride));
  size_t plane = (n + 1) * (n + 1);
  OSS_TRY(check_sources(b, n, from_stride, from));
  size_t rows = (n + 1) * b, blocks = oss_cpu_blocks(d);
  oss_combine_row *combine = oss_combine_row_chosen();
#pragma omp parallel for collapse(2) schedule(static) num_threads(be->threads) if (rows * d > OSS_CPU_SERIAL)
  for (size_t row = 0; row < rows; row++) {
    for (size_t block = 0; block < blocks; block++) {
      size_t j = row / b, s = row % b, begin = block * OSS_CPU_BLOCK, count = oss_cpu_block_length(d, begin);
      int32_t k = from[s * from_stride + j];
      if (k < 0) {
        memcpy(out + row * d + begin, x + row * d + begin, count * sizeof *out);
        continue;
      }
      const double *cell = coef + s * coef_stride + (size_t)k * (n + 1) + j;
      size_t source = ((size_t)k * b + s) * d + begin;
      double used[OSS_MAX_TERMS + 1] = {0};
      const float *at[OSS_MAX_TERMS + 1] = {0};
      int terms = 0;
      for (int m = 0; m <= q; m++) {
        double c = cell[(size_t)m * plane];
        if (c == 0.0) continue;
        used[terms] = c;
        at[terms++] = (m == 0 ? x : h.at[m - 1]) + source;
      }
      combine(terms, used, at, count, out + row * d + begin);
    }
  }
  return OSS_OK;
}

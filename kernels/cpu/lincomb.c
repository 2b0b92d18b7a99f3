// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/checks.h"
#include "kernels/cpu/combine_row.h"

oss_status oss_cpu_lincomb(oss_backend *be, size_t rows, size_t d, int terms, size_t stride, const double *coef, oss_terms in, float *out) {
  OSS_TRY(oss_check_lincomb(rows, d, terms, stride));
  size_t blocks = oss_cpu_blocks(d);
  oss_combine_row *combine = oss_combine_row_chosen();
#pragma omp parallel for collapse(2) schedule(static) num_threads(be->threads) if (rows * d > OSS_CPU_SERIAL)
  for (size_t r = 0; r < rows; r++) {
    for (size_t block = 0; block < blocks; block++) {
      size_t begin = block * OSS_CPU_BLOCK;
      double used[OSS_MAX_TERMS] = {0};
      const float *from[OSS_MAX_TERMS] = {0};
      int count = 0;
      for (int m = 0; m < terms; m++) {
        double c = coef[r * stride + (size_t)m];
        if (c == 0.0) continue;
        used[count] = c;
        from[count++] = in.at[m] + r * d + begin;
      }
      combine(count, used, from, oss_cpu_block_length(d, begin), out + r * d + begin);
    }
  }
  return OSS_OK;
}

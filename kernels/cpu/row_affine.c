// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cpu/cpu.h"

/* Rows are spread over threads; 8 bytes and 2 flops an element, so memory is the limit. */
oss_status oss_cpu_row_affine(oss_backend *be, size_t rows, size_t d, const double *map, const float *in, float *out) {
  if (!oss_fits(rows, d, 1, sizeof *in)) return oss_fail(OSS_ERR_INTERNAL, "row_affine: %zu rows of %zu overflow", rows, d);
#pragma omp parallel for schedule(static) num_threads(be->threads) if (rows * d > OSS_CPU_SERIAL)
  for (size_t r = 0; r < rows; r++) {
    double scale = map[2 * r], shift = map[2 * r + 1];
    const float *from = in + r * d;
    float *to = out + r * d;
    for (size_t e = 0; e < d; e++) to[e] = (float)(scale * (double)from[e] + shift);
  }
  return OSS_OK;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cpu/cpu.h"

enum { LANES = 16 };

/* Lanes of their own keep the sum's order whatever the number of threads, and let the compiler use wide units. 2 D flops a value; the
 * matrix's row stays in cache while all rows of a block pass. */
static double dot(size_t d, const float *a, const float *b) {
  double lane[LANES] = {0}, sum = 0.0;
  size_t e = 0;
  for (; e + LANES <= d; e += LANES)
    for (size_t l = 0; l < LANES; l++) lane[l] += (double)a[e + l] * (double)b[e + l];
  for (size_t l = 0; e < d; e++, l++) lane[l] += (double)a[e] * (double)b[e];
  for (size_t l = 0; l < LANES; l++) sum += lane[l];
  return sum;
}

oss_status oss_cpu_project(oss_backend *be, size_t rows, size_t d, size_t n, const float *matrix, const float *in, float *out) {
  if (!oss_cpu_fits(rows, d, 1, sizeof *in) || !oss_cpu_fits(rows, n, 1, sizeof *out) || !oss_cpu_fits(n, d, 1, sizeof *matrix))
    return oss_fail(OSS_ERR_INTERNAL, "project: %zu rows of %zu to %zu overflow", rows, d, n);
#pragma omp parallel for collapse(2) schedule(static) num_threads(be->threads) if (rows * n * d > OSS_CPU_SERIAL)
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < n; i++) out[r * n + i] = (float)dot(d, matrix + i * d, in + r * d);
  return OSS_OK;
}

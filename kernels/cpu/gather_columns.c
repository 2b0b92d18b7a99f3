// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cpu/cpu.h"

oss_status oss_cpu_gather_columns(oss_backend *be, size_t rows, size_t d, size_t n, const int32_t *index, const float *in, float *out) {
  if (!oss_fits(rows, d, 1, sizeof *in) || !oss_fits(rows, n, 1, sizeof *out))
    return oss_fail(OSS_ERR_INTERNAL, "gather_columns: %zu rows of %zu or %zu overflow", rows, d, n);
  for (size_t i = 0; i < n; i++)
    if (index[i] < 0 || (size_t)index[i] >= d)
      return oss_fail(OSS_ERR_INTERNAL, "gather_columns: column %ld (number %zu) is outside 0..%zu", (long)index[i], i, d - 1);
#pragma omp parallel for schedule(static) num_threads(be->threads) if (rows * n > OSS_CPU_SERIAL)
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < n; i++) out[r * n + i] = in[r * d + (size_t)index[i]];
  return OSS_OK;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <string.h>

#include "kernels/checks.h"
#include "kernels/cpu/cpu.h"

/* Rows are spread over threads; 8 bytes a float, no flops. */
oss_status oss_cpu_concat(oss_backend *be, size_t rows, size_t n, size_t stride, const float *a, size_t m, size_t other, const float *b,
                          float *out) {
  OSS_TRY(oss_check_concat(rows, n, stride, m, other));
#pragma omp parallel for schedule(static) num_threads(be->threads) if (rows * (n + m) > OSS_CPU_SERIAL)
  for (size_t r = 0; r < rows; r++) {
    float *to = out + r * (n + m);
    if (n > 0) memcpy(to, a + r * stride, n * sizeof *to);
    if (m > 0) memcpy(to + n, b + r * other, m * sizeof *to);
  }
  return OSS_OK;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>

#include "kernels/checks.h"
#include "kernels/cpu/cpu.h"

/* Rows are spread over threads; 4 bytes an output and half a sine and cosine, which are the limit. */
oss_status oss_cpu_embed(oss_backend *be, size_t rows, size_t half, int sin_first, size_t stride, const double *label,
                         const float *frequency, float *out) {
  OSS_TRY(oss_check_embed(rows, half, stride));
  if (half == 0) return OSS_OK;
#pragma omp parallel for schedule(static) num_threads(be->threads) if (rows * half > OSS_CPU_BLOCK)
  for (size_t r = 0; r < rows; r++) {
    float *cosine = out + r * 2 * half, *sine = cosine + half;
    if (sin_first) {
      sine = cosine;
      cosine = sine + half;
    }
    const float time = (float)label[r * stride];
    for (size_t i = 0; i < half; i++) {
      const float angle = time * frequency[i];
      cosine[i] = cosf(angle);
      sine[i] = sinf(angle);
    }
  }
  return OSS_OK;
}

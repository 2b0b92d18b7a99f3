// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/checks.h"
#include "kernels/cpu/cpu.h"

/* Tokens are spread over threads. 12 bytes and 3 flops a float, the gate's from the cache: memory is the limit, and the compiler's vectors
 * are enough for it. */
oss_status oss_cpu_gated_sum(oss_backend *be, size_t samples, size_t tokens, size_t width, double factor, size_t stride, const float *gate,
                             int shared, const float *x, const float *y, float *out) {
  OSS_TRY(oss_check_gated_sum(samples, tokens, width, stride));
  const float times = (float)factor;
#pragma omp parallel for collapse(2) schedule(static) num_threads(be->threads) if (samples * tokens * width > OSS_CPU_SERIAL)
  for (size_t s = 0; s < samples; s++)
    for (size_t i = 0; i < tokens; i++) {
      const float *from = x + (s * tokens + i) * width, *other = y + (shared ? i : s * tokens + i) * width;
      float *to = out + (s * tokens + i) * width;
      if (gate == NULL) {
#pragma omp simd
        for (size_t c = 0; c < width; c++) to[c] = times * (from[c] + other[c]);
      } else {
        const float *weight = gate + s * stride;
#pragma omp simd
        for (size_t c = 0; c < width; c++) to[c] = times * (from[c] + weight[c] * other[c]);
      }
    }
  return OSS_OK;
}

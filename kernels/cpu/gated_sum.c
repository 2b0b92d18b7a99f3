// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/checks.h"
#include "kernels/cpu/norm.h"

/* Mapping: threads take a few tokens of a sample at a time. 12 bytes and 3 flops a float, the gate's from the first-level cache. */
oss_status oss_cpu_gated_sum(oss_backend *be, size_t samples, size_t tokens, size_t width, double factor, size_t stride, const float *gate,
                             int shared, const float *x, const float *y, float *out) {
  OSS_TRY(oss_check_gated_sum(samples, tokens, width, stride));
  if (tokens == 0 || width == 0) return OSS_OK;
  const oss_norm_unit unit = oss_norm_unit_chosen();
  const size_t at_once = oss_norm_at_once(tokens, width);
#pragma omp parallel for collapse(2) schedule(static) num_threads(be->threads) if (samples * tokens * width > OSS_CPU_SERIAL)
  for (size_t s = 0; s < samples; s++)
    for (size_t i = 0; i < tokens; i += at_once) {
      const size_t at = (s * tokens + i) * width, other = shared ? i * width : at;
      unit.gated(tokens - i < at_once ? tokens - i : at_once, width, (float)factor, gate != NULL ? gate + s * stride : NULL, x + at,
                 y + other, out + at);
    }
  return OSS_OK;
}

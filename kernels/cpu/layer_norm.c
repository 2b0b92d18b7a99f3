// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/checks.h"
#include "kernels/cpu/norm.h"

/* Mapping: threads take a few whole tokens of a sample at a time, whose second pass finds them in the first-level cache. 8 bytes a float,
 * and what gain, bias, shift and scale bring from there. */
oss_status oss_cpu_layer_norm(oss_backend *be, size_t samples, size_t tokens, size_t width, double eps, const float *gain,
                              const float *bias, size_t stride, const float *shift, const float *scale, oss_activation activation,
                              const float *in, float *out) {
  OSS_TRY(oss_check_layer_norm(samples, tokens, width, eps, stride, shift, scale, activation));
  if (tokens == 0 || width == 0) return OSS_OK;
  const oss_norm_unit unit = oss_norm_unit_chosen();
  const size_t at_once = oss_norm_at_once(tokens, width);
#pragma omp parallel for collapse(2) schedule(static) num_threads(be->threads) if (samples * tokens * width > OSS_CPU_SERIAL)
  for (size_t s = 0; s < samples; s++)
    for (size_t i = 0; i < tokens; i += at_once) {
      const oss_norm_token how = {.eps = eps,
                                  .gain = gain,
                                  .bias = bias,
                                  .shift = shift != NULL ? shift + s * stride : NULL,
                                  .scale = scale != NULL ? scale + s * stride : NULL,
                                  .activation = activation};
      const size_t at = (s * tokens + i) * width;
      unit.layer(tokens - i < at_once ? tokens - i : at_once, width, &how, in + at, out + at);
    }
  return OSS_OK;
}

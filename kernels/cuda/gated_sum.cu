// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Mapping: a thread makes 4 neighbouring floats of a token (1 where something is not aligned to 16 bytes); x runs along the token, y over
 * the tokens. Bytes 12 a float, the gate's from a cache; 3 flops; block 256: no thread needs another one. Floor: the bytes; about 90 % of a
 * copy's rate. */
#include "kernels/checks.h"
#include "kernels/cuda/rows.h"

// block: 256
template <int WIDE>
static __global__ void add_gated(size_t rows, size_t tokens, size_t columns, float factor, size_t stride, const float *gate, int shared,
                                 const float *x, const float *y, float *out) {
  for (size_t r = oss_cuda_y(); r < rows; r += oss_cuda_y_step()) {
    const size_t s = r / tokens, other = shared ? r - s * tokens : r;
    for (size_t i = oss_cuda_x(); i < columns; i += oss_cuda_x_step()) {
      oss_cuda_pack<WIDE> value = oss_cuda_load<WIDE>(x + (r * columns + i) * WIDE);
      oss_cuda_pack<WIDE> more = oss_cuda_load<WIDE>(y + (other * columns + i) * WIDE);
      if (gate != NULL) {
        const oss_cuda_pack<WIDE> weight = oss_cuda_load<WIDE>(gate + s * stride + i * WIDE);
        for (int e = 0; e < WIDE; e++) more.at[e] *= weight.at[e];
      }
      for (int e = 0; e < WIDE; e++) value.at[e] = factor * (value.at[e] + more.at[e]);
      oss_cuda_store<WIDE>(out + (r * columns + i) * WIDE, value);
    }
  }
}

template <int WIDE>
static oss_status launch(oss_backend *be, size_t rows, size_t tokens, size_t width, double factor, size_t stride, const float *gate,
                         int shared, const float *x, const float *y, float *out) {
  const auto kernel = add_gated<WIDE>;
  const oss_cuda_rows plan = oss_cuda_rows_plan(rows, width / WIDE);
  OSS_LAUNCH(be, kernel, plan.grid, plan.block, 0, rows, tokens, width / WIDE, (float)factor, stride, gate, shared, x, y, out);
  return OSS_OK;
}

oss_status oss_cuda_gated_sum(oss_backend *be, size_t samples, size_t tokens, size_t width, double factor, size_t stride, const float *gate,
                              int shared, const float *x, const float *y, float *out) {
  OSS_TRY(oss_check_gated_sum(samples, tokens, width, stride));
  if (samples == 0 || tokens == 0 || width == 0) return OSS_OK;
  const bool wide = width % 4 == 0 && oss_cuda_aligned(x) && oss_cuda_aligned(y) && oss_cuda_aligned(out) &&
                    (gate == NULL || (stride % 4 == 0 && oss_cuda_aligned(gate)));
  return wide ? launch<4>(be, samples * tokens, tokens, width, factor, stride, gate, shared, x, y, out)
              : launch<1>(be, samples * tokens, tokens, width, factor, stride, gate, shared, x, y, out);
}

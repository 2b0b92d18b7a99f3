// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Mapping: a thread makes the cosine and the sine of one angle; x runs along the frequencies, y over the rows. sinf and cosf are the
 * accurate ones, which reduce angles up to 1e5 with a few fused operations. Bytes 8 and about 60 flops an angle; block 256: no thread needs
 * another one. Floor: the flops; rows are samples, so the launch is what it costs. */
#include "kernels/checks.h"
#include "kernels/cuda/rows.h"

// block: 256
static __global__ void embed_rows(size_t rows, size_t half, int sin_first, size_t stride, const double *label, const float *frequency,
                                  float *out) {
  for (size_t r = oss_cuda_y(); r < rows; r += oss_cuda_y_step()) {
    const float time = (float)label[r * stride];
    float *first = out + r * 2 * half, *second = first + half;
    for (size_t i = oss_cuda_x(); i < half; i += oss_cuda_x_step()) {
      const float angle = time * frequency[i], cosine = cosf(angle), sine = sinf(angle);
      first[i] = sin_first ? sine : cosine;
      second[i] = sin_first ? cosine : sine;
    }
  }
}

oss_status oss_cuda_embed(oss_backend *be, size_t rows, size_t half, int sin_first, size_t stride, const double *label,
                          const float *frequency, float *out) {
  OSS_TRY(oss_check_embed(rows, half, stride));
  if (rows == 0 || half == 0) return OSS_OK;
  const oss_cuda_rows plan = oss_cuda_rows_plan(rows, half);
  OSS_LAUNCH(be, embed_rows, plan.grid, plan.block, 0, rows, half, sin_first, stride, label, frequency, out);
  return OSS_OK;
}

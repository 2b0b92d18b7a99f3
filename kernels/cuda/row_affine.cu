// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Mapping: a thread makes 4 neighbouring elements of a row (1 where rows are not aligned to 16 bytes), the row's map read once a thread.
 * Bytes 8, 2 flops of double and 2 conversions an element; block 256: no thread needs another one; 32 registers. Floor: the bytes; about 90
 * % of a copy's rate, also where double is slow (4 such instructions for 8 bytes). */
#include "kernels/cuda/rows.h"

// block: 256
template <int WIDE>
static __global__ void map_rows(size_t rows, size_t columns, const double *map, const float *in, float *out) {
  for (size_t r = oss_cuda_y(); r < rows; r += oss_cuda_y_step()) {
    const double scale = map[2 * r], shift = map[2 * r + 1];
    for (size_t i = oss_cuda_x(); i < columns; i += oss_cuda_x_step()) {
      const size_t at = (r * columns + i) * WIDE;
      oss_cuda_pack<WIDE> value = oss_cuda_load<WIDE>(in + at);
      for (int e = 0; e < WIDE; e++) value.at[e] = (float)(scale * (double)value.at[e] + shift);
      oss_cuda_store<WIDE>(out + at, value);
    }
  }
}

template <int WIDE>
static oss_status launch(oss_backend *be, size_t rows, size_t d, const double *map, const float *in, float *out) {
  const auto kernel = map_rows<WIDE>;
  const oss_cuda_rows plan = oss_cuda_rows_plan(rows, d / WIDE);
  OSS_LAUNCH(be, kernel, plan.grid, plan.block, 0, rows, d / WIDE, map, in, out);
  return OSS_OK;
}

oss_status oss_cuda_row_affine(oss_backend *be, size_t rows, size_t d, const double *map, const float *in, float *out) {
  if (!oss_fits(rows, d, 1, sizeof *in)) return oss_fail(OSS_ERR_INTERNAL, "row_affine: %zu rows of %zu overflow", rows, d);
  if (rows == 0 || d == 0) return OSS_OK;
  return d % 4 == 0 && oss_cuda_aligned(in) && oss_cuda_aligned(out) ? launch<4>(be, rows, d, map, in, out)
                                                                     : launch<1>(be, rows, d, map, in, out);
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Mapping: a thread moves 16 bytes of a row (4 where rows are not aligned); x runs along the row, a row's index is read once a thread.
 * Bytes 8 a float, no flops; block 256: no thread needs another one. Floor: the bytes; rows are samples, so the launch is what it costs. */
#include "kernels/checks.h"
#include "kernels/cuda/rows.h"

// block: 256
template <int WIDE>
static __global__ void take_rows(size_t rows, size_t columns, size_t entries, const int32_t *index, const float *table, float *out,
                                 oss_cuda_fault *fault) {
  for (size_t r = oss_cuda_y(); r < rows; r += oss_cuda_y_step()) {
    const int32_t k = index[r];
    if (k < -1 || (k >= 0 && (size_t)k >= entries - 1)) {
      oss_cuda_fault_set(fault, OSS_CUDA_FAULT_ENTRY, k, (long long)r, (long long)entries - 2, 0.0);
      continue;
    }
    const float *source = table + (k < 0 ? entries - 1 : (size_t)k) * columns * WIDE;
    for (size_t i = oss_cuda_x(); i < columns; i += oss_cuda_x_step())
      oss_cuda_store<WIDE>(out + (r * columns + i) * WIDE, oss_cuda_load<WIDE>(source + i * WIDE));
  }
}

template <int WIDE>
static oss_status launch(oss_backend *be, size_t rows, size_t width, size_t entries, const int32_t *index, const float *table, float *out) {
  const auto kernel = take_rows<WIDE>;
  const oss_cuda_rows plan = oss_cuda_rows_plan(rows, width / WIDE);
  OSS_LAUNCH(be, kernel, plan.grid, plan.block, 0, rows, width / WIDE, entries, index, table, out, oss_cuda_state_of(be)->fault);
  return OSS_OK;
}

oss_status oss_cuda_table_rows(oss_backend *be, size_t rows, size_t width, size_t entries, const int32_t *index, const float *table,
                               float *out) {
  OSS_TRY(oss_check_table_rows(rows, width, entries));
  if (rows == 0 || width == 0) return OSS_OK;
  return width % 4 == 0 && oss_cuda_aligned(table) && oss_cuda_aligned(out) ? launch<4>(be, rows, width, entries, index, table, out)
                                                                            : launch<1>(be, rows, width, entries, index, table, out);
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Mapping: a thread has one column of the output and takes it from ROWS rows on end, so an index is read once for them all and their loads
 * are in flight together. Channels and frames are runs of neighbouring columns, which a warp reads in whole sectors.
 * Bytes 4 + 4 + 4 / ROWS an element (32 + 4 for columns far apart), no flops; block 256: no thread needs another one; 47 registers.
 * Floor: the bytes; about 85 % of a copy's rate for runs of columns. */
#include "kernels/cuda/rows.h"

enum { ROWS = 8 };

// block: 256
static __global__ void gather(size_t rows, size_t d, size_t n, const int32_t *index, const float *in, float *out, oss_cuda_fault *fault) {
  for (size_t i = oss_cuda_x(); i < n; i += oss_cuda_x_step()) {
    const int32_t column = index[i];
    if (column < 0 || (size_t)column >= d) {
      oss_cuda_fault_set(fault, OSS_CUDA_FAULT_COLUMN, column, (long long)i, (long long)d, 0.0);
      continue;
    }
    for (size_t begin = oss_cuda_y() * ROWS; begin < rows; begin += oss_cuda_y_step() * ROWS) {
      float value[ROWS];
      for (size_t r = 0; r < ROWS; r++) value[r] = begin + r < rows ? in[(begin + r) * d + (size_t)column] : 0.0f;
      for (size_t r = 0; r < ROWS; r++)
        if (begin + r < rows) out[(begin + r) * n + i] = value[r];
    }
  }
}

oss_status oss_cuda_gather_columns(oss_backend *be, size_t rows, size_t d, size_t n, const int32_t *index, const float *in, float *out) {
  if (!oss_fits(rows, d, 1, sizeof *in) || !oss_fits(rows, n, 1, sizeof *out))
    return oss_fail(OSS_ERR_INTERNAL, "gather_columns: %zu rows of %zu or %zu overflow", rows, d, n);
  if (rows == 0 || n == 0) return OSS_OK;
  const oss_cuda_rows plan = oss_cuda_rows_plan(oss_cuda_ceil(rows, ROWS), n);
  OSS_LAUNCH(be, gather, plan.grid, plan.block, 0, rows, d, n, index, in, out, oss_cuda_state_of(be)->fault);
  return OSS_OK;
}

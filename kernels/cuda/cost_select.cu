// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Mapping: one thread a cell. Bytes 16 read and up to 12 written a cell, a comparison; block 256: no thread needs another one; 18
 * registers. Floor: the bytes, and for one sample the launch. */
#include <math.h>

#include "kernels/cuda/cuda.h"

enum { BLOCK = 256 };

// block: 256
static __global__ void select_lower(size_t cells, int32_t which, const double *candidate, double *best, int32_t *choice) {
  const size_t step = (size_t)gridDim.x * blockDim.x;
  for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i < cells; i += step) {
    const double value = candidate[i];
    if (which > 1 && !(value < best[i]) && !isnan(best[i])) continue;
    best[i] = value;
    choice[i] = which;
  }
}

oss_status oss_cuda_cost_select(oss_backend *be, size_t cells, int32_t which, const double *candidate, double *best, int32_t *choice) {
  if (which < 1) return oss_fail(OSS_ERR_INTERNAL, "cost_select: candidate %d; they count from 1", (int)which);
  if (!oss_fits(cells, 1, 1, sizeof *best)) return oss_fail(OSS_ERR_INTERNAL, "cost_select: %zu cells overflow", cells);
  if (cells == 0) return OSS_OK;
  OSS_LAUNCH(be, select_lower, oss_cuda_blocks(be, cells, BLOCK), BLOCK, 0, cells, which, candidate, best, choice);
  return OSS_OK;
}

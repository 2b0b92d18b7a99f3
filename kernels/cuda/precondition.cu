// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Mapping: a thread has a row. Bytes 40 and about 100 flops of double a row, a search in the table of noise levels for EPS; block 256: no
 * thread needs another one. Floor: neither; rows are samples, so the launch is what it costs. */
#include "kernels/precondition.h"

#include "kernels/checks.h"
#include "kernels/cuda/rows.h"

// block: 256
static __global__ void precondition_rows(size_t rows, oss_precondition how, const double *t, double *coef, oss_cuda_fault *fault) {
  for (size_t r = oss_cuda_x(); r < rows; r += oss_cuda_x_step()) {
    const double time = t[r];
    if (time > 0.0 && time <= 1.0) {
      oss_precondition_at(&how, time, coef + 4 * r);
      continue;
    }
    oss_cuda_fault_set(fault, OSS_CUDA_FAULT_NOISE, (long long)r, 0, 0, time);
    for (int i = 0; i < 4; i++) coef[4 * r + i] = nan("");
  }
}

oss_status oss_cuda_precondition(oss_backend *be, size_t rows, oss_precondition how, const double *t, double *coef) {
  OSS_TRY(oss_check_precondition(rows, &how));
  if (rows == 0) return OSS_OK;
  OSS_LAUNCH(be, precondition_rows, oss_cuda_blocks(be, rows, OSS_CUDA_ROWS_BLOCK), OSS_CUDA_ROWS_BLOCK, 0, rows, how, t, coef,
             oss_cuda_state_of(be)->fault);
  return OSS_OK;
}

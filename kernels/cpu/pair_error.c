// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cpu/pair_error.h"
#include "kernels/checks.h"

#include "kernels/cpu/cpu.h"
#include "kernels/cpu/isa.h"

oss_status oss_cpu_pair_error(oss_backend *be, size_t b, size_t n, size_t d, int q, double p, size_t coef_stride, const double *coef,
                              const float *x, oss_terms h, const float *target, double *cost) {
  OSS_TRY(oss_check_pair_error(b, n, d, q, p, coef_stride));

  oss_pair_job job = {.b = b, .n = n, .d = d, .q = q, .p = p, .coef_stride = coef_stride, .coef = coef, .target = target, .cost = cost};
  job.in[0] = x;
  for (int m = 0; m < q; m++) job.in[m + 1] = h.at[m];

  /* One task is one block of the square of pairs; those of a column of blocks follow each other (they share their targets), the
   * largest states first. A block's result depends on its own inputs alone, so any order and any thread give the same bits. */
  const size_t down = n / OSS_PAIR_ROWS + 1, across = n / OSS_PAIR_COLUMNS + 1, tasks = b * across * down;
#pragma omp parallel for schedule(dynamic, 1) num_threads(be->threads) if (b * n * n / 2 * d > OSS_CPU_SERIAL)
  for (size_t task = 0; task < tasks; task++) {
    size_t s = task / (across * down), column = task / down % across, row = down - 1 - task % down;
    OSS_ISA_CALL(oss_pair_block, &job, s, row * OSS_PAIR_ROWS, column * OSS_PAIR_COLUMNS);
  }
  return OSS_OK;
}

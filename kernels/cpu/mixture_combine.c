// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cpu/mixture_combine.h"

#include "kernels/cpu/cpu.h"
#include "kernels/cpu/isa.h"

oss_status oss_cpu_mixture_combine(oss_backend *be, size_t rows, size_t k, size_t d, const double *shrink, const float *gain,
                                   const float *means, const float *x, float *out) {
  if (!oss_fits(rows, d, 1, sizeof *x) || !oss_fits(k, d, 1, sizeof *means) || !oss_fits(rows, k, 1, sizeof *gain))
    return oss_fail(OSS_ERR_INTERNAL, "mixture_combine: %zu rows, %zu means of %zu overflow", rows, k, d);
  const oss_combine_job job = {.rows = rows, .k = k, .d = d, .shrink = shrink, .gain = gain, .means = means, .x = x, .out = out};

  /* The blocks that share their columns of the means follow each other. */
  const size_t down = (rows + OSS_COMBINE_ROWS - 1) / OSS_COMBINE_ROWS, across = (d + OSS_COMBINE_COLUMNS - 1) / OSS_COMBINE_COLUMNS;
#pragma omp parallel for schedule(dynamic, 1) num_threads(be->threads) if (rows * (k + 1) * d > OSS_CPU_SERIAL)
  for (size_t task = 0; task < down * across; task++)
    OSS_ISA_CALL(oss_combine_block, &job, task % down * OSS_COMBINE_ROWS, task / down * OSS_COMBINE_COLUMNS);
  return OSS_OK;
}

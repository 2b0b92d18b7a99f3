// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cpu/mixture_distance.h"

#include "kernels/cpu/cpu.h"
#include "kernels/cpu/isa.h"

oss_status oss_cpu_mixture_distance(oss_backend *be, size_t rows, size_t k, size_t d, const float *x, const double *t, const float *means,
                                    double *distance) {
  if (d == 0) return oss_fail(OSS_ERR_INTERNAL, "mixture_distance: states of no elements have no distance");
  if (!oss_fits(rows, d, 1, sizeof *x) || !oss_fits(k, d, 1, sizeof *means) || !oss_fits(rows, k, 1, sizeof *distance))
    return oss_fail(OSS_ERR_INTERNAL, "mixture_distance: %zu rows, %zu means of %zu overflow", rows, k, d);
  const oss_distance_job job = {.rows = rows, .k = k, .d = d, .x = x, .t = t, .means = means, .distance = distance};

  /* The blocks that share their means follow each other. */
  const size_t down = (rows + OSS_DISTANCE_ROWS - 1) / OSS_DISTANCE_ROWS, across = (k + OSS_DISTANCE_MEANS - 1) / OSS_DISTANCE_MEANS;
#pragma omp parallel for schedule(dynamic, 1) num_threads(be->threads) if (rows * k * d > OSS_CPU_SERIAL)
  for (size_t task = 0; task < down * across; task++)
    OSS_ISA_CALL(oss_distance_block, &job, task % down * OSS_DISTANCE_ROWS, task / down * OSS_DISTANCE_MEANS);
  return OSS_OK;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>

#include "kernels/cpu/cpu.h"

oss_status oss_cpu_cost_select(oss_backend *be, size_t cells, int32_t which, const double *candidate, double *best, int32_t *choice) {
  if (which < 1) return oss_fail(OSS_ERR_INTERNAL, "cost_select: candidate %d; they count from 1", (int)which);
  if (!oss_fits(cells, 1, 1, sizeof *best)) return oss_fail(OSS_ERR_INTERNAL, "cost_select: %zu cells overflow", cells);
#pragma omp parallel for schedule(static) num_threads(be->threads) if (cells > OSS_CPU_SERIAL)
  for (size_t i = 0; i < cells; i++) {
    if (which > 1 && !(candidate[i] < best[i]) && !isnan(best[i])) continue;
    best[i] = candidate[i];
    choice[i] = which;
  }
  return OSS_OK;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <float.h>
#include <math.h>

#include "kernels/cpu/cpu.h"

/* Each sample is added to the accumulator itself, not to a sum of its call: so the split of the samples into calls leaves no trace. */
oss_status oss_cpu_cost_accumulate(oss_backend *be, size_t b, size_t cells, int log_of, double weight, const double *cost, double *acc) {
  if (!oss_fits(b, cells, 1, sizeof *cost)) return oss_fail(OSS_ERR_INTERNAL, "cost_accumulate: %zu x %zu cells overflow", b, cells);
  size_t blocks = oss_cpu_blocks(cells);
#pragma omp parallel for schedule(static) num_threads(be->threads) if (b * cells > OSS_CPU_SERIAL)
  for (size_t block = 0; block < blocks; block++) {
    size_t begin = block * OSS_CPU_BLOCK, count = oss_cpu_block_length(cells, begin);
    for (size_t s = 0; s < b; s++) {
      const double *in = cost + s * cells + begin;
      double *out = acc + begin;
      if (log_of) {
        for (size_t i = 0; i < count; i++) out[i] += weight * log(in[i] < DBL_MIN ? DBL_MIN : in[i]); /* NaN stays NaN */
      } else {
        for (size_t i = 0; i < count; i++) out[i] += weight * in[i];
      }
    }
  }
  return OSS_OK;
}

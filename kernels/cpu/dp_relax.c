// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>

#include "kernels/checks.h"
#include "kernels/cpu/cpu.h"

static void relax_sample(size_t n, unsigned flags, const double *cost, const double *OSS_RESTRICT previous, double *OSS_RESTRICT cur,
                         int32_t *OSS_RESTRICT from) {
  for (size_t j = 0; j <= n; j++) {
    cur[j] = (flags & OSS_RELAX_KEEP) ? previous[j] : INFINITY;
    from[j] = -1;
  }
  /* Largest k first and only what is strictly better: ties stay with the largest k, and NaN, which is below nothing, never gets in. */
  for (size_t k = n; k > 0; k--) {
    if (!isfinite(previous[k]) && !(flags & OSS_RELAX_ALL) && !((flags & OSS_RELAX_ROOT) && k == n)) continue;
    const double *row = cost + k * (n + 1);
    for (size_t j = 0; j < k; j++) {
      if (row[j] < cur[j]) {
        cur[j] = row[j];
        from[j] = (int32_t)k;
      }
    }
  }
}

oss_status oss_cpu_dp_relax(oss_backend *be, size_t b, size_t n, unsigned flags, const double *cost, const double *previous, double *cur,
                            int32_t *from) {
  OSS_TRY(oss_check_dp_relax(b, n, flags));
#pragma omp parallel for schedule(static) num_threads(be->threads) if (b * n * n > OSS_CPU_SERIAL)
  for (size_t s = 0; s < b; s++) {
    size_t row = s * (n + 1);
    relax_sample(n, flags, cost + row * (n + 1), previous + row, cur + row, from + row);
  }
  return OSS_OK;
}

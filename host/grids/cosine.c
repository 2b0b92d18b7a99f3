// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>

#include "host/grids/grid.h"

static const oss_option options[] = {OSS_GRID_END_OPTION};

/* alpha(u) = cos(x(u)) / cos(x(0)), x(u) = (u + s) / (1 + s) pi / 2, s = 0.008; alpha_bar of the paper is alpha^2. */
static oss_status fill(const oss_member *member, int64_t n, double *t) {
  (void)member;
  const double s = 0.008, half_pi = 1.57079632679489661923;
  double x0 = s / (1.0 + s) * half_pi;
  for (int64_t i = 0; i <= n; i++) {
    double x = ((double)i / (double)n + s) / (1.0 + s) * half_pi;
    double alpha = cos(x) / cos(x0);
    double beta = sqrt(sin(x - x0) * sin(x + x0)) / cos(x0); /* 1 - alpha^2 without cancellation */
    t[i] = beta / (alpha + beta);
  }
  t[0] = 0.0;
  t[n] = 1.0;
  return OSS_OK;
}

const oss_grid_desc oss_grid_cosine = {
    .base = {.name = "cosine",
             .summary = "improved DDPM: cosine noise schedule, times equally spaced",
             .source = "Nichol and Dhariwal 2021 (arXiv 2102.09672), equation 17",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .fill = fill,
};

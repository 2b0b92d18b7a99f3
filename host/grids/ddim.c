// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>

#include "host/grids/grid.h"

enum { TRAINING_STEPS = 1000 };

static const oss_option options[] = {OSS_GRID_END_OPTION};

/* The 1000-step linear-beta table of DDPM (1e-4 to 0.02); grid index k + 1 is training step floor(1000 k / n), carried over by its
 * signal-to-noise ratio: t = b / (a + b) with a = sqrt(alpha_bar), b = sqrt(1 - alpha_bar). */
static oss_status fill(const oss_member *member, int64_t n, double *t) {
  if (n > TRAINING_STEPS) return oss_member_fail(member, "%lld steps: the training schedule has only %d", (long long)n, TRAINING_STEPS);
  double alpha_bar[TRAINING_STEPS], product = 1.0;
  for (int i = 0; i < TRAINING_STEPS; i++) {
    double beta = 1e-4 + (0.02 - 1e-4) * (double)i / (TRAINING_STEPS - 1);
    product *= 1.0 - beta;
    alpha_bar[i] = product;
  }
  t[0] = 0.0;
  for (int64_t k = 0; k < n; k++) {
    int64_t step = k * TRAINING_STEPS / n;
    double a = sqrt(alpha_bar[step]), b = sqrt(1.0 - alpha_bar[step]);
    t[k + 1] = b / (a + b);
  }
  return OSS_OK;
}

const oss_grid_desc oss_grid_ddim = {
    .base = {.name = "ddim",
             .summary = "DDPM's 1000-step linear-beta table, equally spaced indices",
             .source = "Song et al. 2020 (arXiv 2010.02502), appendix D.2",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .fill = fill,
};

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>

#include "host/grids/grid.h"

static const oss_option options[] = {
    {.name = "rho",
     .type = OSS_OPTION_REAL,
     .fallback = "7",
     .min = 0.1,
     .max = 100,
     .help = "exponent: larger puts more steps at low noise"},
    OSS_GRID_SIGMA_OPTIONS,
    OSS_GRID_END_OPTION,
};

static double level(double rho, double low, double high, double u) {
  double from = pow(high, 1.0 / rho), to = pow(low, 1.0 / rho);
  return pow(from + u * (to - from), rho);
}

static oss_status fill(const oss_member *member, int64_t n, double *t) {
  return oss_grid_fill_sigma(member, level, oss_member_real(member, "rho"), n, t);
}

const oss_grid_desc oss_grid_edm = {
    .base = {.name = "edm",
             .summary = "EDM: sigma^(1/rho) equally spaced",
             .source = "Karras et al. 2022 (arXiv 2206.00364), equation 5",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .fill = fill,
};

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>

#include "host/grids/grid.h"

static const oss_option options[] = {
    {.name = "shift",
     .type = OSS_OPTION_REAL,
     .fallback = "1",
     .min = 1e-3,
     .max = 1e3,
     .help = "a in t = a u / (1 + (a - 1) u); 1: equal steps"},
    {.name = "mu", .type = OSS_OPTION_REAL, .fallback = "", .min = -6, .max = 6, .help = "exponential shift: a = e^mu (instead of shift)"},
    OSS_GRID_END_OPTION,
};

static oss_status fill(const oss_member *member, int64_t n, double *t) {
  double a = oss_member_real(member, "shift");
  if (oss_member_value(member, "mu")->given) {
    if (a != 1.0) return oss_member_fail(member, "give shift or mu, not both");
    a = exp(oss_member_real(member, "mu"));
  }
  for (int64_t i = 0; i <= n; i++) {
    double u = (double)i / (double)n;
    t[i] = a * u / (1.0 + (a - 1.0) * u);
  }
  t[n] = 1.0;
  return OSS_OK;
}

const oss_grid_desc oss_grid_flow = {
    .base = {.name = "flow",
             .summary = "flow matching: t equally spaced, then shifted towards noise",
             .source = "Esser et al. 2024 (arXiv 2403.03206), equation 23",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .fill = fill,
};

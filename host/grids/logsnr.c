// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>

#include "host/grids/grid.h"

static const oss_option options[] = {
    {.name = "sigma_min",
     .type = OSS_OPTION_REAL,
     .fallback = "0.002",
     .min = 0,
     .max = 1e6,
     .open_min = 1,
     .help = "smallest noise level"},
    {.name = "sigma_max", .type = OSS_OPTION_REAL, .fallback = "80", .min = 0, .max = 1e6, .open_min = 1, .help = "largest noise level"},
    OSS_GRID_END_OPTION,
};

static oss_status fill(const oss_member *member, int64_t n, double *t) {
  double low = oss_member_real(member, "sigma_min"), high = oss_member_real(member, "sigma_max");
  if (!(low < high)) return oss_member_fail(member, "sigma_min %g is not below sigma_max %g", low, high);
  t[0] = 0.0;
  for (int64_t i = 0; i < n; i++) {
    double u = n > 1 ? (double)i / (double)(n - 1) : 0.0;
    double sigma = i == 0 ? high : i == n - 1 ? low : exp(log(high) + u * (log(low) - log(high)));
    t[n - i] = oss_t_of_sigma(sigma);
  }
  return OSS_OK;
}

const oss_grid_desc oss_grid_logsnr = {
    .base = {.name = "logsnr",
             .summary = "log sigma equally spaced (uniform lambda)",
             .source = "Lu et al. 2022 (arXiv 2206.00927), section 4",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .fill = fill,
};

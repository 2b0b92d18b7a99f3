// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/grids/grid.h"

static const oss_option options[] = {OSS_FORMULA_RHO_OPTION, OSS_GRID_SIGMA_OPTIONS, OSS_GRID_END_OPTION};

static oss_status fill(const oss_member *member, int64_t n, double *t) {
  oss_formula formula = oss_formula_edm(oss_member_real(member, "rho"));
  return oss_grid_fill_sigma(member, &formula, n, t);
}

const oss_grid_desc oss_grid_edm = {
    .base = {.name = "edm",
             .summary = "EDM: sigma^(1/rho) equally spaced",
             .source = "Karras et al. 2022 (arXiv 2206.00364), equation 5",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .fill = fill,
};

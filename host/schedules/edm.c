// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/times.h"

static const oss_option options[] = {OSS_FORMULA_RHO_OPTION};

static oss_status times(const oss_member *member, const oss_grid *grid, int64_t steps, double *t) {
  oss_formula formula = oss_formula_edm(oss_member_real(member, "rho"));
  oss_times_spread(&formula, grid, steps, t);
  return OSS_OK;
}

const oss_schedule_desc oss_schedule_edm = {
    .base = {.name = "edm",
             .summary = "EDM's formula on the teacher's range: sigma^(1/rho) equally spaced",
             .source = "Karras et al. 2022 (arXiv 2206.00364), equation 5",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .times = times,
};

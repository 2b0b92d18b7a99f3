// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/times.h"

static oss_status times(const oss_member *member, const oss_grid *grid, int64_t steps, double *t) {
  oss_formula formula = oss_formula_logsnr();
  (void)member;
  oss_times_spread(&formula, grid, steps, t);
  return OSS_OK;
}

const oss_schedule_desc oss_schedule_logsnr = {
    .base = {.name = "logsnr",
             .summary = "log sigma equally spaced on the teacher's range (uniform lambda)",
             .source = "Lu et al. 2022 (arXiv 2206.00927), section 4"},
    .times = times,
};

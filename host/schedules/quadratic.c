// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/times.h"

static oss_status times(const oss_member *member, const oss_grid *grid, int64_t steps, double *t) {
  oss_formula formula = oss_formula_quadratic();
  (void)member;
  oss_times_spread(&formula, grid, steps, t);
  return OSS_OK;
}

const oss_schedule_desc oss_schedule_quadratic = {
    .base = {.name = "quadratic",
             .summary = "sqrt t equally spaced on the teacher's range",
             .source = "Song et al. 2020 (arXiv 2010.02502), appendix D.2, over continuous time"},
    .times = times,
};

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/times.h"

static oss_status times(const oss_member *member, const oss_grid *grid, int64_t steps, double *t) {
  oss_formula formula = oss_formula_cosine();
  (void)member;
  oss_times_spread(&formula, grid, steps, t);
  return OSS_OK;
}

const oss_schedule_desc oss_schedule_cosine = {
    .base = {.name = "cosine",
             .summary = "the cosine noise schedule's time equally spaced on the teacher's range",
             .source = "Nichol and Dhariwal 2021 (arXiv 2102.09672), equation 17"},
    .times = times,
};

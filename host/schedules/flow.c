// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/times.h"

static const oss_option options[] = {OSS_FORMULA_SHIFT_OPTIONS};

static oss_status times(const oss_member *member, const oss_grid *grid, int64_t steps, double *t) {
  double shift;
  OSS_TRY(oss_formula_shift(member, &shift));
  oss_formula formula = oss_formula_flow(shift);
  oss_times_spread(&formula, grid, steps, t);
  return OSS_OK;
}

const oss_schedule_desc oss_schedule_flow = {
    .base = {.name = "flow",
             .summary = "flow matching's shifted times on the teacher's range",
             .source = "Esser et al. 2024 (arXiv 2403.03206), equation 23",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .times = times,
};

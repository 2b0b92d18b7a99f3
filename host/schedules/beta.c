// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/schedules/quantile.h"
#include "host/search/search.h"

static const oss_option options[] = {
    {.name = "a",
     .type = OSS_OPTION_REAL,
     .fallback = "0.6",
     .min = 0,
     .max = 1000,
     .open_min = 1,
     .help = "below 1: steps gather at low noise; a = b = 1: equal steps"},
    {.name = "b", .type = OSS_OPTION_REAL, .fallback = "0.6", .min = 0, .max = 1000, .open_min = 1, .help = "below 1: at high noise"},
};

static oss_status times(const oss_member *member, const oss_grid *grid, int64_t steps, double *t) {
  double a = oss_member_real(member, "a"), b = oss_member_real(member, "b"), end = grid->t[0], length = grid->t[grid->n] - end;
  for (int64_t i = 1; i < steps; i++) t[i] = end + length * oss_beta_quantile(a, b, (double)(steps - i) / (double)steps);
  t[0] = grid->t[grid->n];
  t[steps] = end;
  return OSS_OK;
}

const oss_schedule_desc oss_schedule_beta = {
    .base = {.name = "beta",
             .summary = "quantiles of Beta(a, b) on the teacher's range of flow times",
             .source = "Lee et al. 2024 (arXiv 2407.12173); defaults of ComfyUI's beta scheduler",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .times = times,
};

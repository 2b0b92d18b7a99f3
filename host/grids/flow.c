// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/grids/grid.h"

static const oss_option options[] = {OSS_FORMULA_SHIFT_OPTIONS, OSS_GRID_END_OPTION};

static oss_status fill(const oss_member *member, int64_t n, double *t) {
  double shift;
  OSS_TRY(oss_formula_shift(member, &shift));
  oss_formula formula = oss_formula_flow(shift);
  oss_formula_fill(&formula, n, t);
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

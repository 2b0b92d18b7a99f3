// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/grids/grid.h"

static const oss_option options[] = {OSS_GRID_END_OPTION};

static oss_status fill(const oss_member *member, int64_t n, double *t) {
  oss_formula formula = oss_formula_cosine();
  (void)member;
  oss_formula_fill(&formula, n, t);
  return OSS_OK;
}

const oss_grid_desc oss_grid_cosine = {
    .base = {.name = "cosine",
             .summary = "improved DDPM: cosine noise schedule, times equally spaced",
             .source = "Nichol and Dhariwal 2021 (arXiv 2102.09672), equation 17",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .fill = fill,
};

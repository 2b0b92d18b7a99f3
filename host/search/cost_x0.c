// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/cost.h"

const oss_cost_desc oss_cost_x0 = {
    .base = {.name = "x0",
             .summary = "the denoiser's output at the candidate against its output at the teacher's state (a call a pair)",
             .source = "OSS (arXiv 2503.21774), table 4, x0-MSE",
             .options = oss_cost_options,
             .option_count = OSS_COST_OPTIONS},
    .data = 1,
    .calls = 1,
};

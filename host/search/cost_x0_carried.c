// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/cost.h"

const oss_cost_desc oss_cost_x0_carried = {
    .base = {.name = "x0_carried",
             .summary = "the data that the step carries, x_k - t_k v, against the denoiser's output at the teacher's state",
             .source = "OSS (arXiv 2503.21774), table 4, x0-MSE as the published code has it",
             .options = oss_cost_options,
             .option_count = OSS_COST_OPTIONS},
    .data = 1,
};

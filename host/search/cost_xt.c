// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/cost.h"

const oss_cost_desc oss_cost_xt = {
    .base = {.name = "xt",
             .summary = "the candidate state against the teacher's state at the same time",
             .source = "OSS (arXiv 2503.21774), equation 4; p, channels and frames as in the published video search",
             .options = oss_cost_options,
             .option_count = OSS_COST_OPTIONS},
};

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/cost.h"

static const oss_option options[] = {
    {.name = "p",
     .type = OSS_OPTION_REAL,
     .fallback = "2",
     .min = 0,
     .max = 16,
     .open_min = 1,
     .help = "exponent: mean |difference|^p; 2: mean squared error"},
    {.name = "channels", .type = OSS_OPTION_COUNT, .fallback = "all", .min = 1, .max = 1e9, .help = "all, or the first so many channels"},
    {.name = "frames",
     .type = OSS_OPTION_COUNT,
     .fallback = "all",
     .min = 1,
     .max = 1e9,
     .help = "all, or so many frames spread evenly (video)"},
};

const oss_cost_desc oss_cost_xt = {
    .base = {.name = "xt",
             .summary = "the candidate state against the teacher's state at the same time",
             .source = "OSS (arXiv 2503.21774), equation 4; p, channels and frames as in the published video search",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
};

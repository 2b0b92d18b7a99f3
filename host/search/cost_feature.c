// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/cost.h"

static const oss_option options[] = {
    {.name = "file", .type = OSS_OPTION_FILE, .fallback = NULL, .help = "HDF5 file"},
    {.name = "dataset", .type = OSS_OPTION_TEXT, .fallback = NULL, .help = "matrix (features, elements of a sample)"},
    {.name = "p",
     .type = OSS_OPTION_REAL,
     .fallback = "2",
     .min = 0,
     .max = 16,
     .open_min = 1,
     .help = "exponent: mean |difference of features|^p"},
};

const oss_cost_desc oss_cost_feature = {
    .base = {.name = "feature",
             .summary = "linear features of the candidate state against those of the teacher's state",
             .source = "after OSS (arXiv 2503.21774), table 4, whose features are a network's",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
};

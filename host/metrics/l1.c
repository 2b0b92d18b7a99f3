// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/metrics/metric.h"

static oss_status evaluate(const oss_member *member, const oss_metric_input *input, double *out) {
  (void)member;
  return oss_metric_row_error(input, 1.0, out);
}

const oss_metric_desc oss_metric_l1 = {
    .base = {.name = "l1",
             .summary = "mean absolute error over all elements",
             .source = "mean |difference| (docs/DERIVATIONS.md, metrics)"},
    .evaluate = evaluate,
};

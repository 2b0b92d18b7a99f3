// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/metrics/metric.h"

#include "host/core/registries.h"

#define OSS_METRIC(name) extern const oss_metric_desc oss_metric_##name;
#include "host/metrics/metrics.def"
#undef OSS_METRIC

static const oss_metric_desc *const metrics[] = {
#define OSS_METRIC(name) &oss_metric_##name,
#include "host/metrics/metrics.def"
#undef OSS_METRIC
};

OSS_DEFINE_REGISTRY(oss_metrics, metrics, "metrics", "metric", "how a student's end state is scored against the teacher's")

oss_status oss_metric_evaluate(const oss_member *metric, const oss_metric_input *input, double *out) {
  const oss_metric_desc *desc = (const oss_metric_desc *)metric->desc;
  return desc->evaluate(metric, input, out);
}

oss_status oss_metric_row_mse(const oss_metric_input *input, double *out) {
  const oss_ops *ops = input->be->ops;
  OSS_TRY(ops->row_error(input->be, input->rows, input->elements, 2.0, input->student, input->teacher, input->scratch));
  return ops->download(input->be, input->rows * sizeof *out, input->scratch, out);
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/metrics/metric.h"

#include <stdlib.h>

#include "host/core/registries.h"
#include "host/metrics/distribution.h"

#define OSS_METRIC(name) extern const oss_metric_desc oss_metric_##name;
#include "host/metrics/metrics.def"
#undef OSS_METRIC

static const oss_metric_desc *const metrics[] = {
#define OSS_METRIC(name) &oss_metric_##name,
#include "host/metrics/metrics.def"
#undef OSS_METRIC
};

OSS_DEFINE_REGISTRY(oss_metrics, metrics, "metrics", "metric", "how a student's end state is scored against the teacher's, or the data")

const oss_metric_desc *oss_metric_desc_of(const oss_member *metric) {
  return (const oss_metric_desc *)metric->desc;
}

oss_status oss_metric_check(const oss_member *metric, const oss_metric_scope *scope) {
  const oss_metric_desc *desc = oss_metric_desc_of(metric);
  if (desc->compare != NULL) OSS_TRY(oss_distribution_check(metric, scope));
  return desc->check != NULL ? desc->check(metric, scope) : OSS_OK;
}

oss_status oss_metric_evaluate(const oss_member *metric, const oss_metric_input *input, double *out) {
  return oss_metric_desc_of(metric)->evaluate(metric, input, out);
}

oss_status oss_metric_row_error(const oss_metric_input *input, double p, double *out) {
  const oss_ops *ops = input->be->ops;
  OSS_TRY(ops->row_error(input->be, input->rows, input->elements, p, input->student, input->teacher, input->scratch));
  return ops->download(input->be, input->rows * sizeof *out, input->scratch, out);
}

oss_status oss_metric_download(const oss_metric_input *input, float **student, float **teacher) {
  size_t count = input->rows * input->elements, bytes = count * sizeof(float);
  const oss_ops *ops = input->be->ops;
  float *states = malloc(2 * bytes);
  *student = *teacher = NULL;
  if (states == NULL) return oss_fail(OSS_ERR_MEMORY, "end states of %zu samples", input->rows);
  oss_status status = ops->download(input->be, bytes, input->student, states);
  if (status == OSS_OK) status = ops->download(input->be, bytes, input->teacher, states + count);
  if (status != OSS_OK) {
    free(states);
    return status;
  }
  *student = states;
  *teacher = states + count;
  return OSS_OK;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Metrics of a student's end states against the teacher's, one value a sample. */
#ifndef OSS_METRICS_METRIC_H
#define OSS_METRICS_METRIC_H

#include "host/core/member.h"
#include "kernels/backend.h"

typedef struct oss_metric_input {
  oss_backend *be;
  size_t rows, elements;
  double data_range;              /* R */
  const float *student, *teacher; /* [rows][elements], backend memory */
  double *scratch;                /* [rows], backend memory */
} oss_metric_input;

typedef struct oss_metric_desc {
  oss_member_desc base;
  /* out: host, [rows]. */
  oss_status (*evaluate)(const oss_member *member, const oss_metric_input *input, double *out);
  int higher_is_better;
  const char *unit;
} oss_metric_desc;

oss_status oss_metric_evaluate(const oss_member *metric, const oss_metric_input *input, double *out);

/* Mean squared error of each row, on the host. */
oss_status oss_metric_row_mse(const oss_metric_input *input, double *out);

#endif

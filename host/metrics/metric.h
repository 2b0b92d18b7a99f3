// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Metrics of the student's states: one value a sample (evaluate), or one of all samples together (compare, distribution.h). */
#ifndef OSS_METRICS_METRIC_H
#define OSS_METRICS_METRIC_H

#include <stdint.h>

#include "host/core/array.h"
#include "host/core/member.h"
#include "host/metrics/bootstrap.h"
#include "kernels/backend.h"

/* What a metric will be asked to look at: known before anything is computed. */
typedef struct oss_metric_scope {
  oss_backend *be;
  size_t samples, elements; /* E, D */
  int rank;                 /* of a sample; and its extents */
  const size_t *dims;
  int has_data;       /* samples of the denoiser's data distribution can be had */
  size_t data_points; /* how many at most; 0: any number */
  int threads;
} oss_metric_scope;

/* One batch. */
typedef struct oss_metric_input {
  oss_backend *be;
  size_t rows, elements;
  int rank;
  const size_t *dims;
  double data_range;              /* R */
  const float *student, *teacher; /* end states, [rows][elements], backend memory */
  double *scratch;                /* [rows], backend memory */

  /* Of a metric with needs_points, else NULL. Schedules: one for all rows, or one a row (host memory). */
  const float *student_points; /* [steps+1][rows][elements], backend memory, point 0 the start */
  const float *teacher_points; /* [N+1][rows][elements], backend memory, index 0 the end */
  size_t schedules, steps;
  const int32_t *index; /* (schedules, steps+1): the points' indices in the teacher's grid, -1 off it */
  const int32_t *used;  /* (schedules): real steps; the points before them repeat the start */
} oss_metric_input;

typedef struct oss_distribution oss_distribution;

typedef struct oss_metric_desc {
  oss_member_desc base;
  /* Refuses what the metric cannot be taken of: OSS_ERR_UNSUPPORTED with the reason (the cell is skipped), OSS_ERR_CONFIG for options that
   * do not fit together. Called while planning; NULL: takes everything. */
  oss_status (*check)(const oss_member *member, const oss_metric_scope *scope);
  /* One value a sample. out: host, [rows]. NULL for a metric of all samples together, which has compare instead. */
  oss_status (*evaluate)(const oss_member *member, const oss_metric_input *input, double *out);
  /* One value of two sets. Its options begin with OSS_DISTRIBUTION_OPTIONS. May change the features in sets. */
  oss_status (*compare)(const oss_member *member, oss_distribution *sets, oss_estimate *out);
  /* Memory that compare takes besides them. */
  size_t (*compare_bytes)(const oss_member *member, const oss_resampling *plan, size_t n, size_t m, size_t d);
  size_t least;     /* samples that compare needs in each set */
  int needs_points; /* evaluate looks at the points between start and end */
  int higher_is_better;
  const char *unit;
} oss_metric_desc;

const oss_metric_desc *oss_metric_desc_of(const oss_member *metric);

/* desc->check, and the rules common to the metrics with compare. */
oss_status oss_metric_check(const oss_member *metric, const oss_metric_scope *scope);
oss_status oss_metric_evaluate(const oss_member *metric, const oss_metric_input *input, double *out);

/* Mean of |difference|^p of each row, on the host. */
oss_status oss_metric_row_error(const oss_metric_input *input, double p, double *out);

/* Copies of the end states on the host, in one new block: student at *student, teacher at *teacher = *student + rows * elements. */
oss_status oss_metric_download(const oss_metric_input *input, float **student, float **teacher);

#endif

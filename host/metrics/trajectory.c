// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <stdlib.h>

#include "host/metrics/metric.h"

/* The teacher's index at a point of a row's schedule; -1 for a point that does not count: the start and its repeats, and those off the
 * grid. The end counts wherever it lies, as in every other metric. */
static int32_t shared_index(const oss_metric_input *in, size_t schedule, size_t point) {
  if (point + (size_t)in->used[schedule] <= in->steps) return -1;
  return point == in->steps ? 0 : in->index[schedule * (in->steps + 1) + point];
}

/* The error of all rows at one point, into scratch. Rows with schedules of their own meet the teacher at different times. */
static oss_status point_error(const oss_metric_input *in, size_t point) {
  const oss_ops *ops = in->be->ops;
  size_t d = in->elements, state = in->rows * d, calls = in->schedules == 1 ? 1 : in->rows, rows = in->rows / calls;
  for (size_t r = 0; r < calls; r++) {
    int32_t at = shared_index(in, r, point);
    if (at < 0) continue;
    OSS_TRY(ops->row_error(in->be, rows, d, 2.0, in->student_points + point * state + r * d,
                           in->teacher_points + (size_t)at * state + r * d, in->scratch + r));
  }
  return OSS_OK;
}

static oss_status evaluate(const oss_member *member, const oss_metric_input *in, double *out) {
  double *errors = malloc(in->rows * sizeof *errors);
  size_t *points = calloc(in->rows, sizeof *points);
  oss_status status = OSS_OK;
  (void)member;
  if (errors == NULL || points == NULL) {
    status = oss_fail(OSS_ERR_MEMORY, "errors of %zu samples", in->rows);
    goto done;
  }
  for (size_t r = 0; r < in->rows; r++) out[r] = 0.0;
  for (size_t point = 1; point <= in->steps; point++) {
    OSS_TRY_TO(done, point_error(in, point));
    OSS_TRY_TO(done, in->be->ops->download(in->be, in->rows * sizeof *errors, in->scratch, errors));
    for (size_t r = 0; r < in->rows; r++) {
      if (shared_index(in, in->schedules == 1 ? 0 : r, point) < 0) continue;
      out[r] += errors[r];
      points[r]++;
    }
  }
  for (size_t r = 0; r < in->rows; r++) out[r] /= (double)points[r]; /* the end is always one */
done:
  free(errors);
  free(points);
  return status;
}

const oss_metric_desc oss_metric_trajectory = {
    .base = {.name = "trajectory",
             .summary = "mean squared error at the times that student and teacher share, the end included, the start not",
             .source = "mean over the shared times of the squared error (docs/DERIVATIONS.md, metrics)"},
    .evaluate = evaluate,
    .needs_points = 1,
};

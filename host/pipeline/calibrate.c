// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/pipeline/calibrate.h"

#include <stdlib.h>

oss_status oss_calibrator_open(const oss_problem *problem, const oss_calibration *calibration, size_t count, oss_calibrator *out) {
  oss_calibrator c = {.problem = problem, .calibration = calibration, .count = count};
  oss_status status = OSS_OK;
  *out = (oss_calibrator){0};
  if (calibration == NULL) return OSS_OK;
  c.host = malloc(2 * count * sizeof *c.host);
  if (c.host == NULL) {
    status = oss_fail(OSS_ERR_MEMORY, "quantiles of %zu samples", count);
    goto failed;
  }
  OSS_TRY_TO(failed, oss_buffer_create(problem->be, "quantile levels", 2, sizeof(double), &c.level));
  OSS_TRY_TO(failed, oss_buffer_create(problem->be, "quantiles", 2 * count, sizeof(double), &c.pairs));
  OSS_TRY_TO(failed, oss_buffer_upload(&c.level, 0, sizeof calibration->level, calibration->level));
  *out = c;
  return OSS_OK;
failed:
  oss_calibrator_close(&c);
  return status;
}

void oss_calibrator_close(oss_calibrator *c) {
  oss_buffer_destroy(&c->level);
  oss_buffer_destroy(&c->pairs);
  free(c->host);
  *c = (oss_calibrator){0};
}

oss_bytes oss_calibrator_bytes(size_t count) {
  return oss_bytes_of(2 * (count + 1) * sizeof(double), 2 * count * sizeof(double));
}

/* The rows' quantiles into c->host. */
static oss_status measure(oss_calibrator *c, const float *x) {
  const oss_problem *p = c->problem;
  OSS_TRY(p->be->ops->row_quantile(p->be, c->count, p->elements, 2, c->level.data, x, c->pairs.data));
  return oss_buffer_download(&c->pairs, 0, 2 * c->count * sizeof *c->host, c->host);
}

/* The teacher's quantiles at t; at a grid time exactly those. */
static void teacher_at(const oss_calibration *c, double t, double out[2]) {
  size_t low = 0, high = c->points - 1;
  if (!(t > c->t[low])) high = low;
  if (t >= c->t[high]) low = high;
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    *(t >= c->t[middle] ? &low : &high) = middle;
  }
  double part = high > low ? (t - c->t[low]) / (c->t[high] - c->t[low]) : 0.0;
  for (size_t i = 0; i < 2; i++) out[i] = c->quantile[2 * low + i] + part * (c->quantile[2 * high + i] - c->quantile[2 * low + i]);
}

/* From a row's quantiles to its map (scale, shift). */
static void make_map(const oss_calibration *c, double t, const double from[2], double map[2]) {
  double to[2];
  map[0] = 1.0;
  map[1] = 0.0;
  if (from[0] == from[1]) return; /* NaN is not: it goes on into the map */
  teacher_at(c, t, to);
  map[0] = (to[1] - to[0]) / (from[1] - from[0]);
  if (c->kind == OSS_CALIBRATION_AFFINE) map[1] = to[0] - map[0] * from[0];
}

oss_status oss_calibrate(oss_calibrator *c, const double *t, float *x, double *seen) {
  if (c->calibration == NULL) return OSS_OK;
  if (c->calibration->kind == OSS_CALIBRATION_NONE) return seen != NULL ? oss_calibrator_measure(c, x, seen) : OSS_OK;
  const oss_problem *p = c->problem;
  OSS_TRY(measure(c, x));
  for (size_t r = 0; r < c->count; r++) {
    double map[2];
    make_map(c->calibration, t[r], c->host + 2 * r, map);
    c->host[2 * r] = map[0];
    c->host[2 * r + 1] = map[1];
  }
  OSS_TRY(oss_buffer_upload(&c->pairs, 0, 2 * c->count * sizeof *c->host, c->host));
  OSS_TRY(p->be->ops->row_affine(p->be, c->count, p->elements, c->pairs.data, x, x));
  return seen != NULL ? oss_calibrator_measure(c, x, seen) : OSS_OK;
}

oss_status oss_calibrator_measure(oss_calibrator *c, const float *x, double *seen) {
  OSS_TRY(measure(c, x));
  for (size_t r = 0; r < c->count; r++) {
    seen[0] += c->host[2 * r];
    seen[1] += c->host[2 * r + 1];
  }
  return OSS_OK;
}

/* Adds one batch of samples, in order, to the sums of every point. */
static oss_status learn_batch(const oss_problem *p, const oss_calibration *levels, size_t points, size_t count, const float *states,
                              double *sums) {
  oss_calibrator c;
  oss_status status = OSS_OK;
  OSS_TRY(oss_calibrator_open(p, levels, count, &c));
  for (size_t i = 0; i < points && status == OSS_OK; i++)
    status = oss_calibrator_measure(&c, states + i * count * p->elements, sums + 2 * i);
  oss_calibrator_close(&c);
  return status;
}

oss_status oss_calibration_learn(const oss_problem *problem, oss_teacher *teacher, size_t samples, const double level[2], double *out) {
  const oss_calibration levels = {.kind = OSS_CALIBRATION_NONE, .level = {level[0], level[1]}};
  size_t points = oss_teacher_points(teacher);
  if (points != (size_t)problem->grid.n + 1) return oss_fail(OSS_ERR_INTERNAL, "quantiles of a teacher of %zu points", points);
  for (size_t i = 0; i < 2 * points; i++) out[i] = 0.0;
  for (size_t first = 0; first < samples; first += problem->batch) {
    size_t count = samples - first < problem->batch ? samples - first : problem->batch;
    const float *states;
    OSS_TRY(oss_teacher_states(teacher, first, count, &states));
    OSS_TRY(learn_batch(problem, &levels, points, count, states, out));
  }
  for (size_t i = 0; i < 2 * points; i++) out[i] /= (double)samples;
  return OSS_OK;
}

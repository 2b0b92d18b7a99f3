// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/pipeline/sample.h"

#include <stdlib.h>

#include "host/solvers/solver.h"

/* The buffers of one walk. history[0] is the point before the current one; the current point's own goes to spare, then they rotate. */
typedef struct walker {
  const oss_problem *problem;
  const oss_walk *walk;
  size_t count;
  int terms; /* q */
  oss_buffer output, times, coef, history_coef;
  oss_buffer history[OSS_MAX_TERMS], spare;
  oss_calibrator calibrator;
  double *host; /* [count][q + 1] staging */
} walker;

static void close_walker(walker *w) {
  oss_buffer_destroy(&w->output);
  oss_buffer_destroy(&w->times);
  oss_buffer_destroy(&w->coef);
  oss_buffer_destroy(&w->history_coef);
  oss_buffer_destroy(&w->spare);
  for (int m = 0; m < OSS_MAX_TERMS; m++) oss_buffer_destroy(&w->history[m]);
  oss_calibrator_close(&w->calibrator);
  free(w->host);
}

static oss_status open_walker(walker *w) {
  oss_backend *be = w->problem->be;
  size_t state = w->count * w->problem->elements;
  size_t row = (size_t)w->terms + 1;
  w->host = malloc(w->count * row * sizeof *w->host);
  if (w->host == NULL) return oss_fail(OSS_ERR_MEMORY, "coefficients of %zu samples", w->count);
  OSS_TRY(oss_calibrator_open(w->problem, w->walk->calibration, w->count, &w->calibrator));
  OSS_TRY(oss_buffer_create(be, "denoiser outputs", state, sizeof(float), &w->output));
  OSS_TRY(oss_buffer_create(be, "times", w->count, sizeof(double), &w->times));
  OSS_TRY(oss_buffer_create(be, "coefficients", w->count * row, sizeof(double), &w->coef));
  if (w->terms == 1) return OSS_OK;
  OSS_TRY(oss_buffer_create(be, "history coefficients", w->count * 2, sizeof(double), &w->history_coef));
  OSS_TRY(oss_buffer_create(be, "history", state, sizeof(float), &w->spare));
  for (int m = 0; m < w->terms - 1; m++) OSS_TRY(oss_buffer_create(be, "history", state, sizeof(float), &w->history[m]));
  return OSS_OK;
}

static size_t first_step(const oss_walk *walk, size_t row) {
  return walk->used == NULL ? 0 : walk->steps - (size_t)walk->used[row];
}

static oss_status upload_times(walker *w, size_t step) {
  const oss_walk *walk = w->walk;
  for (size_t r = 0; r < w->count; r++) w->host[r] = walk->t[(walk->rows == 1 ? 0 : r) * (walk->steps + 1) + step];
  return oss_buffer_upload(&w->times, 0, w->count * sizeof *w->host, w->host);
}

/* The row of every sample's step. A step before a sample's first real one leaves it where it is. */
static oss_status upload_rows(walker *w, size_t step) {
  const oss_walk *walk = w->walk;
  size_t width = (size_t)w->terms + 1;
  for (size_t r = 0; r < walk->rows; r++) {
    const double *t = walk->t + r * (walk->steps + 1);
    size_t past = step >= first_step(walk, r) ? step - first_step(walk, r) : 0;
    int known = past + 1 < (size_t)w->terms ? (int)past + 1 : w->terms;
    double seen[OSS_MAX_TERMS];
    oss_row row;
    for (int m = 0; m < known; m++) seen[m] = t[step - (size_t)m];
    oss_step one = {.known = known, .t = seen, .next = t[step + 1], .remaining = (int)(walk->steps - step)};
    oss_solver_row(walk->solver, &one, &row);
    w->host[r * width] = row.a;
    for (int m = 0; m < w->terms; m++) w->host[r * width + 1 + (size_t)m] = row.b[m];
  }
  return oss_buffer_upload(&w->coef, 0, walk->rows * width * sizeof *w->host, w->host);
}

/* Keeps the current point's own quantity for the steps to come. */
static oss_status compute_history(walker *w, size_t step, const float *x) {
  const oss_walk *walk = w->walk;
  for (size_t r = 0; r < walk->rows; r++) oss_solver_history_row(walk->solver, walk->t[r * (walk->steps + 1) + step], w->host + 2 * r);
  OSS_TRY(oss_buffer_upload(&w->history_coef, 0, walk->rows * 2 * sizeof *w->host, w->host));
  oss_terms terms = {{x, w->output.data}};
  return w->problem->be->ops->lincomb(w->problem->be, w->count, w->problem->elements, 2, walk->rows == 1 ? 0 : 2, w->history_coef.data,
                                      terms, w->spare.data);
}

static void rotate_history(walker *w) {
  oss_buffer oldest = w->history[w->terms - 2];
  for (int m = w->terms - 2; m > 0; m--) w->history[m] = w->history[m - 1];
  w->history[0] = w->spare;
  w->spare = oldest;
}

static double *seen_at(const oss_walk *walk, size_t point) {
  return walk->seen != NULL ? walk->seen + 2 * point : NULL;
}

/* The state that the denoiser is given at a step. */
static oss_status arrive(walker *w, size_t step, float *x) {
  OSS_TRY(upload_times(w, step));
  return oss_calibrate(&w->calibrator, w->host, x, seen_at(w->walk, step));
}

static oss_status take_step(walker *w, size_t step, const int32_t *labels, float *x) {
  const oss_problem *p = w->problem;
  OSS_TRY(oss_denoiser_call(p->denoiser, w->count, w->times.data, labels, x, w->output.data));
  if (w->terms > 1) OSS_TRY(compute_history(w, step, x));
  OSS_TRY(upload_rows(w, step));
  oss_terms terms = {{x, w->output.data}};
  for (int m = 0; m < w->terms - 1; m++) terms.at[2 + m] = w->history[m].data;
  size_t stride = w->walk->rows == 1 ? 0 : (size_t)w->terms + 1;
  OSS_TRY(p->be->ops->lincomb(p->be, w->count, p->elements, w->terms + 1, stride, w->coef.data, terms, x));
  if (w->terms > 1) rotate_history(w);
  return OSS_OK;
}

oss_status oss_sample(const oss_problem *problem, const oss_walk *walk, size_t count, const int32_t *labels, float *x, float *points,
                      int ascending, oss_progress *progress) {
  walker w = {.problem = problem, .walk = walk, .count = count, .terms = oss_solver_terms(walk->solver)};
  size_t state = count * problem->elements;
  oss_status status;
  if (walk->rows != 1 && walk->rows != count) return oss_fail(OSS_ERR_INTERNAL, "sample: %zu schedules for %zu samples", walk->rows, count);
  OSS_TRY_TO(done, open_walker(&w));
  for (size_t i = 0; i <= walk->steps; i++) {
    if (i < walk->steps) OSS_TRY_TO(done, arrive(&w, i, x));
    if (points != NULL) {
      size_t point = ascending ? walk->steps - i : i;
      OSS_TRY_TO(done, problem->be->ops->copy(problem->be, state * sizeof *x, x, points + point * state));
    }
    if (i == walk->steps) break;
    OSS_TRY_TO(done, take_step(&w, i, labels, x));
    if (progress != NULL) oss_progress_work(progress, (double)count * problem->denoiser->flops);
  }
  if (walk->seen != NULL) status = oss_calibrator_measure(&w.calibrator, x, seen_at(walk, walk->steps));
done:
  close_walker(&w);
  return status;
}

size_t oss_sample_bytes(const oss_problem *problem, const oss_member *solver, size_t count) {
  size_t terms = (size_t)oss_solver_terms(solver);
  size_t states = 1 + (terms > 1 ? terms : 0);
  return states * count * problem->elements * sizeof(float) + count * (terms + 4) * 2 * sizeof(double);
}

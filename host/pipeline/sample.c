// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/pipeline/sample.h"

#include <stdlib.h>

#include "host/solvers/solver.h"

/* The buffers of one walk. history[0] is the point before the current one; the current point's own goes to spare, then they rotate. */
typedef struct walker {
  const oss_problem *problem;
  const oss_walk *walk;
  const int32_t *labels; /* backend */
  size_t count;
  int terms; /* q */
  int width; /* coefficients of a step: x, D, and the histories or the output at the intermediate point */
  oss_buffer output, times, coef, history_coef;
  oss_buffer history[OSS_MAX_TERMS], spare;
  oss_buffer middle, second; /* two-call steps: the intermediate point and the output there */
  double *host;              /* [count][OSS_MAX_TERMS] staging */
  oss_calibrator calibrator;
  size_t calls;
} walker;

static void close_walker(walker *w) {
  oss_buffer *all[] = {&w->output, &w->times, &w->coef, &w->history_coef, &w->spare, &w->middle, &w->second};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) oss_buffer_destroy(all[i]);
  for (int m = 0; m < OSS_MAX_TERMS; m++) oss_buffer_destroy(&w->history[m]);
  oss_calibrator_close(&w->calibrator);
  free(w->host);
}

static oss_status open_walker(walker *w) {
  oss_backend *be = w->problem->be;
  size_t state = w->count * w->problem->elements;
  w->host = malloc(w->count * OSS_MAX_TERMS * sizeof *w->host);
  if (w->host == NULL) return oss_fail(OSS_ERR_MEMORY, "coefficients of %zu samples", w->count);
  OSS_TRY(oss_calibrator_open(w->problem, w->walk->calibration, w->count, &w->calibrator));
  OSS_TRY(oss_buffer_create(be, "denoiser outputs", state, sizeof(float), &w->output));
  OSS_TRY(oss_buffer_create(be, "times", w->count, sizeof(double), &w->times));
  OSS_TRY(oss_buffer_create(be, "coefficients", w->count * OSS_MAX_TERMS, sizeof(double), &w->coef));
  if (oss_solver_stages(w->walk->solver)) {
    OSS_TRY(oss_buffer_create(be, "intermediate points", state, sizeof(float), &w->middle));
    OSS_TRY(oss_buffer_create(be, "denoiser outputs", state, sizeof(float), &w->second));
  }
  if (w->terms == 1) return OSS_OK;
  OSS_TRY(oss_buffer_create(be, "history coefficients", w->count * 2, sizeof(double), &w->history_coef));
  OSS_TRY(oss_buffer_create(be, "history", state, sizeof(float), &w->spare));
  for (int m = 0; m < w->terms - 1; m++) OSS_TRY(oss_buffer_create(be, "history", state, sizeof(float), &w->history[m]));
  return OSS_OK;
}

static size_t first_step(const oss_walk *walk, size_t row) {
  return walk->used == NULL ? 0 : walk->steps - (size_t)walk->used[row];
}

/* Step i of schedule row as the solver sees it; seen gets its times. */
static oss_step step_of(const oss_walk *walk, size_t row, size_t i, double seen[OSS_MAX_TERMS]) {
  const double *t = walk->t + row * (walk->steps + 1);
  const int32_t *order = walk->order != NULL ? walk->order + row * walk->steps : NULL;
  size_t first = first_step(walk, row), past = i > first ? i - first : 0;
  int terms = oss_solver_terms(walk->solver), known = past + 1 < (size_t)terms ? (int)past + 1 : terms;
  for (int m = 0; m < known; m++) seen[m] = t[i - (size_t)m];
  return (oss_step){.known = known,
                    .t = seen,
                    .next = t[i + 1],
                    .remaining = (int)(walk->steps - i),
                    .order = order != NULL ? order[i] : 0,
                    .arrived = order != NULL && past > 0 ? order[i - 1] : 0};
}

/* A function of solver.h that gives a row, for every schedule; *idle: no row does anything. */
static oss_status upload_rows(walker *w, size_t i, void (*make)(const oss_member *, const oss_step *, oss_row *), int *idle) {
  const oss_walk *walk = w->walk;
  size_t width = (size_t)w->width;
  *idle = 1;
  for (size_t r = 0; r < walk->rows; r++) {
    double seen[OSS_MAX_TERMS], *to = w->host + r * width;
    oss_step step = step_of(walk, r, i, seen);
    oss_row row;
    make(walk->solver, &step, &row);
    to[0] = row.a;
    for (size_t m = 1; m < width; m++) to[m] = row.b[m - 1];
    for (size_t m = 0; m < width; m++) *idle &= to[m] == (m == 0 ? 1.0 : 0.0);
  }
  return *idle ? OSS_OK : oss_buffer_upload(&w->coef, 0, walk->rows * width * sizeof *w->host, w->host);
}

/* out = the uploaded rows over (x, D, others). */
static oss_status combine(walker *w, const float *x, const float *const *others, float *out) {
  const oss_problem *p = w->problem;
  oss_terms terms = {{x, w->output.data}};
  for (int m = 2; m < w->width; m++) terms.at[m] = others[m - 2];
  return p->be->ops->lincomb(p->be, w->count, p->elements, w->width, w->walk->rows == 1 ? 0 : (size_t)w->width, w->coef.data, terms, out);
}

/* D at x and the times in w->host. */
static oss_status call(walker *w, const float *x, float *out) {
  OSS_TRY(oss_buffer_upload(&w->times, 0, w->count * sizeof *w->host, w->host));
  w->calls++;
  return oss_denoiser_call(w->problem->denoiser, w->count, w->times.data, w->labels, x, out);
}

/* The analytical answer for samples that have not stepped yet; *all: that is every sample. */
static oss_status answer_first(walker *w, size_t i, const float *x, int before_call, int *all) {
  const oss_walk *walk = w->walk;
  const oss_problem *p = w->problem;
  *all = 1;
  int any = 0;
  for (size_t r = 0; r < walk->rows; r++) {
    int first = i <= first_step(walk, r);
    w->host[2 * r] = first ? oss_solver_afs_gain(walk->t[r * (walk->steps + 1) + i]) : 0.0;
    w->host[2 * r + 1] = first ? 0.0 : 1.0;
    *all &= first;
    any |= first;
  }
  if (!any || *all != before_call) return OSS_OK;
  OSS_TRY(oss_buffer_upload(&w->coef, 0, walk->rows * 2 * sizeof *w->host, w->host));
  oss_terms terms = {{x, w->output.data}};
  return p->be->ops->lincomb(p->be, w->count, p->elements, 2, walk->rows == 1 ? 0 : 2, w->coef.data, terms, w->output.data);
}

/* The times of the current points into w->host. */
static void place_times(walker *w, size_t i) {
  const oss_walk *walk = w->walk;
  for (size_t r = 0; r < w->count; r++) w->host[r] = walk->t[(walk->rows == 1 ? 0 : r) * (walk->steps + 1) + i];
}

/* w->output = D at the current points. */
static oss_status denoise(walker *w, size_t i, const float *x) {
  const oss_walk *walk = w->walk;
  int analytical = oss_solver_afs(walk->solver), answered = 0;
  if (analytical) OSS_TRY(answer_first(w, i, x, 1, &answered));
  if (answered) return OSS_OK;
  place_times(w, i);
  OSS_TRY(call(w, x, w->output.data));
  return analytical ? answer_first(w, i, x, 0, &answered) : OSS_OK;
}

/* Keeps the current point's own quantity for the steps to come. */
static oss_status compute_history(walker *w, size_t i, const float *x) {
  const oss_walk *walk = w->walk;
  for (size_t r = 0; r < walk->rows; r++) oss_solver_history_row(walk->solver, walk->t[r * (walk->steps + 1) + i], w->host + 2 * r);
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

static void stage_row(const oss_member *solver, const oss_step *step, oss_row *out) {
  if (!(oss_solver_stage(solver, step, out) > 0.0)) *out = (oss_row){.a = 1.0}; /* its output is not used */
}

/* A step takes the noise at the intermediate point as (m - (1 - t) D) / t, m being what its row leads to. The denoiser was given m mapped:
 * D + (m - mapped) / (1 - t) in place of D makes it the noise of that. */
static oss_status move_second(walker *w, size_t i, const float *x) {
  const oss_walk *walk = w->walk;
  const oss_problem *p = w->problem;
  if (walk->calibration == NULL || walk->calibration->kind == OSS_CALIBRATION_NONE) return OSS_OK;
  for (size_t r = 0; r < walk->rows; r++) {
    double seen[OSS_MAX_TERMS], *to = w->host + 4 * r;
    oss_row row;
    oss_step step = step_of(walk, r, i, seen);
    double t = oss_solver_stage(walk->solver, &step, &row), share = t > 0.0 ? 1.0 / (1.0 - t) : 0.0;
    to[0] = t > 0.0 ? share * row.a : 0.0;
    to[1] = t > 0.0 ? share * row.b[0] : 0.0;
    to[2] = -share;
    to[3] = 1.0;
  }
  OSS_TRY(oss_buffer_upload(&w->coef, 0, walk->rows * 4 * sizeof *w->host, w->host));
  oss_terms terms = {{x, w->output.data, w->middle.data, w->second.data}};
  return p->be->ops->lincomb(p->be, w->count, p->elements, 4, walk->rows == 1 ? 0 : 4, w->coef.data, terms, w->second.data);
}

/* The second call of a two-call step. */
static oss_status visit_middle(walker *w, size_t i, const float *x) {
  const oss_walk *walk = w->walk;
  const float *const none[] = {x}; /* under a coefficient of 0 */
  int idle;
  OSS_TRY(upload_rows(w, i, stage_row, &idle));
  if (idle) return OSS_OK;
  OSS_TRY(combine(w, x, none, w->middle.data));
  for (size_t r = 0; r < w->count; r++) {
    double seen[OSS_MAX_TERMS];
    oss_row row;
    oss_step step = step_of(walk, walk->rows == 1 ? 0 : r, i, seen);
    double t = oss_solver_stage(walk->solver, &step, &row);
    w->host[r] = t > 0.0 ? t : seen[0];
  }
  OSS_TRY(oss_calibrate(&w->calibrator, w->host, w->middle.data, NULL));
  OSS_TRY(call(w, w->middle.data, w->second.data));
  return move_second(w, i, x);
}

/* A trajectory shows x corrected; the rows of the step go on from x as it arrived. */
static oss_status keep_point(walker *w, size_t i, const float *x, const float *const *others, float *point) {
  const oss_problem *p = w->problem;
  int idle = 1;
  if (oss_solver_corrects(w->walk->solver)) OSS_TRY(upload_rows(w, i, oss_solver_correct, &idle));
  if (!idle) return combine(w, x, others, point);
  return p->be->ops->copy(p->be, w->count * p->elements * sizeof *x, x, point);
}

static double *seen_at(const oss_walk *walk, size_t point) {
  return walk->seen != NULL ? walk->seen + 2 * point : NULL;
}

static oss_status take_step(walker *w, size_t i, float *x, float *point) {
  const float *others[OSS_MAX_TERMS] = {w->second.data};
  int idle;
  place_times(w, i);
  OSS_TRY(oss_calibrate(&w->calibrator, w->host, x, seen_at(w->walk, i)));
  OSS_TRY(denoise(w, i, x));
  if (w->terms > 1) OSS_TRY(compute_history(w, i, x));
  for (int m = 0; m < w->terms - 1; m++) others[m] = w->history[m].data;
  if (point != NULL) OSS_TRY(keep_point(w, i, x, others, point));
  if (oss_solver_stages(w->walk->solver)) OSS_TRY(visit_middle(w, i, x));
  OSS_TRY(upload_rows(w, i, oss_solver_row, &idle));
  if (!idle) OSS_TRY(combine(w, x, others, x));
  if (w->terms > 1) rotate_history(w);
  return OSS_OK;
}

oss_status oss_sample(const oss_problem *problem, const oss_walk *walk, size_t count, const int32_t *labels, float *x, float *points,
                      int ascending, oss_progress *progress) {
  int terms = oss_solver_terms(walk->solver);
  walker w = {.problem = problem,
              .walk = walk,
              .labels = labels,
              .count = count,
              .terms = terms,
              .width = oss_solver_stages(walk->solver) ? 3 : terms + 1};
  size_t state = count * problem->elements;
  oss_status status;
  if (walk->rows != 1 && walk->rows != count) return oss_fail(OSS_ERR_INTERNAL, "sample: %zu schedules for %zu samples", walk->rows, count);
  OSS_TRY_TO(done, open_walker(&w));
  for (size_t i = 0; i < walk->steps; i++) {
    float *point = points != NULL ? points + (ascending ? walk->steps - i : i) * state : NULL;
    size_t calls = w.calls;
    OSS_TRY_TO(done, take_step(&w, i, x, point));
    if (progress != NULL) oss_progress_work(progress, (double)count * (double)(w.calls - calls) * problem->denoiser->flops);
  }
  if (points != NULL)
    OSS_TRY_TO(done, problem->be->ops->copy(problem->be, state * sizeof *x, x, points + (ascending ? 0 : walk->steps) * state));
  if (walk->seen != NULL) status = oss_calibrator_measure(&w.calibrator, x, seen_at(walk, walk->steps));
done:
  close_walker(&w);
  return status;
}

int64_t oss_walk_calls(const oss_walk *walk, size_t row) {
  int64_t calls = 0;
  for (size_t i = first_step(walk, row); i < walk->steps; i++) {
    double seen[OSS_MAX_TERMS];
    oss_row unused;
    oss_step step = step_of(walk, row, i, seen);
    calls += 1 + (oss_solver_stage(walk->solver, &step, &unused) > 0.0);
  }
  return calls > 0 && oss_solver_afs(walk->solver) ? calls - 1 : calls;
}

int64_t oss_grid_calls(const oss_member *solver, const oss_grid *grid) {
  int64_t calls = grid->n - oss_solver_afs(solver);
  for (int64_t i = grid->n; i > 0; i--) {
    oss_row unused;
    oss_step step = {.known = 1, .t = grid->t + i, .next = grid->t[i - 1], .remaining = (int)i};
    calls += oss_solver_stage(solver, &step, &unused) > 0.0;
  }
  return calls;
}

int64_t oss_sample_calls(const oss_member *solver, const oss_grid *grid, int64_t steps) {
  int64_t calls = steps - oss_solver_afs(solver);
  oss_row unused;
  oss_step last = {.known = 1, .t = grid->t + 1, .next = grid->t[0], .remaining = 1};
  if (!oss_solver_stages(solver)) return calls;
  return calls + steps - 1 + (oss_solver_stage(solver, &last, &unused) > 0.0);
}

size_t oss_sample_bytes(const oss_problem *problem, const oss_member *solver, size_t count) {
  size_t terms = (size_t)oss_solver_terms(solver);
  size_t states = 1 + (terms > 1 ? terms : 0) + (oss_solver_stages(solver) ? 2 : 0);
  return states * count * problem->elements * sizeof(float) + count * (2 * OSS_MAX_TERMS + 3) * sizeof(double);
}

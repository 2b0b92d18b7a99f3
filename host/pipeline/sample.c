// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/pipeline/sample.h"

#include <stdlib.h>

#include "host/solvers/solver.h"

/* What the steps of a walk take from the host: a stripe of numbers a step, all of them known before the first one, so that they go up at
 * once and steps follow each other without waiting. A part has a row for each schedule, or a number for each sample. */
enum part {
  TIMES,   /* [count] of the points */
  ANSWER,  /* [rows][2] the analytical first answer */
  HISTORY, /* [rows][2] a point's own quantity */
  CORRECT, /* [rows][width] the corrected point */
  STAGE,   /* [rows][width] the intermediate point, */
  MIDDLE,  /* [count] its time, */
  MOVED,   /* [rows][4] and its output under a calibration */
  STEP,    /* [rows][width] */
  PARTS
};
enum { NONE, SOME, ALL }; /* rows of a part that do something; ALL is told apart for ANSWER only */

typedef struct stripe {
  size_t at[PARTS], size;
} stripe;

/* The buffers of one walk. history[0] is the point before the current one; the current point's own goes to spare, then they rotate. */
typedef struct walker {
  const oss_problem *problem;
  const oss_walk *walk;
  const int32_t *labels; /* backend */
  size_t count;
  int terms; /* q */
  int width; /* coefficients of a step: x, D, and the histories or the output at the intermediate point */
  stripe stripe;
  double *host; /* [steps] stripes; and in backend memory */
  oss_buffer table;
  char *use; /* [steps][PARTS] */
  oss_buffer output;
  oss_buffer history[OSS_MAX_TERMS], spare;
  oss_buffer middle, second; /* two-call steps: the intermediate point and the output there */
  oss_calibrator calibrator;
  size_t calls;
} walker;

static int width_of(const oss_member *solver) {
  return oss_solver_stages(solver) ? 3 : oss_solver_terms(solver) + 1;
}

static stripe stripe_of(const oss_member *solver, size_t count, size_t rows) {
  size_t width = rows * (size_t)width_of(solver), staged = oss_solver_stages(solver) != 0, sizes[PARTS] = {0};
  stripe s = {.size = 0};
  sizes[TIMES] = count;
  sizes[ANSWER] = oss_solver_afs(solver) ? 2 * rows : 0;
  sizes[HISTORY] = oss_solver_terms(solver) > 1 ? 2 * rows : 0;
  sizes[CORRECT] = oss_solver_corrects(solver) ? width : 0;
  sizes[STAGE] = staged * width;
  sizes[MIDDLE] = staged * count;
  sizes[MOVED] = staged * 4 * rows;
  sizes[STEP] = width;
  for (int part = 0; part < PARTS; part++) {
    s.at[part] = s.size;
    s.size += sizes[part];
  }
  return s;
}

static void close_walker(walker *w) {
  oss_buffer *all[] = {&w->output, &w->table, &w->spare, &w->middle, &w->second};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) oss_buffer_destroy(all[i]);
  for (int m = 0; m < OSS_MAX_TERMS; m++) oss_buffer_destroy(&w->history[m]);
  oss_calibrator_close(&w->calibrator);
  free(w->host);
  free(w->use);
}

static oss_status open_walker(walker *w) {
  oss_backend *be = w->problem->be;
  size_t state = w->count * w->problem->elements, steps = w->walk->steps;
  w->stripe = stripe_of(w->walk->solver, w->count, w->walk->rows);
  w->host = calloc(steps * w->stripe.size + 1, sizeof *w->host);
  w->use = calloc(steps + 1, PARTS);
  if (w->host == NULL || w->use == NULL) return oss_fail(OSS_ERR_MEMORY, "coefficients of %zu samples", w->count);
  OSS_TRY(oss_calibrator_open(w->problem, w->walk->calibration, w->count, &w->calibrator));
  OSS_TRY(oss_buffer_create(be, "denoiser outputs", state, sizeof(float), &w->output));
  OSS_TRY(oss_buffer_create(be, "times and coefficients", steps * w->stripe.size, sizeof(double), &w->table));
  if (oss_solver_stages(w->walk->solver)) {
    OSS_TRY(oss_buffer_create(be, "intermediate points", state, sizeof(float), &w->middle));
    OSS_TRY(oss_buffer_create(be, "denoiser outputs", state, sizeof(float), &w->second));
  }
  if (w->terms == 1) return OSS_OK;
  OSS_TRY(oss_buffer_create(be, "history", state, sizeof(float), &w->spare));
  for (int m = 0; m < w->terms - 1; m++) OSS_TRY(oss_buffer_create(be, "history", state, sizeof(float), &w->history[m]));
  return OSS_OK;
}

static double *host_part(const walker *w, size_t i, enum part part) {
  return w->host + i * w->stripe.size + w->stripe.at[part];
}

static const double *part_of(const walker *w, size_t i, enum part part) {
  return (const double *)w->table.data + i * w->stripe.size + w->stripe.at[part];
}

static char *use_of(const walker *w, size_t i, enum part part) {
  return w->use + i * PARTS + part;
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

/* ---- the table, on the host ---- */

/* A function of solver.h that gives a row, for every schedule. */
static void fill_rows(walker *w, size_t i, enum part part, void (*make)(const oss_member *, const oss_step *, oss_row *)) {
  const oss_walk *walk = w->walk;
  size_t width = (size_t)w->width;
  int idle = 1;
  for (size_t r = 0; r < walk->rows; r++) {
    double seen[OSS_MAX_TERMS], *to = host_part(w, i, part) + r * width;
    oss_step step = step_of(walk, r, i, seen);
    oss_row row;
    make(walk->solver, &step, &row);
    to[0] = row.a;
    for (size_t m = 1; m < width; m++) to[m] = row.b[m - 1];
    for (size_t m = 0; m < width; m++) idle &= to[m] == (m == 0 ? 1.0 : 0.0);
  }
  *use_of(w, i, part) = idle ? NONE : SOME;
}

/* The analytical answer for samples that have not stepped yet. */
static void fill_answer(walker *w, size_t i) {
  const oss_walk *walk = w->walk;
  double *to = host_part(w, i, ANSWER);
  size_t answered = 0;
  for (size_t r = 0; r < walk->rows; r++) {
    int first = i <= first_step(walk, r);
    to[2 * r] = first ? oss_solver_afs_gain(walk->t[r * (walk->steps + 1) + i]) : 0.0;
    to[2 * r + 1] = first ? 0.0 : 1.0;
    answered += first != 0;
  }
  *use_of(w, i, ANSWER) = answered == 0 ? NONE : answered < walk->rows ? SOME : ALL;
}

static void stage_row(const oss_member *solver, const oss_step *step, oss_row *out) {
  if (!(oss_solver_stage(solver, step, out) > 0.0)) *out = (oss_row){.a = 1.0}; /* its output is not used */
}

/* A step takes the noise at the intermediate point as (m - (1 - t) D) / t, m being what its row leads to. The denoiser was given m mapped:
 * D + (m - mapped) / (1 - t) in place of D makes it the noise of that. */
static void fill_moved(walker *w, size_t i) {
  const oss_walk *walk = w->walk;
  if (walk->calibration == NULL || walk->calibration->kind == OSS_CALIBRATION_NONE) return;
  for (size_t r = 0; r < walk->rows; r++) {
    double seen[OSS_MAX_TERMS], *to = host_part(w, i, MOVED) + 4 * r;
    oss_row row;
    oss_step step = step_of(walk, r, i, seen);
    double t = oss_solver_stage(walk->solver, &step, &row), share = t > 0.0 ? 1.0 / (1.0 - t) : 0.0;
    to[0] = t > 0.0 ? share * row.a : 0.0;
    to[1] = t > 0.0 ? share * row.b[0] : 0.0;
    to[2] = -share;
    to[3] = 1.0;
  }
  *use_of(w, i, MOVED) = SOME;
}

static void fill_middle(walker *w, size_t i) {
  const oss_walk *walk = w->walk;
  double *to = host_part(w, i, MIDDLE);
  fill_rows(w, i, STAGE, stage_row);
  if (*use_of(w, i, STAGE) == NONE) return;
  for (size_t r = 0; r < w->count; r++) {
    double seen[OSS_MAX_TERMS];
    oss_row row;
    oss_step step = step_of(walk, walk->rows == 1 ? 0 : r, i, seen);
    double t = oss_solver_stage(walk->solver, &step, &row);
    to[r] = t > 0.0 ? t : seen[0];
  }
  fill_moved(w, i);
}

static void fill_step(walker *w, size_t i) {
  const oss_walk *walk = w->walk;
  double *times = host_part(w, i, TIMES), *own = host_part(w, i, HISTORY);
  for (size_t r = 0; r < w->count; r++) times[r] = walk->t[(walk->rows == 1 ? 0 : r) * (walk->steps + 1) + i];
  if (oss_solver_afs(walk->solver)) fill_answer(w, i);
  for (size_t r = 0; w->terms > 1 && r < walk->rows; r++)
    oss_solver_history_row(walk->solver, walk->t[r * (walk->steps + 1) + i], own + 2 * r);
  if (oss_solver_corrects(walk->solver)) fill_rows(w, i, CORRECT, oss_solver_correct);
  if (oss_solver_stages(walk->solver)) fill_middle(w, i);
  fill_rows(w, i, STEP, oss_solver_row);
}

static oss_status make_table(walker *w) {
  size_t steps = w->walk->steps;
  for (size_t i = 0; i < steps; i++) fill_step(w, i);
  return oss_buffer_upload(&w->table, 0, steps * w->stripe.size * sizeof *w->host, w->host);
}

/* ---- the steps ---- */

/* out = the rows of a part over its first `width` terms. */
static oss_status combine(walker *w, size_t i, enum part part, int width, oss_terms terms, float *out) {
  const oss_problem *p = w->problem;
  return p->be->ops->lincomb(p->be, w->count, p->elements, width, w->walk->rows == 1 ? 0 : (size_t)width, part_of(w, i, part), terms, out);
}

/* D at x and the times of a part. */
static oss_status call(walker *w, size_t i, enum part part, const float *x, float *out) {
  w->calls++;
  return oss_denoiser_call(w->problem->denoiser, w->count, part_of(w, i, part), w->labels, x, out);
}

/* w->output = D at the current points. */
static oss_status denoise(walker *w, size_t i, const float *x) {
  int answered = *use_of(w, i, ANSWER);
  oss_terms terms = {{x, w->output.data}};
  if (answered != ALL) OSS_TRY(call(w, i, TIMES, x, w->output.data));
  return answered == NONE ? OSS_OK : combine(w, i, ANSWER, 2, terms, w->output.data);
}

static void rotate_history(walker *w) {
  oss_buffer oldest = w->history[w->terms - 2];
  for (int m = w->terms - 2; m > 0; m--) w->history[m] = w->history[m - 1];
  w->history[0] = w->spare;
  w->spare = oldest;
}

/* The second call of a two-call step. */
static oss_status visit_middle(walker *w, size_t i, const float *x) {
  float *middle = w->middle.data, *second = w->second.data;
  oss_terms terms = {{x, w->output.data, x}}; /* the last under a coefficient of 0 */
  if (*use_of(w, i, STAGE) == NONE) return OSS_OK;
  OSS_TRY(combine(w, i, STAGE, w->width, terms, middle));
  OSS_TRY(oss_calibrate(&w->calibrator, host_part(w, i, MIDDLE), middle, NULL));
  OSS_TRY(call(w, i, MIDDLE, middle, second));
  if (*use_of(w, i, MOVED) == NONE) return OSS_OK;
  terms = (oss_terms){{x, w->output.data, middle, second}};
  return combine(w, i, MOVED, 4, terms, second);
}

/* A trajectory shows x corrected; the rows of the step go on from x as it arrived. */
static oss_status keep_point(walker *w, size_t i, oss_terms terms, float *point) {
  const oss_problem *p = w->problem;
  if (*use_of(w, i, CORRECT) != NONE) return combine(w, i, CORRECT, w->width, terms, point);
  return p->be->ops->copy(p->be, w->count * p->elements * sizeof *point, terms.at[0], point);
}

static double *seen_at(const oss_walk *walk, size_t point) {
  return walk->seen != NULL ? walk->seen + 2 * point : NULL;
}

static oss_status take_step(walker *w, size_t i, float *x, float *point) {
  oss_terms terms = {{x, w->output.data, w->second.data}}, own = {{x, w->output.data}};
  OSS_TRY(oss_calibrate(&w->calibrator, host_part(w, i, TIMES), x, seen_at(w->walk, i)));
  OSS_TRY(denoise(w, i, x));
  if (w->terms > 1) OSS_TRY(combine(w, i, HISTORY, 2, own, w->spare.data));
  for (int m = 0; m < w->terms - 1; m++) terms.at[m + 2] = w->history[m].data;
  if (point != NULL) OSS_TRY(keep_point(w, i, terms, point));
  if (oss_solver_stages(w->walk->solver)) OSS_TRY(visit_middle(w, i, x));
  if (*use_of(w, i, STEP) != NONE) OSS_TRY(combine(w, i, STEP, w->width, terms, x));
  if (w->terms > 1) rotate_history(w);
  return OSS_OK;
}

oss_status oss_sample(const oss_problem *problem, const oss_walk *walk, size_t count, const int32_t *labels, float *x, float *points,
                      int ascending, oss_progress *progress) {
  walker w = {.problem = problem,
              .walk = walk,
              .labels = labels,
              .count = count,
              .terms = oss_solver_terms(walk->solver),
              .width = width_of(walk->solver)};
  size_t state = count * problem->elements;
  oss_status status;
  if (walk->rows != 1 && walk->rows != count) return oss_fail(OSS_ERR_INTERNAL, "sample: %zu schedules for %zu samples", walk->rows, count);
  OSS_TRY_TO(done, open_walker(&w));
  OSS_TRY_TO(done, make_table(&w));
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

oss_bytes oss_sample_bytes(const oss_problem *problem, const oss_member *solver, size_t count, size_t rows, size_t steps) {
  size_t terms = (size_t)oss_solver_terms(solver), table = steps * stripe_of(solver, count, rows).size * sizeof(double);
  size_t states = 1 + (terms > 1 ? terms : 0) + (oss_solver_stages(solver) ? 2 : 0);
  return oss_bytes_of(states * count * problem->elements * sizeof(float) + table, table + steps * PARTS);
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/learn.h"

#include <float.h>
#include <math.h>
#include <nlopt.h>
#include <stdlib.h>
#include <string.h>

#include "host/pipeline/sample.h"
#include "host/search/ends.h"

/* A parameter is the logarithm of a gap between times over the first one. */
static const double farthest = 10.0; /* how far a parameter may go from where it began */
/* The optimisers' first steps, one run after the other, each from the best so far: a large one leaves what is only locally best. */
static const double moves[] = {1.0, 2.0, 0.3};
static const double probe = 0.01; /* of finite differences: float32 states leave 1e-6 of an error */
static const double wall = 20.0;  /* log error of times that can't be sampled, above where it began */

typedef struct learner {
  const oss_search_input *input;
  const oss_learn_options *options;
  const oss_schedule *schedule;
  size_t used, batch;
  oss_ends ends;
  oss_buffer x, error, labels;
  double *errors;       /* host [batch] */
  double *times, *best; /* [steps+1], with the repeats of the schedule: the one being tried, the best one */
  double *origin;       /* [used-1]: the parameters that the run begins with */
  double origin_value;
  double began, lowest; /* objective of the schedule, and of best */
  int64_t count, calls;
  nlopt_opt optimizer;
  oss_status status; /* what went wrong inside the optimiser */
} learner;

static void close_learner(learner *l) {
  oss_ends_destroy(&l->ends);
  oss_buffer_destroy(&l->x);
  oss_buffer_destroy(&l->error);
  oss_buffer_destroy(&l->labels);
  free(l->errors);
  free(l->times);
  free(l->best);
  free(l->origin);
  if (l->optimizer != NULL) nlopt_destroy(l->optimizer);
}

static oss_status open_learner(learner *l) {
  const oss_problem *p = l->input->problem;
  size_t points = l->schedule->steps + 1;
  l->errors = malloc(l->batch * sizeof *l->errors);
  l->times = malloc(points * sizeof *l->times);
  l->best = malloc(points * sizeof *l->best);
  l->origin = malloc(points * sizeof *l->origin);
  if (l->errors == NULL || l->times == NULL || l->best == NULL || l->origin == NULL)
    return oss_fail(OSS_ERR_MEMORY, "learned schedule of %zu steps", l->schedule->steps);
  memcpy(l->times, l->schedule->t, points * sizeof *l->times);
  memcpy(l->best, l->schedule->t, points * sizeof *l->best);
  OSS_TRY(oss_ends_create(l->input, l->schedule->start[0], &l->ends));
  OSS_TRY(oss_problem_labels(p, 0, l->input->samples, 1, &l->labels));
  OSS_TRY(oss_buffer_create(p->be, "states", l->batch * p->elements, sizeof(float), &l->x));
  return oss_buffer_create(p->be, "errors", l->batch, sizeof(double), &l->error);
}

/* ---- the objective: the logarithm of the error, so that changes count relative to it ---- */

static oss_status price_batch(learner *l, const oss_walk *walk, size_t first, size_t count, double *sum) {
  const oss_problem *p = l->input->problem;
  size_t skip = first * p->elements;
  OSS_TRY(p->be->ops->copy(p->be, count * p->elements * sizeof(float), (float *)l->ends.start.data + skip, l->x.data));
  OSS_TRY(oss_sample(p, walk, count, (int32_t *)l->labels.data + first, l->x.data, NULL, 0, l->input->progress));
  OSS_TRY(p->be->ops->row_error(p->be, count, p->elements, l->options->p, l->x.data, (float *)l->ends.end.data + skip, l->error.data));
  OSS_TRY(oss_buffer_download(&l->error, 0, count * sizeof *l->errors, l->errors));
  for (size_t i = 0; i < count; i++) {
    double error = l->errors[i];
    if (!(error < INFINITY))
      *sum = INFINITY; /* NaN too */
    else
      *sum += l->options->log ? log(fmax(error, DBL_MIN)) : error;
  }
  return OSS_OK;
}

/* The objective of l->times; infinite when a state is not finite. */
static oss_status price(learner *l, double *value) {
  const oss_schedule *s = l->schedule;
  const oss_walk walk = {
      .solver = l->input->solver, .rows = 1, .steps = s->steps, .t = l->times, .used = s->used, .order = s->follow ? s->order : NULL};
  double sum = 0.0;
  for (size_t first = 0; first < l->input->samples; first += l->batch) {
    size_t left = l->input->samples - first;
    OSS_TRY(price_batch(l, &walk, first, left < l->batch ? left : l->batch, &sum));
  }
  l->count++;
  l->calls += (int64_t)l->input->samples * oss_walk_calls(&walk, 0);
  sum /= (double)l->input->samples;
  *value = l->options->log ? sum : log(fmax(sum, DBL_MIN));
  return OSS_OK;
}

/* ---- parameters ---- */

/* The best so far is where the next run begins. */
static void set_origin(learner *l) {
  const double *t = l->best + (l->schedule->steps - l->used);
  l->origin_value = l->lowest;
  for (size_t i = 1; i < l->used; i++) l->origin[i - 1] = log((t[i] - t[i + 1]) / (t[0] - t[1]));
}

/* The times of parameters x, summed from the end so that small times keep their digits. Whether they descend strictly. */
static int set_times(learner *l, const double *x) {
  size_t repeats = l->schedule->steps - l->used;
  double *t = l->times + repeats;
  double begin = l->schedule->t[l->schedule->steps - l->used], end = l->schedule->t[l->schedule->steps], total = 1.0, sum = 0.0;
  for (size_t i = 0; i + 1 < l->used; i++) total += exp(x[i]);
  for (size_t i = l->used - 1; i >= 1; i--) {
    sum += exp(x[i - 1]);
    t[i] = end + (begin - end) * (sum / total);
  }
  for (size_t i = 0; i < l->used; i++)
    if (!(t[i] > t[i + 1])) return 0;
  return 1;
}

static void show(const learner *l) {
  if (l->input->progress == NULL) return;
  oss_progress_stage(l->input->progress, "learning %zu steps, evaluation %lld of %lld, error %.4g", l->schedule->steps, (long long)l->count,
                     (long long)l->options->evaluations, exp(l->lowest));
}

/* Whether another evaluation is allowed; else the optimiser is told to stop. */
static int may_go_on(learner *l) {
  if (l->status == OSS_OK && l->count < l->options->evaluations) return 1;
  nlopt_force_stop(l->optimizer);
  return 0;
}

/* The objective at x, which the best is remembered of. */
static double value_at(learner *l, unsigned n, const double *x) {
  double value = INFINITY;
  if (memcmp(x, l->origin, n * sizeof *x) == 0) return l->origin_value; /* where every run begins: known */
  if (!may_go_on(l)) return l->began + wall;
  if (set_times(l, x)) {
    l->status = price(l, &value);
    if (l->status != OSS_OK) value = INFINITY;
  } else {
    l->count++;
  }
  if (value < l->lowest) {
    l->lowest = value;
    memcpy(l->best, l->times, (l->schedule->steps + 1) * sizeof *l->best);
  }
  show(l);
  (void)may_go_on(l);
  return value < l->began + wall ? value : l->began + wall;
}

static double objective(unsigned n, const double *x, double *gradient, void *data) {
  learner *l = data;
  double value = value_at(l, n, x);
  if (gradient == NULL) return value;
  double *moved = malloc(n * sizeof *moved);
  if (moved == NULL) {
    l->status = oss_fail(OSS_ERR_MEMORY, "gradient");
    (void)may_go_on(l);
    return value;
  }
  memcpy(moved, x, n * sizeof *moved);
  for (unsigned i = 0; i < n; i++) {
    moved[i] = x[i] + probe;
    double above = value_at(l, n, moved);
    moved[i] = x[i] - probe;
    gradient[i] = (above - value_at(l, n, moved)) / (2.0 * probe);
    moved[i] = x[i];
  }
  free(moved);
  return value;
}

/* ---- the search ---- */

/* BOBYQA's quadratic needs two parameters. */
static nlopt_algorithm algorithm_of(oss_learner which, unsigned n) {
  switch (which) {
    case OSS_LEARN_BOBYQA:
      return n > 1 ? NLOPT_LN_BOBYQA : NLOPT_LN_SBPLX;
    case OSS_LEARN_COBYLA:
      return NLOPT_LN_COBYLA;
    case OSS_LEARN_LBFGS:
      return NLOPT_LD_LBFGS;
    case OSS_LEARN_SBPLX:
      break;
  }
  return NLOPT_LN_SBPLX;
}

/* One run of the optimiser. */
static oss_status minimise(learner *l, double move) {
  unsigned n = (unsigned)(l->used - 1);
  double value, *x = malloc(3 * n * sizeof *x), *low = x + n, *high = x + 2 * n;
  if (x == NULL) return oss_fail(OSS_ERR_MEMORY, "learned schedule of %zu steps", l->used);
  set_origin(l);
  for (unsigned i = 0; i < n; i++) {
    x[i] = l->origin[i];
    low[i] = x[i] - farthest;
    high[i] = x[i] + farthest;
  }
  nlopt_destroy(l->optimizer);
  l->optimizer = nlopt_create(algorithm_of(l->options->optimizer, n), n);
  if (l->optimizer == NULL) {
    free(x);
    return oss_fail(OSS_ERR_MEMORY, "optimiser of %u parameters", n);
  }
  nlopt_set_min_objective(l->optimizer, objective, l);
  nlopt_set_lower_bounds(l->optimizer, low);
  nlopt_set_upper_bounds(l->optimizer, high);
  nlopt_set_initial_step1(l->optimizer, move);
  nlopt_set_ftol_abs(l->optimizer, l->options->tolerance);
  nlopt_result result = nlopt_optimize(l->optimizer, x, &value);
  free(x);
  if (l->status != OSS_OK) return l->status;
  if (result == NLOPT_OUT_OF_MEMORY) return oss_fail(OSS_ERR_MEMORY, "optimiser of %u parameters", n);
  if (result == NLOPT_INVALID_ARGS) return oss_fail(OSS_ERR_INTERNAL, "optimiser of %u parameters: %s", n, nlopt_result_to_string(result));
  return OSS_OK; /* stopped, converged or stuck in rounding: the best it met counts */
}

/* Runs until a round of moves is in vain (without a tolerance: makes no evaluation) or all evaluations are used. */
static oss_status minimise_all(learner *l) {
  const double none = l->options->tolerance;
  int useful = 1;
  while (useful && l->count < l->options->evaluations) {
    double before = l->lowest;
    int64_t count = l->count;
    for (size_t i = 0; i < sizeof moves / sizeof moves[0] && l->count < l->options->evaluations; i++) OSS_TRY(minimise(l, moves[i]));
    useful = none > 0.0 ? before - l->lowest > none : l->count > count;
  }
  return OSS_OK;
}

static void take_best(const learner *l, oss_schedule *schedule) {
  for (size_t i = schedule->steps - l->used + 1; i < schedule->steps; i++) {
    schedule->t[i] = l->best[i];
    schedule->index[i] = oss_grid_index(&l->input->problem->grid, l->best[i]);
  }
}

oss_status oss_learn(const oss_search_input *input, const oss_learn_options *options, oss_schedule *schedule, double *cost,
                     int64_t *calls) {
  learner l = {.input = input, .options = options, .schedule = schedule, .used = (size_t)schedule->used[0]};
  oss_status status;
  l.batch = input->samples < input->problem->batch ? input->samples : input->problem->batch;
  if (schedule->rows != 1) return oss_fail(OSS_ERR_INTERNAL, "learned: begins with %zu schedules", schedule->rows);
  OSS_TRY_TO(done, open_learner(&l));
  OSS_TRY_TO(done, price(&l, &l.began));
  if (!isfinite(l.began)) {
    status = oss_fail(OSS_ERR_NUMERIC, "learned: the schedule of %zu steps it begins with has no finite error", schedule->steps);
    goto done;
  }
  l.lowest = l.began;
  if (l.used > 1) OSS_TRY_TO(done, minimise_all(&l));
  if (l.lowest < l.began) take_best(&l, schedule);
  *cost = l.lowest > log(DBL_MIN) ? exp(l.lowest) : 0.0; /* an error of 0 has no logarithm */
  *calls = l.calls;
done:
  close_learner(&l);
  return status;
}

oss_bytes oss_learn_bytes(const oss_search_input *input, size_t steps) {
  const oss_problem *p = input->problem;
  size_t batch = input->samples < p->batch ? input->samples : p->batch;
  size_t device = batch * (p->elements * sizeof(float) + sizeof(double)) + input->samples * sizeof(int32_t);
  oss_bytes own = oss_bytes_of(device, (batch + 8 * (steps + 1)) * sizeof(double));
  return oss_bytes_add(own, oss_bytes_add(oss_ends_bytes(input), oss_sample_bytes(p, input->solver, batch, 1, steps)));
}

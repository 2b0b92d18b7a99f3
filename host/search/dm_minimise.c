// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The objective is a smooth part and a sum of absolute values, nearly all of which are 0 at a minimum: a method for smooth functions stalls
 * at these kinks. With a bound u_n for each |mixed_n| it is smooth,
 *   minimise smooth + sum u_n   subject to   -u_n <= mixed_n <= u_n   and   lambda_(i+1) - lambda_i >= margin,
 * which sequential quadratic programming (Kraft's SLSQP in NLopt) solves; the ordering is linear and so holds at every step. */
#include "host/search/dm_minimise.h"

#include <math.h>
#include <nlopt.h>
#include <stdlib.h>
#include <string.h>

#include "host/search/dm_objective.h"

enum { PUSHES = 4, PUSHES_UP_TO = 30, POLISHES = 6 };

typedef struct work {
  size_t k, free, bounds; /* K, the K-1 inner knots, the u_n */
  double low, high, margin, scale;
  oss_dm_parts parts;        /* of lambda */
  double *lambda, *x;        /* (K+1) knots; (K-1) the variables they were made of */
  double *best, lowest;      /* (K+1) of the lowest objective met, and that */
  double *variables, *limit; /* (K-1 + bounds): start and result; one of NLopt's boxes */
  double *memory;            /* owned: all of the above */
} work;

static oss_status work_create(size_t k, work *w) {
  size_t side = k + 1;
  *w = (work){.k = k, .free = k - 1, .bounds = k > 2 ? k - 2 : 0};
  size_t variables = w->free + w->bounds + 1;
  w->memory = calloc(5 * side + k + k * side + 2 * variables, sizeof *w->memory);
  if (w->memory == NULL) return oss_fail(OSS_ERR_MEMORY, "minimisation of %zu knots", side);
  w->lambda = w->memory;
  w->x = w->lambda + side;
  w->best = w->x + side;
  w->parts.smooth_gradient = w->best + side;
  w->parts.mixed = w->parts.smooth_gradient + side;
  w->parts.mixed_gradient = w->parts.mixed + k;
  w->variables = w->parts.mixed_gradient + k * side;
  w->limit = w->variables + variables;
  w->lowest = INFINITY;
  return OSS_OK;
}

/* The parts at w->lambda, remembered if they are the best so far. 0 where they are not finite. */
static int look(work *w) {
  oss_dm_take_apart(w->k, w->lambda, &w->parts);
  double total = oss_dm_total(w->k, &w->parts);
  if (total < w->lowest) {
    w->lowest = total;
    memcpy(w->best, w->lambda, (w->k + 1) * sizeof *w->best);
  }
  return isfinite(total);
}

/* The knots of x. Rounding may leave an interval of the line search below its margin: they are pulled apart, the ends kept. */
static void place_knots(work *w, const double *x) {
  double low = w->low, total = 0.0, scale;
  for (size_t i = 0; i < w->k; i++) {
    double to = i < w->free ? x[i] : w->high, from = i > 0 ? x[i - 1] : w->low;
    w->lambda[i + 1] = fmax(to - from, 0.5 * w->margin);
    total += w->lambda[i + 1];
  }
  scale = (w->high - w->low) / total;
  w->lambda[0] = low;
  for (size_t i = 1; i < w->k; i++) w->lambda[i] = w->lambda[i - 1] + scale * w->lambda[i];
  w->lambda[w->k] = w->high;
}

/* NLopt asks for the value and for the constraints at the same point. */
static void visit(work *w, const double *x) {
  if (memcmp(x, w->x, w->free * sizeof *x) == 0) return;
  memcpy(w->x, x, w->free * sizeof *x);
  place_knots(w, x);
  if (look(w)) return;
  w->parts.smooth = 1e10 * w->scale; /* turns the line search back */
  memset(w->parts.smooth_gradient, 0, (w->k + 1) * sizeof(double));
  memset(w->parts.mixed, 0, w->k * sizeof(double));
  memset(w->parts.mixed_gradient, 0, w->k * (w->k + 1) * sizeof(double));
}

static double value(unsigned n, const double *x, double *gradient, void *data) {
  work *w = data;
  double sum = 0.0;
  visit(w, x);
  for (size_t i = w->free; i < n; i++) sum += x[i];
  if (gradient != NULL) {
    for (size_t i = 0; i < w->free; i++) gradient[i] = w->parts.smooth_gradient[i + 1] / w->scale;
    for (size_t i = w->free; i < n; i++) gradient[i] = 1.0;
  }
  return w->parts.smooth / w->scale + sum;
}

/* All are <= 0: mixed_n - u_n and -mixed_n - u_n for n = 1 .. K-2 (the others are 0), then the K intervals. */
static void constraints(unsigned m, double *result, unsigned n, const double *x, double *gradient, void *data) {
  work *w = data;
  double length = w->high - w->low;
  visit(w, x);
  if (gradient != NULL) memset(gradient, 0, (size_t)m * n * sizeof *gradient);
  for (size_t c = 0; c < 2 * w->bounds; c++) {
    size_t b = c / 2, knot = b + 1;
    double sign = c % 2 == 0 ? 1.0 : -1.0;
    result[c] = sign * w->parts.mixed[knot] / w->scale - x[w->free + b];
    if (gradient == NULL) continue;
    for (size_t i = 0; i < w->free; i++) gradient[c * n + i] = sign * w->parts.mixed_gradient[knot * (w->k + 1) + i + 1] / w->scale;
    gradient[c * n + w->free + b] = -1.0;
  }
  for (size_t i = 0; i < w->k; i++) {
    size_t c = 2 * w->bounds + i;
    double to = i < w->free ? x[i] : w->high, from = i > 0 ? x[i - 1] : w->low;
    result[c] = (w->margin - (to - from)) / length;
    if (gradient == NULL) continue;
    if (i < w->free) gradient[c * n + i] = -1.0 / length;
    if (i > 0) gradient[c * n + i - 1] = 1.0 / length;
  }
}

/* A local minimum from the knots at start; what it meets goes to w->best. It matters little how NLopt ends: at a minimum, at its limit of
 * calls, or where rounding stops it. */
static oss_status descend(work *w, const double *start, int calls) {
  unsigned n = (unsigned)(w->free + w->bounds);
  memcpy(w->lambda, start, (w->k + 1) * sizeof *start);
  if (!look(w) || w->free == 0) return OSS_OK;
  w->scale = oss_dm_total(w->k, &w->parts);
  memcpy(w->variables, start + 1, w->free * sizeof *start);
  memcpy(w->x, w->variables, w->free * sizeof *w->x);
  for (size_t b = 0; b < w->bounds; b++) w->variables[w->free + b] = fabs(w->parts.mixed[b + 1]) / w->scale;
  nlopt_opt opt = nlopt_create(NLOPT_LD_SLSQP, n);
  if (opt == NULL) return oss_fail(OSS_ERR_MEMORY, "minimisation of %u variables", n);
  nlopt_set_min_objective(opt, value, w);
  nlopt_add_inequality_mconstraint(opt, (unsigned)(2 * w->bounds + w->k), constraints, w, NULL);
  for (size_t i = 0; i < n; i++) w->limit[i] = i < w->free ? w->low : 0.0;
  nlopt_set_lower_bounds(opt, w->limit);
  for (size_t i = 0; i < n; i++) w->limit[i] = i < w->free ? w->high : INFINITY;
  nlopt_set_upper_bounds(opt, w->limit);
  nlopt_set_ftol_rel(opt, 1e-10);
  nlopt_set_maxeval(opt, calls);
  double reached;
  nlopt_result result = nlopt_optimize(opt, w->variables, &reached);
  nlopt_destroy(opt);
  if (result == NLOPT_OUT_OF_MEMORY) return oss_fail(OSS_ERR_MEMORY, "minimisation of %u variables", n);
  return OSS_OK;
}

/* Intervals stretched and shrunk by up to a fifth, in a pattern of its own for every round. */
static void push(const work *w, int round, double *knots) {
  double total = 0.0;
  for (size_t i = 0; i < w->k; i++) {
    double share = fmod((double)(i + 1) * (round + 1) * 0.6180339887498949, 1.0);
    knots[i + 1] = (w->best[i + 1] - w->best[i]) * exp(0.4 * share - 0.2);
    total += knots[i + 1];
  }
  knots[0] = w->low;
  for (size_t i = 1; i < w->k; i++) knots[i] = knots[i - 1] + knots[i] * (w->high - w->low) / total;
  knots[w->k] = w->high;
}

/* From every start, then from the best pushed a little, then from the best again as long as that helps: a fresh start forgets a curvature
 * that no longer fits. */
static oss_status search(work *w, size_t count, const double *starts, double *knots) {
  int calls = w->k <= PUSHES_UP_TO ? 200 : 120;
  for (size_t i = 0; i < count; i++) OSS_TRY(descend(w, starts + i * (w->k + 1), calls));
  for (int round = 0; round < PUSHES && w->k <= PUSHES_UP_TO && isfinite(w->lowest); round++) {
    push(w, round, knots);
    OSS_TRY(descend(w, knots, calls / 2));
  }
  for (int round = 0; round < POLISHES && isfinite(w->lowest); round++) {
    double before = w->lowest;
    memcpy(knots, w->best, (w->k + 1) * sizeof *knots);
    OSS_TRY(descend(w, knots, calls));
    if (!(w->lowest < before * (1.0 - 1e-9))) break;
  }
  return OSS_OK;
}

oss_status oss_dm_minimise(size_t intervals, size_t count, const double *starts, double *best, double *objective) {
  work w;
  if (intervals > OSS_DM_MAX_INTERVALS)
    return oss_fail(OSS_ERR_UNSUPPORTED, "%zu intervals: at most %d can be optimised", intervals, OSS_DM_MAX_INTERVALS);
  OSS_TRY(work_create(intervals, &w));
  w.low = starts[0];
  w.high = starts[intervals];
  w.margin = 1e-3 * (w.high - w.low) / (double)intervals;
  oss_status status = search(&w, count, starts, best);
  if (status == OSS_OK && !isfinite(w.lowest))
    status = oss_fail(OSS_ERR_NUMERIC, "no finite objective between log((1-t)/t) = %g and %g", w.low, w.high);
  memcpy(best, w.best, (intervals + 1) * sizeof *best);
  *objective = w.lowest;
  free(w.memory);
  return status;
}

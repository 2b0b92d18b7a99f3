// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Sampling and the search with variable-step Adams-Bashforth methods in double, in the most direct way, for test_multistep.c. */
#ifndef OSS_TESTS_PROPERTY_MULTISTEP_H
#define OSS_TESTS_PROPERTY_MULTISTEP_H

#include <float.h>
#include <math.h>
#include <string.h>

#include "host/search/dp.h"

enum { N = 16, SIDE = N + 1, D = 6, K = 5, S = 4, STEPS = 5, MOST = 3 /* terms */ };

/* What the program and this have in common: a mixture, the start states, the teacher's trajectory and its times. */
typedef struct world {
  double means[K][D], scales[K], log_weights[K], start[S][D], teacher[SIDE][S][D];
  const double *t;
} world;

/* Weights of v at t[0..known-1] in the integral from t[0] to next of the polynomial through them; Gauss with two points is exact to
 * degree 3. */
static void ab_weights(int known, const double *t, double next, double *weight) {
  for (int m = 0; m < known; m++) {
    weight[m] = 0.0;
    for (int g = -1; g <= 1; g += 2) {
      double at = (t[0] + next) / 2 + g * (next - t[0]) / 2 / sqrt(3.0), basis = 1.0;
      for (int i = 0; i < known; i++)
        if (i != m) basis *= (at - t[i]) / (t[m] - t[i]);
      weight[m] += (next - t[0]) / 2 * basis;
    }
  }
}

/* noise bounds what float32 may do to the elements of x, noise_v to those of v: large steps after small ones multiply it. */
typedef struct state {
  double x[D], noise;
  int known; /* points before this one, nearest first */
  double t[MOST], v[MOST][D], noise_v[MOST];
} state;

static const double rounding = 5e-7; /* of a step: half a unit in the last place of values up to 8 */

static void denoise(const world *w, const double *x, double t, double *out) {
  double keep = 1.0 - t, weight[K], largest = -INFINITY, total = 0.0;
  for (int k = 0; k < K; k++) {
    double variance = keep * keep * w->scales[k] * w->scales[k] + t * t, distance = 0.0;
    for (int e = 0; e < D; e++) distance += (x[e] - keep * w->means[k][e]) * (x[e] - keep * w->means[k][e]);
    weight[k] = w->log_weights[k] - 0.5 * D * log(variance) - distance / (2 * variance);
    largest = fmax(largest, weight[k]);
  }
  for (int k = 0; k < K; k++) total += weight[k] = exp(weight[k] - largest);
  memset(out, 0, D * sizeof *out);
  for (int k = 0; k < K; k++) {
    double variance = keep * keep * w->scales[k] * w->scales[k] + t * t, part = weight[k] / total / variance;
    for (int e = 0; e < D; e++) out[e] += part * (keep * w->scales[k] * w->scales[k] * x[e] + t * t * w->means[k][e]);
  }
}

/* One step of a method of that many terms from time t, where the denoiser said d. */
static state step(int terms, const state *from, double t, const double *d, double next) {
  state to = {.known = from->known + 1 < terms - 1 ? from->known + 1 : terms - 1};
  int known = from->known + 1 < terms ? from->known + 1 : terms;
  double at[MOST] = {t}, v[MOST][D], noise_v[MOST] = {(from->noise + rounding) / t}, weight[MOST];
  for (int e = 0; e < D; e++) v[0][e] = (from->x[e] - d[e]) / t;
  for (int m = 1; m < known; m++) {
    at[m] = from->t[m - 1];
    noise_v[m] = from->noise_v[m - 1];
    memcpy(v[m], from->v[m - 1], sizeof v[m]);
  }
  ab_weights(known, at, next, weight);
  memcpy(to.x, from->x, sizeof to.x);
  to.noise = from->noise + rounding;
  for (int m = 0; m < known; m++) {
    to.noise += fabs(weight[m]) * noise_v[m];
    for (int e = 0; e < D; e++) to.x[e] += weight[m] * v[m][e];
  }
  for (int m = 0; m < to.known; m++) {
    to.t[m] = at[m];
    to.noise_v[m] = noise_v[m];
    memcpy(to.v[m], v[m], sizeof v[m]);
  }
  return to;
}

/* The end state of a sample; returns its noise. */
static double walk_double(const world *w, int terms, int sample, size_t steps, const int32_t *index, double *end) {
  const double *t = w->t;
  state at = {0};
  memcpy(at.x, w->start[sample], sizeof at.x);
  for (size_t i = 0; i < steps; i++) {
    double d[D];
    if (index[i] == index[i + 1]) continue;
    denoise(w, at.x, t[index[i]], d);
    at = step(terms, &at, t[index[i]], d, t[index[i + 1]]);
  }
  memcpy(end, at.x, sizeof at.x);
  return at.noise;
}

static double error_of(const double *x, const double *target, const oss_dp_options *o) {
  size_t count = o->cost.columns != NULL ? o->cost.count : D;
  double sum = 0.0;
  for (size_t i = 0; i < count; i++) {
    size_t e = o->cost.columns != NULL ? (size_t)o->cost.columns[i] : i;
    sum += pow(fabs(x[e] - target[e]), o->cost.p);
  }
  return sum / (double)count;
}

/* The search over samples first .. first + count - 1 as one. noise: of the states in the cells, the largest of the samples. */
static void search_double(const world *w, int terms, const oss_dp_options *o, int first, int count, double *cost, int32_t *from,
                          double *noise) {
  static state z[S][SIDE], next[S][SIDE];
  static double d[S][SIDE][D];
  const double *t = w->t;
  double previous[SIDE];
  int paper = o->variant == OSS_VARIANT_PAPER;
  for (int j = 0; j < SIDE; j++) previous[j] = INFINITY;
  for (int s = 0; s < count; s++)
    for (int j = 0; j < SIDE; j++) {
      z[s][j] = (state){0};
      memcpy(z[s][j].x, w->start[first + s], sizeof z[s][j].x);
    }
  for (int row = 0; row < STEPS; row++) {
    for (int s = 0; s < count; s++)
      for (int k = 1; k < SIDE; k++) denoise(w, z[s][k].x, t[k], d[s][k]);
    memcpy(next, z, sizeof z);
    for (int j = 0; j < SIDE; j++) {
      double best = paper ? INFINITY : previous[j];
      int choice = -1;
      for (int k = N; k > j; k--) {
        int root = k == N && (!o->pinned || !paper || row == 0);
        if (!isfinite(previous[k]) && !root && !(row == 0 && !o->pinned)) continue;
        double mean = 0.0;
        for (int s = 0; s < count; s++) {
          double error = error_of(step(terms, &z[s][k], t[k], d[s][k], t[j]).x, w->teacher[j][first + s], o);
          mean += (o->log ? log(fmax(error, DBL_MIN)) : error) / count;
        }
        if (mean < best) {
          best = mean;
          choice = k;
        }
      }
      for (int s = 0; s < count && choice >= 0; s++) next[s][j] = step(terms, &z[s][choice], t[choice], d[s][choice], t[j]);
      noise[row * SIDE + j] = 0.0;
      for (int s = 0; s < count; s++) noise[row * SIDE + j] = fmax(noise[row * SIDE + j], next[s][j].noise);
      cost[row * SIDE + j] = best;
      from[row * SIDE + j] = choice >= 0 ? choice : paper || best == INFINITY ? -1 : j;
    }
    memcpy(previous, cost + row * SIDE, sizeof previous);
    memcpy(z, next, sizeof z);
  }
  for (int i = 0; i < STEPS * SIDE && o->log; i++) cost[i] = exp(cost[i]);
}

#endif

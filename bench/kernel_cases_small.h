// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The operations of kernel_cases.h whose floor is the memory: included by it. */
#ifndef OSS_BENCH_KERNEL_CASES_SMALL_H
#define OSS_BENCH_KERNEL_CASES_SMALL_H

static double no_fma(const problem *w) {
  (void)w;
  return 0.0;
}
static size_t states(const problem *w) {
  return (w->n + 1) * w->b * w->d;
}

/* ---- mixture_weights: the buffers of the mixtures, with distances such that several components count. */
static void weights_prepare(problem *w) {
  mixture_prepare(w);
  double *distance = w->host[3];
  const double *t = w->host[1];
  for (size_t i = 0; i < w->rows * w->k; i++) {
    const double s = t[i / w->k];
    distance[i] = s * s * ((double)w->d + 20.0 * uniform(w));
  }
  const double *scales = w->host[4];
  for (size_t k = 1; k < w->k; k++) ((double *)w->host[4])[k] = scales[0];
}
static oss_status weights_run(const problem *w) {
  return w->be->ops->mixture_weights(w->be, w->rows, w->k, w->d, w->at[1], w->at[4], w->at[5], NULL, NULL, w->at[3], w->at[6], w->at[7]);
}
static double weights_check(const problem *w) {
  const double *t = w->host[1], *distance = w->host[3], *scales = w->host[4], *weights = w->host[5];
  const float *gain = w->host[6];
  double error = 0.0;
  for (size_t i = 0; i < w->rows; i += w->rows / 20 + 1) {
    double largest = -INFINITY, total = 0.0;
    for (int pass = 0; pass < 3; pass++) {
      for (size_t k = 0; k < w->k; k++) {
        const double spread = (1.0 - t[i]) * scales[k], var = spread * spread + t[i] * t[i];
        const double logit = weights[k] - 0.5 * (double)w->d * log(var) - distance[i * w->k + k] / (2.0 * var);
        if (pass == 0 && logit > largest) largest = logit;
        const double value = logit - largest < -40.0 ? 0.0 : exp(logit - largest);
        if (pass == 1) total += value;
        const double want = value / total * (t[i] * t[i] / var);
        if (pass == 2) error = worst(error, off((double)gain[i * w->k + k], want, want));
      }
    }
  }
  return error;
}
static double weights_bytes(const problem *w) {
  return 12.0 * (double)w->rows * (double)w->k;
}

/* ---- rows: the buffers of pair_error with q = 1 or 2. */
static oss_status lincomb_run(const problem *w) {
  return w->be->ops->lincomb(w->be, (w->n + 1) * w->b, w->d, 3, 0, w->at[w->q + 2], (oss_terms){{w->at[0], w->at[1], w->at[2]}},
                             w->at[w->q + 5]);
}
static double lincomb_check(const problem *w) {
  const double *coef = w->host[w->q + 2];
  const float *out = w->host[w->q + 5];
  double error = 0.0;
  for (size_t i = 0; i < picks(states(w)); i++) {
    const size_t at = pick(i, states(w));
    double sum = 0.0, size = 0.0;
    for (int m = 0; m < 3; m++) {
      const double term = coef[m] * (double)((const float *)w->host[m])[at];
      sum += term;
      size += fabs(term);
    }
    error = worst(error, off((double)out[at], sum, size));
  }
  return error;
}
static void lincomb_prepare(problem *w) {
  pair_prepare(w);
  double *coef = w->host[w->q + 2];
  coef[0] = 0.7, coef[1] = 0.2, coef[2] = -0.1;
}
static double lincomb_fma(const problem *w) {
  return 3.0 * (double)states(w);
}
static double lincomb_bytes(const problem *w) {
  return 16.0 * (double)states(w);
}
static oss_status row_run(const problem *w) {
  return w->be->ops->row_error(w->be, (w->n + 1) * w->b, w->d, 2.0, w->at[0], w->at[1], w->at[w->q + 3]);
}
static double row_check(const problem *w) {
  const float *a = w->host[0], *b = w->host[1];
  const double *out = w->host[w->q + 3];
  double error = 0.0;
  for (size_t r = 0; r < (w->n + 1) * w->b; r++) {
    double sum = 0.0;
    for (size_t e = 0; e < w->d; e++) {
      const double difference = (double)a[r * w->d + e] - (double)b[r * w->d + e];
      sum += difference * difference;
    }
    error = worst(error, off(out[r], sum / (double)w->d, sum / (double)w->d));
  }
  return error;
}
static double row_bytes(const problem *w) {
  return 8.0 * (double)states(w);
}
static oss_status noise_run(const problem *w) {
  return w->be->ops->noise(w->be, (w->n + 1) * w->b, w->d, 7, 1, 0, w->at[0]);
}
static double noise_check(const problem *w) { /* the moments only: the bits are the parity tests' business */
  const float *x = w->host[0];
  double mean = 0.0, square = 0.0;
  for (size_t i = 0; i < states(w); i++) {
    mean += (double)x[i];
    square += (double)x[i] * (double)x[i];
  }
  const double count = (double)states(w), scale = sqrt(count) > 1000.0 ? 1.0 : sqrt(count) / 1000.0;
  return scale * worst(fabs(mean / count), fabs(square / count - 1.0));
}
static double noise_bytes(const problem *w) {
  return 4.0 * (double)states(w);
}
static oss_status copy_run(const problem *w) {
  return w->be->ops->copy(w->be, states(w) * sizeof(float), w->at[0], w->at[w->q + 5]);
}
static double copy_check(const problem *w) {
  return memcmp(w->host[0], w->host[w->q + 5], states(w) * sizeof(float)) == 0 ? 0.0 : INFINITY;
}
static double copy_bytes(const problem *w) {
  return 8.0 * (double)states(w);
}
static oss_status gather_run(const problem *w) {
  return w->be->ops->gather_states(w->be, w->b, w->n, w->d, w->n + 1, w->at[w->q + 4], w->at[0], w->at[1], w->at[w->q + 5]);
}
static double gather_check(const problem *w) {
  const size_t row = w->b * w->d;
  const float *in = w->host[0], *keep = w->host[1], *out = w->host[w->q + 5];
  const int same =
      memcmp(out, in + row, w->n * row * sizeof *out) == 0 && memcmp(out + w->n * row, keep + w->n * row, row * sizeof *out) == 0;
  return same ? 0.0 : INFINITY;
}

/* ---- gather_columns, every second one: 0 in, 1 index, 2 out. */
static size_t columns(const problem *w) {
  return (w->d + 1) / 2;
}
static void columns_prepare(problem *w) {
  normals(w, states(w));
  int32_t *index = buffer(w, columns(w) * sizeof *index);
  for (size_t i = 0; i < columns(w); i++) index[i] = (int32_t)(2 * i);
  buffer(w, (w->n + 1) * w->b * columns(w) * sizeof(float));
}
static oss_status columns_run(const problem *w) {
  return w->be->ops->gather_columns(w->be, (w->n + 1) * w->b, w->d, columns(w), w->at[1], w->at[0], w->at[2]);
}
static double columns_check(const problem *w) {
  const float *in = w->host[0], *out = w->host[2];
  for (size_t i = 0; i < (w->n + 1) * w->b * columns(w); i++)
    if (out[i] != in[i / columns(w) * w->d + i % columns(w) * 2]) return INFINITY;
  return 0.0;
}
static double columns_bytes(const problem *w) { /* a line of memory holds columns of both kinds: all are read */
  return 4.0 * (double)((w->n + 1) * w->b) * (double)(w->d + columns(w));
}

/* ---- amplitudes: 0 x, 1 levels, 2 quantiles, 3 map, 4 out. */
static void amplitude_prepare(problem *w) {
  const size_t rows = (w->n + 1) * w->b;
  normals(w, states(w));
  double *level = buffer(w, 2 * sizeof *level);
  level[0] = 0.05, level[1] = 0.95;
  buffer(w, 2 * rows * sizeof(double));
  double *map = buffer(w, 2 * rows * sizeof *map);
  for (size_t i = 0; i < 2 * rows; i++) map[i] = uniform(w);
  buffer(w, states(w) * sizeof(float));
}
static oss_status quantile_run(const problem *w) {
  return w->be->ops->row_quantile(w->be, (w->n + 1) * w->b, w->d, 2, w->at[1], w->at[0], w->at[2]);
}
/* By counting: with p = (d - 1) level, floor p + 1 values at least are not above the quantile, d - 1 - floor p not below. */
static double quantile_check(const problem *w) {
  const float *x = w->host[0];
  const double *level = w->host[1], *out = w->host[2];
  for (size_t r = 0; r < (w->n + 1) * w->b; r++)
    for (size_t i = 0; i < 2; i++) {
      size_t below = 0, above = 0, least = (size_t)((double)(w->d - 1) * level[i]);
      for (size_t e = 0; e < w->d; e++) {
        below += (double)x[r * w->d + e] <= out[2 * r + i];
        above += (double)x[r * w->d + e] >= out[2 * r + i];
      }
      if (!(below >= least + 1 && above >= w->d - 1 - least)) return INFINITY;
    }
  return 0.0;
}
static oss_status affine_run(const problem *w) {
  return w->be->ops->row_affine(w->be, (w->n + 1) * w->b, w->d, w->at[3], w->at[0], w->at[4]);
}
static double affine_check(const problem *w) {
  const float *x = w->host[0], *out = w->host[4];
  const double *map = w->host[3];
  double error = 0.0;
  for (size_t i = 0; i < picks(states(w)); i++) {
    const size_t at = pick(i, states(w)), r = at / w->d;
    const double term = map[2 * r] * (double)x[at], want = term + map[2 * r + 1];
    error = worst(error, off((double)out[at], want, fabs(term) + fabs(map[2 * r + 1])));
  }
  return error;
}
static double amplitude_bytes(const problem *w) {
  return 4.0 * (double)states(w);
}

/* ---- the programme: 0 cost, 1 cur, 2 previous, 3 acc, 4 from, 5 zeros. */
static void relax_prepare(problem *w) {
  const size_t points = w->n + 1;
  double *cost = buffer(w, w->b * points * points * sizeof *cost);
  buffer(w, w->b * points * sizeof(double));
  double *previous = buffer(w, w->b * points * sizeof *previous);
  buffer(w, points * points * sizeof(double));
  buffer(w, w->b * points * sizeof(int32_t));
  buffer(w, points * points * sizeof(double));
  for (size_t i = 0; i < w->b * points * points; i++) cost[i] = i % points < i / points % points ? uniform(w) : INFINITY;
  for (size_t i = 0; i < w->b * points; i++) previous[i] = uniform(w);
}
static oss_status relax_run(const problem *w) {
  return w->be->ops->dp_relax(w->be, w->b, w->n, OSS_RELAX_ALL, w->at[0], w->at[2], w->at[1], w->at[4]);
}
static double relax_check(const problem *w) {
  const size_t points = w->n + 1;
  const double *cost = w->host[0], *cur = w->host[1];
  for (size_t s = 0; s < w->b; s++)
    for (size_t j = 0; j < points; j++) {
      double least = INFINITY;
      for (size_t k = j + 1; k < points; k++) least = fmin(least, cost[(s * points + k) * points + j]);
      if (cur[s * points + j] != least) return INFINITY;
    }
  return 0.0;
}
static double relax_bytes(const problem *w) {
  return 4.0 * (double)(w->b * (w->n + 1)) * (double)w->n; /* the triangle, 8 bytes a cell */
}
static oss_status accumulate_run(const problem *w) {
  const size_t cells = (w->n + 1) * (w->n + 1);
  OSS_TRY(w->be->ops->copy(w->be, cells * sizeof(double), w->at[5], w->at[3]));
  return w->be->ops->cost_accumulate(w->be, w->b, cells, 1, 1.0, w->at[0], w->at[3]);
}
static double accumulate_check(const problem *w) {
  const size_t cells = (w->n + 1) * (w->n + 1);
  const double *cost = w->host[0], *acc = w->host[3];
  double error = 0.0;
  for (size_t i = 0; i < cells; i++) {
    double sum = 0.0;
    for (size_t s = 0; s < w->b; s++) sum += log(fmax(cost[s * cells + i], DBL_MIN));
    error = worst(error, off(acc[i], sum, fabs(sum)));
  }
  return error;
}
static double accumulate_bytes(const problem *w) {
  return 8.0 * (double)((w->n + 1) * (w->n + 1)) * (double)(w->b + 4); /* the costs, the copy of zeros, the sums read and written */
}

/* ---- cost_select, the second of two candidates: 0 candidate, 1 best, 2 choice, 3 the first candidate. */
static void select_prepare(problem *w) {
  const size_t cells = w->b * (w->n + 1) * (w->n + 1);
  double *candidate = buffer(w, cells * sizeof *candidate);
  buffer(w, cells * sizeof(double));
  buffer(w, cells * sizeof(int32_t));
  double *first = buffer(w, cells * sizeof *first);
  for (size_t i = 0; i < cells; i++) candidate[i] = uniform(w), first[i] = uniform(w);
}
static oss_status select_run(const problem *w) {
  const size_t cells = w->b * (w->n + 1) * (w->n + 1);
  OSS_TRY(w->be->ops->cost_select(w->be, cells, 1, w->at[3], w->at[1], w->at[2]));
  return w->be->ops->cost_select(w->be, cells, 2, w->at[0], w->at[1], w->at[2]);
}
static double select_check(const problem *w) {
  const double *candidate = w->host[0], *best = w->host[1], *first = w->host[3];
  for (size_t i = 0; i < w->b * (w->n + 1) * (w->n + 1); i++)
    if (best[i] != fmin(candidate[i], first[i])) return INFINITY;
  return 0.0;
}
static double select_bytes(
    const problem *w) { /* the first reads 8 and writes 12; the second reads 16 and writes 12 for half of the cells */
  return 42.0 * (double)w->b * (double)(w->n + 1) * (double)(w->n + 1);
}

/* ---- project to 64 features: 0 matrix, 1 in, 2 out. */
enum { FEATURES = 64 };
static void project_prepare(problem *w) {
  normals(w, FEATURES * w->d);
  normals(w, states(w));
  buffer(w, (w->n + 1) * w->b * FEATURES * sizeof(float));
}
static oss_status project_run(const problem *w) {
  return w->be->ops->project(w->be, (w->n + 1) * w->b, w->d, FEATURES, w->at[0], w->at[1], w->at[2]);
}
static double project_check(const problem *w) {
  const float *matrix = w->host[0], *in = w->host[1], *out = w->host[2];
  const size_t all = (w->n + 1) * w->b * FEATURES;
  double error = 0.0;
  for (size_t i = 0; i < picks(all); i++) {
    const size_t at = pick(i, all);
    double sum = 0.0, size = 0.0;
    for (size_t e = 0; e < w->d; e++) {
      const double term = (double)matrix[at % FEATURES * w->d + e] * (double)in[at / FEATURES * w->d + e];
      sum += term;
      size += fabs(term);
    }
    error = worst(error, off((double)out[at], sum, size));
  }
  return error;
}
static double project_fma(const problem *w) {
  return FEATURES * (double)states(w);
}
static double project_bytes(const problem *w) {
  return 4.0 * ((double)states(w) + FEATURES * (double)w->d);
}

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The operations that bench_kernels measures: one entry of cases[] each, with the data it needs, its call, its floor and its check
 * against a reference in double. Included once, by bench_kernels.c. */
#ifndef OSS_BENCH_KERNEL_CASES_H
#define OSS_BENCH_KERNEL_CASES_H

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/backend.h"

enum { CASE_BUFFERS = 12, CASE_CHECKS = 2000 /* outputs compared at most */ };

/* What a case works on. host[i] and at[i] are the same array in host memory and in the backend's. */
typedef struct problem {
  oss_backend *be;
  size_t n, d, b, k; /* grid steps, elements, samples, means */
  int q;
  double p;
  int near; /* states near the targets, or sparse gains */
  size_t rows, pairs;
  void *host[CASE_BUFFERS], *at[CASE_BUFFERS];
  size_t bytes[CASE_BUFFERS];
  int used;
  uint64_t random;
  oss_layer layer; /* {0} where a case has none */
} problem;

typedef struct bench_case {
  const char *op, *variant;
  int q;
  double p;
  int near;
  void (*prepare)(problem *w);
  oss_status (*run)(const problem *w);
  int out;                           /* the buffer that the result lies in */
  double (*error)(const problem *w); /* the largest error, relative as the operation promises it; NaN fails */
  double tolerance;
  double (*fma)(const problem *w);        /* the least number of fused multiply-adds in float */
  double (*fma_double)(const problem *w); /* and of those in double */
  double (*bytes)(const problem *w);      /* the least number of bytes read and written */
} bench_case;

static double uniform(problem *w) { /* splitmix64 */
  uint64_t z = (w->random += 0x9e3779b97f4a7c15u);
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

static double gauss(problem *w) {
  double r = sqrt(-2.0 * log(1.0 - uniform(w)));
  return r * cos(6.283185307179586 * uniform(w));
}

static void stop(const char *what) {
  fprintf(stderr, "bench_kernels: %s: %s\n", what, oss_message());
  exit(1);
}

/* A case's problem, without its data. */
static problem sized(const bench_case *c, oss_backend *be, size_t n, size_t d, size_t b, size_t k) {
  return (problem){
      .be = be, .n = n, .d = d, .b = b, .k = k, .q = c->q, .p = c->p, .near = c->near, .rows = (n + 1) * b, .pairs = b * n * (n + 1) / 2};
}

/* The next buffer, of bytes zeros in both memories. */
static void *buffer(problem *w, size_t bytes) {
  int i = w->used++;
  w->bytes[i] = bytes;
  w->host[i] = calloc(1, bytes > 0 ? bytes : 1);
  if (w->host[i] == NULL) {
    fprintf(stderr, "bench_kernels: no memory for %zu bytes\n", bytes);
    exit(1);
  }
  if (w->be->ops->allocate(w->be, bytes, &w->at[i]) != OSS_OK) stop("allocate");
  return w->host[i];
}

static float *normals(problem *w, size_t count) {
  float *out = buffer(w, count * sizeof *out);
  for (size_t i = 0; i < count; i++) out[i] = (float)gauss(w);
  return out;
}

static double worst(double a, double b) {
  return isnan(a) || isnan(b) ? NAN : a > b ? a : b;
}

/* |got - want| relative to size. */
static double off(double got, double want, double size) {
  if (got == want) return 0.0;
  return size > 0.0 ? fabs(got - want) / size : INFINITY;
}

/* Output i of the checks' sample of count outputs. */
static size_t pick(size_t i, size_t count) {
  return count <= CASE_CHECKS ? i : (size_t)(((double)i + 0.5) * (double)count / CASE_CHECKS);
}
static size_t picks(size_t count) {
  return count < CASE_CHECKS ? count : CASE_CHECKS;
}

/* ---- pair_error, advance: 0 x, 1 .. q h, q + 1 target, q + 2 coef, q + 3 cost, q + 4 from, q + 5 out. States on straight paths from
 * data to noise with an Euler step's coefficients; the target is that path (near: what a search sees) or unrelated. */
static void pair_prepare(problem *w) {
  const size_t points = w->n + 1, states = points * w->b * w->d, plane = points * points;
  float *x = normals(w, states);
  float *h[OSS_MAX_TERMS];
  for (int m = 0; m < w->q; m++) h[m] = normals(w, states);
  float *target = normals(w, states);
  if (w->near) {
    for (size_t i = 0; i < w->b * w->d; i++) {
      const double data = gauss(w), noise = gauss(w);
      for (size_t k = 0; k < points; k++) {
        const double t = (double)k / (double)w->n;
        const size_t at = k * w->b * w->d + i;
        for (int m = 0; m < w->q; m++) h[m][at] = (float)(data + 0.3 * t * t * (double)h[m][at]);
        target[at] = (float)((1.0 - t) * data + t * noise);
        x[at] = (float)((double)target[at] + 0.01 * (double)x[at]);
      }
    }
  }
  double *coef = buffer(w, ((size_t)w->q + 1) * plane * sizeof *coef);
  for (size_t k = 1; k < points; k++)
    for (size_t j = 0; j < k; j++) {
      const double a = (double)j / (double)k;
      coef[k * points + j] = a;
      for (int m = 1; m <= w->q; m++) coef[(size_t)m * plane + k * points + j] = (1.0 - a) / w->q;
    }
  buffer(w, w->b * plane * sizeof(double));
  int32_t *from = buffer(w, w->b * points * sizeof *from);
  for (size_t i = 0; i < w->b * points; i++) from[i] = i % points < w->n ? (int32_t)(i % points + 1) : -1;
  buffer(w, states * sizeof(float));
}
static oss_terms pair_terms(const problem *w) {
  oss_terms h = {{NULL}};
  for (int m = 0; m < w->q; m++) h.at[m] = w->at[1 + m];
  return h;
}
static oss_status pair_run(const problem *w) {
  return w->be->ops->pair_error(w->be, w->b, w->n, w->d, w->q, w->p, 0, w->at[w->q + 2], w->at[0], pair_terms(w), w->at[w->q + 1],
                                w->at[w->q + 3]);
}
/* The candidate of sample s from k to j, element e; size gets the sum of the magnitudes of its terms. */
static double candidate(const problem *w, size_t s, size_t k, size_t j, size_t e, double *size) {
  const size_t points = w->n + 1, at = (k * w->b + s) * w->d + e;
  const double *coef = w->host[w->q + 2];
  double sum = 0.0;
  *size = 0.0;
  for (int m = 0; m <= w->q; m++) {
    const double term = coef[((size_t)m * points + k) * points + j] * (double)((const float *)w->host[m])[at];
    sum += term;
    *size += fabs(term);
  }
  return sum;
}
static double pair_check(const problem *w) {
  const size_t points = w->n + 1, cells = w->b * points * points;
  const double *cost = w->host[w->q + 3];
  const float *target = w->host[w->q + 1];
  double error = 0.0, size;
  for (size_t i = 0; i < picks(cells); i++) {
    const size_t cell = pick(i, cells), s = cell / (points * points), k = cell / points % points, j = cell % points;
    double sum = j < k ? 0.0 : INFINITY;
    for (size_t e = 0; e < w->d && j < k; e++)
      sum += pow(fabs(candidate(w, s, k, j, e, &size) - (double)target[(j * w->b + s) * w->d + e]), w->p);
    const double want = sum / (double)w->d;
    error = worst(error, off(cost[cell], want, want));
  }
  return error;
}
static double pair_fma(const problem *w) {
  return (double)w->pairs * (double)w->d * (w->q + 2);
}
static double pair_bytes(const problem *w) {
  const double points = (double)(w->n + 1);
  return points * (double)w->b * (double)w->d * 4.0 * (w->q + 2) + points * points * 8.0 * ((double)w->b + w->q + 1);
}
static oss_status advance_run(const problem *w) {
  return w->be->ops->advance(w->be, w->b, w->n, w->d, w->q, 0, w->at[w->q + 2], w->n + 1, w->at[w->q + 4], w->at[0], pair_terms(w),
                             w->at[w->q + 5]);
}
static double advance_check(const problem *w) {
  const size_t count = (w->n + 1) * w->b * w->d;
  const float *out = w->host[w->q + 5], *x = w->host[0];
  double error = 0.0;
  for (size_t i = 0; i < picks(count); i++) {
    const size_t at = pick(i, count), e = at % w->d, s = at / w->d % w->b, j = at / w->d / w->b;
    double size = fabs((double)x[at]);
    const double want = j < w->n ? candidate(w, s, j + 1, j, e, &size) : (double)x[at];
    error = worst(error, off((double)out[at], want, size));
  }
  return error;
}
static double advance_fma(const problem *w) {
  return (double)(w->n * w->b) * (double)w->d * (w->q + 1);
}
static double advance_bytes(const problem *w) {
  return (double)((w->n + 1) * w->b) * (double)w->d * 4.0 * (w->q + 2);
}

/* ---- mixtures: 0 x, 1 t, 2 means, 3 distance, 4 scales, 5 log weights, 6 gain, 7 shrink, 8 out. rows = (n + 1) b. */
static void mixture_prepare(problem *w) {
  float *x = normals(w, w->rows * w->d);
  double *t = buffer(w, w->rows * sizeof *t);
  const float *means = normals(w, w->k * w->d);
  buffer(w, w->rows * w->k * sizeof(double));
  double *scales = buffer(w, w->k * sizeof *scales);
  double *weights = buffer(w, w->k * sizeof *weights);
  float *gain = buffer(w, w->rows * w->k * sizeof *gain);
  double *shrink = buffer(w, w->rows * sizeof *shrink);
  buffer(w, w->rows * w->d * sizeof(float));
  for (size_t k = 0; k < w->k; k++) scales[k] = 0.05 + 0.1 * uniform(w), weights[k] = -uniform(w);
  for (size_t r = 0; r < w->rows; r++) {
    t[r] = (double)(r / w->b + 1) / (double)(w->n + 1);
    const size_t from = r % w->k;
    for (size_t e = 0; e < w->d; e++) x[r * w->d + e] = (float)((1.0 - t[r]) * (double)means[from * w->d + e] + t[r] * gauss(w));
    for (size_t k = 0; k < w->k; k++) gain[r * w->k + k] = w->near ? (k == from ? 0.9f : 0.0f) : (float)(uniform(w) / (double)w->k);
    shrink[r] = 0.1;
  }
}
static oss_status distance_run(const problem *w) {
  return w->be->ops->mixture_distance(w->be, w->rows, w->k, w->d, w->at[0], w->at[1], w->at[2], w->at[3]);
}
static double distance_check(const problem *w) {
  const float *x = w->host[0], *means = w->host[2];
  const double *t = w->host[1], *distance = w->host[3];
  double error = 0.0;
  for (size_t i = 0; i < picks(w->rows * w->k); i++) {
    const size_t at = pick(i, w->rows * w->k), r = at / w->k, k = at % w->k;
    double sum = 0.0;
    for (size_t e = 0; e < w->d; e++) {
      const double difference = (double)x[r * w->d + e] - (1.0 - t[r]) * (double)means[k * w->d + e];
      sum += difference * difference;
    }
    error = worst(error, off(distance[at], sum, sum));
  }
  return error;
}
static double distance_fma(const problem *w) {
  return 2.0 * (double)w->rows * (double)w->k * (double)w->d;
}
static double distance_bytes(const problem *w) {
  return 4.0 * (double)(w->rows + w->k) * (double)w->d + 8.0 * (double)w->rows * (double)w->k;
}
static oss_status combine_run(const problem *w) {
  return w->be->ops->mixture_combine(w->be, w->rows, w->k, w->d, w->at[7], w->at[6], w->at[2], w->at[0], w->at[8]);
}
static double combine_check(const problem *w) {
  const float *x = w->host[0], *means = w->host[2], *gain = w->host[6], *out = w->host[8];
  const double *shrink = w->host[7];
  double error = 0.0;
  for (size_t i = 0; i < picks(w->rows * w->d); i++) {
    const size_t at = pick(i, w->rows * w->d), r = at / w->d, e = at % w->d;
    double sum = shrink[r] * (double)x[at], size = fabs(sum);
    for (size_t k = 0; k < w->k; k++) {
      const double term = (double)gain[r * w->k + k] * (double)means[k * w->d + e];
      sum += term;
      size += fabs(term);
    }
    error = worst(error, off((double)out[at], sum, size));
  }
  return error;
}
static double combine_fma(const problem *w) {
  return (double)w->rows * (double)w->d * (double)(w->near ? 1 : w->k);
}
static double combine_bytes(const problem *w) {
  return 4.0 * ((double)w->rows * (double)w->k + 2.0 * (double)w->rows * (double)w->d + (double)w->k * (double)w->d);
}
#include "bench/kernel_cases_dense.h"
#include "bench/kernel_cases_images.h"
#include "bench/kernel_cases_norm.h"
#include "bench/kernel_cases_small.h"

/* A new operation is one entry here. */
static const bench_case cases[] = {
    {"pair_error", "q=1", 1, 2.0, 0, pair_prepare, pair_run, 4, pair_check, 1e-6, pair_fma, no_fma, pair_bytes},
    {"pair_error", "q=2", 2, 2.0, 0, pair_prepare, pair_run, 5, pair_check, 1e-6, pair_fma, no_fma, pair_bytes},
    {"pair_error", "q=3", 3, 2.0, 0, pair_prepare, pair_run, 6, pair_check, 1e-6, pair_fma, no_fma, pair_bytes},
    {"pair_error", "q=1 p=1", 1, 1.0, 0, pair_prepare, pair_run, 4, pair_check, 1e-6, pair_fma, no_fma, pair_bytes},
    {"pair_error", "q=1 near", 1, 2.0, 1, pair_prepare, pair_run, 4, pair_check, 1e-6, pair_fma, no_fma, pair_bytes},
    {"mixture_distance", "", 0, 2.0, 0, mixture_prepare, distance_run, 3, distance_check, 1e-12, no_fma, distance_fma, distance_bytes},
    {"mixture_weights", "", 0, 2.0, 0, weights_prepare, weights_run, 6, weights_check, 2e-7, no_fma, no_fma, weights_bytes},
    {"mixture_combine", "dense", 0, 2.0, 0, mixture_prepare, combine_run, 8, combine_check, 1e-6, combine_fma, no_fma, combine_bytes},
    {"mixture_combine", "sparse", 0, 2.0, 1, mixture_prepare, combine_run, 8, combine_check, 1e-6, combine_fma, no_fma, combine_bytes},
    {"advance", "q=1", 1, 2.0, 0, pair_prepare, advance_run, 6, advance_check, 1.2e-7, advance_fma, no_fma, advance_bytes},
    {"lincomb", "3 terms", 2, 2.0, 0, lincomb_prepare, lincomb_run, 7, lincomb_check, 1.2e-7, lincomb_fma, no_fma, lincomb_bytes},
    {"row_error", "p=2", 1, 2.0, 0, pair_prepare, row_run, 4, row_check, 1e-12, no_fma, no_fma, row_bytes},
    {"row_quantile", "2 levels", 1, 2.0, 0, amplitude_prepare, quantile_run, 2, quantile_check, 0.0, no_fma, no_fma, amplitude_bytes},
    {"row_affine", "", 1, 2.0, 0, amplitude_prepare, affine_run, 4, affine_check, 1.2e-7, no_fma, no_fma, copy_bytes},
    {"noise", "", 1, 2.0, 0, pair_prepare, noise_run, 0, noise_check, 0.02, no_fma, no_fma, noise_bytes},
    {"copy", "", 1, 2.0, 0, pair_prepare, copy_run, 6, copy_check, 0.0, no_fma, no_fma, copy_bytes},
    {"gather_states", "", 1, 2.0, 0, pair_prepare, gather_run, 6, gather_check, 0.0, no_fma, no_fma, copy_bytes},
    {"gather_columns", "half", 1, 2.0, 0, columns_prepare, columns_run, 2, columns_check, 0.0, no_fma, no_fma, columns_bytes},
    {"dp_relax", "", 1, 2.0, 0, relax_prepare, relax_run, 1, relax_check, 0.0, no_fma, no_fma, relax_bytes},
    {"cost_accumulate", "log", 1, 2.0, 0, relax_prepare, accumulate_run, 3, accumulate_check, 1e-12, no_fma, no_fma, accumulate_bytes},
    {"cost_select", "", 0, 2.0, 0, select_prepare, select_run, 1, select_check, 0.0, no_fma, no_fma, select_bytes},
    {"project", "64", 0, 2.0, 0, project_prepare, project_run, 2, project_check, 1.2e-7, no_fma, project_fma, project_bytes},
    {"dense", "1x1152", DENSE_1, 2.0, OSS_ACT_NONE, dense_prepare, dense_run, 3, dense_check, 1e-6, dense_fma, no_fma, dense_bytes},
    {"dense", "32x384", DENSE_32, 2.0, OSS_ACT_NONE, dense_prepare, dense_run, 3, dense_check, 1e-6, dense_fma, no_fma, dense_bytes},
    {"dense", "1568x96", DENSE_96, 2.0, OSS_ACT_NONE, dense_prepare, dense_run, 3, dense_check, 1e-6, dense_fma, no_fma, dense_bytes},
    {"dense", "gelu", DENSE_384, 2.0, OSS_ACT_GELU, dense_prepare, dense_run, 3, dense_check, 1e-6, dense_fma, no_fma, dense_bytes},
    {"dense", "256x1152", DENSE_1152, 2.0, OSS_ACT_NONE, dense_prepare, dense_run, 3, dense_check, 1e-6, dense_fma, no_fma, dense_bytes},
    {"attention", "49", ATTENTION_49, 2.0, 0, attention_prepare, attention_run, 1, attention_check, 1e-6, attention_fma, no_fma,
     attention_bytes},
    {"attention", "64", ATTENTION_64, 2.0, 0, attention_prepare, attention_run, 1, attention_check, 1e-6, attention_fma, no_fma,
     attention_bytes},
    {"attention", "256", ATTENTION_256, 2.0, 0, attention_prepare, attention_run, 1, attention_check, 1e-6, attention_fma, no_fma,
     attention_bytes},
    {"group_norm", "28x28x64", SHAPE_28_64, 2.0, OSS_ACT_SILU, net_prepare, group_run, 1, norm_check, 1e-6, no_fma, no_fma, net_bytes},
    {"group_norm", "7x7x64", SHAPE_7_64, 2.0, OSS_ACT_SILU, net_prepare, group_run, 1, norm_check, 1e-6, no_fma, no_fma, net_bytes},
    {"group_norm", "8x8x768", SHAPE_8_768, 2.0, OSS_ACT_SILU, net_prepare, group_run, 1, norm_check, 1e-6, no_fma, no_fma, net_bytes},
    {"layer_norm", "49x96", SHAPE_49_96, 2.0, OSS_ACT_NONE, net_prepare, layer_run, 1, norm_check, 1e-6, no_fma, no_fma, net_bytes},
    {"layer_norm", "256x1152", SHAPE_256_1152, 2.0, OSS_ACT_NONE, net_prepare, layer_run, 1, norm_check, 1e-6, no_fma, no_fma, net_bytes},
    {"gated_sum", "49x96", SHAPE_49_96, 2.0, 0, net_prepare, gated_run, 1, gated_check, 2e-7, no_fma, no_fma, gated_bytes},
    {"gated_sum", "256x1152", SHAPE_256_1152, 2.0, 0, net_prepare, gated_run, 1, gated_check, 2e-7, no_fma, no_fma, gated_bytes},
    {"activate", "silu", SHAPE_28_64, 2.0, OSS_ACT_SILU, net_prepare, activate_run, 1, activate_check, 3e-7, no_fma, no_fma, net_bytes},
    {"activate", "gelu", SHAPE_28_64, 2.0, OSS_ACT_GELU, net_prepare, activate_run, 1, activate_check, 3e-7, no_fma, no_fma, net_bytes},
    {"concat", "28x28x64", SHAPE_28_64, 2.0, 0, net_prepare, concat_run, 1, concat_check, 0.0, no_fma, no_fma, net_bytes},
    {"table_rows", "1152", 0, 2.0, 0, labels_prepare, table_run, 2, table_check, 0.0, no_fma, no_fma, table_bytes},
    {"embed", "1152", 0, 2.0, 0, labels_prepare, embed_run, 2, embed_check, 1.2e-7, no_fma, no_fma, embed_bytes},
    {"precondition", "edm", 0, 2.0, 0, labels_prepare, precondition_run, 5, precondition_check, 1e-13, no_fma, no_fma, precondition_bytes},
    {"conv", "3 to 32", CONV_IN, 2.0, 0, conv_prepare, conv_run, 3, conv_check, 1e-6, conv_fma, no_fma, conv_bytes},
    {"conv", "32", CONV_32, 2.0, 0, conv_prepare, conv_run, 3, conv_check, 1e-6, conv_fma, no_fma, conv_bytes},
    {"conv", "64", CONV_64, 2.0, 0, conv_prepare, conv_run, 3, conv_check, 1e-6, conv_fma, no_fma, conv_bytes},
    {"conv", "256", CONV_256, 2.0, 0, conv_prepare, conv_run, 3, conv_check, 1e-6, conv_fma, no_fma, conv_bytes},
    {"conv", "16 to 1", CONV_OUT, 2.0, 0, conv_prepare, conv_run, 3, conv_check, 1e-6, conv_fma, no_fma, conv_bytes},
    {"resample", "down 2", 2, 2.0, 0, resample_prepare, resample_run, 1, resample_check, 1e-6, no_fma, no_fma, resample_bytes},
    {"resample", "up 2", 2, 2.0, 1, resample_prepare, resample_run, 1, resample_check, 1e-6, no_fma, no_fma, resample_bytes},
    {"resample", "down 4", 4, 2.0, 0, resample_prepare, resample_run, 1, resample_check, 1e-6, no_fma, no_fma, resample_bytes},
    {"resample", "up 4", 4, 2.0, 1, resample_prepare, resample_run, 1, resample_check, 1e-6, no_fma, no_fma, resample_bytes},
};
enum { CASE_COUNT = sizeof cases / sizeof cases[0] };

#endif

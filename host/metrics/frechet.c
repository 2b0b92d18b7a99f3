// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* d^2 = |mx - my|^2 + Tr Cx + Tr Cy - 2 Tr (Cx Cy)^1/2. With Cx = A^T A, the rows of A the centred samples over sqrt(n - 1), and Cy = B^T B
 * the last trace is the sum of the singular values of A B^T: no square root of a matrix, no squared condition. A triangular factor stands
 * in for A where there are more samples than features; and where there are more features than samples, both sets are first turned into the
 * space that they span. */
#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>

#include "host/metrics/distribution.h"

typedef struct sets_of {
  size_t n, m, d;
  const double *x, *y; /* (n, d), (m, d) */
} sets_of;

static size_t least(size_t a, size_t b) {
  return a < b ? a : b;
}

static oss_status lapack_failed(const char *routine, lapack_int info) {
  if (info == LAPACK_WORK_MEMORY_ERROR || info == LAPACK_TRANSPOSE_MEMORY_ERROR) return oss_fail(OSS_ERR_MEMORY, "LAPACK %s", routine);
  return oss_fail(OSS_ERR_NUMERIC, "LAPACK %s says %d", routine, (int)info);
}

/* A set as a factor of its covariance. */
typedef struct factor {
  double *rows;       /* column-major (d, rank): C = rows rows^T; room for (n, d) */
  double *mean;       /* (d) */
  double *reflectors; /* room for min(n, d) */
  size_t rank;
  double trace;
} factor;

/* The mean, and sqrt(count / (n - 1)) (x - mean) of every sample with a count. */
static void center(size_t n, size_t d, const double *x, const uint32_t *counts, factor *f) {
  for (size_t e = 0; e < d; e++) f->mean[e] = 0.0;
  for (size_t i = 0; i < n; i++)
    if (counts[i] > 0) cblas_daxpy((int)d, (double)counts[i] / (double)n, x + i * d, 1, f->mean, 1);
  f->rank = 0;
  f->trace = 0.0;
  for (size_t i = 0; i < n; i++) {
    if (counts[i] == 0) continue;
    double weight = sqrt((double)counts[i] / (double)(n - 1));
    double *row = f->rows + f->rank++ * d;
    for (size_t e = 0; e < d; e++) {
      row[e] = weight * (x[i * d + e] - f->mean[e]);
      f->trace += row[e] * row[e];
    }
  }
}

/* More samples than features: rows (d, rank) = L Q, and L L^T is the covariance too. */
static oss_status compress(size_t d, factor *f) {
  if (f->rank <= d) return OSS_OK;
  lapack_int info = LAPACKE_dgelqf(LAPACK_COL_MAJOR, (lapack_int)d, (lapack_int)f->rank, f->rows, (lapack_int)d, f->reflectors);
  if (info != 0) return lapack_failed("dgelqf", info);
  for (size_t c = 1; c < d; c++)
    for (size_t r = 0; r < c; r++) f->rows[c * d + r] = 0.0;
  f->rank = d;
  return OSS_OK;
}

static double *carve(double **work, size_t count) {
  double *at = *work;
  *work += count;
  return at;
}

static factor make_factor(size_t n, size_t d, double **work) {
  return (factor){.rows = carve(work, n * d), .mean = carve(work, d), .reflectors = carve(work, least(n, d))};
}

static size_t work_bytes(size_t n, size_t m, size_t d) {
  size_t p = least(n, d), q = least(m, d);
  return ((n + m) * d + 2 * d + p + q + p * q + least(p, q)) * sizeof(double);
}

static oss_status statistic(const void *problem, const uint32_t *x_counts, const uint32_t *y_counts, void *work, double *out) {
  const sets_of *s = problem;
  size_t d = s->d;
  double *at = work, gap = 0.0, overlap = 0.0;
  factor a = make_factor(s->n, d, &at), b = make_factor(s->m, d, &at);
  double *product = carve(&at, least(s->n, d) * least(s->m, d)), *values = carve(&at, 0);
  center(s->n, d, s->x, x_counts, &a);
  center(s->m, d, s->y, y_counts, &b);
  OSS_TRY(compress(d, &a));
  OSS_TRY(compress(d, &b));
  lapack_int p = (lapack_int)a.rank, q = (lapack_int)b.rank;
  cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, p, q, (int)d, 1.0, a.rows, (int)d, b.rows, (int)d, 0.0, product, p);
  lapack_int info = LAPACKE_dgesdd(LAPACK_COL_MAJOR, 'N', p, q, product, p, values, NULL, 1, NULL, 1);
  if (info != 0) return lapack_failed("dgesdd", info);
  for (lapack_int i = 0; i < p && i < q; i++) overlap += values[i];
  for (size_t e = 0; e < d; e++) gap += (a.mean[e] - b.mean[e]) * (a.mean[e] - b.mean[e]);
  double distance = gap + a.trace + b.trace - 2.0 * overlap;
  *out = distance < 0.0 ? 0.0 : distance; /* rounding; NaN stays */
  return OSS_OK;
}

/* Coordinates (n + m, n + m) of the samples in the space they span, in place of their features: the upper triangle of a QR factorisation,
 * whose columns are the samples. */
static oss_status turn(size_t count, size_t d, double *features) {
  double *reflectors = malloc(count * sizeof *reflectors);
  if (reflectors == NULL) return oss_fail(OSS_ERR_MEMORY, "factorisation of %zu samples", count);
  lapack_int info = LAPACKE_dgeqrf(LAPACK_COL_MAJOR, (lapack_int)d, (lapack_int)count, features, (lapack_int)d, reflectors);
  free(reflectors);
  if (info != 0) return lapack_failed("dgeqrf", info);
  for (size_t i = 0; i < count; i++)
    for (size_t e = 0; e < count; e++) features[i * count + e] = e <= i ? features[i * d + e] : 0.0;
  return OSS_OK;
}

static oss_status compare(const oss_member *member, oss_distribution *sets, oss_estimate *out) {
  size_t count = sets->n + sets->m;
  (void)member;
  if (sets->d > count) {
    OSS_TRY(turn(count, sets->d, sets->x));
    sets->d = count;
    sets->y = sets->x + sets->n * count;
  }
  sets_of s = {.n = sets->n, .m = sets->m, .d = sets->d, .x = sets->x, .y = sets->y};
  OSS_TRY(oss_bootstrap(&sets->resampling, s.n, s.m, statistic, &s, work_bytes(s.n, s.m, s.d), out));
  if (out->low < 0.0) out->low = 0.0; /* a squared distance */
  return OSS_OK;
}

static size_t compare_bytes(const oss_member *member, const oss_resampling *plan, size_t n, size_t m, size_t d) {
  (void)member;
  return oss_bootstrap_bytes(plan, n, m, work_bytes(n, m, least(d, n + m)));
}

static const oss_option options[] = {OSS_DISTRIBUTION_OPTIONS};

const oss_metric_desc oss_metric_frechet = {
    .base = {.name = "frechet",
             .summary = "Frechet distance (squared) between Gaussians fitted to both sets, covariances with n - 1",
             .source = "Dowson and Landau 1982 (J. Multivariate Anal. 12); Heusel et al. 2017 (arXiv 1706.08500), equation 6",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .compare = compare,
    .compare_bytes = compare_bytes,
    .least = 2,
};

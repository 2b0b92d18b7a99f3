// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <cblas.h>
#include <stdlib.h>

#include "host/metrics/distribution.h"
#include "host/metrics/features.h"

/* The kernel between all samples: xx (n, n), yy (m, m), xy (n, m), in one block from xx on. */
typedef struct kernels {
  size_t n, m;
  double *xx, *yy, *xy;
} kernels;

/* k(a, b) = (a.b / d + 1)^3 of all pairs, d the number of features. */
static void fill(int threads, size_t n, size_t m, size_t d, const double *a, const double *b, double *out) {
  oss_product(threads, n, m, d, a, b, out);
  for (size_t i = 0; i < n * m; i++) {
    double base = out[i] / (double)d + 1.0;
    out[i] = base * base * base;
  }
}

/* Mean of k over the pairs of different samples, each as often as the counts say. */
static double within(size_t n, const double *k, const double *counts) {
  double sum = 0.0, pairs = (double)n * (double)n;
  for (size_t i = 0; i < n; i++) {
    pairs -= counts[i] * counts[i];
    if (counts[i] > 0.0) sum += counts[i] * (cblas_ddot((int)n, k + i * n, 1, counts, 1) - counts[i] * k[i * n + i]);
  }
  return sum / pairs;
}

static double between(size_t n, size_t m, const double *k, const double *x_counts, const double *y_counts) {
  double sum = 0.0;
  for (size_t i = 0; i < n; i++)
    if (x_counts[i] > 0.0) sum += x_counts[i] * cblas_ddot((int)m, k + i * m, 1, y_counts, 1);
  return sum / ((double)n * (double)m);
}

/* A sample that was drawn twice is no pair: k(x, x) would lift every replicate above the value. */
static oss_status statistic(const void *problem, const uint32_t *x_counts, const uint32_t *y_counts, void *work, double *out) {
  const kernels *k = problem;
  double *cx = work, *cy = cx + k->n;
  for (size_t i = 0; i < k->n; i++) cx[i] = x_counts[i];
  for (size_t i = 0; i < k->m; i++) cy[i] = y_counts[i];
  *out = within(k->n, k->xx, cx) + within(k->m, k->yy, cy) - 2.0 * between(k->n, k->m, k->xy, cx, cy);
  return OSS_OK;
}

static size_t work_bytes(size_t n, size_t m) {
  return (n + m) * sizeof(double);
}

static oss_status compare(const oss_member *member, oss_distribution *sets, oss_estimate *out) {
  size_t n = sets->n, m = sets->m, d = sets->d;
  int threads = sets->resampling.threads;
  (void)member;
  kernels k = {.n = n, .m = m, .xx = malloc((n * n + m * m + n * m) * sizeof *k.xx)};
  if (k.xx == NULL) return oss_fail(OSS_ERR_MEMORY, "kernel of %zu and %zu samples", n, m);
  k.yy = k.xx + n * n;
  k.xy = k.yy + m * m;
  fill(threads, n, n, d, sets->x, sets->x, k.xx);
  fill(threads, m, m, d, sets->y, sets->y, k.yy);
  fill(threads, n, m, d, sets->x, sets->y, k.xy);
  oss_status status = oss_bootstrap(&sets->resampling, n, m, statistic, &k, work_bytes(n, m), out);
  free(k.xx);
  return status;
}

static size_t compare_bytes(const oss_member *member, const oss_resampling *plan, size_t n, size_t m, size_t d) {
  (void)member;
  (void)d;
  return (n * n + m * m + n * m) * sizeof(double) + oss_bootstrap_bytes(plan, n, m, work_bytes(n, m));
}

static const oss_option options[] = {OSS_DISTRIBUTION_OPTIONS};

const oss_metric_desc oss_metric_mmd = {
    .base = {.name = "mmd",
             .summary = "squared maximum mean discrepancy, unbiased (it may be negative), kernel (x.y / features + 1)^3",
             .source = "Gretton et al. 2012 (JMLR 13), lemma 6; kernel: Binkowski et al. 2018 (arXiv 1801.01401), section 3",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .compare = compare,
    .compare_bytes = compare_bytes,
    .least = 2,
};

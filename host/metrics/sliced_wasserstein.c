// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <cblas.h>
#include <math.h>
#include <stdlib.h>

#include "host/core/streams.h"
#include "host/metrics/distribution.h"
#include "host/metrics/features.h"
#include "kernels/normal.h"

typedef struct shadow {
  double at;
  uint32_t sample;
} shadow;

/* Every projection's samples in rising order: x (P, n), y (P, m). */
typedef struct shadows {
  size_t projections, n, m;
  shadow *x, *y;
} shadows;

static int by_place(const void *a, const void *b) {
  const shadow *x = a, *y = b;
  return (x->at > y->at) - (x->at < y->at);
}

/* out (P, d): normals of (seed, projection, feature), each row of length 1. */
static void make_directions(uint64_t seed, size_t projections, size_t d, double *out) {
  for (size_t p = 0; p < projections; p++) {
    double *row = out + p * d;
    float z[4];
    for (size_t e = 0; e < d; e++) {
      if (e % 4 == 0) oss_normal_block(seed, OSS_STREAM_DIRECTION, p, (uint32_t)(e / 4), z);
      row[e] = z[e % 4];
    }
    cblas_dscal((int)d, 1.0 / cblas_dnrm2((int)d, row, 1), row, 1);
  }
}

/* The rows of features (count, d) on every direction, sorted. values: (P, count) work space. */
static void project(int threads, size_t projections, size_t count, size_t d, const double *directions, const double *features,
                    double *values, shadow *out) {
  oss_product(threads, projections, count, d, directions, features, values);
#pragma omp parallel for schedule(static) num_threads(threads)
  for (size_t p = 0; p < projections; p++) {
    shadow *row = out + p * count;
    for (size_t i = 0; i < count; i++) row[i] = (shadow){.at = values[p * count + i], .sample = (uint32_t)i};
    qsort(row, count, sizeof *row, by_place);
  }
}

/* The squared distance of two sorted sets: the integral of the squared difference of their quantile functions. These are steps; each x
 * stands for m parts of n m times its count, each y for n. */
static double squared_distance(size_t n, const shadow *x, const uint32_t *x_counts, size_t m, const shadow *y, const uint32_t *y_counts) {
  double sum = 0.0;
  uint64_t x_left = 0, y_left = 0;
  size_t i = 0, j = 0; /* the ones after those at hand */
  for (uint64_t left = (uint64_t)n * m; left > 0;) {
    while (x_left == 0) x_left = (uint64_t)x_counts[x[i++].sample] * m;
    while (y_left == 0) y_left = (uint64_t)y_counts[y[j++].sample] * n;
    uint64_t part = x_left < y_left ? x_left : y_left;
    double difference = x[i - 1].at - y[j - 1].at;
    sum += (double)part * difference * difference;
    x_left -= part;
    y_left -= part;
    left -= part;
  }
  return sum / ((double)n * (double)m);
}

static oss_status statistic(const void *problem, const uint32_t *x_counts, const uint32_t *y_counts, void *work, double *out) {
  const shadows *s = problem;
  double sum = 0.0;
  (void)work;
  for (size_t p = 0; p < s->projections; p++) sum += squared_distance(s->n, s->x + p * s->n, x_counts, s->m, s->y + p * s->m, y_counts);
  *out = sqrt(sum / (double)s->projections);
  return OSS_OK;
}

static oss_status compare(const oss_member *member, oss_distribution *sets, oss_estimate *out) {
  size_t n = sets->n, m = sets->m, d = sets->d, projections = (size_t)oss_member_int(member, "projections");
  size_t most = n > m ? n : m;
  int threads = sets->resampling.threads;
  shadows s = {.projections = projections, .n = n, .m = m};
  double *directions = malloc(projections * d * sizeof *directions), *values = malloc(projections * most * sizeof *values);
  oss_status status = OSS_OK;
  s.x = malloc(projections * (n + m) * sizeof *s.x);
  if (directions == NULL || values == NULL || s.x == NULL) {
    status = oss_fail(OSS_ERR_MEMORY, "%zu projections of %zu and %zu samples", projections, n, m);
    goto done;
  }
  s.y = s.x + projections * n;
  make_directions((uint64_t)oss_member_int(member, "seed"), projections, d, directions);
  project(threads, projections, n, d, directions, sets->x, values, s.x);
  project(threads, projections, m, d, directions, sets->y, values, s.y);
  OSS_TRY_TO(done, oss_bootstrap(&sets->resampling, n, m, statistic, &s, 0, out));
  if (out->low < 0.0) out->low = 0.0; /* a distance */
done:
  free(directions);
  free(values);
  free(s.x);
  return status;
}

static size_t compare_bytes(const oss_member *member, const oss_resampling *plan, size_t n, size_t m, size_t d) {
  size_t projections = (size_t)oss_member_int(member, "projections"), most = n > m ? n : m;
  return projections * ((d + most) * sizeof(double) + (n + m) * sizeof(shadow)) + oss_bootstrap_bytes(plan, n, m, 0);
}

static const oss_option options[] = {
    OSS_DISTRIBUTION_OPTIONS,
    {.name = "projections", .type = OSS_OPTION_INT, .fallback = "128", .min = 1, .max = 1e6, .help = "directions that are averaged over"},
    {.name = "seed",
     .type = OSS_OPTION_INT,
     .fallback = "0",
     .min = 0,
     .max = 9e18,
     .help = "the directions are drawn from it, the same for every seed of the sweep"},
};

const oss_metric_desc oss_metric_sliced_wasserstein = {
    .base = {.name = "sliced_wasserstein",
             .summary = "sliced 2-Wasserstein distance: root of the mean squared distance along random directions",
             .source = "Bonneel et al. 2015 (Sliced and Radon Wasserstein barycenters), definition 3, p = 2, directions drawn",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .compare = compare,
    .compare_bytes = compare_bytes,
    .least = 1,
};

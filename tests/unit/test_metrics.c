// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The metrics' functions: golden values, invariances, and the bootstrap against what is known of it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/registries.h"
#include "host/io/reader.h"
#include "host/metrics/distribution.h"
#include "host/metrics/features.h"
#include "host/metrics/principal.h"
#include "tests/support/check.h"
#include "tests/support/members.h"

#define GOLDEN OSS_GOLDEN_DIR "/metrics.h5"

static oss_member *parse(const char *metric) {
  static const oss_registry *const where[] = {&oss_metrics, NULL};
  return member_of(where, metric);
}

/* A metric of the sets x (n, d) and y (m, d), which stay as they are. */
static oss_estimate compare_with(const char *metric, size_t n, size_t m, size_t d, const double *x, const double *y, oss_resampling plan) {
  oss_member *member = parse(metric);
  oss_distribution sets = {.n = n, .m = m, .d = d, .x = check_alloc((n + m) * d, sizeof(double)), .resampling = plan};
  oss_estimate out;
  sets.y = memcpy(sets.x + n * d, y, m * d * sizeof *y);
  memcpy(sets.x, x, n * d * sizeof *x);
  double *block = sets.x;
  check_ok(oss_metric_desc_of(member)->compare(member, &sets, &out));
  free(block);
  oss_member_free(member);
  return out;
}

static double compare(const char *metric, size_t n, size_t m, size_t d, const double *x, const double *y) {
  return compare_with(metric, n, m, d, x, y, (oss_resampling){.threads = 1}).value;
}

static double *read_golden(const char *dataset, size_t *rows) {
  oss_array array;
  check_ok(oss_io_read(GOLDEN, dataset, OSS_F64, 1, 4, &array));
  if (rows != NULL) *rows = array.dims[0];
  return array.data;
}

static void distances_agree_with_the_goldens(void **state) {
  size_t n, m;
  double *a = read_golden("frechet/a", &n), *b = read_golden("frechet/b", &m);
  double *value = read_golden("frechet/value", NULL), *mmd = read_golden("frechet/mmd2_poly3_unbiased", NULL);
  (void)state;
  double got[2] = {compare("frechet", n, m, 24, a, b), compare("mmd", n, m, 24, a, b)}, want[2] = {*value, *mmd};
  check_close("frechet and mmd", 2, got, want, 1e-11, 0.0);
  double back = compare("frechet", m, n, 24, b, a);
  check_close("frechet the other way round", 1, &back, want, 1e-11, 0.0);
  free(a);
  free(b);
  free(value);
  free(mmd);
}

/* Features of nothing change nothing: with more features than samples the sets are turned into their own space, with a few more than
 * samples of one set they are not. */
static void frechet_of_more_features_than_samples(void **state) {
  enum { N = 20, M = 17, D = 9 };
  static const size_t wide[] = {18, 30, 37, 38, 400};
  check_rng rng = {5};
  double *x = check_doubles(&rng, N * D, 1.0), *y = check_doubles(&rng, M * D, 2.0);
  double want = compare("frechet", N, M, D, x, y);
  (void)state;
  for (size_t w = 0; w < sizeof wide / sizeof wide[0]; w++) {
    size_t d = wide[w];
    double *xs = check_alloc(N * d, sizeof *xs), *ys = check_alloc(M * d, sizeof *ys);
    for (size_t i = 0; i < N; i++)
      for (size_t e = 0; e < D; e++) xs[i * d + d - 1 - e] = x[i * D + e];
    for (size_t i = 0; i < M; i++)
      for (size_t e = 0; e < D; e++) ys[i * d + d - 1 - e] = y[i * D + e];
    double got = compare("frechet", N, M, d, xs, ys);
    check_close("frechet, padded", 1, &got, &want, 1e-12, 0.0);
    free(xs);
    free(ys);
  }
  free(x);
  free(y);
}

/* Two points each, far from the origin: covariances of rank 1, and (1-D) the closed form (m1-m2)^2 + (s1-s2)^2. */
static void frechet_of_few_samples(void **state) {
  const double x[] = {1000.0, 1002.0}, y[] = {1003.0, 1009.0};
  (void)state;
  double gap = 1006.0 - 1001.0, spread = sqrt(18.0) - sqrt(2.0), want = gap * gap + spread * spread;
  double got = compare("frechet", 2, 2, 1, x, y);
  check_close("frechet of two and two", 1, &got, &want, 1e-12, 0.0);
}

static void identical_sets(void **state) {
  enum { N = 30, D = 8 };
  check_rng rng = {7};
  double *x = check_doubles(&rng, N * D, 3.0);
  const oss_resampling paired = {.paired = 1, .replicates = 50, .confidence = 0.9, .threads = 2};
  (void)state;
  oss_estimate f = compare_with("frechet", N, N, D, x, x, paired);
  assert_true(f.value < 1e-11 && f.std < 1e-11 && f.low >= 0.0 && f.high < 1e-11);
  oss_estimate s = compare_with("sliced_wasserstein", N, N, D, x, x, paired);
  assert_true(s.value == 0.0 && s.std == 0.0 && s.low == 0.0 && s.high == 0.0);
  /* the same value of every pair on both sides, but no sample with itself */
  assert_true(compare("mmd", N, N, D, x, x) < 0.0);
  free(x);
}

/* In one dimension the direction is only a sign. */
static void sliced_wasserstein_by_hand(void **state) {
  const double x[] = {3.0, 1.0}, y[] = {2.0, 5.0, -1.0}, one = 0.0;
  (void)state;
  /* quantiles of x: 1 to 1/2, 3 after; of y: -1 to 1/3, 2 to 2/3, 5 after */
  double want[3] = {sqrt((4.0 * 2 + 1.0 * 1 + 1.0 * 1 + 4.0 * 2) / 6.0), sqrt((4.0 + 25.0 + 1.0) / 3.0), 0.0};
  double got[3] = {compare("{kind: sliced_wasserstein, projections: 3}", 2, 3, 1, x, y),
                   compare("{kind: sliced_wasserstein, projections: 1, seed: 7}", 1, 3, 1, &one, y),
                   compare("sliced_wasserstein", 1, 1, 1, &one, &one)};
  check_close("sliced_wasserstein", 3, got, want, 1e-14, 0.0);
}

/* ---- the bootstrap */

static oss_status mean_gap(const void *problem, const uint32_t *x_counts, const uint32_t *y_counts, void *work, double *out) {
  const oss_distribution *s = problem;
  double sum = 0.0;
  (void)work;
  for (size_t i = 0; i < s->n; i++) sum += x_counts[i] * s->x[i] / (double)s->n;
  for (size_t i = 0; i < s->m; i++) sum -= y_counts[i] * s->y[i] / (double)s->m;
  *out = sum;
  return OSS_OK;
}

static oss_estimate bootstrap(check_rng *rng, size_t n, size_t m, oss_resampling plan) {
  oss_distribution sets = {.n = n, .m = m, .x = check_doubles(rng, n, 1.0), .y = check_doubles(rng, m, 3.0)};
  oss_estimate out;
  check_ok(oss_bootstrap(&plan, n, m, mean_gap, &sets, 0, &out));
  free(sets.x);
  free(sets.y);
  return out;
}

/* The interval of a difference of means holds the true difference, 0, about as often as it says; std is sqrt(1/n + 9/m). */
static void intervals_cover(void **state) {
  enum { TRIALS = 250, N = 60, M = 80 };
  const oss_resampling plan = {.replicates = 300, .confidence = 0.9, .threads = 2};
  check_rng rng = {11};
  int covered = 0;
  double std = 0.0;
  (void)state;
  for (int t = 0; t < TRIALS; t++) {
    oss_estimate e = bootstrap(&rng, N, M, plan);
    assert_true(e.low < e.value && e.value < e.high);
    covered += e.low <= 0.0 && 0.0 <= e.high;
    std += e.std / TRIALS;
  }
  double want = sqrt(1.0 / N + 9.0 / M);
  check_close("standard deviation", 1, &std, &want, 0.03, 0.0);
  if (covered < 0.84 * TRIALS || covered > 0.96 * TRIALS) fail_msg("%d of %d intervals of 90%% hold the truth", covered, TRIALS);
}

static void resampling_is_deterministic(void **state) {
  check_rng rng = {3};
  (void)state;
  double *x = check_doubles(&rng, 40 * 6, 1.0), *y = check_doubles(&rng, 31 * 6, 1.1);
  static const char *const metrics[] = {"frechet", "mmd", "sliced_wasserstein"};
  for (size_t i = 0; i < 3; i++) {
    oss_resampling plan = {.replicates = 25, .confidence = 0.95, .threads = 1};
    oss_estimate first = compare_with(metrics[i], 40, 31, 6, x, y, plan);
    assert_true(first.std > 0.0 && first.low <= first.value && first.value <= first.high);
    for (plan.threads = 2; plan.threads <= 4; plan.threads++) {
      oss_estimate other = compare_with(metrics[i], 40, 31, 6, x, y, plan);
      check_same_bits(metrics[i], sizeof first, &other, &first);
    }
    plan.replicates = 0;
    oss_estimate none = compare_with(metrics[i], 40, 31, 6, x, y, plan);
    assert_true(none.value == first.value && isnan(none.std) && isnan(none.low) && isnan(none.high));
  }
  free(x);
  free(y);
}

static oss_status never(const void *problem, const uint32_t *x_counts, const uint32_t *y_counts, void *work, double *out) {
  const int *when = problem;
  (void)work, (void)y_counts;
  int as_they_are = x_counts[0] == 1 && x_counts[1] == 1 && x_counts[2] == 1;
  *out = *when == as_they_are ? NAN : 1.0;
  return OSS_OK;
}

/* Of the sets themselves and of a resampling alike. */
static void a_value_that_is_no_number_is_an_error(void **state) {
  const oss_resampling plan = {.replicates = 40, .confidence = 0.9, .threads = 3};
  (void)state;
  for (int when = 0; when < 2; when++) {
    oss_estimate out;
    check_fails(oss_bootstrap(&plan, 3, 3, never, &when, 0, &out), OSS_ERR_NUMERIC, when ? "not a finite number" : "bootstrap");
  }
}

/* A state that is not finite stops the metric, whose name the message has. */
static void states_that_are_not_finite(void **state) {
  static const char *const metrics[] = {"frechet", "mmd", "sliced_wasserstein"};
  static const float bad[] = {NAN, INFINITY, -INFINITY};
  (void)state;
  for (size_t i = 0; i < 3; i++) {
    float x[12] = {0}, y[12] = {0};
    oss_member *member = parse(metrics[i]);
    oss_sample_sets sets = {.students = 4, .references = 4, .elements = 3, .student = x, .reference = y, .paired = 1, .threads = 1};
    oss_estimate out;
    check_ok(oss_distribution_compare(member, &sets, &out));
    x[7] = bad[i];
    check_fails(oss_distribution_compare(member, &sets, &out), OSS_ERR_NUMERIC, metrics[i]);
    check_fails(oss_distribution_compare(member, &sets, &out), OSS_ERR_NUMERIC, "sample 2 is not finite");
    x[7] = 0.0f;
    y[0] = bad[i];
    check_fails(oss_distribution_compare(member, &sets, &out), OSS_ERR_NUMERIC, "reference sample 0 is not finite");
    oss_member_free(member);
  }
}

/* ---- principal components */

/* Axes from the covariance (m > d) and from the Gram matrix (m < d, by columns of nothing) are the same. */
static void principal_axes_both_ways(void **state) {
  enum { N = 4, M = 12, D = 7, WIDE = 30, K = 5 };
  check_rng rng = {17};
  double *rows = check_doubles(&rng, (N + M) * D, 1.0), *wide = check_alloc((N + M) * WIDE, sizeof *wide);
  double axes[K * D], far[K * WIDE], narrow[K * D];
  (void)state;
  for (size_t i = 0; i < N + M; i++)
    for (size_t e = 0; e < D; e++) wide[i * WIDE + e] = rows[i * D + e] *= (double)(e + 1);
  check_ok(oss_principal_axes(N, M, D, K, rows, axes));
  check_ok(oss_principal_axes(N, M, WIDE, K, wide, far));
  for (size_t k = 0; k < K; k++) memcpy(narrow + k * D, far + k * WIDE, D * sizeof *far);
  check_close("principal axes", K * D, narrow, axes, 1e-9, 1e-9);
  for (size_t k = 0; k < K; k++) {
    double length = 0.0, most = 0.0;
    for (size_t e = 0; e < D; e++) {
      length += axes[k * D + e] * axes[k * D + e];
      if (fabs(axes[k * D + e]) > fabs(most)) most = axes[k * D + e];
    }
    assert_true(fabs(length - 1.0) < 1e-12 && most > 0.0);
  }
  for (size_t i = 0; i < M; i++)
    for (size_t e = 0; e < D; e++) rows[(N + i) * D + e] = (double)(i % 3) * (double)e; /* on a line */
  check_fails(oss_principal_axes(N, M, D, 2, rows, axes), OSS_ERR_NUMERIC, "differ in 1 directions");
  free(rows);
  free(wide);
}

/* ---- images */

static void evaluate(const char *metric, oss_metric_input in, double *out) {
  oss_member *member = parse(metric);
  check_ok(oss_metric_evaluate(member, &in, out));
  oss_member_free(member);
}

static void images_agree_with_the_goldens(void **state) {
  const size_t dims[] = {3, 32, 32}, elements = 3 * 32 * 32;
  oss_array x, y;
  oss_backend *be;
  double scratch[3], got[3];
  (void)state;
  check_ok(oss_backend_create("cpu", 2, &be));
  check_ok(oss_io_read(GOLDEN, "image/x", OSS_F32, 4, 4, &x));
  check_ok(oss_io_read(GOLDEN, "image/y", OSS_F32, 4, 4, &y));
  oss_metric_input in = {.be = be,
                         .rows = 3,
                         .elements = elements,
                         .rank = 3,
                         .dims = dims,
                         .data_range = 2.0,
                         .student = x.data,
                         .teacher = y.data,
                         .scratch = scratch};
  double *ssim = read_golden("image/ssim_gauss11_range2", NULL), *psnr = read_golden("image/psnr_range2", NULL);
  evaluate("ssim", in, got);
  check_close("ssim", 3, got, ssim, 0.0, 2e-8); /* the images are rounded to float; variances with n - 1 would be 6e-7 off */
  evaluate("psnr", in, got);
  check_close("psnr", 3, got, psnr, 1e-7, 0.0);
  for (size_t i = 0; i < 3; i++) { /* a sample alone */
    oss_metric_input one = in;
    double alone;
    one.rows = 1;
    one.student += i * elements;
    one.teacher += i * elements;
    evaluate("ssim", in, got);
    evaluate("ssim", one, &alone);
    check_same_bits("ssim: a sample alone", sizeof alone, &alone, &got[i]);
  }
  in.teacher = in.student;
  const double ones[3] = {1.0, 1.0, 1.0};
  evaluate("ssim", in, got);
  check_close("ssim of itself", 3, got, ones, 1e-14, 0.0);
  oss_array_free(&x);
  oss_array_free(&y);
  free(ssim);
  free(psnr);
  oss_backend_destroy(be);
}

static void cosine_of_nothing(void **state) {
  const float zero[] = {0, 0, 3, 4, 0, 0, 0, 0}, other[] = {1, 2, -6, -8, 0, 0, 1, 0};
  const double want[] = {0.0, -1.0, 1.0, 0.0};
  oss_backend *be;
  double got[4];
  (void)state;
  check_ok(oss_backend_create("cpu", 1, &be));
  evaluate("cosine", (oss_metric_input){.be = be, .rows = 4, .elements = 2, .student = zero, .teacher = other}, got);
  check_close("cosine", 4, got, want, 1e-15, 0.0);
  oss_backend_destroy(be);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(distances_agree_with_the_goldens), cmocka_unit_test(frechet_of_more_features_than_samples),
      cmocka_unit_test(frechet_of_few_samples),           cmocka_unit_test(identical_sets),
      cmocka_unit_test(sliced_wasserstein_by_hand),       cmocka_unit_test(intervals_cover),
      cmocka_unit_test(resampling_is_deterministic),      cmocka_unit_test(a_value_that_is_no_number_is_an_error),
      cmocka_unit_test(states_that_are_not_finite),       cmocka_unit_test(principal_axes_both_ways),
      cmocka_unit_test(images_agree_with_the_goldens),    cmocka_unit_test(cosine_of_nothing),
  };
  oss_io_init();
  return cmocka_run_group_tests(tests, NULL, NULL);
}

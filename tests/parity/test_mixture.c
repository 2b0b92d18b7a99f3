// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/parity.h"
#include "tests/support/reference.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

typedef struct mixture {
  size_t rows, k, d;
  float *means, *x;
  double *t, *scales, *log_weights;
  int32_t *classes, *label; /* NULL: no labels */
} mixture;

/* x is drawn at the time t of each row from the mixture itself, so that the posterior has something to decide. times: sigma's, from
 * data to noise; t = 1 is the last row of each round. zero: every second scale is 0, or all are. */
static mixture make(check_rng *rng, size_t rows, size_t k, size_t d, int zero, int labelled) {
  static const double sigmas[] = {1e-3, 5e-3, 2e-2, 0.1, 0.5, 1.0, 3.0, 20.0, 80.0, INFINITY};
  mixture mix = {.rows = rows, .k = k, .d = d};
  mix.means = check_floats(rng, k * d, 0.5);
  mix.x = check_alloc(rows * d, sizeof *mix.x);
  mix.t = check_alloc(rows, sizeof *mix.t);
  mix.scales = check_alloc(k, sizeof *mix.scales);
  mix.log_weights = check_doubles(rng, k, 1.0);
  if (labelled) {
    mix.classes = check_alloc(k, sizeof *mix.classes);
    mix.label = check_alloc(rows, sizeof *mix.label);
  }
  for (size_t c = 0; c < k; c++) {
    mix.scales[c] = zero == 2 || (zero == 1 && c % 2) ? 0.0 : check_uniform(rng, 0.01, 0.4);
    if (labelled) mix.classes[c] = (int32_t)(c % 3);
  }
  for (size_t c = 1; c < k; c += 2) /* neighbours near enough to share a posterior at small sigma too */
    for (size_t e = 0; e < d; e++) mix.means[c * d + e] = mix.means[(c - 1) * d + e] + (float)(2e-3 * check_normal(rng) / sqrt((double)d));
  for (size_t r = 0; r < rows; r++) {
    double sigma = sigmas[r % COUNT(sigmas)], t = isinf(sigma) ? 1.0 : sigma / (1.0 + sigma);
    size_t c = check_bits(rng) % k;
    mix.t[r] = t;
    if (labelled) mix.label[r] = r % 4 == 3 ? -1 : mix.classes[c];
    for (size_t e = 0; e < d; e++) {
      double x0 = (double)mix.means[c * d + e] + mix.scales[c] * check_normal(rng);
      mix.x[r * d + e] = (float)((1.0 - t) * x0 + t * check_normal(rng));
    }
  }
  return mix;
}

static void discard(mixture *mix) {
  free(mix->means);
  free(mix->x);
  free(mix->t);
  free(mix->scales);
  free(mix->log_weights);
  free(mix->classes);
  free(mix->label);
}

static void run_distance(oss_backend *be, const mixture *mix, double *distance) {
  check_call call;
  check_call_begin(be, &call);
  float *x = check_in(&call, mix->x, mix->rows * mix->d * sizeof *x), *means = check_in(&call, mix->means, mix->k * mix->d * sizeof *means);
  double *t = check_in(&call, mix->t, mix->rows * sizeof *t), *out = check_out(&call, distance, mix->rows * mix->k * sizeof *out);
  check_ok(be->ops->mixture_distance(be, mix->rows, mix->k, mix->d, x, t, means, out));
  check_call_end(&call);
}

static oss_status run_weights(oss_backend *be, const mixture *mix, const double *distance, float *gain, double *shrink) {
  check_call call;
  check_call_begin(be, &call);
  double *t = check_in(&call, mix->t, mix->rows * sizeof *t), *scales = check_in(&call, mix->scales, mix->k * sizeof *scales);
  double *logs = check_in(&call, mix->log_weights, mix->k * sizeof *logs);
  double *dist = check_in(&call, distance, mix->rows * mix->k * sizeof *dist), *pull = check_out(&call, shrink, mix->rows * sizeof *pull);
  int32_t *classes = mix->classes == NULL ? NULL : check_in(&call, mix->classes, mix->k * sizeof *classes);
  int32_t *label = mix->label == NULL ? NULL : check_in(&call, mix->label, mix->rows * sizeof *label);
  float *g = check_out(&call, gain, mix->rows * mix->k * sizeof *g);
  oss_status status = be->ops->mixture_weights(be, mix->rows, mix->k, mix->d, t, scales, logs, classes, label, dist, g, pull);
  status = check_finished(be, status);
  check_call_end(&call);
  return status;
}

static void run_combine(oss_backend *be, const mixture *mix, const double *shrink, const float *gain, float *out) {
  check_call call;
  check_call_begin(be, &call);
  double *pull = check_in(&call, shrink, mix->rows * sizeof *pull);
  float *g = check_in(&call, gain, mix->rows * mix->k * sizeof *g), *means = check_in(&call, mix->means, mix->k * mix->d * sizeof *means);
  float *x = check_in(&call, mix->x, mix->rows * mix->d * sizeof *x), *o = check_out(&call, out, mix->rows * mix->d * sizeof *o);
  check_ok(be->ops->mixture_combine(be, mix->rows, mix->k, mix->d, pull, g, means, x, o));
  check_call_end(&call);
}

/* One row as a mixture problem of its own. */
static mixture row_of(const mixture *mix, size_t r) {
  mixture row = *mix;
  row.rows = 1;
  row.x += r * mix->d;
  row.t += r;
  if (mix->label != NULL) row.label += r;
  return row;
}

typedef void (*mixture_case)(const mixture *mix);

/* A call takes milliseconds on an emulated device: every k meets a third of the d there, and every seventh row is run alone. */
static size_t stride_of(size_t small, size_t all) {
  return parity_small() ? small : all;
}

static void every_size(check_rng *rng, mixture_case run) {
  const size_t all_rows[] = {1, 3, 11, 20}, all_k[] = {1, 3, 7, 8, 9, 15, 16, 17, 63, 64, 65, 300},
               all_d[] = {1, 3, 15, 16, 17, 63, 64, 65, 129, 193, 257};
  for (size_t i = 0; i < COUNT(all_k); i++)
    for (size_t j = i % stride_of(3, 1); j < COUNT(all_d); j += stride_of(3, 1)) {
      mixture mix = make(rng, all_rows[(i + j) % COUNT(all_rows)], all_k[i], all_d[j], (int)((i + j) % 3), (int)((i + j) / 2 % 2));
      run(&mix);
      discard(&mix);
    }
  mixture wide = make(rng, 5, 67, 3073, 2, 0);
  run(&wide);
  discard(&wide);
  mixture tall = make(rng, 129, 33, 17, 1, 1);
  run(&tall);
  discard(&tall);
}

static void distance_case(const mixture *mix) {
  size_t count = mix->rows * mix->k;
  double *want = check_alloc(count, sizeof *want), *got = check_alloc(count, sizeof *got), *again = check_alloc(count, sizeof *got);
  ref_mixture_distance(mix->rows, mix->k, mix->d, mix->x, mix->t, mix->means, want);
  run_distance(parity_backend(1), mix, got);
  /* sums and products to 2^-48 or better; the absolute part is for a mean that x all but hits, where the difference is that of x */
  check_close("mixture_distance", count, got, want, 1e-11, 1e-17 * (double)mix->d);
  for (int threads = 2; threads <= PARITY_THREADS; threads++) {
    run_distance(parity_backend(threads), mix, again);
    check_same_bits("mixture_distance: threads", count * sizeof *got, again, got);
  }
  for (size_t r = 0; r < mix->rows; r += stride_of(7, 1)) {
    mixture row = row_of(mix, r);
    run_distance(parity_backend(1), &row, again);
    check_same_bits("mixture_distance: a row alone", mix->k * sizeof *got, again, got + r * mix->k);
  }
  free(want);
  free(got);
  free(again);
}

/* What is beyond float's range, or below it, is not beyond double's; infinities and NaN are what they are there. */
static void distance_extremes(oss_backend *be, check_rng *rng) {
  enum { ROWS = 7, K = 70, D = 300 };
  mixture mix = make(rng, ROWS, K, D, 2, 0);
  double *want = check_alloc(ROWS * K, sizeof *want), *got = check_alloc(ROWS * K, sizeof *got);
  for (size_t e = 0; e < D; e++) {
    mix.x[0 * D + e] *= 1e-30f;
    mix.x[1 * D + e] = 3e38f;
    mix.means[3 * D + e] *= 1e-30f;
    mix.means[4 * D + e] = -3e38f;
    mix.x[2 * D + e] = mix.means[5 * D + e]; /* hit, when t[2] is 0 */
  }
  mix.t[2] = 0.0;
  mix.x[3 * D + 280] = INFINITY;
  mix.x[4 * D + 1] = NAN;
  mix.means[6 * D + 7] = -INFINITY;
  mix.t[6] = 1.0; /* 0 times an infinite mean */
  ref_mixture_distance(ROWS, K, D, mix.x, mix.t, mix.means, want);
  run_distance(be, &mix, got);
  check_close("mixture_distance: extremes", ROWS * K, got, want, 1e-11, 0.0);
  assert_true(want[0 * K + 3] < 1e-50 && want[1 * K + 4] > 1e77 && want[2 * K + 5] == 0.0 && isinf(want[3 * K]));
  assert_true(isinf(want[1 * K + 6]) && isnan(want[6 * K + 6]));
  free(want);
  free(got);
  discard(&mix);
}

static void parity_mixture_distance(void **state) {
  (void)state;
  check_rng rng = {61};
  every_size(&rng, distance_case);
  distance_extremes(parity_backend(2), &rng);
  mixture mix = make(&rng, 6, 21, 35, 0, 0);
  double *got = check_alloc(6 * 21, sizeof *got);
  mix.x[2 * 35 + 34] = NAN;
  mix.means[20 * 35 + 3] = NAN;
  run_distance(parity_backend(2), &mix, got);
  for (size_t i = 0; i < 6 * 21; i++) assert_int_equal(isnan(got[i]) != 0, i / 21 == 2 || i % 21 == 20);
  free(got);
  discard(&mix);
}

static void weights_case(const mixture *mix) {
  size_t count = mix->rows * mix->k;
  double *distance = check_alloc(count, sizeof *distance), *want = check_alloc(count, sizeof *want);
  double *want_shrink = check_alloc(mix->rows, sizeof *want), *shrink = check_alloc(mix->rows, sizeof *want);
  double *again_shrink = check_alloc(mix->rows, sizeof *want);
  float *gain = check_alloc(count, sizeof *gain), *again = check_alloc(count, sizeof *gain);
  ref_mixture_distance(mix->rows, mix->k, mix->d, mix->x, mix->t, mix->means, distance);
  ref_mixture_weights(mix->rows, mix->k, mix->d, mix->t, mix->scales, mix->log_weights, mix->classes, mix->label, distance, want,
                      want_shrink);
  check_ok(run_weights(parity_backend(1), mix, distance, gain, shrink));
  /* logits reach 1e4, in double 1e-12, which is the relative error of a weight; then one rounding to float. Shrink stays double; what
   * is 0 on one side of the threshold e^-40 only is 1e-17. */
  check_close_float("mixture_weights: gain", count, gain, want, 6.1e-8, 1e-17);
  check_close("mixture_weights: shrink", mix->rows, shrink, want_shrink, 1e-10, 1e-16);
  for (int threads = 2; threads <= PARITY_THREADS; threads++) {
    check_ok(run_weights(parity_backend(threads), mix, distance, again, again_shrink));
    check_same_bits("mixture_weights: threads", count * sizeof *gain, again, gain);
    check_same_bits("mixture_weights: threads, shrink", mix->rows * sizeof *shrink, again_shrink, shrink);
  }
  for (size_t r = 0; r < mix->rows; r += stride_of(7, 1)) {
    mixture row = row_of(mix, r);
    check_ok(run_weights(parity_backend(1), &row, distance + r * mix->k, again, again_shrink));
    check_same_bits("mixture_weights: a row alone", mix->k * sizeof *gain, again, gain + r * mix->k);
    check_same_bits("mixture_weights: a row alone, shrink", sizeof *shrink, again_shrink, shrink + r);
  }
  free(distance);
  free(want);
  free(want_shrink);
  free(shrink);
  free(again_shrink);
  free(gain);
  free(again);
}

/* Distances and times at the ends of what they can be, where exponentials and variances could overflow or vanish. */
static void weights_extremes(oss_backend *be) {
  enum { ROWS = 7, K = 4 };
  double t[ROWS] = {1e-6, 1e-6, 1.0, 1.0, 0.5, 1e-6, 1e-6}, scales[K] = {0.0, 0.0, 0.3, 1e-8}, logs[K] = {-1.0, -1.5, -0.7, -INFINITY};
  const double distance[ROWS][K] = {
      {1e30, 1e30, 1e30, 1e30}, {1e-12, 2e-12, 5.0, 5.0}, {1e30, 1e30, 1e30, 1e30}, {3.0, 4.0, 5.0, 6.0},
      {0.0, 0.0, 0.0, 0.0},     {1e30, 0.0, 1e30, 1e30},  {9e-11, 0.0, 1e30, 0.0},
  };
  mixture mix = {.rows = ROWS, .k = K, .d = 192, .t = t, .scales = scales, .log_weights = logs};
  float gain[ROWS * K];
  double shrink[ROWS], want[ROWS * K], want_shrink[ROWS];
  ref_mixture_weights(ROWS, K, 192, t, scales, logs, NULL, NULL, distance[0], want, want_shrink);
  check_ok(run_weights(be, &mix, distance[0], gain, shrink));
  check_close_float("mixture_weights: extremes", ROWS * K, gain, want, 6.1e-8, 1e-17); /* as in weights_case */
  check_close("mixture_weights: extremes, shrink", ROWS, shrink, want_shrink, 1e-10, 1e-16);
  for (int i = 0; i < ROWS * K; i++) assert_true(isfinite(gain[i]));
  for (int r = 5; r < ROWS; r++) assert_true(gain[r * K + 0] == 0.0f && gain[r * K + 1] == 1.0f); /* below e^-40, by much and by little */
  for (int r = 0; r < ROWS; r++) assert_true(gain[r * K + 3] == 0.0f);                            /* a component of weight 0 */
  const double lost[K] = {INFINITY, INFINITY, INFINITY, INFINITY}; /* of a state that is not finite: no weights */
  mix.rows = 1;
  check_ok(run_weights(be, &mix, lost, gain, shrink));
  for (int i = 0; i < K; i++) assert_true(isnan(gain[i]));
  assert_true(isnan(shrink[0]));
}

static void weights_refuse(oss_backend *be, check_rng *rng) {
  mixture mix = make(rng, 5, 9, 17, 0, 1);
  double *distance = check_alloc(5 * 9, sizeof *distance), shrink[5];
  float gain[5 * 9];
  ref_mixture_distance(5, 9, 17, mix.x, mix.t, mix.means, distance);
  distance[2 * 9 + 4] = NAN;
  for (int r = 0; r < 5; r++) mix.label[r] = -1;
  check_ok(run_weights(be, &mix, distance, gain, shrink));
  for (int i = 0; i < 5 * 9; i++) assert_int_equal(isnan(gain[i]) != 0, i / 9 == 2);
  for (int r = 0; r < 5; r++) assert_int_equal(isnan(shrink[r]) != 0, r == 2);
  mix.label[3] = 7; /* no component is of class 7 */
  check_fails(run_weights(be, &mix, distance, gain, shrink), OSS_ERR_INPUT, "7");
  int32_t *classes = mix.classes;
  mix.classes = NULL; /* without classes a label says nothing */
  check_ok(run_weights(be, &mix, distance, gain, shrink));
  mix.classes = classes;
  mix.label[3] = -1;
  const double bad[] = {0.0, -0.25, 1.0000001, NAN}, good = mix.t[4];
  for (size_t i = 0; i < COUNT(bad); i++) {
    mix.t[4] = bad[i];
    check_fails(run_weights(be, &mix, distance, gain, shrink), OSS_ERR_INTERNAL, "row 4");
  }
  mix.t[4] = good; /* a failure is reported once */
  check_ok(run_weights(be, &mix, distance, gain, shrink));
  free(distance);
  discard(&mix);
}

static void parity_mixture_weights(void **state) {
  (void)state;
  check_rng rng = {62};
  every_size(&rng, weights_case);
  weights_extremes(parity_backend(2));
  weights_refuse(parity_backend(2), &rng);
}

static void combine_case(const mixture *mix) {
  size_t count = mix->rows * mix->d;
  check_rng rng = {mix->rows + 1000 * mix->d};
  double *shrink = check_doubles(&rng, mix->rows, 0.5), *want = check_alloc(count, sizeof *want);
  float *gain = check_floats(&rng, mix->rows * mix->k, 1.0), *got = check_alloc(count, sizeof *got),
        *again = check_alloc(count, sizeof *got);
  for (size_t i = 0; i < mix->rows * mix->k; i++) /* weights add up to about 1, and most are exactly 0 */
    gain[i] = i % 3 ? 0.0f : fabsf(gain[i]) / (float)(mix->k / 3 + 1);
  ref_mixture_combine(mix->rows, mix->k, mix->d, shrink, gain, mix->means, mix->x, want);
  run_combine(parity_backend(1), mix, shrink, gain, got);
  check_close_float("mixture_combine", count, got, want, 1e-6, 1e-6); /* sums of order 1 in float or better */
  for (int threads = 2; threads <= PARITY_THREADS; threads++) {
    run_combine(parity_backend(threads), mix, shrink, gain, again);
    check_same_bits("mixture_combine: threads", count * sizeof *got, again, got);
  }
  for (size_t r = 0; r < mix->rows; r += stride_of(7, 1)) {
    mixture row = row_of(mix, r);
    run_combine(parity_backend(1), &row, shrink + r, gain + r * mix->k, again);
    check_same_bits("mixture_combine: a row alone", mix->d * sizeof *got, again, got + r * mix->d);
  }
  free(shrink);
  free(want);
  free(gain);
  free(got);
  free(again);
}

/* The three together are the denoiser: against long double from the floats x and means, with labels, at every sigma. */
static void denoiser_case(const mixture *mix) {
  size_t count = mix->rows * mix->d;
  double *distance = check_alloc(mix->rows * mix->k, sizeof *distance), *shrink = check_alloc(mix->rows, sizeof *shrink);
  double *want = check_alloc(count, sizeof *want);
  float *gain = check_alloc(mix->rows * mix->k, sizeof *gain), *got = check_alloc(count, sizeof *got);
  ref_mixture(mix->rows, mix->k, mix->d, mix->t, mix->scales, mix->log_weights, mix->classes, mix->label, mix->means, mix->x, want);
  run_distance(parity_backend(2), mix, distance);
  check_ok(run_weights(parity_backend(2), mix, distance, gain, shrink));
  run_combine(parity_backend(2), mix, shrink, gain, got);
  char what[96];
  snprintf(what, sizeof what, "mixture D, k=%zu d=%zu", mix->k, mix->d);
  check_close_float(what, count, got, want, 1e-6, 1e-6); /* means of order 1; a few roundings to float */
  free(distance);
  free(shrink);
  free(want);
  free(gain);
  free(got);
}

/* A data set: thousands of means, few gains a row, one row with all of them, one with a third. A mean that no row uses may be anything. */
static void combine_many(check_rng *rng) {
  enum { ROWS = 70, K = 2100, D = 130, SOME = 3 };
  mixture mix = make(rng, ROWS, K, D, 2, 0);
  double *shrink = check_doubles(rng, ROWS, 0.5), *want = check_alloc(ROWS * D, sizeof *want);
  float *gain = check_alloc(ROWS * K, sizeof *gain), *got = check_alloc(ROWS * D, sizeof *got), *again = check_alloc(D, sizeof *again);
  for (int dense = 1; dense >= 0; dense--) {
    for (size_t r = 0; r < ROWS; r++)
      for (int i = 0; i < SOME; i++) gain[r * K + (i == 0 && r % 2 ? r + 2048 - 35 : check_bits(rng) % (K - 1))] = 0.25f;
    for (size_t k = 0; k < K - 1 && dense; k++) gain[67 * K + k] = gain[k / 3 * 3] = 1.0f / K;
    for (size_t r = 0; r < ROWS; r++) gain[r * K + K - 1] = r == 3 ? -0.0f : 0.0f;
    ref_mixture_combine(ROWS, K, D, shrink, gain, mix.means, mix.x, want);
    for (size_t e = 0; e < D; e++) mix.means[(K - 1) * D + e] = NAN;
    run_combine(parity_backend(2), &mix, shrink, gain, got);
    check_close_float("mixture_combine: many means", ROWS * D, got, want, 3e-7,
                      3e-7); /* sums of order 1, no more than 256 terms in float */
    for (size_t r = 0; r < ROWS; r += 67) {
      mixture row = row_of(&mix, r);
      run_combine(parity_backend(1), &row, shrink + r, gain + r * K, again);
      check_same_bits("mixture_combine: a row of many alone", D * sizeof *again, again, got + r * D);
    }
    for (size_t e = 0; e < D; e++) mix.means[(K - 1) * D + e] = 0.0f;
    memset(gain, 0, ROWS * K * sizeof *gain);
  }
  free(shrink);
  free(want);
  free(gain);
  free(got);
  free(again);
  discard(&mix);
}

static void parity_mixture_combine(void **state) {
  (void)state;
  check_rng rng = {63};
  every_size(&rng, combine_case);
  every_size(&rng, denoiser_case);
  combine_many(&rng);
  mixture mix = make(&rng, 4, 9, 37, 0, 0);
  float gain[4 * 9], got[4 * 37];
  double shrink[4] = {0.5, 0.5, NAN, 0.5};
  for (int i = 0; i < 4 * 9; i++) gain[i] = i / 9 == 2 ? NAN : 0.1f;
  run_combine(parity_backend(2), &mix, shrink, gain, got);
  for (int i = 0; i < 4 * 37; i++) assert_int_equal(isnan(got[i]) != 0, i / 37 == 2);
  discard(&mix);
}

PARITY_MAIN(parity_run_each_isa, "mixture", PARITY_MIXTURE)

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/parity.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
enum { STEPS = 1000 };

static double log_sigma[STEPS]; /* of a linear beta table, as DDPM's */

static void fill_table(void) {
  double kept = 1.0;
  for (int i = 0; i < STEPS; i++) {
    kept *= 1.0 - (1e-4 + (0.02 - 1e-4) * i / (STEPS - 1));
    log_sigma[i] = 0.5 * log((1.0 - kept) / kept);
  }
}

static oss_precondition made(oss_prediction prediction) {
  return (oss_precondition){.prediction = prediction,
                            .sigma_data = 0.5,
                            .sigma_max = 80.0,
                            .beta_d = 19.9,
                            .beta_min = 0.1,
                            .last_time = 999.0,
                            .time_scale = 1000.0,
                            .entries = STEPS,
                            .log_sigma = log_sigma};
}

/* The published formulas, of sigma and of states x/(1-t), in long double; then what flow coordinates make of them. */
static void ref_precondition(const oss_precondition *how, double t, long double *coef) {
  const long double sigma_max = (long double)how->sigma_max, data = (long double)how->sigma_data;
  long double sigma = (long double)t / (1.0L - (long double)t), rest = 1.0L - (long double)t;
  if (how->prediction == OSS_PREDICT_V) {
    coef[0] = coef[1] = 1.0L;
    coef[2] = -(long double)t;
    coef[3] = (long double)how->time_scale * (long double)t;
    return;
  }
  if (t == 1.0 && how->prediction == OSS_PREDICT_EDM) { /* limits: sigma out of every sum that it dominates */
    coef[0] = 1.0L;
    coef[1] = 0.0L;
    coef[2] = data;
    coef[3] = logl(sigma_max) / 4.0L;
    return;
  }
  if (t == 1.0) sigma = sigma_max, rest = 1.0L / (1.0L + sigma_max);
  long double in, skip = 1.0L, out, noise = 0.0L;
  const long double unit = 1.0L / sqrtl(sigma * sigma + 1.0L), beta_d = (long double)how->beta_d, beta_min = (long double)how->beta_min;
  switch (how->prediction) {
    case OSS_PREDICT_EDM:
      in = 1.0L / sqrtl(sigma * sigma + data * data);
      skip = data * data / (sigma * sigma + data * data);
      out = sigma * data / sqrtl(sigma * sigma + data * data);
      noise = logl(sigma) / 4.0L;
      break;
    case OSS_PREDICT_VP:
      in = unit;
      out = -sigma;
      noise = (sqrtl(beta_min * beta_min + 2.0L * beta_d * log1pl(sigma * sigma)) - beta_min) / beta_d * (long double)how->last_time;
      break;
    case OSS_PREDICT_VE:
      in = 1.0L;
      out = sigma;
      noise = logl(sigma / 2.0L);
      break;
    default:
      in = unit;
      out = -sigma;
      for (size_t i = 0; i < how->entries; i++) { /* how many steps, and which part of one, lie below */
        const long double here = (long double)how->log_sigma[i], value = logl(sigma);
        const long double next = i + 1 < how->entries ? (long double)how->log_sigma[i + 1] : 0.0L;
        if (value < here) break;
        noise = (long double)i;
        if (i + 1 == how->entries || value >= next) continue;
        const long double part = (value - here) / (next - here);
        noise += how->nearest ? (part > 0.5L ? 1.0L : 0.0L) : part;
      }
  }
  coef[0] = in / rest;
  coef[1] = skip / rest;
  coef[2] = out;
  coef[3] = noise;
}

static oss_status run(oss_backend *be, size_t rows, const oss_precondition *how, const double *t, double *coef) {
  check_call call;
  check_call_begin(be, &call);
  oss_precondition on = *how;
  on.log_sigma = check_in(&call, how->log_sigma, how->entries * sizeof *how->log_sigma);
  double *times = check_in(&call, t, rows * sizeof *t), *o = check_out(&call, coef, rows * 4 * sizeof *coef);
  const oss_status status = check_finished(be, be->ops->precondition(be, rows, on, times, o));
  check_call_end(&call);
  return status;
}

static size_t times_of(check_rng *rng, double *t) {
  const double ends[] = {0x1p-1074,     0x1p-1022, 1e-300,      1e-160,     1e-20,         1e-9,          1e-5,
                         0.002 / 1.002, 0.5,       80.0 / 81.0, 1.0 - 1e-9, 1.0 - 0x1p-52, 1.0 - 0x1p-53, 1.0};
  size_t count = 0;
  for (; count < COUNT(ends); count++) t[count] = ends[count];
  for (int i = 0; i < 200; i++) t[count++] = i % 2 ? check_uniform(rng, 0.0, 1.0) : 1.0 / (1.0 + exp(check_uniform(rng, -12.0, 12.0)));
  return count;
}

static void prediction_case(check_rng *rng, oss_precondition how) {
  double t[256], coef[256 * 4], want[256 * 4], again[256 * 4];
  const size_t count = times_of(rng, t);
  for (size_t r = 0; r < count; r++) {
    long double exact[4];
    ref_precondition(&how, t[r], exact);
    for (int i = 0; i < 4; i++) want[4 * r + (size_t)i] = (double)exact[i];
  }
  check_ok(run(parity_backend(1), count, &how, t, coef));
  for (size_t r = 0; r < count; r++) {
    char what[64];
    snprintf(what, sizeof what, "precondition %d at %.17g", (int)how.prediction, t[r]);
    check_close(what, 3, coef + 4 * r, want + 4 * r, 2e-15, 1e-323); /* up to nine roundings of double; the least t has no digits */
    /* a logarithm, absolutely, with the rounding of sigma; an index is one over a step of ln sigma (down to 0.004), times 1000 steps */
    check_close(what, 1, coef + 4 * r + 3, want + 4 * r + 3, 3e-15, how.prediction == OSS_PREDICT_EPS ? 3e-12 : 1e-15);
  }
  for (int threads = 2; threads <= PARITY_THREADS; threads++) {
    check_ok(run(parity_backend(threads), count, &how, t, again));
    check_same_bits("precondition: threads", count * 4 * sizeof *coef, again, coef);
  }
  check_ok(run(parity_backend(1), 1, &how, t + count - 1, again));
  check_same_bits("precondition: a row alone", 4 * sizeof *coef, again, coef + 4 * (count - 1));
}

/* Neighbouring times have neighbouring coefficients, up to t = 1 where they have limits there: EDM's and V's. */
static void continuous(void) {
  const oss_prediction regular[] = {OSS_PREDICT_EDM, OSS_PREDICT_V};
  const double t[3] = {1.0 - 0x1p-52, 1.0 - 0x1p-53, 1.0};
  double coef[3 * 4];
  for (size_t k = 0; k < COUNT(regular); k++) {
    const oss_precondition how = made(regular[k]);
    check_ok(run(parity_backend(1), 3, &how, t, coef));
    for (int i = 0; i < 3; i++) {
      check_close("precondition: into t = 1", 1, coef + 4 + i, coef + i, 1e-15, 1e-15);
      check_close("precondition: onto t = 1", 1, coef + 8 + i, coef + 4 + i, 1e-15, 1e-15);
    }
  }
  const oss_prediction all[] = {OSS_PREDICT_EDM, OSS_PREDICT_VP, OSS_PREDICT_VE, OSS_PREDICT_EPS, OSS_PREDICT_V};
  for (size_t k = 0; k < COUNT(all); k++)
    for (int i = 1; i < 400; i++) {
      const oss_precondition how = made(all[k]);
      const double middle = 1.0 / (1.0 + exp(0.05 * (i - 200))), pair[2] = {middle * (1.0 - 1e-9), middle};
      if (middle >= 1.0) continue;
      check_ok(run(parity_backend(1), 2, &how, pair, coef));
      /* 1e-9 of t is up to 2.2e-5 of 1 - t at the upper end, and 250 steps of a table for one of ln sigma */
      check_close("precondition: neighbours", 4, coef, coef + 4, 5e-5, 1e-6);
    }
}

/* sigma_max stands for t = 1 alone. */
static void one_is_sigma_max(void) {
  const oss_prediction moved[] = {OSS_PREDICT_VP, OSS_PREDICT_VE, OSS_PREDICT_EPS};
  for (size_t k = 0; k < COUNT(moved); k++) {
    oss_precondition how = made(moved[k]);
    const double t[3] = {1.0, 80.0 / 81.0, 500.0 / 501.0};
    double coef[3 * 4];
    check_ok(run(parity_backend(1), 3, &how, t, coef));
    check_close("precondition: t = 1", 4, coef, coef + 4, 1e-13, 0.0); /* 1 - 80/81 loses two digits */
    assert_true(fabs(coef[8 + 2]) > 499.0);
  }
}

/* At the table's own levels the index is whole, between two it lies between, beyond the ends it stays. */
static void indices(void) {
  oss_precondition how = made(OSS_PREDICT_EPS);
  double t[STEPS], coef[STEPS * 4];
  for (int i = 0; i < STEPS; i++) t[i] = 1.0 / (1.0 + exp(-log_sigma[i]));
  for (how.nearest = 0; how.nearest < 2; how.nearest++) {
    check_ok(run(parity_backend(1), STEPS, &how, t, coef));
    for (int i = 0; i < STEPS; i++) {
      const double whole = i;
      check_close("precondition: a step of the table", 1, coef + 4 * i + 3, &whole, 0.0, how.nearest ? 0.0 : 1e-9);
    }
  }
  double between[4] = {0.25 * log_sigma[7] + 0.75 * log_sigma[8], 0.75 * log_sigma[7] + 0.25 * log_sigma[8], log_sigma[0] - 1.0,
                       log_sigma[STEPS - 1] + 1.0};
  const double fractional[4] = {7.75, 7.25, 0.0, STEPS - 1}, nearest[4] = {8.0, 7.0, 0.0, STEPS - 1};
  for (int i = 0; i < 4; i++) between[i] = 1.0 / (1.0 + exp(-between[i]));
  for (how.nearest = 0; how.nearest < 2; how.nearest++) {
    check_ok(run(parity_backend(1), 4, &how, between, coef));
    for (int i = 0; i < 4; i++)
      check_close("precondition: between", 1, coef + 4 * i + 3, (how.nearest ? nearest : fractional) + i, 0.0, how.nearest ? 0.0 : 1e-9);
  }
  how.entries = 1;
  check_ok(run(parity_backend(1), 4, &how, between, coef));
  for (int i = 0; i < 4; i++) assert_true(coef[4 * i + 3] == 0.0);
}

static void parity_precondition(void **state) {
  (void)state;
  check_rng rng = {71};
  fill_table();
  for (int prediction = OSS_PREDICT_EDM; prediction <= OSS_PREDICT_V; prediction++) prediction_case(&rng, made((oss_prediction)prediction));
  oss_precondition other = made(OSS_PREDICT_EPS);
  other.nearest = 1;
  prediction_case(&rng, other);
  other = made(OSS_PREDICT_EDM);
  other.sigma_data = 1.7;
  prediction_case(&rng, other);
  other = made(OSS_PREDICT_VP);
  other.beta_min = 0.0;
  prediction_case(&rng, other);
  continuous();
  one_is_sigma_max();
  indices();
}

static void precondition_limits(void **state) {
  (void)state;
  oss_backend *be = parity_backend(2);
  const oss_precondition edm = made(OSS_PREDICT_EDM);
  double coef[3 * 4];
  const double wrong[] = {0.0, -0.25, 1.0 + 0x1p-52, NAN, INFINITY};
  for (size_t i = 0; i < COUNT(wrong); i++) {
    const double t[3] = {0.5, 1.0, wrong[i]};
    check_fails(run(be, 3, &edm, t, coef), OSS_ERR_INTERNAL, "in row 2 is outside (0, 1]");
  }
  check_ok(be->ops->precondition(be, 0, edm, NULL, NULL));
  oss_precondition bad = edm;
  bad.sigma_data = 0.0;
  check_fails(be->ops->precondition(be, 1, bad, NULL, NULL), OSS_ERR_INTERNAL, "sigma_data");
  bad = edm;
  bad.sigma_max = INFINITY;
  check_fails(be->ops->precondition(be, 1, bad, NULL, NULL), OSS_ERR_INTERNAL, "sigma_max");
  bad = made(OSS_PREDICT_VP);
  bad.beta_d = NAN;
  check_fails(be->ops->precondition(be, 1, bad, NULL, NULL), OSS_ERR_INTERNAL, "beta_d");
  bad = made(OSS_PREDICT_EPS);
  bad.entries = 0;
  check_fails(be->ops->precondition(be, 1, bad, NULL, NULL), OSS_ERR_INTERNAL, "table");
  bad.prediction = (oss_prediction)7;
  check_fails(be->ops->precondition(be, 1, bad, NULL, NULL), OSS_ERR_INTERNAL, "prediction 7");
}

int main(void) {
  const struct CMUnitTest tests[] = {PARITY_PRECONDITION(PARITY_TEST) cmocka_unit_test(precondition_limits)};
  return parity_run("precondition", tests, sizeof tests / sizeof tests[0]);
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/parity.h"
#include "tests/support/reference.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* One problem of pair_error; arrays as the operation takes them. */
typedef struct pairs {
  size_t b, n, d, coef_stride;
  int q;
  double p;
  double *coef;
  float *x, *h[OSS_MAX_TERMS], *target;
} pairs;

static size_t coef_count(const pairs *in) {
  return (size_t)(in->q + 1) * (in->n + 1) * (in->n + 1);
}

static size_t state_count(const pairs *in) {
  return (in->n + 1) * in->b * in->d;
}

static size_t cost_count(const pairs *in) {
  return in->b * (in->n + 1) * (in->n + 1);
}

static double *run(oss_backend *be, const pairs *in) {
  size_t bytes = state_count(in) * sizeof *in->x;
  double *cost = check_alloc(cost_count(in), sizeof *cost);
  check_call call;
  check_call_begin(be, &call);
  oss_terms h = {{NULL}};
  for (int m = 0; m < in->q; m++) h.at[m] = check_in(&call, in->h[m], bytes);
  float *x = check_in(&call, in->x, bytes), *target = check_in(&call, in->target, bytes);
  double *coef = check_in(&call, in->coef, ((in->b - 1) * in->coef_stride + coef_count(in)) * sizeof *coef);
  double *out = check_out(&call, cost, cost_count(in) * sizeof *cost);
  check_ok(be->ops->pair_error(be, in->b, in->n, in->d, in->q, in->p, in->coef_stride, coef, x, h, target, out));
  check_call_end(&call);
  return cost;
}

static double *reference(const pairs *in) {
  double *cost = check_alloc(cost_count(in), sizeof *cost);
  ref_pair_error(in->b, in->n, in->d, in->q, in->p, in->coef_stride, in->coef, in->x, (const float *const *)in->h, in->target, cost);
  return cost;
}

/* Row 0 of x and h is NaN: it is never read. */
static pairs make(check_rng *rng, size_t b, size_t n, size_t d, int q, double p, int shared) {
  pairs in = {.b = b, .n = n, .d = d, .q = q, .p = p};
  in.coef_stride = shared ? 0 : coef_count(&in) + 1;
  in.coef = check_doubles(rng, (b - 1) * in.coef_stride + coef_count(&in), 1.0);
  in.x = check_floats(rng, state_count(&in), 1.0);
  in.target = check_floats(rng, state_count(&in), 1.0);
  for (int m = 0; m < q; m++) in.h[m] = check_floats(rng, state_count(&in), 1.0);
  for (size_t i = 0; i < b * d; i++) {
    in.x[i] = NAN;
    for (int m = 0; m < q; m++) in.h[m][i] = NAN;
  }
  return in;
}

static void discard(pairs *in) {
  free(in->coef);
  free(in->x);
  free(in->target);
  for (int m = 0; m < in->q; m++) free(in->h[m]);
}

/* Cells j >= k hold infinity, whatever was there. */
static void check_triangle(const pairs *in, const double *cost) {
  size_t row = in->n + 1;
  for (size_t i = 0; i < cost_count(in); i++)
    if (i % row >= i / row % row && !(isinf(cost[i]) && cost[i] > 0.0)) fail_msg("cost[%zu] above the triangle is %g", i, cost[i]);
}

/* The same with 2 and 3 threads, and with every sample alone. */
static void check_independence(const pairs *in, const double *cost) {
  for (int threads = 2; threads <= PARITY_THREADS; threads++) {
    double *again = run(parity_backend(threads), in);
    check_same_bits("pair_error: threads", cost_count(in) * sizeof *cost, again, cost);
    free(again);
  }
  size_t n1 = in->n + 1;
  for (size_t s = 0; s < in->b && in->b > 1; s++) {
    pairs one = *in;
    one.b = 1;
    one.coef = in->coef + s * in->coef_stride;
    one.x = check_alloc(n1 * in->d, sizeof *one.x);
    one.target = check_alloc(n1 * in->d, sizeof *one.x);
    parity_slice(n1, in->b, in->d, s, 1, in->x, one.x);
    parity_slice(n1, in->b, in->d, s, 1, in->target, one.target);
    for (int m = 0; m < in->q; m++) {
      one.h[m] = check_alloc(n1 * in->d, sizeof *one.x);
      parity_slice(n1, in->b, in->d, s, 1, in->h[m], one.h[m]);
    }
    double *alone = run(parity_backend(1), &one);
    check_same_bits("pair_error: a sample alone", n1 * n1 * sizeof *cost, alone, cost + s * n1 * n1);
    free(alone);
    free(one.x);
    free(one.target);
    for (int m = 0; m < in->q; m++) free(one.h[m]);
  }
}

static void check_pairs(const pairs *in) {
  char what[128];
  snprintf(what, sizeof what, "pair_error b=%zu n=%zu d=%zu q=%d p=%g", in->b, in->n, in->d, in->q, in->p);
  double *cost = run(parity_backend(1), in), *want = reference(in);
  check_triangle(in, cost);
  /* ops.def promises 1e-6 of double arithmetic */
  check_close(what, cost_count(in), cost, want, 1e-6, 0.0);
  check_independence(in, cost);
  free(cost);
  free(want);
}

static void every_size(check_rng *rng) {
  const size_t all_n[] = {1, 2, 7, 8, 9, 15, 16, 17, 63, 64, 65}, all_d[] = {1, 3, 15, 16, 17, 63, 64, 65, 257};
  const double powers[] = {2.0, 1.0, 0.5, 3.0};
  for (size_t i = 0; i < COUNT(all_n); i++)
    for (size_t j = 0; j < COUNT(all_d); j++) {
      size_t turn = i + j;
      if (parity_small() && turn % 3 != 0 && i + j + 3 < COUNT(all_n) + COUNT(all_d))
        continue; /* each length meets a third of the others */
      size_t b = all_n[i] > 60 || all_d[j] > 60 ? 1 + turn % 2 : 1 + turn % 4;
      pairs in = make(rng, b, all_n[i], all_d[j], 1 + (int)((i + 2 * j) % 4), powers[(turn + i) % 4], (int)(turn / 2 % 2));
      if (all_n[i] * all_n[i] * all_d[j] * b <= 1200000) check_pairs(&in);
      discard(&in);
    }
}

/* Every order with every power, shared and per-sample coefficients; then several hundred steps. */
static void every_option(check_rng *rng) {
  const double powers[] = {0.5, 1.0, 2.0, 3.0};
  for (int q = 1; q <= 4; q++)
    for (size_t i = 0; i < COUNT(powers); i++)
      for (int shared = 0; shared < 2; shared++) {
        pairs in = make(rng, 3, 19, 37, q, powers[i], shared);
        check_pairs(&in);
        discard(&in);
      }
  pairs odd_power = make(rng, 2, 9, 21, 2, 1.3, 1);
  check_pairs(&odd_power);
  discard(&odd_power);
  pairs many = make(rng, 2, 300, 5, 2, 2.0, 0);
  check_pairs(&many);
  discard(&many);
  pairs wide = make(rng, 1, 5, 12289, 1, 2.0, 1);
  check_pairs(&wide);
  discard(&wide);
  for (int q = 5; q <= OSS_MAX_TERMS; q++) {
    pairs long_history = make(rng, 2, 18, 9, q, 1.0 + q % 2, 0);
    check_pairs(&long_history);
    discard(&long_history);
  }
}

/* Elements in several pieces, each summed on its own, and so many samples that a device cuts a sum in other places than for one. */
static void long_sums(check_rng *rng) {
  const double powers[] = {2.0, 1.0, 3.0};
  for (size_t i = 0; i < COUNT(powers); i++) {
    pairs in = make(rng, 17, 3, 4097 + 3 * i, 1 + (int)i, powers[i], 1);
    check_pairs(&in);
    discard(&in);
  }
}

/* Samples alike, with coefficients between which a device begins to take its sums in float for good enough: it must not ask otherwise
 * for a sample alone. The step of 2^-30 changes what it asks about by less than a rounding of a float. */
static void nearly_doubtful(void) {
  enum { B = 17, D = 4097, FIRST = 9793681 };
  check_rng rng = {77};
  pairs in = make(&rng, B, 1, D, 1, 2.0, 0);
  float *x = in.x + B * D, *h = in.h[0] + B * D, *noise = check_floats(&rng, D, 1.0);
  for (size_t s = 0; s < B; s++) {
    for (size_t e = 0; e < D; e++) {
      x[s * D + e] = x[e];
      h[s * D + e] = h[e];
      in.target[s * D + e] = x[e] + (e < 512 ? 0.03f : 0.0205f) * noise[e];
    }
    in.coef[s * in.coef_stride + 2] = 1.0;
    in.coef[s * in.coef_stride + 6] = (FIRST + (double)s) * 0x1p-30;
  }
  check_pairs(&in);
  free(noise);
  discard(&in);
}

/* More samples than one go of a device takes. */
static void many_samples(check_rng *rng) {
  pairs in = make(rng, 2000, 1, 3, 1, 2.0, 0);
  double *cost = run(parity_backend(1), &in), *want = reference(&in);
  check_close("pair_error: 2000 samples", cost_count(&in), cost, want, 1e-6, 0.0);
  free(cost);
  free(want);
  discard(&in);
}

/* What the argmin looks at: the target is the candidate itself plus 1e-5 of noise, so all but the last digits cancel. One cell a target,
 * j from k = j + 1 or another, and the terms themselves of size 1 or 80 (large sigma). */
static void near_cancelling(check_rng *rng, size_t b, size_t n, size_t d, int q, double p, double scale) {
  pairs in = make(rng, b, n, d, q, p, 1);
  size_t plane = (n + 1) * (n + 1);
  for (size_t i = in.b * d; i < state_count(&in); i++) in.x[i] *= (float)scale;
  for (size_t j = 0; j < n; j++)
    for (size_t s = 0; s < in.b; s++) {
      size_t k = j + 1 + check_bits(rng) % (n - j);
      for (size_t e = 0; e < d; e++) {
        size_t at = (k * in.b + s) * d + e;
        double sum = in.coef[k * (n + 1) + j] * (double)in.x[at];
        for (int m = 0; m < q; m++) sum += in.coef[(size_t)(m + 1) * plane + k * (n + 1) + j] * (double)in.h[m][at];
        in.target[(j * in.b + s) * d + e] = (float)(sum + 1e-5 * scale * check_normal(rng));
      }
    }
  check_pairs(&in);
  discard(&in);
}

/* The terms of a candidate cancel each other, not the target: x and its history are alike, and every cell takes about their difference. */
static void cancelling_terms(check_rng *rng, size_t n, size_t d, double p) {
  pairs in = make(rng, 2, n, d, 2, p, 1);
  size_t plane = (n + 1) * (n + 1);
  for (size_t i = in.b * d; i < state_count(&in); i++) {
    in.x[i] *= 100.0f;
    in.h[1][i] = in.x[i] + (float)(1e-2 * check_normal(rng));
    in.target[i] *= 1e-2f;
  }
  for (size_t i = 0; i < plane; i++) {
    in.coef[plane + i] *= 1e-2;
    in.coef[2 * plane + i] = -in.coef[i] * (1.0 + 1e-5 * check_normal(rng));
  }
  check_pairs(&in);
  discard(&in);
}

/* A row of a history with NaN or infinity makes its own cells NaN and no other; a target's makes its column NaN. */
static void not_finite(check_rng *rng, double p) {
  const float bad[] = {NAN, INFINITY};
  for (int kind = 0; kind < 2; kind++) {
    pairs in = make(rng, 2, 21, 33, 2, p, 1);
    in.h[1][(20 * in.b + 1) * in.d + 32] = bad[kind];
    in.x[(6 * in.b + 0) * in.d + 5] = bad[kind];
    in.target[(3 * in.b + 1) * in.d + 0] = bad[kind];
    double *cost = run(parity_backend(2), &in);
    check_triangle(&in, cost);
    for (size_t s = 0; s < 2; s++)
      for (size_t k = 1; k <= in.n; k++)
        for (size_t j = 0; j < k; j++) {
          double got = cost[(s * (in.n + 1) + k) * (in.n + 1) + j];
          int touched = (s == 1 && (k == 20 || j == 3)) || (s == 0 && k == 6);
          int ruined = kind == 0 ? isnan(got) : !isfinite(got); /* of an infinity the cost may be infinite: no argmin takes it */
          if (ruined != touched) fail_msg("pair_error with %g: cost[%zu][%zu][%zu] is %g", (double)bad[kind], s, k, j, got);
        }
    free(cost);
    discard(&in);
  }
}

static void parity_pair_error(void **state) {
  (void)state;
  check_rng rng = {51};
  every_size(&rng);
  every_option(&rng);
  const double powers[] = {0.5, 1.0, 2.0, 3.0};
  for (size_t i = 0; i < COUNT(powers); i++) {
    near_cancelling(&rng, 2, 17, 65, 1 + (int)i, powers[i], 1.0);
    near_cancelling(&rng, 2, 33, 40, 4 - (int)i, powers[i], 80.0);
    for (size_t d = 1; d < 4; d++) near_cancelling(&rng, 2, 65, d, 1 + (int)d, powers[i], 1.0); /* few elements: nothing averages out */
    cancelling_terms(&rng, 33, 1 + 16 * i, powers[i]);
    not_finite(&rng, powers[i]);
  }
  if (parity_watched()) return;
  near_cancelling(&rng, 2, 65, 192, 1, 2.0, 1.0);
  near_cancelling(&rng, 17, 3, 4100, 2, 2.0, 1.0);
  near_cancelling(&rng, 17, 3, 4099, 1, 1.0, 80.0);
  if (!parity_small()) near_cancelling(&rng, 600, 1, 4100, 1, 2.0, 1.0); /* the same on a card of a hundred multiprocessors and more */
  long_sums(&rng);
  nearly_doubtful();
  many_samples(&rng);
}

PARITY_MAIN(parity_run_each_isa, "pair_error", PARITY_PAIR_ERROR)

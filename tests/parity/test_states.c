// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/parity.h"
#include "tests/support/reference.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* One problem of advance; arrays as the operation takes them. */
typedef struct states {
  size_t b, n, d, coef_stride, from_stride;
  int q;
  double *coef;
  int32_t *from;
  float *x, *h[OSS_MAX_TERMS];
} states;

static size_t coef_count(const states *p) {
  return (size_t)(p->q + 1) * (p->n + 1) * (p->n + 1);
}

static void run_advance(oss_backend *be, const states *p, float *out) {
  size_t bytes = (p->n + 1) * p->b * p->d * sizeof *out;
  check_call call;
  check_call_begin(be, &call);
  oss_terms h = {{NULL}};
  for (int m = 0; m < p->q; m++) h.at[m] = check_in(&call, p->h[m], bytes);
  float *x = check_in(&call, p->x, bytes), *o = check_out(&call, out, bytes);
  double *coef = check_in(&call, p->coef, ((p->b - 1) * p->coef_stride + coef_count(p)) * sizeof *coef);
  int32_t *from = check_in(&call, p->from, (p->from_stride == 0 ? 1 : p->b) * (p->n + 1) * sizeof *from);
  check_ok(be->ops->advance(be, p->b, p->n, p->d, p->q, p->coef_stride, coef, p->from_stride, from, x, h, o));
  check_call_end(&call);
}

static states make_states(check_rng *rng, size_t b, size_t n, size_t d, int q, int coef_shared, int from_shared) {
  states p = {.b = b, .n = n, .d = d, .q = q};
  p.coef_stride = coef_shared ? 0 : coef_count(&p) + 3;
  p.from_stride = from_shared ? 0 : n + 1;
  p.coef = check_doubles(rng, (b - 1) * p.coef_stride + coef_count(&p), 1.0);
  for (size_t i = 0; i < (b - 1) * p.coef_stride + coef_count(&p); i += 5) p.coef[i] = 0.0;
  p.from = check_alloc(b * (n + 1), sizeof *p.from);
  for (size_t i = 0; i < b * (n + 1); i++) {
    size_t j = i % (n + 1);
    p.from[i] = j == n || check_bits(rng) % 4 == 0 ? -1 : (int32_t)(j + 1 + check_bits(rng) % (n - j));
  }
  p.from[0] = (int32_t)n; /* the farthest step */
  p.x = check_floats(rng, (n + 1) * b * d, 1.0);
  for (int m = 0; m < q; m++) {
    p.h[m] = check_floats(rng, (n + 1) * b * d, 1.0);
    for (size_t i = 0; i < b * d; i++) p.h[m][i] = NAN; /* row 0 of a history is never read */
  }
  return p;
}

static void free_states(states *p) {
  free(p->coef);
  free(p->from);
  free(p->x);
  for (int m = 0; m < p->q; m++) free(p->h[m]);
}

/* Samples first .. first + count - 1 as a problem of their own. */
static states part_of(const states *p, size_t first, size_t count) {
  states part = *p;
  size_t n1 = p->n + 1, floats = n1 * count * p->d;
  part.b = count;
  part.coef = check_alloc((count - 1) * p->coef_stride + coef_count(p), sizeof *part.coef);
  memcpy(part.coef, p->coef + first * p->coef_stride, ((count - 1) * p->coef_stride + coef_count(p)) * sizeof *part.coef);
  part.from = check_alloc(count * n1, sizeof *part.from);
  memcpy(part.from, p->from + first * p->from_stride, (p->from_stride == 0 ? 1 : count) * n1 * sizeof *part.from);
  part.x = check_alloc(floats, sizeof *part.x);
  parity_slice(n1, p->b, p->d, first, count, p->x, part.x);
  for (int m = 0; m < p->q; m++) {
    part.h[m] = check_alloc(floats, sizeof *part.x);
    parity_slice(n1, p->b, p->d, first, count, p->h[m], part.h[m]);
  }
  return part;
}

static void advance_case(check_rng *rng, size_t b, size_t n, size_t d, int q, int coef_shared, int from_shared) {
  states p = make_states(rng, b, n, d, q, coef_shared, from_shared);
  size_t count = (n + 1) * b * d;
  float *got = check_alloc(count, sizeof *got), *again = check_alloc(count, sizeof *got), *slice = check_alloc(count, sizeof *got);
  double *want = check_alloc(count, sizeof *want);
  ref_advance(b, n, d, q, p.coef_stride, p.coef, p.from_stride, p.from, p.x, (const float *const *)p.h, want);
  run_advance(parity_backend(1), &p, got);
  check_no_nan("advance", count, want);
  check_close_float("advance", count, got, want, 6e-8, 1e-14); /* one rounding to float; 5 terms cancelling in double */
  for (int threads = 2; threads <= PARITY_THREADS; threads++) {
    run_advance(parity_backend(threads), &p, again);
    check_same_bits("advance: threads", count * sizeof *got, again, got);
  }
  size_t half = b / 2;
  for (int side = 0; side < 2; side++) {
    size_t first = side == 0 ? 0 : half, some = side == 0 ? half : b - half;
    if (some == 0) continue;
    states part = part_of(&p, first, some);
    run_advance(parity_backend(1), &part, again);
    parity_slice(n + 1, b, d, first, some, got, slice);
    check_same_bits("advance: part of the batch", (n + 1) * some * d * sizeof *got, again, slice);
    free_states(&part);
  }
  free_states(&p);
  free(got);
  free(again);
  free(slice);
  free(want);
}

/* A source outside the grid would read outside the states. */
static void refuses_wrong_sources(oss_backend *be) {
  const float values[2 * 2 * 3] = {1.0f, 2.0f};
  const double coefs[8] = {0};
  const struct {
    int32_t from[4]; /* of two samples */
    const char *advance, *gather;
  } cases[] = {{{1, -1, 2, -1}, "index 0 of sample 1 comes from 2; 1 to ", "index 2 is outside 0..1"},
               {{1, -1, -1, 1}, "index 1 of sample 1 comes from 1;", NULL},
               {{0, -1, 1, -1}, "index 0 of sample 0 comes from 0;", NULL}};
  for (size_t i = 0; i < COUNT(cases); i++) {
    float moved[2 * 2 * 3];
    check_call call;
    check_call_begin(be, &call);
    float *x = check_in(&call, values, sizeof values), *out = check_out(&call, moved, sizeof moved);
    double *coef = check_in(&call, coefs, sizeof coefs);
    int32_t *from = check_in(&call, cases[i].from, sizeof cases[i].from);
    const oss_terms h = {{x}};
    check_call_fails(be, be->ops->advance(be, 2, 1, 3, 1, 0, coef, 2, from, x, h, out), OSS_ERR_INTERNAL, cases[i].advance);
    if (cases[i].gather != NULL)
      check_call_fails(be, be->ops->gather_states(be, 2, 1, 3, 2, from, x, x, out), OSS_ERR_INTERNAL, cases[i].gather);
    else
      check_ok(check_finished(be, be->ops->gather_states(be, 2, 1, 3, 2, from, x, x, out)));
    check_call_end(&call);
  }
  const oss_terms none = {{NULL}};
  check_ok(be->ops->advance(be, 0, 3, 5, 1, 0, NULL, 0, (const int32_t[4]){-1, -1, -1, -1}, NULL, none, NULL));
}

static void run_gather(oss_backend *be, size_t b, size_t n, size_t d, size_t from_stride, const int32_t *from, const float *in,
                       const float *keep, float *out) {
  size_t bytes = (n + 1) * b * d * sizeof *out;
  check_call call;
  check_call_begin(be, &call);
  int32_t *f = check_in(&call, from, (from_stride == 0 ? 1 : b) * (n + 1) * sizeof *from);
  float *i = check_in(&call, in, bytes), *k = check_in(&call, keep, bytes), *o = check_out(&call, out, bytes);
  check_ok(be->ops->gather_states(be, b, n, d, from_stride, f, i, k, o));
  check_call_end(&call);
}

/* Rows that begin between the addresses where four floats move as one, though their length would allow it. */
static void between_alignments(check_rng *rng, oss_backend *be) {
  enum { B = 2, N = 3, D = 16, FLOATS = (N + 1) * B * D };
  states p = make_states(rng, B, N, D, 1, 1, 0);
  float straight[FLOATS], gathered[FLOATS], moved[FLOATS + 1], shifted[FLOATS + 1], x_host[FLOATS + 1] = {0.0f};
  memcpy(x_host + 1, p.x, FLOATS * sizeof *p.x);
  run_advance(be, &p, straight);
  run_gather(be, B, N, D, N + 1, p.from, p.x, p.x, gathered);
  check_call call;
  check_call_begin(be, &call);
  float *x = check_in(&call, x_host, sizeof x_host), *out = check_out(&call, moved, sizeof moved);
  float *states_out = check_out(&call, shifted, sizeof shifted);
  double *coef = check_in(&call, p.coef, coef_count(&p) * sizeof *coef);
  int32_t *from = check_in(&call, p.from, B * (N + 1) * sizeof *from);
  const oss_terms h = {{check_in(&call, p.h[0], FLOATS * sizeof *p.x)}};
  check_ok(be->ops->advance(be, B, N, D, 1, 0, coef, N + 1, from, x + 1, h, out));
  check_ok(be->ops->gather_states(be, B, N, D, N + 1, from, x + 1, x + 1, states_out + 1));
  check_call_end(&call);
  check_same_bits("advance: between alignments", sizeof straight, moved, straight);
  check_same_bits("gather_states: between alignments", sizeof gathered, shifted + 1, gathered);
  free_states(&p);
}

static const size_t all_n[] = {1, 2, 15, 16, 17, 63, 64, 65, 201}, all_d[] = {1, 3, 15, 16, 17, 63, 64, 65, 513, 1025};

static void parity_advance(void **state) {
  (void)state;
  check_rng rng = {41};
  for (size_t i = 0; i < COUNT(all_n); i++)
    for (size_t j = 0; j < COUNT(all_d); j++) {
      if (all_n[i] * all_d[j] > 20000) continue;
      int turn = (int)(i + j);
      advance_case(&rng, 1 + (size_t)(turn % 3), all_n[i], all_d[j], 1 + turn % 4, turn % 2, (int)i % 2);
    }
  advance_case(&rng, 2, 1, 1025, OSS_MAX_TERMS - 1, 0, 0);
  /* NaN of the source spreads to the cells that come from it, and only there */
  states p = make_states(&rng, 1, 3, 4, 1, 1, 1);
  const int32_t from[4] = {2, 3, 3, -1};
  float out[16];
  memcpy(p.from, from, sizeof from);
  for (size_t i = 0; i < coef_count(&p); i++) p.coef[i] = 1.0;
  p.h[0][3 * 4 + 1] = NAN;
  run_advance(parity_backend(2), &p, out);
  for (size_t i = 0; i < 16; i++) assert_int_equal(isnan(out[i]) != 0, i == 4 + 1 || i == 8 + 1);
  free_states(&p);
  refuses_wrong_sources(parity_backend(1));
  between_alignments(&rng, parity_backend(2));
}

static void gather_case(check_rng *rng, size_t b, size_t n, size_t d, int from_shared) {
  size_t count = (n + 1) * b * d, stride = from_shared ? 0 : n + 1;
  float *in = check_floats(rng, count, 1.0), *keep = check_floats(rng, count, 1.0);
  float *got = check_alloc(count, sizeof *got), *want = check_alloc(count, sizeof *want);
  int32_t *from = check_alloc(b * (n + 1), sizeof *from);
  for (size_t i = 0; i < b * (n + 1); i++) from[i] = (int32_t)(check_bits(rng) % (n + 2)) - 1;
  in[count - 1] = NAN; /* moved, not computed with */
  for (size_t j = 0; j <= n; j++)
    for (size_t s = 0; s < b; s++) {
      int32_t k = from[s * stride + j];
      memcpy(want + (j * b + s) * d, k < 0 ? keep + (j * b + s) * d : in + ((size_t)k * b + s) * d, d * sizeof *want);
    }
  for (int threads = 1; threads <= PARITY_THREADS; threads++) {
    run_gather(parity_backend(threads), b, n, d, stride, from, in, keep, got);
    check_same_bits("gather_states", count * sizeof *got, got, want);
  }
  float *one_in = check_alloc(count, sizeof *in), *one_keep = check_alloc(count, sizeof *in), *one_want = check_alloc(count, sizeof *in);
  parity_slice(n + 1, b, d, b - 1, 1, in, one_in);
  parity_slice(n + 1, b, d, b - 1, 1, keep, one_keep);
  parity_slice(n + 1, b, d, b - 1, 1, want, one_want);
  run_gather(parity_backend(1), 1, n, d, stride, from + (b - 1) * stride, one_in, one_keep, got);
  check_same_bits("gather_states: a sample alone", (n + 1) * d * sizeof *got, got, one_want);
  free(in);
  free(keep);
  free(got);
  free(want);
  free(from);
  free(one_in);
  free(one_keep);
  free(one_want);
}

static void parity_gather_states(void **state) {
  (void)state;
  check_rng rng = {42};
  for (size_t i = 0; i < COUNT(all_n); i++)
    for (size_t j = 0; j < COUNT(all_d); j++)
      if (all_n[i] * all_d[j] <= 20000) gather_case(&rng, 1 + (i + j) % 3, all_n[i], all_d[j], (int)(j % 2));
}

PARITY_MAIN(parity_run_each_isa, "states", PARITY_STATES)

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/parity.h"
#include "tests/support/reference.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void run_accumulate(oss_backend *be, size_t b, size_t cells, int log_of, double weight, const double *cost, double *acc) {
  check_call call;
  check_call_begin(be, &call);
  double *c = check_in(&call, cost, b * cells * sizeof *cost), *a = check_inout(&call, acc, cells * sizeof *acc);
  check_ok(be->ops->cost_accumulate(be, b, cells, log_of, weight, c, a));
  check_call_end(&call);
}

static void accumulate_case(check_rng *rng, size_t b, size_t cells, int log_of) {
  double *cost = check_doubles(rng, b * cells, 1.0), *start = check_doubles(rng, cells, 1.0);
  double *want = check_alloc(cells, sizeof *want), *got = check_alloc(cells, sizeof *got), *again = check_alloc(cells, sizeof *got);
  for (size_t i = 0; i < b * cells; i++) cost[i] = pow(10.0, 4.0 * cost[i]);
  cost[0] = 0.0; /* its logarithm is that of DBL_MIN */
  if (cells > 2) cost[1] = INFINITY, cost[(b - 1) * cells + 2] = NAN;
  memcpy(want, start, cells * sizeof *want);
  memcpy(got, start, cells * sizeof *got);
  ref_cost_accumulate(b, cells, log_of, 0.37, cost, want);
  run_accumulate(parity_backend(1), b, cells, log_of, 0.37, cost, got);
  check_close("cost_accumulate", cells, got, want, 1e-13, 1e-13); /* up to 33 additions in double, of logarithms of both signs */
  for (int threads = 2; threads <= PARITY_THREADS; threads++) {
    memcpy(again, start, cells * sizeof *again);
    run_accumulate(parity_backend(threads), b, cells, log_of, 0.37, cost, again);
    check_same_bits("cost_accumulate: threads", cells * sizeof *got, again, got);
  }
  size_t half = b / 2;
  memcpy(again, start, cells * sizeof *again);
  if (half > 0) run_accumulate(parity_backend(1), half, cells, log_of, 0.37, cost, again);
  run_accumulate(parity_backend(1), b - half, cells, log_of, 0.37, cost + half * cells, again);
  check_same_bits("cost_accumulate: two calls", cells * sizeof *got, again, got);
  free(cost);
  free(start);
  free(want);
  free(got);
  free(again);
}

static void parity_cost_accumulate(void **state) {
  (void)state;
  check_rng rng = {31};
  const size_t samples[] = {1, 2, 33}, cells[] = {1, 15, 16, 17, 63, 64, 65, 1023, 1024, 1025, 4096};
  for (size_t i = 0; i < COUNT(samples); i++)
    for (size_t j = 0; j < COUNT(cells); j++)
      for (int log_of = 0; log_of < 2; log_of++) accumulate_case(&rng, samples[i], cells[j], log_of);
  check_ok(parity_backend(1)->ops->cost_accumulate(parity_backend(1), 0, 5, 0, 1.0, NULL, NULL));
}

static void run_select(oss_backend *be, size_t cells, int32_t which, const double *candidate, double *best, int32_t *choice) {
  check_call call;
  check_call_begin(be, &call);
  double *c = check_in(&call, candidate, cells * sizeof *candidate), *b = check_inout(&call, best, cells * sizeof *best);
  int32_t *k = check_inout(&call, choice, cells * sizeof *choice);
  check_ok(be->ops->cost_select(be, cells, which, c, b, k));
  check_call_end(&call);
}

/* Few different values, NaN and infinities among them: the first of equals stays, NaN never wins over a number and always gives way. */
static void select_case(check_rng *rng, size_t cells) {
  enum { CANDIDATES = 4 };
  double *candidate = check_alloc(CANDIDATES * cells, sizeof *candidate), *want = check_alloc(cells, sizeof *want);
  double *got = check_alloc(cells, sizeof *got);
  int32_t *want_choice = check_alloc(cells, sizeof *want_choice), *got_choice = check_alloc(cells, sizeof *got_choice);
  for (size_t i = 0; i < CANDIDATES * cells; i++) {
    uint64_t kind = check_bits(rng) % 8;
    candidate[i] = kind == 0 ? NAN : kind == 1 ? INFINITY : (double)(check_bits(rng) % 4);
  }
  for (size_t i = 0; i < cells; i++) {
    want[i] = candidate[i];
    want_choice[i] = 1;
    for (int32_t c = 1; c < CANDIDATES; c++) {
      double value = candidate[(size_t)c * cells + i];
      if (!(value < want[i]) && !isnan(want[i])) continue;
      want[i] = value;
      want_choice[i] = c + 1;
    }
  }
  for (int threads = 1; threads <= PARITY_THREADS; threads++) {
    for (size_t i = 0; i < cells; i++) got[i] = -1.0, got_choice[i] = -1; /* what was there before the first does not matter */
    for (int32_t c = 0; c < CANDIDATES; c++)
      run_select(parity_backend(threads), cells, c + 1, candidate + (size_t)c * cells, got, got_choice);
    for (size_t i = 0; i < cells; i++) {
      assert_int_equal(got_choice[i], want_choice[i]);
      assert_true(got[i] == want[i] || (isnan(got[i]) && isnan(want[i])));
    }
  }
  free(candidate);
  free(want);
  free(got);
  free(want_choice);
  free(got_choice);
}

static void parity_cost_select(void **state) {
  (void)state;
  check_rng rng = {33};
  const size_t cells[] = {1, 2, 15, 16, 17, 1023, 1024, 1025, 70000};
  for (size_t i = 0; i < COUNT(cells); i++) select_case(&rng, cells[i]);
  double x = 0.0;
  int32_t choice = 0;
  check_fails(parity_backend(1)->ops->cost_select(parity_backend(1), 1, 0, &x, &x, &choice), OSS_ERR_INTERNAL, "candidate 0");
}

static void run_relax(oss_backend *be, size_t b, size_t n, unsigned flags, const double *cost, const double *previous, double *cur,
                      int32_t *from) {
  check_call call;
  check_call_begin(be, &call);
  double *c = check_in(&call, cost, b * (n + 1) * (n + 1) * sizeof *cost), *p = check_in(&call, previous, b * (n + 1) * sizeof *previous);
  double *u = check_out(&call, cur, b * (n + 1) * sizeof *cur);
  int32_t *f = check_out(&call, from, b * (n + 1) * sizeof *from);
  check_ok(be->ops->dp_relax(be, b, n, flags, c, p, u, f));
  check_call_end(&call);
}

/* Few different values, so that ties abound; some NaN and infinities; rubbish where j >= k, which is never looked at. */
static void relax_case(check_rng *rng, size_t b, size_t n, unsigned flags) {
  size_t row = n + 1, cells = row * row;
  double *cost = check_alloc(b * cells, sizeof *cost), *previous = check_alloc(b * row, sizeof *previous);
  double *want = check_alloc(b * row, sizeof *want), *got = check_alloc(b * row, sizeof *got), *again = check_alloc(b * row, sizeof *got);
  int32_t *want_from = check_alloc(b * row, sizeof *want_from), *got_from = check_alloc(b * row, sizeof *want_from);
  int32_t *again_from = check_alloc(b * row, sizeof *want_from);
  for (size_t i = 0; i < b * cells; i++) {
    uint64_t kind = check_bits(rng) % 16;
    cost[i] = kind == 0 ? NAN : kind == 1 ? INFINITY : (double)(check_bits(rng) % 32);
    if (i % cells % row >= i % cells / row) cost[i] = -1.0;
  }
  for (size_t i = 0; i < b * row; i++) previous[i] = check_bits(rng) % 3 == 0 ? INFINITY : (double)(check_bits(rng) % 8);
  if (n > 3) {
    previous[3] = NAN;                                       /* no source: it is not finite */
    for (size_t k = 0; k <= n; k++) cost[k * row + 1] = NAN; /* a cell that nothing but NaN leads to */
  }
  ref_dp_relax(b, n, flags, cost, previous, want, want_from);
  run_relax(parity_backend(1), b, n, flags, cost, previous, got, got_from);
  check_close("dp_relax: cost", b * row, got, want, 0.0, 0.0); /* chosen, not computed */
  check_same_bits("dp_relax: from", b * row * sizeof *got_from, got_from, want_from);
  for (int threads = 2; threads <= PARITY_THREADS; threads++) {
    run_relax(parity_backend(threads), b, n, flags, cost, previous, again, again_from);
    check_same_bits("dp_relax: threads", b * row * sizeof *got, again, got);
    check_same_bits("dp_relax: threads, from", b * row * sizeof *got_from, again_from, got_from);
  }
  for (size_t s = 0; s < b; s++) {
    run_relax(parity_backend(1), 1, n, flags, cost + s * cells, previous + s * row, again, again_from);
    check_same_bits("dp_relax: a sample alone", row * sizeof *got, again, got + s * row);
    check_same_bits("dp_relax: a sample alone, from", row * sizeof *got_from, again_from, got_from + s * row);
  }
  free(cost);
  free(previous);
  free(want);
  free(got);
  free(again);
  free(want_from);
  free(got_from);
  free(again_from);
}

/* The rules one at a time, by hand: n = 2, [k][j] with j < k. */
static void relax_by_hand(oss_backend *be) {
  const double inf = INFINITY, none[3] = {INFINITY, INFINITY, INFINITY};
  const double tie[9] = {inf, inf, inf, 4, inf, inf, 4, 7, inf};
  double cur[3];
  int32_t from[3];
  run_relax(be, 1, 2, OSS_RELAX_ALL, tie, none, cur, from);
  assert_memory_equal(from, ((const int32_t[3]){2, 2, -1}), sizeof from); /* 4 from 1 or 2: the largest */
  assert_true(cur[0] == 4 && cur[1] == 7 && isinf(cur[2]));
  run_relax(be, 1, 2, OSS_RELAX_ROOT, tie, none, cur, from);
  assert_memory_equal(from, ((const int32_t[3]){2, 2, -1}), sizeof from);
  run_relax(be, 1, 2, 0, tie, none, cur, from);
  assert_memory_equal(from, ((const int32_t[3]){-1, -1, -1}), sizeof from); /* nothing reached, no source */
  run_relax(be, 1, 2, 0, tie, (const double[3]){inf, 5, inf}, cur, from);
  assert_memory_equal(from, ((const int32_t[3]){1, -1, -1}), sizeof from);
  run_relax(be, 1, 2, OSS_RELAX_KEEP | OSS_RELAX_ROOT, tie, (const double[3]){4, 8, inf}, cur, from);
  assert_memory_equal(from, ((const int32_t[3]){-1, 2, -1}), sizeof from); /* an equal candidate is no improvement */
  assert_true(cur[0] == 4 && cur[1] == 7 && isinf(cur[2]));
}

static void parity_dp_relax(void **state) {
  (void)state;
  check_rng rng = {32};
  const size_t samples[] = {1, 3, 8}, steps[] = {1, 2, 15, 16, 17, 63, 64, 65, 300};
  for (size_t i = 0; i < COUNT(samples); i++)
    for (size_t j = 0; j < COUNT(steps); j++)
      for (unsigned flags = 0; flags < 8; flags++)
        if (steps[j] < 300 || flags == OSS_RELAX_ALL || flags == (OSS_RELAX_KEEP | OSS_RELAX_ROOT))
          relax_case(&rng, samples[i], steps[j], flags);
  relax_by_hand(parity_backend(2));
  check_fails(parity_backend(1)->ops->dp_relax(parity_backend(1), 1, 1, 8, NULL, NULL, NULL, NULL), OSS_ERR_INTERNAL, "flags");
}

PARITY_MAIN(parity_run, "search", PARITY_SEARCH)

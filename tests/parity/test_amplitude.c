// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/parity.h"
#include "tests/support/reference.h"

static const size_t all_rows[] = {1, 3, 17}, all_d[] = {1, 2, 3, 15, 16, 17, 21, 255, 256, 257, 1023, 1024, 1025, 3001};
static const double levels[] = {0.05, 0.95, 0.0, 1.0, 0.5, 1e-9, 1.0 / 3.0};
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void run_quantile(oss_backend *be, size_t rows, size_t d, size_t count, const double *level, const float *in, double *out) {
  check_call call;
  check_call_begin(be, &call);
  double *q = check_in(&call, level, count * sizeof *level);
  float *x = check_in(&call, in, rows * d * sizeof *in);
  double *o = check_out(&call, out, rows * count * sizeof *out);
  check_ok(be->ops->row_quantile(be, rows, d, count, q, x, o));
  check_call_end(&call);
}

static void quantile_case(size_t rows, size_t d, size_t count, const float *in) {
  double *out = check_alloc(rows * count, sizeof *out), *again = check_alloc(rows * count, sizeof *again);
  double *want = check_alloc(rows * count, sizeof *want);
  ref_row_quantile(rows, d, count, levels, in, want);
  run_quantile(parity_backend(1), rows, d, count, levels, in, out);
  /* the right two values exactly; three roundings in double between them, which count for more where they differ in sign */
  check_close("row_quantile", rows * count, out, want, 1e-15, 1e-15);
  for (int threads = 2; threads <= PARITY_THREADS; threads++) {
    run_quantile(parity_backend(threads), rows, d, count, levels, in, again);
    check_same_bits("row_quantile: threads", rows * count * sizeof *out, again, out);
  }
  for (size_t r = 0; r < rows; r++) {
    run_quantile(parity_backend(1), 1, d, count, levels, in + r * d, again);
    check_same_bits("row_quantile: a row alone", count * sizeof *out, again, out + r * count);
  }
  free(out);
  free(again);
  free(want);
}

/* Values that are hard to tell apart: many the same, both zeros, neighbours in the last bit, every size that a float has. */
static void fill_hard(check_rng *rng, int kind, size_t count, float *in) {
  static const float few[] = {-1.0f, -0.0f, 0.0f, 0.5f, 1e-45f, -1e-45f, 3e38f, -3e38f};
  for (size_t i = 0; i < count; i++) {
    double z = check_normal(rng);
    if (kind == 0) in[i] = few[check_bits(rng) % COUNT(few)];
    if (kind == 1) in[i] = 1.0f + (float)(check_bits(rng) % 5) * 0x1p-23f;
    if (kind == 2) in[i] = (float)(z * pow(10.0, check_uniform(rng, -30.0, 30.0)));
    if (kind == 3) in[i] = -7.25f;
  }
}

static void parity_row_quantile(void **state) {
  (void)state;
  check_rng rng = {31};
  for (size_t i = 0; i < COUNT(all_rows); i++)
    for (size_t j = 0; j < COUNT(all_d); j++) {
      size_t rows = all_rows[i], d = all_d[j];
      if (parity_small() && rows > 3 && d > 16) continue;         /* few rows have all lengths */
      if (parity_watched() && (rows > 2 || j % 3 != 0)) continue; /* a minute a case where every count into shared memory is watched */
      float *in = check_floats(&rng, rows * d, 1.0);
      quantile_case(rows, d, 1 + (i + j) % COUNT(levels), in);
      quantile_case(rows, d, COUNT(levels), in);
      free(in);
    }
  for (int kind = 0; kind < 4 && !parity_watched(); kind++) {
    float *in = check_alloc(5 * 321, sizeof *in);
    fill_hard(&rng, kind, 5 * 321, in);
    double *out = check_alloc(5 * COUNT(levels), sizeof *out), *want = check_alloc(5 * COUNT(levels), sizeof *want);
    ref_row_quantile(5, 321, COUNT(levels), levels, in, want);
    run_quantile(parity_backend(2), 5, 321, COUNT(levels), levels, in, out);
    check_close("row_quantile: hard values", 5 * COUNT(levels), out, want, 1e-12, 0.0); /* -3e38 and 3e38 cancel to 1e-3 of them at worst */
    free(in);
    free(out);
    free(want);
  }
}

/* So long that a device cuts them when they are few. */
static void row_quantile_long(void **state) {
  (void)state;
  if (parity_watched()) return;
  enum { ROWS = 3, D = (1 << 18) + 17 };
  check_rng rng = {34};
  float *in = check_floats(&rng, ROWS * D, 1.0);
  double want[ROWS * COUNT(levels)], got[ROWS * COUNT(levels)], alone[COUNT(levels)];
  for (size_t e = 0; e < D; e++) in[D + e] = (float)(check_bits(&rng) % 7) - 3.5f; /* most neighbours in the order are equal */
  in[2 * D + 4711] = INFINITY;
  ref_row_quantile(ROWS, D, COUNT(levels), levels, in, want);
  run_quantile(parity_backend(2), ROWS, D, COUNT(levels), levels, in, got);
  check_close("row_quantile: long rows", COUNT(got), got, want, 1e-15, 1e-15); /* as in quantile_case */
  for (size_t r = 0; r < ROWS; r++) {                                          /* three are many for a device of four multiprocessors */
    run_quantile(parity_backend(2), 1, D, COUNT(levels), levels, in + r * D, alone);
    check_same_bits("row_quantile: a long row alone", sizeof alone, alone, got + r * COUNT(levels));
  }
  free(in);
}

static void row_quantile_limits(void **state) {
  (void)state;
  enum { ROWS = 4, D = 67 };
  check_rng rng = {32};
  float *in = check_floats(&rng, ROWS * D, 1.0);
  double out[ROWS * 2];
  in[0 * D + 66] = NAN;
  in[1 * D + 0] = INFINITY;
  in[2 * D + 31] = -INFINITY;
  run_quantile(parity_backend(2), ROWS, D, 2, levels, in, out);
  for (int r = 0; r < 3; r++) assert_true(isnan(out[2 * r]) && isnan(out[2 * r + 1]));
  assert_true(out[6] < out[7]);
  free(in);
  oss_backend *be = parity_backend(1);
  check_ok(be->ops->row_quantile(be, 0, 5, 2, levels, NULL, NULL));
  check_fails(be->ops->row_quantile(be, 1, 0, 1, levels, NULL, NULL), OSS_ERR_INTERNAL, "row_quantile");
  const double bad[] = {-1e-300, 1.0000001, NAN};
  for (size_t i = 0; i < COUNT(bad); i++) {
    const double level[3] = {0.5, 0.25, bad[i]};
    const float values[2 * 5] = {0};
    check_call call;
    check_call_begin(be, &call);
    double *q = check_in(&call, level, sizeof level), *o = check_out(&call, out, 2 * 3 * sizeof *out);
    float *x = check_in(&call, values, sizeof values);
    check_call_fails(be, be->ops->row_quantile(be, 2, 5, 3, q, x, o), OSS_ERR_INTERNAL, "outside [0, 1]");
    check_call_end(&call);
  }
}

static void run_affine(oss_backend *be, size_t rows, size_t d, const double *map, const float *in, int in_place, float *out) {
  check_call call;
  check_call_begin(be, &call);
  if (in_place) memcpy(out, in, rows * d * sizeof *out);
  double *m = check_in(&call, map, 2 * rows * sizeof *map);
  float *o = in_place ? check_inout(&call, out, rows * d * sizeof *out) : check_out(&call, out, rows * d * sizeof *out);
  float *x = in_place ? o : check_in(&call, in, rows * d * sizeof *in);
  check_ok(be->ops->row_affine(be, rows, d, m, x, o));
  check_call_end(&call);
}

static void parity_row_affine(void **state) {
  (void)state;
  check_rng rng = {33};
  for (size_t i = 0; i < COUNT(all_rows); i++)
    for (size_t j = 0; j < COUNT(all_d); j++) {
      size_t rows = all_rows[i], d = all_d[j];
      float *in = check_floats(&rng, rows * d, 1.0), *out = check_alloc(rows * d, sizeof *out), *again = check_alloc(rows * d, sizeof *out);
      double *map = check_doubles(&rng, 2 * rows, 1.0), *want = check_alloc(rows * d, sizeof *want);
      in[rows * d - 1] = j % 3 == 0 ? NAN : in[rows * d - 1];
      ref_row_affine(rows, d, map, in, want);
      run_affine(parity_backend(1), rows, d, map, in, 0, out);
      check_close_float("row_affine", rows * d, out, want, 6e-8, 1e-15); /* one rounding to float, where terms of order 1 cancel 1e-16 */
      for (int threads = 2; threads <= PARITY_THREADS; threads++) {
        run_affine(parity_backend(threads), rows, d, map, in, threads % 2, again);
        check_same_bits("row_affine: threads, in place", rows * d * sizeof *out, again, out);
      }
      run_affine(parity_backend(1), 1, d, map + 2 * (rows - 1), in + (rows - 1) * d, 0, again);
      check_same_bits("row_affine: a row alone", d * sizeof *out, again, out + (rows - 1) * d);
      free(in);
      free(out);
      free(again);
      free(map);
      free(want);
    }
  oss_backend *be = parity_backend(1);
  float shifted[2 * 64 + 1], straight[2 * 64]; /* rows that begin between the addresses where four floats move as one */
  const double map[4] = {0.75, 1.5, -2.0, 0.25};
  for (size_t i = 0; i < COUNT(shifted); i++) shifted[i] = (float)check_normal(&rng);
  run_affine(be, 2, 64, map, shifted + 1, 0, straight);
  check_call call;
  check_call_begin(be, &call);
  double *m = check_in(&call, map, sizeof map);
  float *x = check_inout(&call, shifted, sizeof shifted);
  check_ok(be->ops->row_affine(be, 2, 64, m, x + 1, x + 1));
  check_call_end(&call);
  check_same_bits("row_affine: between alignments", sizeof straight, shifted + 1, straight);
  check_ok(be->ops->row_affine(be, 0, 5, NULL, NULL, NULL));
}

int main(void) {
  const struct CMUnitTest tests[] = {PARITY_AMPLITUDE(PARITY_TEST) cmocka_unit_test(row_quantile_long),
                                     cmocka_unit_test(row_quantile_limits)};
  return parity_run("amplitude", tests, sizeof tests / sizeof tests[0]);
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/parity.h"
#include "tests/support/reference.h"

static const size_t all_rows[] = {1, 3, 17}, all_d[] = {1, 3, 15, 16, 17, 63, 64, 65, 513, 1023, 1024, 1025, 3001};
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void run_lincomb(oss_backend *be, size_t rows, size_t d, int terms, size_t stride, const double *coef, const float *const *in,
                        float *out) {
  check_call call;
  oss_terms at = {{NULL}};
  check_call_begin(be, &call);
  for (int m = 0; m < terms; m++) at.at[m] = check_in(&call, in[m], rows * d * sizeof *out);
  double *c = check_in(&call, coef, (stride == 0 ? (size_t)terms : (rows - 1) * stride + (size_t)terms) * sizeof *coef);
  float *o = check_out(&call, out, rows * d * sizeof *out);
  check_ok(be->ops->lincomb(be, rows, d, terms, stride, c, at, o));
  check_call_end(&call);
}

static void lincomb_case(check_rng *rng, size_t rows, size_t d, int terms, size_t stride) {
  float *in[OSS_MAX_TERMS], *out = check_alloc(rows * d, sizeof *out), *again = check_alloc(rows * d, sizeof *out);
  double *coef = check_doubles(rng, (rows - 1) * stride + (size_t)terms, 1.0), *want = check_alloc(rows * d, sizeof *want);
  for (int m = 0; m < terms; m++) in[m] = check_floats(rng, rows * d, 1.0);
  ref_lincomb(rows, d, terms, stride, coef, (const float *const *)in, want);
  run_lincomb(parity_backend(1), rows, d, terms, stride, coef, (const float *const *)in, out);
  /* one rounding to float (2^-24); 8 terms of order 1 summed in double leave 1e-15 where they cancel */
  check_close_float("lincomb", rows * d, out, want, 6e-8, 1e-14);
  for (int threads = 2; threads <= PARITY_THREADS; threads++) {
    run_lincomb(parity_backend(threads), rows, d, terms, stride, coef, (const float *const *)in, again);
    check_same_bits("lincomb: threads", rows * d * sizeof *out, again, out);
  }
  for (size_t r = 0; r < rows; r++) {
    const float *row[OSS_MAX_TERMS];
    for (int m = 0; m < terms; m++) row[m] = in[m] + r * d;
    run_lincomb(parity_backend(1), 1, d, terms, stride, coef + r * stride, row, again);
    check_same_bits("lincomb: a row alone", d * sizeof *out, again, out + r * d);
  }
  for (int m = 0; m < terms; m++) free(in[m]);
  free(out);
  free(again);
  free(coef);
  free(want);
}

/* A term with coefficient 0 is not read; NaN spreads from a term that is; out may be an input. */
static void lincomb_zeros_and_aliases(check_rng *rng, oss_backend *be) {
  enum { D = 1500 };
  float *a = check_floats(rng, 2 * D, 1.0), *b = check_floats(rng, 2 * D, 1.0);
  double want[2 * D];
  const double coef[4] = {0.0, 2.0, -0.5, 1.0}; /* row 0 skips a */
  for (size_t i = 0; i < D; i++) a[i] = i % 2 ? NAN : INFINITY;
  b[D + 7] = NAN;
  ref_lincomb(2, D, 2, 2, coef, (const float *const[]){a, b}, want);
  assert_true(isnan(want[D + 7]) && !isnan(want[7]));
  for (int alias = 0; alias < 2; alias++) {
    float *out = check_alloc(2 * D, sizeof *out);
    memcpy(out, alias ? b : a, 2 * D * sizeof *out);
    check_call call;
    check_call_begin(be, &call);
    float *o = check_inout(&call, out, 2 * D * sizeof *out);
    oss_terms at = {{alias ? check_in(&call, a, 2 * D * sizeof *a) : o, alias ? o : check_in(&call, b, 2 * D * sizeof *b)}};
    check_ok(be->ops->lincomb(be, 2, D, 2, 2, check_in(&call, coef, sizeof coef), at, o));
    check_call_end(&call);
    check_close_float("lincomb: alias", 2 * D, out, want, 6e-8, 1e-14); /* as above */
    free(out);
  }
  const double nothing[2] = {0.0, 0.0};
  float zero[4];
  run_lincomb(be, 1, 4, 2, 0, nothing, (const float *const[]){a, a}, zero);
  check_close_float("lincomb: no term", 4, zero, (double[4]){0}, 0.0, 0.0);
  free(a);
  free(b);
}

/* Rows that begin between the addresses where four floats move as one, though their length would allow it. */
static void lincomb_shifted(check_rng *rng, oss_backend *be) {
  enum { ROWS = 3, D = 64, SHIFT = 1 };
  const double coef[3] = {0.75, -1.25, 0.5};
  float *in[3], straight[ROWS * D], shifted[ROWS * D + SHIFT];
  check_call call;
  oss_terms at = {{NULL}};
  check_call_begin(be, &call);
  for (int m = 0; m < 3; m++) {
    in[m] = check_floats(rng, ROWS * D + SHIFT, 1.0);
    at.at[m] = (float *)check_in(&call, in[m], (ROWS * D + SHIFT) * sizeof(float)) + (m < 2 ? SHIFT : 0);
  }
  double *c = check_in(&call, coef, sizeof coef);
  float *o = check_out(&call, shifted, sizeof shifted);
  check_ok(be->ops->lincomb(be, ROWS, D, 3, 0, c, at, o + SHIFT));
  check_call_end(&call);
  run_lincomb(be, ROWS, D, 3, 0, coef, (const float *const[]){in[0] + SHIFT, in[1] + SHIFT, in[2]}, straight);
  check_same_bits("lincomb: between alignments", sizeof straight, shifted + SHIFT, straight);
  for (int m = 0; m < 3; m++) free(in[m]);
}

static void parity_lincomb(void **state) {
  (void)state;
  check_rng rng = {21};
  for (size_t i = 0; i < COUNT(all_rows); i++)
    for (size_t j = 0; j < COUNT(all_d); j++) {
      int terms = 1 + (int)((i + j) % OSS_MAX_TERMS);
      lincomb_case(&rng, all_rows[i], all_d[j], terms, 0);
      lincomb_case(&rng, all_rows[i], all_d[j], OSS_MAX_TERMS + 1 - terms, OSS_MAX_TERMS + j % 3);
    }
  oss_backend *be = parity_backend(2);
  lincomb_zeros_and_aliases(&rng, be);
  lincomb_shifted(&rng, be);
  oss_terms none = {{NULL}};
  check_ok(be->ops->lincomb(be, 0, 5, 1, 0, NULL, none, NULL));
  check_fails(be->ops->lincomb(be, 1, 1, OSS_MAX_TERMS + 1, 0, NULL, none, NULL), OSS_ERR_INTERNAL, "lincomb");
  check_fails(be->ops->lincomb(be, 1, 1, 3, 2, NULL, none, NULL), OSS_ERR_INTERNAL, "stride");
}

static void run_gather(oss_backend *be, size_t rows, size_t d, size_t n, const int32_t *index, const float *in, float *out) {
  check_call call;
  check_call_begin(be, &call);
  int32_t *i = check_in(&call, index, n * sizeof *index);
  float *x = check_in(&call, in, rows * d * sizeof *in), *o = check_out(&call, out, rows * n * sizeof *out);
  check_ok(be->ops->gather_columns(be, rows, d, n, i, x, o));
  check_call_end(&call);
}

static void parity_gather_columns(void **state) {
  (void)state;
  check_rng rng = {22};
  for (size_t i = 0; i < COUNT(all_rows); i++)
    for (size_t j = 0; j < COUNT(all_d); j++) {
      size_t rows = all_rows[i], d = all_d[j], n = 1 + (size_t)(check_bits(&rng) % (2 * d)); /* repeats are allowed */
      int32_t *index = check_alloc(n, sizeof *index);
      for (size_t c = 0; c < n; c++) index[c] = (int32_t)(check_bits(&rng) % d);
      index[n - 1] = (int32_t)d - 1;
      float *in = check_floats(&rng, rows * d, 1.0), *out = check_alloc(rows * n, sizeof *out), *want = check_alloc(rows * n, sizeof *want);
      for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < n; c++) want[r * n + c] = in[r * d + (size_t)index[c]];
      for (int threads = 1; threads <= PARITY_THREADS; threads++) {
        run_gather(parity_backend(threads), rows, d, n, index, in, out);
        check_same_bits("gather_columns", rows * n * sizeof *out, out, want);
      }
      run_gather(parity_backend(1), 1, d, n, index, in + (rows - 1) * d, out);
      check_same_bits("gather_columns: a row alone", n * sizeof *out, out, want + (rows - 1) * n);
      free(index);
      free(in);
      free(out);
      free(want);
    }
  oss_backend *be = parity_backend(1);
  float x[2 * 3] = {0}, y[3 * 3];
  for (int32_t wrong = -1; wrong <= 2; wrong += 3) {
    const int32_t index[3] = {1, wrong, 0};
    check_call call;
    check_call_begin(be, &call);
    int32_t *i = check_in(&call, index, sizeof index);
    float *in = check_in(&call, x, sizeof x), *out = check_out(&call, y, sizeof y);
    check_call_fails(be, be->ops->gather_columns(be, 3, 2, 3, i, in, out), OSS_ERR_INTERNAL,
                     wrong < 0 ? "column -1 (number 1) is outside 0..1" : "column 2 (number 1) is outside 0..1");
    check_call_end(&call);
  }
  check_ok(be->ops->gather_columns(be, 0, 2, 0, NULL, NULL, NULL));
}

static void run_project(oss_backend *be, size_t rows, size_t d, size_t n, const float *matrix, const float *in, float *out) {
  check_call call;
  check_call_begin(be, &call);
  float *m = check_in(&call, matrix, n * d * sizeof *matrix), *x = check_in(&call, in, rows * d * sizeof *in);
  float *o = check_out(&call, out, rows * n * sizeof *out);
  check_ok(be->ops->project(be, rows, d, n, m, x, o));
  check_call_end(&call);
}

static void project_case(check_rng *rng, size_t rows, size_t d, size_t n) {
  float *matrix = check_floats(rng, n * d, 1.0), *in = check_floats(rng, rows * d, 1.0);
  float *out = check_alloc(rows * n, sizeof *out), *again = check_alloc(rows * n, sizeof *again);
  run_project(parity_backend(1), rows, d, n, matrix, in, out);
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < n; i++) {
      double want = 0.0, got = out[r * n + i], bound = 0.0; /* half a unit in the last place, and 3001 additions in double */
      for (size_t e = 0; e < d; e++) {
        want += (double)matrix[i * d + e] * (double)in[r * d + e];
        bound += fabs((double)matrix[i * d + e] * (double)in[r * d + e]);
      }
      check_close("project", 1, &got, &want, 6e-8, 1e-13 * bound);
    }
  for (int threads = 2; threads <= PARITY_THREADS; threads++) {
    run_project(parity_backend(threads), rows, d, n, matrix, in, again);
    check_same_bits("project: threads", rows * n * sizeof *out, again, out);
  }
  run_project(parity_backend(1), 1, d, n, matrix, in + (rows - 1) * d, again);
  check_same_bits("project: a row alone", n * sizeof *out, again, out + (rows - 1) * n);
  in[0] = NAN;
  run_project(parity_backend(1), rows, d, n, matrix, in, again);
  for (size_t i = 0; i < n; i++) assert_true(isnan(again[i]));
  if (rows > 1) check_same_bits("project: NaN stays in its row", (rows - 1) * n * sizeof *out, again + n, out + n);
  free(matrix);
  free(in);
  free(out);
  free(again);
}

static void parity_project(void **state) {
  (void)state;
  check_rng rng = {28};
  const size_t features[] = {1, 2, 17};
  for (size_t i = 0; i < COUNT(all_rows); i++)
    for (size_t j = 0; j < COUNT(all_d); j++) project_case(&rng, all_rows[i], all_d[j], features[(i + j) % COUNT(features)]);
  project_case(&rng, 3, 33, 515); /* more features, more rows than go through a card's scratch at a time */
  project_case(&rng, 515, 33, 2);
}

static void run_row_error(oss_backend *be, size_t rows, size_t d, double p, const float *a, const float *b, double *out) {
  check_call call;
  check_call_begin(be, &call);
  float *x = check_in(&call, a, rows * d * sizeof *a), *y = check_in(&call, b, rows * d * sizeof *b);
  double *o = check_out(&call, out, rows * sizeof *out);
  check_ok(be->ops->row_error(be, rows, d, p, x, y, o));
  check_call_end(&call);
}

static void row_error_case(check_rng *rng, size_t rows, size_t d, double p, double apart) {
  float *a = check_floats(rng, rows * d, 1.0), *b = check_floats(rng, rows * d, 1.0);
  double *out = check_alloc(rows, sizeof *out), *want = check_alloc(rows, sizeof *want), *again = check_alloc(rows, sizeof *again);
  for (size_t i = 0; i < rows * d; i++) b[i] = (float)((double)a[i] + apart * (double)b[i]);
  ref_row_error(rows, d, p, a, b, want);
  run_row_error(parity_backend(1), rows, d, p, a, b, out);
  check_close("row_error", rows, out, want, 1e-13, 0.0); /* differences of floats are exact; up to 12301 additions in double */
  for (int threads = 2; threads <= PARITY_THREADS; threads++) {
    run_row_error(parity_backend(threads), rows, d, p, a, b, again);
    check_same_bits("row_error: threads", rows * sizeof *out, again, out);
  }
  for (size_t r = 0; r < rows; r++) {
    run_row_error(parity_backend(1), 1, d, p, a + r * d, b + r * d, again);
    check_same_bits("row_error: a row alone", sizeof *out, again, out + r);
  }
  free(a);
  free(b);
  free(out);
  free(want);
  free(again);
}

static void row_error_not_finite(check_rng *rng, double p) {
  enum { ROWS = 8, D = 67 };
  float *a = check_floats(rng, ROWS * D, 1.0), *b = check_floats(rng, ROWS * D, 1.0);
  double out[ROWS];
  a[0 * D + 3] = NAN;
  b[1 * D + 66] = NAN;
  a[2 * D + 64] = INFINITY;
  b[3 * D + 0] = -INFINITY;
  a[4 * D + 5] = b[4 * D + 5] = INFINITY; /* their difference is no number either */
  a[5 * D + 5] = INFINITY;
  b[5 * D + 5] = -INFINITY;
  memcpy(b + 6 * D, a + 6 * D, D * sizeof *a);
  for (size_t e = 0; e < D; e++) a[7 * D + e] = 3e38f, b[7 * D + e] = -3e38f; /* finite: the square does not fit a float */
  run_row_error(parity_backend(2), ROWS, D, p, a, b, out);
  for (int r = 0; r < 6; r++) assert_true(isnan(out[r]));
  assert_true(out[6] == 0.0);
  assert_true(isfinite(out[7]) && out[7] > 1e19);
  free(a);
  free(b);
}

static void parity_row_error(void **state) {
  (void)state;
  check_rng rng = {23};
  const double powers[] = {0.5, 1.0, 1.7, 2.0, 3.0};
  const size_t long_d[] = {4095, 4096, 4097, 4100, 12301}; /* which a device sums in pieces */
  for (size_t k = 0; k < COUNT(powers); k++) {
    for (size_t i = 0; i < COUNT(all_rows); i++)
      for (size_t j = 0; j < COUNT(all_d); j++) row_error_case(&rng, all_rows[i], all_d[j], powers[k], j % 2 ? 1.0 : 1e-5);
    for (size_t j = 0; j < COUNT(long_d); j++) row_error_case(&rng, 3, long_d[j], powers[k], j % 2 ? 1.0 : 1e-5);
    row_error_not_finite(&rng, powers[k]);
  }
  oss_backend *be = parity_backend(1);
  check_ok(be->ops->row_error(be, 0, 5, 2.0, NULL, NULL, NULL));
  check_fails(be->ops->row_error(be, 1, 5, 0.0, NULL, NULL, NULL), OSS_ERR_INTERNAL, "power");
  check_fails(be->ops->row_error(be, 1, 5, NAN, NULL, NULL, NULL), OSS_ERR_INTERNAL, "power");
  check_fails(be->ops->row_error(be, 1, 0, 2.0, NULL, NULL, NULL), OSS_ERR_INTERNAL, "row_error");
}

PARITY_MAIN(parity_run_each_isa, "rows", PARITY_ROWS)

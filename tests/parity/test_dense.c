// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/layer.h"
#include "tests/support/parity.h"
#include "tests/support/reference.h"

/* Around the rows of a tile (6, 14), outputs of a panel (8, 16, 32) and inputs that fit the first-level cache (272 of 14 rows, 656 of 6,
 * 4080 of 1); of cuBLAS' panels in emulation (32 rows). */
static const size_t all_rows[] = {1, 2, 3, 4, 5, 6, 7, 11, 13, 14, 15, 29, 31, 32, 33, 43, 65},
                    all_n[] = {1, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 95, 127, 129, 163},
                    all_k[] = {1, 2, 15, 16, 17, 64, 65, 271, 272, 273, 300, 657};
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

typedef struct dense_data {
  size_t rows, n, k;
  float *weight, *bias, *in, *out, *again;
  double *want, *size; /* size: the sum of the terms' magnitudes */
} dense_data;

static dense_data make(check_rng *rng, size_t rows, size_t n, size_t k) {
  dense_data x = {.rows = rows, .n = n, .k = k};
  x.weight = check_floats(rng, n * k, 1.0 / sqrt((double)k));
  x.bias = check_floats(rng, n, 1.0);
  x.in = check_floats(rng, rows * k, 2.0);
  x.out = check_alloc(rows * n, sizeof *x.out);
  x.again = check_alloc(rows * n, sizeof *x.again);
  x.want = check_alloc(rows * n, sizeof *x.want);
  x.size = check_alloc(rows * n, sizeof *x.size);
  return x;
}

static void drop(dense_data *x) {
  free(x->weight);
  free(x->bias);
  free(x->in);
  free(x->out);
  free(x->again);
  free(x->want);
  free(x->size);
}

static void refer(dense_data *x, const float *bias, oss_activation activation) {
  for (size_t r = 0; r < x->rows; r++)
    for (size_t i = 0; i < x->n; i++) {
      double sum = bias == NULL ? 0.0 : (double)bias[i], size = fabs(sum);
      for (size_t e = 0; e < x->k; e++) {
        const double term = (double)x->weight[i * x->k + e] * (double)x->in[r * x->k + e];
        sum += term;
        size += fabs(term);
      }
      x->want[r * x->n + i] = ref_activation(activation, sum);
      x->size[r * x->n + i] = size;
    }
}

/* Packs, computes rows [first, first + rows) into the same rows of out, frees. */
static void run_dense(oss_backend *be, const dense_data *x, oss_compute compute, const float *bias, oss_activation activation, size_t first,
                      size_t rows, float *out) {
  check_call call;
  oss_layer layer;
  float *weight = check_alloc(x->n * x->k, sizeof *weight), *shift = check_alloc(x->n, sizeof *shift);
  memcpy(weight, x->weight, x->n * x->k * sizeof *weight);
  if (bias != NULL) memcpy(shift, bias, x->n * sizeof *shift);
  check_ok(be->ops->dense_pack(be, x->n, x->k, compute, weight, bias == NULL ? NULL : shift, &layer));
  assert_true(layer.bytes >= (x->n * x->k + x->n) * sizeof *weight);
  memset(weight, 0xff, x->n * x->k * sizeof *weight); /* the layer has its own */
  memset(shift, 0xff, x->n * sizeof *shift);
  check_call_begin(be, &call);
  const float *in = check_in(&call, x->in + first * x->k, rows * x->k * sizeof *in);
  float *o = check_out(&call, out + first * x->n, rows * x->n * sizeof *o);
  check_ok(be->ops->dense(be, rows, &layer, activation, in, o));
  check_call_end(&call);
  check_ok(be->ops->layer_free(be, &layer));
  assert_null(layer.packed);
  assert_int_equal(layer.bytes, 0);
  check_ok(be->ops->layer_free(be, &layer));
  free(weight);
  free(shift);
}

/* Sums of k products in float, each addition rounded: 4 standard deviations of independent roundings; unit is that of the factors. An
 * activation steepens by 1.13 at most, and GELU has 7e-8 of its argument. */
static void check_dense(const dense_data *x, double unit) {
  const double share = 1.2 * (6e-8 * (4.0 * sqrt((double)x->k) + 4.0) + unit);
  for (size_t i = 0; i < x->rows * x->n; i++) check_close_float("dense", 1, x->out + i, x->want + i, 1e-6, share * x->size[i]);
}

static void same_split(const dense_data *x, oss_compute compute, oss_activation activation) {
  const size_t bytes = x->rows * x->n * sizeof *x->out, pieces[] = {1, 5, 32};
  for (int threads = 2; threads <= PARITY_THREADS; threads++) {
    run_dense(parity_backend(threads), x, compute, x->bias, activation, 0, x->rows, x->again);
    check_same_bits("dense: threads", bytes, x->again, x->out);
  }
  for (size_t i = 0; i < COUNT(pieces); i++) {
    if (pieces[i] >= x->rows) break;
    memset(x->again, 0, bytes);
    run_dense(parity_backend(2), x, compute, x->bias, activation, 0, pieces[i], x->again);
    run_dense(parity_backend(1), x, compute, x->bias, activation, pieces[i], x->rows - pieces[i], x->again);
    check_same_bits("dense: in two calls", bytes, x->again, x->out);
  }
}

static void dense_case(check_rng *rng, size_t rows, size_t n, size_t k, oss_activation activation) {
  dense_data x = make(rng, rows, n, k);
  refer(&x, NULL, activation);
  run_dense(parity_backend(1), &x, OSS_COMPUTE_FP32, NULL, activation, 0, rows, x.out);
  check_dense(&x, 0.0);
  refer(&x, x.bias, activation);
  run_dense(parity_backend(1), &x, OSS_COMPUTE_FP32, x.bias, activation, 0, rows, x.out);
  check_dense(&x, 0.0);
  same_split(&x, OSS_COMPUTE_FP32, activation);
  drop(&x);
}

/* Activations over their whole range, by one weight of 1: up to infinity, below the smallest float, NaN. */
static void activation_range(oss_backend *be, oss_activation activation) {
  enum { ROWS = 4000 };
  const float special[] = {0.0f,   INFINITY, -INFINITY, NAN,     3e38f,   -3e38f,  1e20f,
                           -1e20f, 1e-40f,   -1e-40f,   -103.9f, -104.1f, -119.0f, -121.0f};
  float one = 1.0f;
  dense_data x = {.rows = ROWS, .n = 1, .k = 1, .weight = &one};
  x.in = check_alloc(ROWS, sizeof *x.in), x.out = check_alloc(ROWS, sizeof *x.out), x.want = check_alloc(ROWS, sizeof *x.want);
  x.size = check_alloc(ROWS, sizeof *x.size);
  for (size_t i = 0; i < ROWS; i++) x.in[i] = (float)(((double)i - ROWS / 2) * (i % 2 ? 0.06 : 0.004));
  memcpy(x.in + 7, special, sizeof special);
  for (size_t i = 0; i < ROWS; i++) x.want[i] = ref_activation(activation, (double)x.in[i]);
  run_dense(be, &x, OSS_COMPUTE_FP32, NULL, activation, 0, ROWS, x.out);
  /* Where e^-x overflows a card has 0 for what is up to 3e-37; else steps of the smallest floats. GELU's argument is rounded: 7e-8 of x. */
  const double smallest = be->space == OSS_SPACE_DEVICE ? 4e-37 : 1e-43, argument = activation == OSS_ACT_GELU ? 7e-8 : 0.0;
  for (size_t i = 0; i < ROWS; i++)
    check_close_float("activation", 1, x.out + i, x.want + i, 1e-6,
                      smallest + (isfinite(x.in[i]) ? argument * fmin(fabs((double)x.in[i]), 12.0) : 0.0));
  free(x.in), free(x.out), free(x.want), free(x.size);
}

/* NaN and infinities stay in their row or output, and none is lost. */
static void dense_not_finite(check_rng *rng, oss_backend *be) {
  dense_data x = make(rng, 33, 37, 19);
  run_dense(be, &x, OSS_COMPUTE_FP32, x.bias, OSS_ACT_NONE, 0, x.rows, x.again);
  x.in[4 * x.k + 18] = NAN;
  x.in[9 * x.k] = INFINITY;
  x.in[32 * x.k + 3] = -INFINITY;
  x.weight[36 * x.k + 2] = NAN;
  x.bias[1] = NAN;
  refer(&x, x.bias, OSS_ACT_NONE);
  run_dense(be, &x, OSS_COMPUTE_FP32, x.bias, OSS_ACT_NONE, 0, x.rows, x.out);
  for (size_t r = 0; r < x.rows; r++)
    for (size_t i = 0; i < x.n; i++) {
      const size_t at = r * x.n + i;
      const int spoiled = r == 4 || r == 9 || r == 32 || i == 1 || i == 36;
      assert_true(isfinite(x.want[at]) == !spoiled);
      if (spoiled)
        check_close_float("dense: not finite", 1, x.out + at, x.want + at, 0.0, 0.0);
      else
        check_same_bits("dense: beside what is not finite", sizeof *x.out, x.out + at, x.again + at);
    }
  drop(&x);
}

/* Factors rounded to 11 or 8 bits on the way in, each product then exact: 2^-10 or 2^-7 of a term at most. */
static void dense_faster(check_rng *rng, oss_compute compute, double unit) {
  dense_data x = make(rng, 65, 33, 64);
  oss_layer layer;
  if (!parity_rounds_factors()) {
    check_fails(parity_backend(1)->ops->dense_pack(parity_backend(1), 33, 64, compute, x.weight, NULL, &layer), OSS_ERR_UNSUPPORTED, "");
  } else {
    double worst = 0.0;
    refer(&x, x.bias, OSS_ACT_NONE);
    run_dense(parity_backend(1), &x, compute, x.bias, OSS_ACT_NONE, 0, x.rows, x.out);
    check_dense(&x, unit);
    for (size_t i = 0; i < x.rows * x.n; i++) worst = fmax(worst, fabs((double)x.out[i] - x.want[i]) / x.size[i]);
    assert_true(worst > unit / 100.0); /* it is not computed in float all the same */
    same_split(&x, compute, OSS_ACT_NONE);
  }
  drop(&x);
}

static void parity_dense(void **state) {
  (void)state;
  check_rng rng = {51};
  const size_t most = COUNT(all_n) * COUNT(all_k);
  for (size_t i = 0; i < most; i++)
    dense_case(&rng, all_rows[i % COUNT(all_rows)], all_n[i % COUNT(all_n)], all_k[i / COUNT(all_n)], (oss_activation)(i % 3));
  dense_case(&rng, 1, 70, 4079, OSS_ACT_NONE);
  dense_case(&rng, 1, 65, 4080, OSS_ACT_SILU);
  dense_case(&rng, 2, 65, 4097, OSS_ACT_GELU);
  dense_case(&rng, 37, 300, 515, OSS_ACT_SILU); /* enough work for all threads */
  dense_case(&rng, 3, 1000, 300, OSS_ACT_NONE);
  oss_backend *be = parity_backend(2);
  for (int a = OSS_ACT_NONE; a <= OSS_ACT_GELU; a++) activation_range(be, (oss_activation)a);
  dense_not_finite(&rng, be);
  dense_faster(&rng, OSS_COMPUTE_TF32, 0x1p-10);
  dense_faster(&rng, OSS_COMPUTE_BF16, 0x1p-7);
}

static void parity_dense_pack(void **state) {
  (void)state;
  oss_backend *be = parity_backend(1);
  float x[4] = {1.0f, 2.0f, 3.0f, 4.0f};
  oss_layer layer = {x, 5};
  check_fails(be->ops->dense_pack(be, 0, 2, OSS_COMPUTE_FP32, x, NULL, &layer), OSS_ERR_INTERNAL, "dense_pack: 0 outputs of 2");
  assert_null(layer.packed);
  check_fails(be->ops->dense_pack(be, 2, 0, OSS_COMPUTE_FP32, x, NULL, &layer), OSS_ERR_INTERNAL, "2 outputs of 0");
  check_fails(be->ops->dense_pack(be, (size_t)1 << 40, 2, OSS_COMPUTE_FP32, x, NULL, &layer), OSS_ERR_INTERNAL, "dense_pack");
  check_fails(be->ops->dense_pack(be, 2, SIZE_MAX, OSS_COMPUTE_FP32, x, NULL, &layer), OSS_ERR_INTERNAL, "dense_pack");
  check_fails(be->ops->dense_pack(be, 2, 2, (oss_compute)3, x, NULL, &layer), OSS_ERR_UNSUPPORTED, "");
}

static void parity_layer_free(void **state) {
  (void)state;
  oss_backend *be = parity_backend(1);
  float x[4] = {1.0f, 2.0f, 3.0f, 4.0f};
  oss_layer layer = {NULL, 0};
  check_ok(be->ops->layer_free(be, &layer));
  check_fails(be->ops->dense(be, 1, &layer, OSS_ACT_NONE, x, x), OSS_ERR_INTERNAL, "dense: the layer is empty");
  check_ok(be->ops->dense_pack(be, 2, 2, OSS_COMPUTE_FP32, x, NULL, &layer));
  check_ok(be->ops->dense(be, 0, &layer, OSS_ACT_NONE, NULL, NULL));
  check_fails(be->ops->dense(be, 1, &layer, (oss_activation)3, x, x), OSS_ERR_INTERNAL, "activation 3");
  check_fails(be->ops->dense(be, SIZE_MAX / 4, &layer, OSS_ACT_NONE, x, x), OSS_ERR_INTERNAL, "overflow");
  oss_packed *packed = layer.packed;
  packed->kind = OSS_LAYER_CONV;
  check_fails(be->ops->dense(be, 1, &layer, OSS_ACT_NONE, x, x), OSS_ERR_INTERNAL, "another operation");
  check_ok(be->ops->layer_free(be, &layer));
}

PARITY_MAIN(parity_run_each_isa, "dense", PARITY_DENSE)

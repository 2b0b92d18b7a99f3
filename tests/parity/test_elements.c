// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/parity.h"

static const size_t all_rows[] = {1, 3, 17}, all_widths[] = {1, 3, 4, 15, 16, 17, 63, 64, 65, 96, 255, 256, 257, 1023, 1024, 1025, 3001};
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

typedef struct sum_case {
  size_t samples, tokens, width, stride;
  double factor;
  int shared;
  float *gate, *x, *y;
} sum_case;

/* alias: what out is: 0 its own, 1 x, 2 y. */
static void run_sum(oss_backend *be, const sum_case *c, int alias, float *out) {
  const size_t bytes = c->samples * c->tokens * c->width * sizeof *out;
  check_call call;
  check_call_begin(be, &call);
  if (alias != 0) memcpy(out, alias == 1 ? c->x : c->y, bytes);
  float *gate = c->gate == NULL ? NULL : check_in(&call, c->gate, ((c->samples - 1) * c->stride + c->width) * sizeof *out);
  float *o = alias != 0 ? check_inout(&call, out, bytes) : check_out(&call, out, bytes);
  float *x = alias == 1 ? o : check_in(&call, c->x, bytes);
  float *y = alias == 2 ? o : check_in(&call, c->y, c->shared ? bytes / c->samples : bytes);
  check_ok(be->ops->gated_sum(be, c->samples, c->tokens, c->width, c->factor, c->stride, gate, c->shared, x, y, o));
  check_call_end(&call);
}

static void sum_case_of(check_rng *rng, size_t samples, size_t tokens, size_t width, unsigned which) {
  const size_t sample = tokens * width, count = samples * sample;
  sum_case c = {.samples = samples, .tokens = tokens, .width = width, .factor = which % 2 ? 1.0 : sqrt(0.5), .shared = which / 2 % 2};
  c.stride = which % 3 == 0 ? 0 : width + which % 3 - 1;
  if (which % 5 < 3) c.gate = check_floats(rng, samples * (c.stride + width), 1.0);
  c.x = check_floats(rng, count, 1.0);
  c.y = check_floats(rng, count, 1.0);
  if (which % 4 == 3) c.x[count - 1] = NAN, c.y[0] = INFINITY;
  float *out = check_alloc(count, sizeof *out), *again = check_alloc(count, sizeof *again);
  double *want = check_alloc(count, sizeof *want);
  for (size_t i = 0; i < count; i++) {
    const double gate = c.gate == NULL ? 1.0 : (double)c.gate[i / sample * c.stride + i % width];
    want[i] = c.factor * ((double)c.x[i] + gate * (double)c.y[c.shared ? i % sample : i]);
  }
  run_sum(parity_backend(1), &c, 0, out);
  check_close_float("gated_sum", count, out, want, 2e-7, 2e-6); /* three roundings (6e-8), of terms up to 20 where they cancel */
  for (int threads = 2; threads <= PARITY_THREADS; threads++) {
    run_sum(parity_backend(threads), &c, threads == 2 ? 1 : c.shared ? 0 : 2, again);
    check_same_bits("gated_sum: threads, in place", count * sizeof *out, again, out);
  }
  sum_case last = c;
  last.samples = 1;
  last.x += (samples - 1) * sample;
  last.y += c.shared ? 0 : (samples - 1) * sample;
  if (last.gate != NULL) last.gate += (samples - 1) * c.stride;
  run_sum(parity_backend(1), &last, 0, again);
  check_same_bits("gated_sum: a sample alone", sample * sizeof *out, again, out + (samples - 1) * sample);
  free(c.gate);
  free(c.x);
  free(c.y);
  free(out);
  free(again);
  free(want);
}

static void parity_gated_sum(void **state) {
  (void)state;
  check_rng rng = {61};
  unsigned which = 0;
  for (size_t i = 0; i < COUNT(all_rows); i++)
    for (size_t j = 0; j < COUNT(all_widths); j++)
      for (int k = 0; k < 3; k++, which++) {
        if (parity_watched() && all_rows[i] * all_widths[j] > 5000) continue;
        sum_case_of(&rng, 1 + which % 4, all_rows[i], all_widths[j], which);
      }
  oss_backend *be = parity_backend(1);
  check_ok(be->ops->gated_sum(be, 0, 3, 4, 1.0, 0, NULL, 0, NULL, NULL, NULL));
  check_fails(be->ops->gated_sum(be, 2, 3, 4, 1.0, 3, NULL, 0, NULL, NULL, NULL), OSS_ERR_INTERNAL, "gated_sum: stride 3");
  check_fails(be->ops->gated_sum(be, SIZE_MAX / 4, 3, 4, 1.0, 4, NULL, 0, NULL, NULL, NULL), OSS_ERR_INTERNAL, "overflow");
}

static void run_activate(oss_backend *be, size_t count, oss_activation activation, const float *in, int in_place, float *out) {
  check_call call;
  check_call_begin(be, &call);
  if (in_place) memcpy(out, in, count * sizeof *in);
  float *o = in_place ? check_inout(&call, out, count * sizeof *out) : check_out(&call, out, count * sizeof *out);
  check_ok(be->ops->activate(be, count, activation, in_place ? o : check_in(&call, in, count * sizeof *in), o));
  check_call_end(&call);
}

static double ref_activate(oss_activation activation, double x) {
  if (activation != OSS_ACT_NONE && isinf(x)) return x > 0.0 ? x : 0.0; /* the limits */
  const double u = sqrt(2.0 / 3.14159265358979323846) * (x + 0.044715 * x * x * x);
  if (activation == OSS_ACT_SILU) return x / (1.0 + exp(-x));
  if (activation == OSS_ACT_GELU) return 0.5 * x * (1.0 + tanh(u));
  return x;
}

static void parity_activate(void **state) {
  (void)state;
  check_rng rng = {62};
  const float hard[] = {0.0f,    -0.0f, 1e-45f, -1e-45f, 1e-20f, -1e-20f,  88.0f,     -88.0f, 120.0f,
                        -120.0f, 1e13f, -1e13f, 3e38f,   -3e38f, INFINITY, -INFINITY, NAN};
  const size_t counts[] = {1, 2, 7, 8, 9, 15, 16, 17, 33, 255, 256, 257, 1023, 1024, 1025, 40001};
  for (int activation = OSS_ACT_NONE; activation <= OSS_ACT_GELU; activation++)
    for (size_t j = 0; j < COUNT(counts); j++) {
      const size_t count = counts[j];
      float *in = check_floats(&rng, count, j % 2 ? 3.0 : 30.0), *out = check_alloc(count, sizeof *out),
            *again = check_alloc(count, sizeof *out);
      double *want = check_alloc(count, sizeof *want);
      for (size_t i = 0; i < COUNT(hard) && i < count / 2; i++) in[i] = hard[i];
      for (size_t i = 0; i < count; i++) want[i] = ref_activate((oss_activation)activation, (double)in[i]);
      run_activate(parity_backend(1), count, (oss_activation)activation, in, 0, out);
      /* an exponential within 2e-7, two roundings; where GELU is small beside x its exponent's rounding leaves 1e-7 of x: up to 1.3e-6 at
       * -13 */
      check_close_float("activate", count, out, want, 4e-7, activation == OSS_ACT_GELU ? 5e-7 : 1e-37);
      for (int threads = 2; threads <= PARITY_THREADS; threads++) {
        run_activate(parity_backend(threads), count, (oss_activation)activation, in, threads % 2, again);
        check_same_bits("activate: threads, in place", count * sizeof *out, again, out);
      }
      run_activate(parity_backend(1), count - count / 3, (oss_activation)activation, in + count / 3, 0, again);
      check_same_bits("activate: the last two thirds", (count - count / 3) * sizeof *out, again, out + count / 3);
      free(in);
      free(out);
      free(again);
      free(want);
    }
  oss_backend *be = parity_backend(1);
  check_ok(be->ops->activate(be, 0, OSS_ACT_SILU, NULL, NULL));
  check_fails(be->ops->activate(be, 1, (oss_activation)3, NULL, NULL), OSS_ERR_INTERNAL, "activate: activation 3");
  check_fails(be->ops->activate(be, SIZE_MAX / 2, OSS_ACT_SILU, NULL, NULL), OSS_ERR_INTERNAL, "overflow");
}

static void concat_case(check_rng *rng, size_t rows, size_t n, size_t stride, size_t m, size_t other) {
  const size_t length_a = (rows - 1) * stride + n, length_b = (rows - 1) * other + m, width = n + m;
  float *a = check_floats(rng, length_a, 1.0), *b = check_floats(rng, length_b, 1.0);
  float *out = check_alloc(rows * width, sizeof *out), *want = check_alloc(rows * width, sizeof *want);
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < width; i++) want[r * width + i] = i < n ? a[r * stride + i] : b[r * other + i - n];
  for (int threads = 1; threads <= PARITY_THREADS; threads++) {
    oss_backend *be = parity_backend(threads);
    check_call call;
    check_call_begin(be, &call);
    float *first = check_in(&call, a, length_a * sizeof *a), *second = check_in(&call, b, length_b * sizeof *b);
    float *o = check_out(&call, out, rows * width * sizeof *out);
    check_ok(be->ops->concat(be, rows, n, stride, first, m, other, second, o));
    check_call_end(&call);
    check_same_bits("concat", rows * width * sizeof *out, out, want);
  }
  free(a);
  free(b);
  free(out);
  free(want);
}

static void parity_concat(void **state) {
  (void)state;
  check_rng rng = {63};
  for (size_t i = 0; i < COUNT(all_rows); i++)
    for (size_t j = 0; j < COUNT(all_widths); j++) {
      const size_t n = all_widths[j], m = all_widths[(j * 5 + i) % COUNT(all_widths)];
      concat_case(&rng, all_rows[i], n, n, m, m);
      concat_case(&rng, all_rows[i], n, n + 4 * (j % 2) + j % 3, m, j % 4 == 1 ? 0 : m + j % 5);
    }
  const size_t wide[][4] = {{12, 12, 8, 9}, {12, 12, 7, 8}, {12, 13, 8, 8}, {11, 12, 8, 8}}; /* all but one a multiple of four */
  for (size_t i = 0; i < COUNT(wide); i++) concat_case(&rng, 5, wide[i][0], wide[i][1], wide[i][2], wide[i][3]);
  concat_case(&rng, 784, 32, 32, 64, 64);
  concat_case(&rng, 5, 0, 0, 12, 12);
  concat_case(&rng, 5, 12, 12, 0, 0);
  oss_backend *be = parity_backend(1);
  check_ok(be->ops->concat(be, 0, 3, 3, NULL, 4, 4, NULL, NULL));
  check_fails(be->ops->concat(be, 2, 3, 2, NULL, 4, 4, NULL, NULL), OSS_ERR_INTERNAL, "concat: stride 2 is under 3");
  check_fails(be->ops->concat(be, 2, 3, 3, NULL, 4, 3, NULL, NULL), OSS_ERR_INTERNAL, "concat: stride 3 is under 4");
  check_fails(be->ops->concat(be, 2, SIZE_MAX, 0, NULL, 4, 4, NULL, NULL), OSS_ERR_INTERNAL, "overflow");
}

static void parity_table_rows(void **state) {
  (void)state;
  check_rng rng = {64};
  for (size_t i = 0; i < COUNT(all_rows); i++)
    for (size_t j = 0; j < COUNT(all_widths); j++) {
      const size_t rows = all_rows[i], width = all_widths[j], entries = 1 + (i + j) % 12;
      float *table = check_floats(&rng, entries * width, 1.0), *out = check_alloc(rows * width, sizeof *out);
      float *want = check_alloc(rows * width, sizeof *want);
      int32_t *index = check_alloc(rows, sizeof *index);
      for (size_t r = 0; r < rows; r++) {
        index[r] = (int32_t)(check_bits(&rng) % entries) - 1;
        memcpy(want + r * width, table + (index[r] < 0 ? entries - 1 : (size_t)index[r]) * width, width * sizeof *want);
      }
      for (int threads = 1; threads <= PARITY_THREADS; threads++) {
        oss_backend *be = parity_backend(threads);
        check_call call;
        check_call_begin(be, &call);
        int32_t *which = check_in(&call, index, rows * sizeof *index);
        float *from = check_in(&call, table, entries * width * sizeof *table), *o = check_out(&call, out, rows * width * sizeof *out);
        check_ok(be->ops->table_rows(be, rows, width, entries, which, from, o));
        check_call_end(&call);
        check_same_bits("table_rows", rows * width * sizeof *out, out, want);
      }
      free(table);
      free(out);
      free(want);
      free(index);
    }
  oss_backend *be = parity_backend(1);
  check_ok(be->ops->table_rows(be, 0, 3, 4, NULL, NULL, NULL));
  check_fails(be->ops->table_rows(be, 1, 3, 0, NULL, NULL, NULL), OSS_ERR_INTERNAL, "0 entries");
  check_fails(be->ops->table_rows(be, 1, SIZE_MAX / 8, 4, NULL, NULL, NULL), OSS_ERR_INTERNAL, "overflow");
  const int32_t wrong[] = {-2, 3, 4, INT32_MIN}; /* the last of the entries has no index of its own */
  for (size_t i = 0; i < COUNT(wrong); i++) {
    const int32_t index[3] = {1, wrong[i], 0};
    const float table[4 * 5] = {0};
    float out[3 * 5];
    char part[64];
    snprintf(part, sizeof part, "table_rows: index %ld (row 1) is outside -1..2", (long)wrong[i]);
    check_call call;
    check_call_begin(be, &call);
    int32_t *which = check_in(&call, index, sizeof index);
    float *from = check_in(&call, table, sizeof table), *o = check_out(&call, out, sizeof out);
    check_call_fails(be, be->ops->table_rows(be, 3, 5, 4, which, from, o), OSS_ERR_INTERNAL, part);
    check_call_end(&call);
  }
}

static void embed_case(check_rng *rng, size_t rows, size_t half, int sin_first, size_t stride, double largest) {
  double *label = check_alloc((rows - 1) * stride + 1, sizeof *label), *want = check_alloc(rows * 2 * half, sizeof *want);
  float *frequency = check_alloc(half, sizeof *frequency), *out = check_alloc(rows * 2 * half, sizeof *out);
  for (size_t r = 0; r < (rows - 1) * stride + 1; r++) label[r] = check_uniform(rng, -largest, largest);
  for (size_t i = 0; i < half; i++) frequency[i] = (float)exp(-9.2 * (double)i / (double)half);
  if (rows > 2) label[stride] = NAN;
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < half; i++) {
      const volatile float angle = (float)label[r * stride] * frequency[i];
      want[r * 2 * half + (sin_first ? half : 0) + i] = cos((double)angle);
      want[r * 2 * half + (sin_first ? 0 : half) + i] = sin((double)angle);
    }
  for (int threads = 1; threads <= PARITY_THREADS; threads++) {
    oss_backend *be = parity_backend(threads);
    check_call call;
    check_call_begin(be, &call);
    double *times = check_in(&call, label, ((rows - 1) * stride + 1) * sizeof *label);
    float *by = check_in(&call, frequency, half * sizeof *frequency), *o = check_out(&call, out, rows * 2 * half * sizeof *out);
    check_ok(be->ops->embed(be, rows, half, sin_first, stride, times, by, o));
    check_call_end(&call);
    check_close_float("embed", rows * 2 * half, out, want, 2.4e-7, 1e-37); /* 2 ulp of the float sine and cosine */
  }
  free(label);
  free(want);
  free(frequency);
  free(out);
}

static void parity_embed(void **state) {
  (void)state;
  check_rng rng = {65};
  const double largest[] = {1.0, 1e3, 5e5};
  for (size_t i = 0; i < COUNT(all_rows); i++)
    for (size_t j = 0; j < COUNT(all_widths); j++)
      embed_case(&rng, all_rows[i], all_widths[j], (int)(j % 2), j % 3 == 0 && all_rows[i] < 3 ? 0 : 1 + j % 4,
                 largest[(i + j) % COUNT(largest)]);
  oss_backend *be = parity_backend(1);
  check_ok(be->ops->embed(be, 0, 3, 0, 1, NULL, NULL, NULL));
  check_ok(be->ops->embed(be, 2, 0, 0, 1, NULL, NULL, NULL));
  check_fails(be->ops->embed(be, 4, SIZE_MAX / 8, 0, 1, NULL, NULL, NULL), OSS_ERR_INTERNAL, "overflow");
}

PARITY_MAIN(parity_run_each_isa, "elements", PARITY_ELEMENTS)

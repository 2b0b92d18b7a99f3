// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/parity.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

typedef struct shape {
  size_t samples, tokens, heads, width;
} shape;

static size_t qkv_count(shape z) {
  return z.samples * z.tokens * 3 * z.heads * z.width;
}

static void refer(shape z, double scale, const float *qkv, double *want) {
  const size_t line = z.heads * z.width;
  double *weight = check_alloc(z.tokens, sizeof *weight);
  for (size_t s = 0; s < z.samples; s++)
    for (size_t h = 0; h < z.heads; h++)
      for (size_t i = 0; i < z.tokens; i++) {
        const float *q = qkv + (s * z.tokens + i) * 3 * line + h * z.width, *k = qkv + s * z.tokens * 3 * line + line + h * z.width;
        double *out = want + (s * z.tokens + i) * line + h * z.width, most = -INFINITY, sum = 0.0;
        for (size_t j = 0; j < z.tokens; j++) {
          weight[j] = 0.0;
          for (size_t e = 0; e < z.width; e++) weight[j] += (double)q[e] * (double)k[j * 3 * line + e];
          weight[j] *= scale;
          most = weight[j] > most ? weight[j] : most;
        }
        for (size_t j = 0; j < z.tokens; j++) sum += weight[j] = exp(weight[j] - most);
        for (size_t e = 0; e < z.width; e++) {
          out[e] = 0.0;
          for (size_t j = 0; j < z.tokens; j++) out[e] += weight[j] / sum * (double)k[j * 3 * line + line + e];
        }
      }
  free(weight);
}

static void run(oss_backend *be, shape z, double scale, oss_compute compute, const float *qkv, float *out) {
  check_call call;
  check_call_begin(be, &call);
  float *in = check_in(&call, qkv, qkv_count(z) * sizeof *qkv), *o = check_out(&call, out, qkv_count(z) / 3 * sizeof *out);
  check_ok(be->ops->attention(be, z.samples, z.tokens, z.heads, z.width, scale, compute, in, o));
  check_call_end(&call);
}

static void attention_case(check_rng *rng, shape z, double scale, oss_compute compute, double allowed) {
  const size_t count = qkv_count(z) / 3, one = count / z.samples;
  float *qkv = check_floats(rng, qkv_count(z), 1.0), *out = check_alloc(count, sizeof *out), *again = check_alloc(count, sizeof *again);
  double *want = check_alloc(count, sizeof *want);
  refer(z, scale, qkv, want);
  run(parity_backend(1), z, scale, compute, qkv, out);
  check_close_float("attention", count, out, want, allowed, allowed);
  for (int threads = 2; threads <= PARITY_THREADS; threads++) {
    run(parity_backend(threads), z, scale, compute, qkv, again);
    check_same_bits("attention: threads", count * sizeof *out, again, out);
  }
  for (size_t s = 0; s < z.samples; s++) {
    run(parity_backend(2), (shape){1, z.tokens, z.heads, z.width}, scale, compute, qkv + s * 3 * one, again);
    check_same_bits("attention: a sample alone", one * sizeof *out, again, out + s * one);
  }
  free(qkv);
  free(out);
  free(again);
  free(want);
}

/* NaN in a query is its row's alone; in a key every query of its sample and head sees it; in a value only its column. */
static void attention_not_finite(check_rng *rng, oss_backend *be) {
  const shape z = {2, 19, 2, 5};
  const size_t line = z.heads * z.width;
  float *qkv = check_floats(rng, qkv_count(z), 1.0), *clean = check_alloc(qkv_count(z) / 3, sizeof *clean);
  float *out = check_alloc(qkv_count(z) / 3, sizeof *out);
  run(be, z, 0.4, OSS_COMPUTE_FP32, qkv, clean);
  for (int part = 0; part < 3; part++) {
    float *spoiled = &qkv[(size_t)(7 * 3 + part) * line + 3], kept = *spoiled; /* sample 0, token 7, head 0, element 3 */
    *spoiled = NAN;
    run(be, z, 0.4, OSS_COMPUTE_FP32, qkv, out);
    *spoiled = kept;
    for (size_t i = 0; i < qkv_count(z) / 3; i++) {
      const size_t token = i / line, head = i % line / z.width, e = i % z.width;
      const int want = token < z.tokens && head == 0 && (part == 0 ? token == 7 : part == 1 ? 1 : e == 3);
      if (want)
        assert_true(isnan(out[i]));
      else
        check_same_bits("attention: beside NaN", sizeof *out, out + i, clean + i);
    }
  }
  qkv[7 * 3 * line + 2] = INFINITY; /* scores of both signs, or all of one: never a number */
  run(be, z, 0.4, OSS_COMPUTE_FP32, qkv, out);
  for (size_t e = 0; e < z.width; e++) assert_true(isnan(out[7 * line + e]));
  check_same_bits("attention: beside infinity", (line - z.width) * sizeof *out, out + 7 * line + z.width, clean + 7 * line + z.width);
  free(qkv);
  free(clean);
  free(out);
}

/* Scores far apart and large: the softmax subtracts the largest before it exponentiates. Then all of them about -256, where 0 would not do
 * in its place. */
static void attention_peaked(check_rng *rng, oss_backend *be) {
  const shape z = {1, 33, 1, 8};
  float *qkv = check_floats(rng, qkv_count(z), 30.0), out[33 * 8];
  double want[33 * 8];
  refer(z, 1.0, qkv, want);
  run(be, z, 1.0, OSS_COMPUTE_FP32, qkv, out);
  check_close_float("attention: peaked", 33 * 8, out, want, 2e-3, 2e-2); /* scores of 1e4 have roundings of 1e-3 */
  for (size_t i = 0; i < qkv_count(z); i++) qkv[i] /= 60.0f;
  for (size_t i = 0; i < z.tokens; i++) qkv[i * 24] = -16.0f, qkv[i * 24 + 8] = 16.0f;
  refer(z, 1.0, qkv, want);
  run(be, z, 1.0, OSS_COMPUTE_FP32, qkv, out);
  check_close_float("attention: scores far below 0", 33 * 8, out, want, 0.0, 2e-4); /* roundings of 1.5e-5 and more */
  free(qkv);
}

/* A product, attention and a product again, which all use a card's scratch: device arrays at[0] to at[3] are one's input and the next
 * one's. */
typedef struct block {
  shape z;
  oss_layer first, last;
  void *at[4];
} block;

static void run_block(oss_backend *be, const block *b) {
  const size_t rows = b->z.samples * b->z.tokens;
  check_ok(be->ops->dense(be, rows, &b->first, OSS_ACT_NONE, b->at[0], b->at[1]));
  check_ok(be->ops->attention(be, b->z.samples, b->z.tokens, b->z.heads, b->z.width, 0.5, OSS_COMPUTE_FP32, b->at[1], b->at[2]));
  check_ok(be->ops->dense(be, rows, &b->last, OSS_ACT_SILU, b->at[2], b->at[3]));
}

/* Recorded once and replayed on other inputs, with the bits that the operations have one by one. */
static void attention_repeated(check_rng *rng, oss_backend *be) {
  block b = {.z = {2, 5, 2, 4}};
  const size_t line = b.z.heads * b.z.width, count = qkv_count(b.z) / 3, bytes = count * sizeof(float);
  const size_t sizes[4] = {bytes, 3 * bytes, bytes, bytes};
  float *weight = check_floats(rng, 3 * line * line, 0.5), *want = check_alloc(count, sizeof *want), *out = check_alloc(count, sizeof *out);
  oss_repeat repeat = {NULL};
  check_ok(be->ops->dense_pack(be, 3 * line, line, OSS_COMPUTE_FP32, weight, weight, &b.first));
  check_ok(be->ops->dense_pack(be, line, line, OSS_COMPUTE_FP32, weight, NULL, &b.last));
  for (int i = 0; i < 4; i++) check_ok(be->ops->allocate(be, sizes[i], &b.at[i]));
  for (int turn = 0; turn < 3; turn++) {
    float *in = check_floats(rng, count, 1.0);
    int run;
    check_ok(be->ops->upload(be, bytes, in, b.at[0]));
    run_block(be, &b);
    check_ok(be->ops->download(be, bytes, b.at[3], want));
    check_ok(be->ops->upload(be, bytes, in, b.at[3])); /* what is there is not the result */
    check_ok(be->ops->repeat_begin(be, &repeat, &run));
    if (run) {
      run_block(be, &b);
      check_ok(be->ops->repeat_end(be, &repeat));
    }
    check_ok(be->ops->download(be, bytes, b.at[3], out));
    check_same_bits("attention: repeated", bytes, out, want);
    free(in);
  }
  check_ok(be->ops->repeat_free(be, &repeat));
  for (int i = 0; i < 4; i++) check_ok(be->ops->release(be, b.at[i]));
  check_ok(be->ops->layer_free(be, &b.first));
  check_ok(be->ops->layer_free(be, &b.last));
  free(weight);
  free(want);
  free(out);
}

static void parity_attention(void **state) {
  (void)state;
  check_rng rng = {52};
  const shape shapes[] = {{1, 1, 1, 1},   {2, 2, 1, 3},   {1, 3, 3, 4},   {2, 5, 2, 7},   {3, 15, 2, 8},   {2, 16, 3, 16},
                          {2, 17, 1, 17}, {2, 31, 2, 24}, {1, 32, 1, 32}, {1, 33, 2, 33}, {3, 49, 3, 32},  {2, 63, 1, 9},
                          {2, 64, 2, 64}, {1, 65, 2, 12}, {1, 127, 1, 5}, {2, 129, 1, 8}, {1, 256, 1, 16}, {1, 261, 2, 1}};
  for (size_t i = 0; i < COUNT(shapes); i++) {
    /* a score's rounding times the score's size, then averages of values of order 1 */
    attention_case(&rng, shapes[i], 1.0 / sqrt((double)shapes[i].width), OSS_COMPUTE_FP32, 2e-6);
    if (i % 4 == 3) attention_case(&rng, shapes[i], -0.7, OSS_COMPUTE_FP32, 2e-5);
  }
  /* The scores of all queries do not fit the scratch: in emulation, and everywhere. */
  attention_case(&rng, (shape){1, 523, 1, 4}, 0.5, OSS_COMPUTE_FP32, 2e-6);
  if (!parity_small()) attention_case(&rng, (shape){1, 4500, 1, 4}, 0.5, OSS_COMPUTE_FP32, 2e-6);
  oss_backend *be = parity_backend(2);
  attention_not_finite(&rng, be);
  attention_peaked(&rng, be);
  attention_repeated(&rng, be);
  if (parity_rounds_factors()) {
    attention_case(&rng, (shape){2, 33, 2, 32}, 0.2, OSS_COMPUTE_TF32, 4e-3);
    attention_case(&rng, (shape){2, 33, 2, 32}, 0.2, OSS_COMPUTE_BF16, 3e-2);
  } else {
    check_fails(be->ops->attention(be, 1, 1, 1, 1, 1.0, OSS_COMPUTE_TF32, NULL, NULL), OSS_ERR_UNSUPPORTED, "");
  }
  check_ok(be->ops->attention(be, 0, 4, 1, 2, 1.0, OSS_COMPUTE_FP32, NULL, NULL));
  check_fails(be->ops->attention(be, 1, 0, 1, 2, 1.0, OSS_COMPUTE_FP32, NULL, NULL), OSS_ERR_INTERNAL, "0 tokens");
  check_fails(be->ops->attention(be, 1, 4, 0, 2, 1.0, OSS_COMPUTE_FP32, NULL, NULL), OSS_ERR_INTERNAL, "0 heads");
  check_fails(be->ops->attention(be, 1, 4, 1, 0, 1.0, OSS_COMPUTE_FP32, NULL, NULL), OSS_ERR_INTERNAL, "attention");
  const double scales[] = {NAN, INFINITY, 1e39, 0.0, 1e-60};
  for (size_t i = 0; i < COUNT(scales); i++)
    check_fails(be->ops->attention(be, 1, 4, 1, 2, scales[i], OSS_COMPUTE_FP32, NULL, NULL), OSS_ERR_INTERNAL, "scale");
  check_fails(be->ops->attention(be, SIZE_MAX / 2, 4, 1, 2, 1.0, OSS_COMPUTE_FP32, NULL, NULL), OSS_ERR_INTERNAL, "overflow");
  check_fails(be->ops->attention(be, 1, (size_t)1 << 33, 1, 2, 1.0, OSS_COMPUTE_FP32, NULL, NULL), OSS_ERR_INTERNAL, "tokens");
}

PARITY_MAIN(parity_run_each_isa, "attention", PARITY_ATTENTION)

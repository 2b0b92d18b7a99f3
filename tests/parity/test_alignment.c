// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Arrays of networks that begin between the addresses where several floats move as one: the bits are the same. The shapes are those where
 * they do move as one otherwise. conv has its own such test. */
#include <stdlib.h>

#include "tests/support/parity.h"

enum { MOST = 6, ROWS = 67, WIDTH = 24, SAMPLES = 2, TOKENS = 5, HEADS = 2 };
enum { STATES = SAMPLES * TOKENS * WIDTH, CONDITIONS = SAMPLES * WIDTH, VALUES = ROWS * WIDTH, TAIL = 12, JOINED = ROWS * (WIDTH + TAIL) };
enum { PRODUCTS = 2100, IN = 8, OUT = 12 }; /* more rows than a card computes at a time */

/* One call of an operation: at[i] has counts[i] floats (0: it is not there), at[MOST] is what it writes, out floats. */
typedef struct operation {
  const char *name;
  size_t counts[MOST], out;
  oss_status (*call)(oss_backend *be, float *const *at);
} operation;

static oss_status call_dense(oss_backend *be, float *const *at) {
  float weight[OUT * IN];
  oss_layer layer;
  for (size_t i = 0; i < OUT * IN; i++) weight[i] = 0.1f * (float)(i % 7) - 0.2f;
  check_ok(be->ops->dense_pack(be, OUT, IN, OSS_COMPUTE_FP32, weight, weight, &layer));
  oss_status status = be->ops->dense(be, PRODUCTS, &layer, OSS_ACT_SILU, at[0], at[MOST]);
  if (status == OSS_OK) status = be->ops->dense(be, 1, &layer, OSS_ACT_SILU, at[1], at[MOST] + (size_t)PRODUCTS * OUT);
  check_ok(be->ops->layer_free(be, &layer));
  return status;
}
static oss_status call_attention(oss_backend *be, float *const *at) {
  return be->ops->attention(be, SAMPLES, TOKENS, HEADS, WIDTH / 2, 0.3, OSS_COMPUTE_FP32, at[0], at[MOST]);
}
static oss_status call_group_norm(oss_backend *be, float *const *at) {
  return be->ops->group_norm(be, SAMPLES, TOKENS, WIDTH, 4, 1e-5, at[1], at[2], WIDTH, at[3], at[4], at[5], OSS_ACT_SILU, at[0], at[MOST]);
}
static oss_status call_layer_norm(oss_backend *be, float *const *at) {
  return be->ops->layer_norm(be, SAMPLES, TOKENS, WIDTH, 1e-5, at[1], at[2], WIDTH, at[3], at[4], OSS_ACT_NONE, at[0], at[MOST]);
}
static oss_status call_gated_sum(oss_backend *be, float *const *at) {
  return be->ops->gated_sum(be, SAMPLES, TOKENS, WIDTH, 0.7, WIDTH, at[0], 0, at[1], at[2], at[MOST]);
}
static oss_status call_activate(oss_backend *be, float *const *at) {
  return be->ops->activate(be, VALUES, OSS_ACT_GELU, at[0], at[MOST]);
}
static oss_status call_concat(oss_backend *be, float *const *at) {
  return be->ops->concat(be, ROWS, WIDTH, WIDTH, at[0], TAIL, 0, at[1], at[MOST]);
}
static oss_status call_table_rows(oss_backend *be, float *const *at) {
  const int32_t index[3] = {4, -1, 0};
  oss_buffer there = {0};
  check_ok(oss_buffer_create(be, "index", 3, sizeof *index, &there));
  check_ok(oss_buffer_upload(&there, 0, sizeof index, index));
  oss_status status = be->ops->table_rows(be, 3, WIDTH, 6, there.data, at[0], at[MOST]);
  oss_buffer_destroy(&there);
  return status;
}

static const operation operations[] = {
    {"dense", {PRODUCTS * IN, IN}, (PRODUCTS + 1) * OUT, call_dense},
    {"attention", {3 * STATES}, STATES, call_attention},
    {"group_norm", {STATES, WIDTH, WIDTH, CONDITIONS, CONDITIONS, CONDITIONS}, STATES, call_group_norm},
    {"layer_norm", {STATES, WIDTH, WIDTH, CONDITIONS, CONDITIONS}, STATES, call_layer_norm},
    {"gated_sum", {CONDITIONS, STATES, STATES}, STATES, call_gated_sum},
    {"activate", {VALUES}, VALUES, call_activate},
    {"concat", {VALUES, TAIL}, JOINED, call_concat},
    {"table_rows", {6 * WIDTH}, 3 * WIDTH, call_table_rows},
};

/* host[i] and out have a float in front of what the operation sees. Bit i of apart: array i of the device begins with that one, and so the
 * operation's lies between alignments. */
static void run(oss_backend *be, const operation *o, unsigned apart, float *const *host, float *out) {
  float *at[MOST + 1] = {NULL};
  check_call call;
  for (size_t i = 0; i <= o->out; i++) out[i] = -1e38f; /* no result */
  check_call_begin(be, &call);
  for (size_t i = 0; i <= MOST; i++) {
    const size_t count = i < MOST ? o->counts[i] : o->out, front = apart >> i & 1;
    if (count == 0) continue;
    at[i] = i < MOST ? check_in(&call, host[i] + 1 - front, (count + front) * sizeof(float))
                     : check_inout(&call, out + 1 - front, (count + front) * sizeof(float));
    at[i] += front;
  }
  check_ok(o->call(be, at));
  check_call_end(&call);
  if (out[0] != -1e38f) fail_msg("%s: written in front of its output", o->name);
}

static void each_array_apart(void **state) {
  (void)state;
  check_rng rng = {71};
  oss_backend *be = parity_backend(2);
  for (size_t k = 0; k < sizeof operations / sizeof *operations; k++) {
    const operation *o = &operations[k];
    float *host[MOST] = {NULL}, *straight = check_alloc(o->out + 1, sizeof *straight), *out = check_alloc(o->out + 1, sizeof *out);
    for (size_t i = 0; i < MOST; i++) host[i] = check_floats(&rng, o->counts[i] + 1, 1.0);
    run(be, o, 0, host, straight);
    for (size_t i = 0; i <= MOST + 1; i++) { /* one of them, then all */
      if (i < MOST && o->counts[i] == 0) continue;
      run(be, o, i <= MOST ? 1u << i : ~0u, host, out);
      check_same_bits(o->name, o->out * sizeof *out, out + 1, straight + 1);
    }
    for (size_t i = 0; i < MOST; i++) free(host[i]);
    free(straight);
    free(out);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_array_apart)};
  return parity_run_each_isa("alignment", tests, sizeof tests / sizeof tests[0]);
}

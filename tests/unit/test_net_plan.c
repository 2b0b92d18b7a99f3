// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Plans of networks: places in the work space, drawn weights, what a plan promises of memory and of calls. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/registries.h"
#include "host/denoisers/network_state.h"
#include "host/nets/arena.h"
#include "tests/support/check.h"
#include "tests/support/members.h"

#define NETS OSS_GOLDEN_DIR "/nets/"

typedef struct opened {
  oss_member *member;
  oss_backend *be;
  oss_denoiser *denoiser;
} opened;

static opened open_network(const char *text) {
  static const oss_registry *const where[] = {&oss_denoisers, NULL};
  opened out = {.member = member_of(where, text)};
  check_ok(oss_backend_create("cpu", 2, &out.be));
  check_ok(oss_denoiser_open(out.member, out.be, &out.denoiser));
  return out;
}

static void close_network(opened *o) {
  oss_denoiser_destroy(o->denoiser);
  oss_backend_destroy(o->be);
  oss_member_free(o->member);
}

/* ---- places ---- */

enum { TENSORS = 200, STEPS = 60 };

static void tensors_needed_together_do_not_overlap(void **state) {
  (void)state;
  check_rng rng = {7};
  for (int round = 0; round < 20; round++) {
    oss_net_tensor t[TENSORS] = {0};
    size_t total, needed = 0;
    for (size_t i = 0; i < TENSORS; i++) {
      t[i].elements = 1 + check_bits(&rng) % 100;
      t[i].first = check_bits(&rng) % STEPS;
      t[i].last = t[i].first + check_bits(&rng) % 8;
    }
    check_ok(oss_arena_place(t, TENSORS, &total));
    for (size_t i = 0; i < TENSORS; i++) {
      assert_int_equal(t[i].place % 16, 0);
      assert_true(t[i].place + t[i].elements <= total);
      for (size_t k = 0; k < i; k++) {
        int together = t[i].first <= t[k].last && t[k].first <= t[i].last;
        int apart = t[i].place + t[i].elements <= t[k].place || t[k].place + t[k].elements <= t[i].place;
        assert_true(!together || apart);
      }
    }
    for (size_t step = 0; step < STEPS; step++) {
      size_t live = 0;
      for (size_t i = 0; i < TENSORS; i++)
        if (t[i].first <= step && step <= t[i].last) live += (t[i].elements + 15) / 16 * 16;
      if (live > needed) needed = live;
    }
    assert_in_range(total, needed, needed + needed / 4);
  }
  size_t none;
  check_ok(oss_arena_place(NULL, 0, &none));
  assert_int_equal(none, 0);
}

/* ---- weights ---- */

static void drawn_weights_depend_on_seed_tensor_and_element(void **state) {
  (void)state;
  const size_t dims[2] = {50, 400}, vector = 400;
  float *a = check_alloc(20000, sizeof *a), *b = check_alloc(20000, sizeof *b);
  oss_weights one, other;
  check_ok(oss_weights_open(NULL, 1, &one));
  check_ok(oss_weights_open(NULL, 2, &other));
  check_ok(oss_weights_take(&one, "a.weight", OSS_WEIGHT_PARAMETER, 2, dims, a));
  double square = 0.0;
  for (size_t i = 0; i < 20000; i++) square += (double)a[i] * a[i];
  assert_true(fabs(square / 20000 * 400 - 1.0) < 0.05);
  check_ok(oss_weights_take(&other, "a.weight", OSS_WEIGHT_PARAMETER, 2, dims, b));
  assert_memory_not_equal(a, b, 20000 * sizeof *a);
  check_ok(oss_weights_take(&one, "a.weight", OSS_WEIGHT_PARAMETER, 2, dims, b));
  assert_memory_not_equal(a, b, 20000 * sizeof *a);
  assert_int_equal(one.parameters, 40000);
  oss_weights_rewind(&one);
  check_ok(oss_weights_take(&one, "a.weight", OSS_WEIGHT_PARAMETER, 2, dims, b));
  check_same_bits("the same again", 20000 * sizeof *a, b, a);
  check_ok(oss_weights_take(&one, "norm.weight", OSS_WEIGHT_PARAMETER, 1, &vector, a));
  check_ok(oss_weights_take(&one, "norm.bias", OSS_WEIGHT_PARAMETER, 1, &vector, b));
  for (size_t i = 0; i < vector; i++) assert_true(a[i] == 1.0f && b[i] == 0.0f);
  check_ok(oss_weights_finish(&one));
  oss_weights_close(&one);
  oss_weights_close(&other);
  free(a);
  free(b);
}

/* ---- what a plan promises ---- */

static const char *const networks[] = {
    "{kind: songunet, file: " NETS "songunet_ncsnpp.safetensors}",
    "{kind: songunet, file: " NETS "songunet_cond.safetensors, class: drawn, precondition: vp}",
    "{kind: dhariwal, file: " NETS "dhariwal_mh.safetensors, class: 1, chunk: 3}",
    "{kind: dit, file: " NETS "dit.safetensors, class: drawn, guidance: 2, guide_channels: 3, chunk: 2}",
    "{kind: mar_mlp, file: " NETS "mar_mlp.safetensors, conditions: " NETS "mar_mlp.h5, dataset: raw/condition}",
};
enum { NETWORKS = sizeof networks / sizeof networks[0] };

static size_t refused;

static oss_status no_allocate(oss_backend *be, size_t bytes, void **out) {
  (void)be, (void)bytes, (void)out;
  refused++;
  return oss_fail(OSS_ERR_INTERNAL, "a call allocated");
}

static oss_status no_transfer(oss_backend *be, size_t bytes, const void *in, void *out) {
  (void)be, (void)bytes, (void)in, (void)out;
  refused++;
  return oss_fail(OSS_ERR_INTERNAL, "a call copied");
}

/* Five rows through the denoiser. */
static void call(opened *o, const float *x, const double *t, float *out) {
  size_t d = o->denoiser->elements;
  int32_t label[5];
  check_call run;
  check_ok(oss_denoiser_labels(o->denoiser, 3, 0, 5, label));
  check_call_begin(o->be, &run);
  const double *times = check_in(&run, t, 5 * sizeof *t);
  const int32_t *labels = check_in(&run, label, sizeof label);
  const float *in = check_in(&run, x, 5 * d * sizeof *x);
  float *to = check_out(&run, out, 5 * d * sizeof *out);
  const oss_ops *ops = o->be->ops;
  oss_ops watched = *ops;
  watched.allocate = no_allocate;
  watched.upload = watched.download = watched.copy = no_transfer;
  o->be->ops = &watched;
  oss_status status = oss_denoiser_call(o->denoiser, 5, times, labels, in, to);
  o->be->ops = ops;
  check_ok(status);
  check_call_end(&run);
}

/* What a plan says of memory holds once the weights are there; calls allocate and transfer nothing, so that they can be recorded. */
static void calls_take_what_was_planned_and_no_more(void **state) {
  (void)state;
  check_rng rng = {11};
  for (size_t n = 0; n < NETWORKS; n++) {
    opened o = open_network(networks[n]);
    oss_denoiser *d = o.denoiser;
    const oss_network *network = d->state;
    size_t planned = network->net->weight_bytes, floats = network->net->row_floats;
    assert_false(d->loaded);
    assert_non_null(d->about);
    check_fails(oss_denoiser_call(d, 1, NULL, NULL, NULL, NULL), OSS_ERR_INTERNAL, "before it is loaded");
    check_ok(oss_denoiser_load(d));
    check_ok(oss_denoiser_load(d));
    assert_int_equal(network->net->row_floats, floats);
    /* tiny layers: what a library takes beside each is not in the plan */
    assert_in_range(network->net->weight_bytes, planned / 2, planned + planned / 4 + 1048576);
    assert_true(network->net->arena.bytes + network->net->weight_bytes <= d->bytes + planned / 4 + 1048576);
    float *x = check_floats(&rng, 5 * d->elements, 1.0), *out = check_alloc(5 * d->elements, sizeof *out),
          *again = check_alloc(5 * d->elements, sizeof *again);
    const double t[5] = {1e-4, 0.3, 0.5, 0.99, 1.0};
    call(&o, x, t, out);
    call(&o, x, t, again);
    assert_int_equal(refused, 0);
    check_same_bits("the same again", 5 * d->elements * sizeof *out, again, out);
    for (size_t i = 0; i < 5 * d->elements; i++) assert_true(isfinite(out[i]));
    x[2 * d->elements + 1] = NAN; /* stays in its row */
    call(&o, x, t, again);
    check_same_bits("rows before it", 2 * d->elements * sizeof *out, again, out);
    check_same_bits("rows behind it", 2 * d->elements * sizeof *out, again + 3 * d->elements, out + 3 * d->elements);
    for (size_t i = 2 * d->elements; i < 3 * d->elements; i++) assert_true(isnan(again[i]));
    free(x);
    free(out);
    free(again);
    close_network(&o);
  }
}

/* ---- conditions ---- */

static void classes_are_drawn_alike(void **state) {
  enum { SAMPLES = 5000, CLASSES = 10 };
  (void)state;
  opened o = open_network("{kind: dit, file: " NETS "dit.safetensors, class: drawn}");
  int32_t *label = check_alloc(SAMPLES, sizeof *label), later[10];
  size_t count[CLASSES] = {0};
  check_ok(oss_denoiser_labels(o.denoiser, 5, 0, SAMPLES, label));
  check_ok(oss_denoiser_labels(o.denoiser, 5, 100, 10, later));
  assert_memory_equal(later, label + 100, sizeof later);
  for (size_t i = 0; i < SAMPLES; i++) {
    assert_in_range(label[i], 0, CLASSES - 1);
    count[label[i]]++;
  }
  for (size_t c = 0; c < CLASSES; c++) assert_in_range(count[c], SAMPLES / CLASSES - 100, SAMPLES / CLASSES + 100);
  free(label);
  close_network(&o);
}

static void conditions_of_a_file_come_in_turn(void **state) {
  (void)state;
  opened o = open_network(networks[4]);
  int32_t label[6];
  check_ok(oss_denoiser_labels(o.denoiser, 0, 3, 6, label));
  for (int i = 0; i < 6; i++) assert_int_equal(label[i], (3 + i) % 4);
  assert_int_equal(o.denoiser->rank, 1);
  assert_int_equal(o.denoiser->dims[0], 8);
  close_network(&o);
}

/* The content names what D depends on: not the chunk, but every other option. */
static void content_tells_networks_apart(void **state) {
  static const char *const same[] = {"", ", chunk: 7"};
  static const char *const other[] = {", guidance: 1.5, class: 3", ", class: 3", ", timestep: nearest", ", betas: cosine"};
  (void)state;
  char first[OSS_HASH_BYTES] = "";
  for (size_t i = 0; i < 6; i++) {
    char *text = oss_format("{kind: dit, file: " NETS "dit.safetensors%s}", i < 2 ? same[i] : other[i - 2]);
    opened o = open_network(text);
    if (i == 0) strcpy(first, o.denoiser->content);
    assert_int_equal(strcmp(first, o.denoiser->content) == 0, i < 2);
    close_network(&o);
    free(text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tensors_needed_together_do_not_overlap),  cmocka_unit_test(drawn_weights_depend_on_seed_tensor_and_element),
      cmocka_unit_test(calls_take_what_was_planned_and_no_more), cmocka_unit_test(classes_are_drawn_alike),
      cmocka_unit_test(conditions_of_a_file_come_in_turn),       cmocka_unit_test(content_tells_networks_apart)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

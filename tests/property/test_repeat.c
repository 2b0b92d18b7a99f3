// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What a search has recorded can be replayed: a backend that watches the calls on the way to the processor's finds every later turn of a
 * recorded row to be the same operations on the same memory, with no transfer or allocation among them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/sweep/context.h"
#include "tests/support/check.h"

enum { STEPS = 7, SAMPLES = 5, MOST_CALLS = 200 };

typedef struct noted_call {
  const char *op;
  const void *at[6];
  size_t sizes[2];
  unsigned flags;
} noted_call;

typedef struct recording {
  noted_call calls[MOST_CALLS];
  size_t count;
} recording;

static struct watch {
  oss_ops ops;
  const oss_ops *real;
  recording *open; /* between begin and end */
  size_t position; /* in it, when it comes again */
  int again;
  size_t recordings, replays, kept, transfers;
} w;

static void note(noted_call call) {
  if (w.open == NULL) return;
  if (w.again) {
    assert_true(w.position < w.open->count);
    const noted_call *before = &w.open->calls[w.position++];
    assert_string_equal(before->op, call.op);
    assert_memory_equal(before->at, call.at, sizeof call.at);
    assert_memory_equal(before->sizes, call.sizes, sizeof call.sizes);
    assert_int_equal(before->flags, call.flags);
    return;
  }
  assert_true(w.open->count < MOST_CALLS);
  w.open->calls[w.open->count++] = call;
}

static void not_recorded(void) {
  assert_null(w.open);
  w.transfers++;
}

static oss_status allocate(oss_backend *be, size_t bytes, void **out) {
  not_recorded();
  return w.real->allocate(be, bytes, out);
}

static oss_status release(oss_backend *be, void *memory) {
  not_recorded();
  return w.real->release(be, memory);
}

static oss_status upload(oss_backend *be, size_t bytes, const void *host, void *out) {
  not_recorded();
  return w.real->upload(be, bytes, host, out);
}

static oss_status download(oss_backend *be, size_t bytes, const void *in, void *host) {
  not_recorded();
  return w.real->download(be, bytes, in, host);
}

static oss_status finish(oss_backend *be) {
  not_recorded();
  return w.real->finish(be);
}

static oss_status copy(oss_backend *be, size_t bytes, const void *in, void *out) {
  note((noted_call){"copy", {in, out}, {bytes}, 0});
  return w.real->copy(be, bytes, in, out);
}

static oss_status mixture_distance(oss_backend *be, size_t rows, size_t k, size_t d, const float *x, const double *t, const float *means,
                                   double *distance) {
  note((noted_call){"mixture_distance", {x, t, means, distance}, {rows, d}, 0});
  return w.real->mixture_distance(be, rows, k, d, x, t, means, distance);
}

static oss_status gather_columns(oss_backend *be, size_t rows, size_t d, size_t n, const int32_t *index, const float *in, float *out) {
  note((noted_call){"gather_columns", {index, in, out}, {rows, n}, 0});
  return w.real->gather_columns(be, rows, d, n, index, in, out);
}

static oss_status pair_error(oss_backend *be, size_t b, size_t n, size_t d, int q, double p, size_t stride, const double *coef,
                             const float *x, oss_terms h, const float *target, double *cost) {
  note((noted_call){"pair_error", {coef, x, h.at[0], target, cost}, {b, d}, 0});
  return w.real->pair_error(be, b, n, d, q, p, stride, coef, x, h, target, cost);
}

static oss_status dp_relax(oss_backend *be, size_t b, size_t n, unsigned flags, const double *cost, const double *previous, double *cur,
                           int32_t *from) {
  note((noted_call){"dp_relax", {cost, previous, cur, from}, {b, n}, flags});
  return w.real->dp_relax(be, b, n, flags, cost, previous, cur, from);
}

static oss_status advance(oss_backend *be, size_t b, size_t n, size_t d, int q, size_t stride, const double *coef, size_t from_stride,
                          const int32_t *from, const float *x, oss_terms h, float *out) {
  note((noted_call){"advance", {coef, from, x, h.at[0], out}, {b, from_stride}, 0});
  return w.real->advance(be, b, n, d, q, stride, coef, from_stride, from, x, h, out);
}

static oss_status repeat_begin(oss_backend *be, oss_repeat *repeat, int *run) {
  (void)be;
  assert_null(w.open);
  w.again = repeat->recorded != NULL;
  if (!w.again) {
    repeat->recorded = calloc(1, sizeof(recording));
    assert_non_null(repeat->recorded);
    w.kept++;
  }
  *(w.again ? &w.replays : &w.recordings) += 1;
  w.open = repeat->recorded;
  w.position = 0;
  *run = 1; /* the search is made to issue its operations again, so that they can be compared */
  return OSS_OK;
}

static oss_status repeat_end(oss_backend *be, oss_repeat *repeat) {
  (void)be;
  assert_ptr_equal(repeat->recorded, w.open);
  if (w.again) assert_int_equal(w.position, w.open->count);
  w.open = NULL;
  return OSS_OK;
}

static oss_status repeat_free(oss_backend *be, oss_repeat *repeat) {
  (void)be;
  w.open = NULL;
  if (repeat->recorded == NULL) return OSS_OK;
  free(repeat->recorded);
  repeat->recorded = NULL;
  w.kept--;
  return OSS_OK;
}

static void watch(oss_backend *be) {
  w = (struct watch){.ops = *be->ops, .real = be->ops};
  w.ops.allocate = allocate;
  w.ops.release = release;
  w.ops.upload = upload;
  w.ops.download = download;
  w.ops.finish = finish;
  w.ops.copy = copy;
  w.ops.mixture_distance = mixture_distance;
  w.ops.gather_columns = gather_columns;
  w.ops.pair_error = pair_error;
  w.ops.dp_relax = dp_relax;
  w.ops.advance = advance;
  w.ops.repeat_begin = repeat_begin;
  w.ops.repeat_end = repeat_end;
  w.ops.repeat_free = repeat_free;
  be->ops = &w.ops;
}

/* Searches one cell and says how often rows were recorded and came again. */
static void search(const char *solver, const char *schedule, int batch, size_t recordings, size_t replays) {
  char folder[] = "/tmp/ossbench-repeat-XXXXXX", path[64];
  oss_config config;
  oss_backend *be;
  oss_context context;
  oss_found found;
  const int64_t budgets[] = {STEPS};
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/config.yaml", folder);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fprintf(file,
          "denoiser: {kind: gmm, file: %s/oss_search.h5}\nsamples: {search: %d, evaluate: same, batch: %d}\n"
          "teacher: {cache: none, steps: 12, grid: edm}\nstudent: {steps: %d, solver: %s, schedule: %s}\n",
          OSS_GOLDEN_DIR, SAMPLES, batch, STEPS, solver, schedule);
  assert_int_equal(fclose(file), 0);
  check_ok(oss_config_load(path, NULL, 0, &config));
  remove(path);
  rmdir(folder);
  check_ok(oss_backend_create("cpu", 2, &be));
  check_ok(oss_context_create(&config, be, NULL, &context));
  oss_cell cell = oss_config_cell(&config, 0);
  check_ok(oss_context_move(&context, &cell));
  check_ok(oss_context_teach(&context));
  watch(be);
  oss_search_input input = oss_context_search_input(&context, budgets, 1);
  check_ok(oss_schedule_find(cell.schedule, &input, &found));
  assert_int_equal(w.recordings, recordings);
  assert_int_equal(w.replays, replays);
  assert_int_equal(w.kept, 0);
  assert_true(w.transfers > 0);
  oss_found_free(&found);
  be->ops = w.real;
  oss_context_destroy(&context);
  oss_backend_destroy(be);
  oss_config_free(&config);
}

/* Rows 2 to M - 1 of a search; two of them are recorded, for either turn of the buffers. */
enum { ROWS = STEPS - 2 };

static void rows_of_one_step_solvers_come_again(void **state) {
  (void)state;
  search("euler", "{kind: oss, samples: per_sample}", SAMPLES, 2, ROWS - 2);
  search("euler", "{kind: oss, variant: official, start: pinned}", SAMPLES, 2, ROWS - 2);
  search("{kind: euler, afs: true}", "{kind: oss, samples: joint, variant: carry}", SAMPLES, 2, ROWS - 2);
}

/* A batch has its own memory; a joint search records all of its batches together. */
static void batches_are_recorded_anew(void **state) {
  (void)state;
  search("euler", "{kind: oss, samples: per_sample}", 2, 3 * 2, 3 * (ROWS - 2));
  search("euler", "{kind: oss, samples: joint, reduce: log_mean}", 2, 2, ROWS - 2);
}

static void host_data_between_is_not_recorded(void **state) {
  (void)state;
  search("{kind: dpmpp, order: 2}", "{kind: oss, samples: per_sample}", SAMPLES, 0, 0);
  search("euler", "{kind: oss, cost: x0_carried}", SAMPLES, 0, 0);
  search("euler", "{kind: oss, cost: x0}", SAMPLES, 0, 0);
  search("heun", "{kind: oss}", SAMPLES, 0, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_of_one_step_solvers_come_again),
      cmocka_unit_test(batches_are_recorded_anew),
      cmocka_unit_test(host_data_between_is_not_recorded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/support/parity.h"

enum { ROWS = 3, D = 68, INDICES = 5 };

/* Work that never gives the same twice: x = map (coef_0 x + coef_1 z), and columns of it that an index may be wrong of. */
typedef struct work {
  oss_backend *be;
  check_call call;
  float x_host[ROWS * D], y_host[ROWS * D], seen_host[ROWS * INDICES], z_host[ROWS * D];
  double coef_host[2], map_host[2 * ROWS];
  int32_t index_host[INDICES];
  float *x, *y, *z, *seen;
  double *coef, *map;
  int32_t *index;
} work;

static work *make_work(oss_backend *be, uint64_t seed) {
  work *w = check_alloc(1, sizeof *w);
  check_rng rng = {seed};
  w->be = be;
  for (size_t i = 0; i < ROWS * D; i++) {
    w->x_host[i] = (float)check_normal(&rng);
    w->z_host[i] = (float)check_normal(&rng);
  }
  for (size_t i = 0; i < 2 * ROWS; i++) w->map_host[i] = check_uniform(&rng, 0.5, 1.5);
  for (size_t i = 0; i < 2; i++) w->coef_host[i] = check_uniform(&rng, -1.0, 1.0);
  for (size_t i = 0; i < INDICES; i++) w->index_host[i] = (int32_t)(check_bits(&rng) % D);
  check_call_begin(be, &w->call);
  w->x = check_inout(&w->call, w->x_host, sizeof w->x_host);
  w->y = check_out(&w->call, w->y_host, sizeof w->y_host);
  w->z = check_in(&w->call, w->z_host, sizeof w->z_host);
  w->seen = check_out(&w->call, w->seen_host, sizeof w->seen_host);
  w->coef = check_inout(&w->call, w->coef_host, sizeof w->coef_host);
  w->map = check_in(&w->call, w->map_host, sizeof w->map_host);
  w->index = check_inout(&w->call, w->index_host, sizeof w->index_host);
  return w;
}

static oss_status do_work(work *w) {
  const oss_terms terms = {{w->x, w->z}};
  OSS_TRY(w->be->ops->lincomb(w->be, ROWS, D, 2, 0, w->coef, terms, w->y));
  OSS_TRY(w->be->ops->row_affine(w->be, ROWS, D, w->map, w->y, w->x));
  return w->be->ops->gather_columns(w->be, ROWS, D, INDICES, w->index, w->x, w->seen);
}

/* Issued, or repeated; returns whether the caller was asked to issue it. */
static int repeat_work(work *w, oss_repeat *repeat) {
  int run = -1;
  check_ok(w->be->ops->repeat_begin(w->be, repeat, &run));
  assert_true(run == 0 || run == 1);
  if (!run) return 0;
  check_ok(do_work(w));
  check_ok(w->be->ops->repeat_end(w->be, repeat));
  return 1;
}

static void set_index(work *w, int32_t value) {
  check_ok(w->be->ops->upload(w->be, sizeof value, &value, w->index + 2));
}

static void set_coef(work *w, double value) {
  check_ok(w->be->ops->upload(w->be, sizeof value, &value, w->coef + 1));
}

/* Ends both, which have done the same. */
static void compare(const char *what, work *got, work *want) {
  check_call_end(&got->call);
  check_call_end(&want->call);
  check_same_bits(what, sizeof want->x_host, got->x_host, want->x_host);
  check_same_bits(what, sizeof want->y_host, got->y_host, want->y_host);
  check_same_bits(what, sizeof want->seen_host, got->seen_host, want->seen_host);
  free(got);
  free(want);
}

static void parity_finish(void **state) {
  (void)state;
  oss_backend *be = parity_backend(1);
  work *w = make_work(be, 51), *same = make_work(be, 51);
  check_ok(be->ops->finish(be));
  set_index(w, D);
  check_call_fails(be, do_work(w), OSS_ERR_INTERNAL, "column 68 (number 2)");
  check_ok(be->ops->finish(be)); /* told once */
  set_index(w, -7);
  oss_status status = do_work(w);
  if (status == OSS_OK) status = be->ops->download(be, sizeof w->x_host, w->x, w->x_host);
  check_fails(status, OSS_ERR_INTERNAL, "column -7 (number 2)");
  set_index(w, w->index_host[2]);
  check_ok(do_work(w));
  for (int i = 0; i < 3; i++) check_ok(do_work(same)); /* what came before a failure has been done */
  check_ok(be->ops->finish(be));
  compare("work around failures", w, same);
}

/* However often, and with contents that change in between: the same as issuing it. */
static void parity_repeat_begin(void **state) {
  (void)state;
  for (int times = 1; times <= 5; times++) {
    oss_backend *be = parity_backend(1 + times % PARITY_THREADS);
    work *repeated = make_work(be, 52), *issued = make_work(be, 52);
    oss_repeat repeat = {NULL};
    for (int i = 0; i < times; i++) {
      int asked = repeat_work(repeated, &repeat);
      assert_true(i > 0 || asked);
      check_ok(do_work(issued));
      if (i == 2) set_coef(repeated, 0.125), set_coef(issued, 0.125);
    }
    check_ok(be->ops->repeat_free(be, &repeat));
    compare("repeated", repeated, issued);
  }
}

/* Whatever has to wait or to ask the device for memory has no place in a recording, and leaves it whole. */
static void refused_while_recording(oss_backend *be) {
  work *w = make_work(be, 53), *same = make_work(be, 53);
  oss_repeat repeat = {NULL}, other = {NULL};
  int run = -1;
  void *memory = NULL;
  double seconds;
  check_ok(be->ops->repeat_begin(be, &repeat, &run));
  check_fails(be->ops->upload(be, 8, w->coef_host, w->coef), OSS_ERR_INTERNAL, "upload");
  check_fails(be->ops->download(be, 8, w->coef, w->coef_host), OSS_ERR_INTERNAL, "download");
  check_ok(do_work(w));
  check_fails(be->ops->allocate(be, 8, &memory), OSS_ERR_INTERNAL, "allocate");
  check_fails(be->ops->release(be, w->x), OSS_ERR_INTERNAL, "release");
  check_fails(be->ops->reserve(be, 8), OSS_ERR_INTERNAL, "reserve");
  check_fails(be->ops->finish(be), OSS_ERR_INTERNAL, "finish");
  check_fails(be->ops->timer_start(be), OSS_ERR_INTERNAL, "timer_start");
  check_fails(be->ops->timer_stop(be, &seconds), OSS_ERR_INTERNAL, "timer_stop");
  check_fails(be->ops->repeat_begin(be, &other, &run), OSS_ERR_INTERNAL, "repeat_begin");
  check_ok(be->ops->repeat_end(be, &repeat));
  check_fails(be->ops->repeat_end(be, &repeat), OSS_ERR_INTERNAL, "repeat_end");
  check_ok(be->ops->repeat_free(be, &repeat));
  check_ok(do_work(same));
  compare("recorded between refusals", w, same);
}

static void parity_repeat_end(void **state) {
  (void)state;
  oss_backend *be = parity_backend(2);
  work *a = make_work(be, 54), *b = make_work(be, 55), *a_issued = make_work(be, 54), *b_issued = make_work(be, 55);
  oss_repeat first = {NULL}, second = {NULL};
  for (int i = 0; i < 6; i++) { /* two recordings in turns, with other work between */
    repeat_work(a, &first);
    repeat_work(b, &second);
    check_ok(do_work(a_issued));
    check_ok(do_work(b_issued));
  }
  check_ok(be->ops->repeat_free(be, &first));
  repeat_work(b, &second); /* which does not mind */
  check_ok(do_work(b_issued));
  check_ok(be->ops->repeat_free(be, &second));
  compare("two recordings, one", a, a_issued);
  compare("two recordings, the other", b, b_issued);
  if (be->space == OSS_SPACE_DEVICE) refused_while_recording(be);
}

/* Contents that are wrong are found by each repetition, and spoil none of the later ones. */
static void repeat_with_failures(oss_backend *be) {
  work *w = make_work(be, 56), *same = make_work(be, 56);
  oss_repeat repeat = {NULL};
  for (int i = 0; i < 4; i++) {
    int run = -1, wrong = i % 2 == 0;
    set_index(w, wrong ? D + i : w->index_host[2]);
    check_ok(be->ops->repeat_begin(be, &repeat, &run));
    oss_status status = run ? do_work(w) : OSS_OK;
    if (run && status == OSS_OK) status = be->ops->repeat_end(be, &repeat);
    if (wrong)
      check_call_fails(be, status, OSS_ERR_INTERNAL, i == 0 ? "column 68" : "column 70");
    else
      check_ok(check_finished(be, status));
    check_ok(do_work(same));
  }
  check_ok(be->ops->repeat_free(be, &repeat));
  compare("repeated with failures", w, same);
}

static void parity_repeat_free(void **state) {
  (void)state;
  oss_backend *be = parity_backend(2);
  oss_repeat repeat = {NULL};
  check_ok(be->ops->repeat_free(be, &repeat)); /* new */
  for (int round = 0; round < 3; round++) {    /* forgotten, then other work under the same name */
    work *w = make_work(be, 57 + (uint64_t)round), *same = make_work(be, 57 + (uint64_t)round), *half = make_work(be, 60);
    for (int i = 0; i < 3; i++) {
      int asked = repeat_work(w, &repeat);
      assert_true(i > 0 || asked);
      check_ok(do_work(same));
    }
    check_ok(be->ops->repeat_free(be, &repeat));
    assert_null(repeat.recorded);
    check_ok(be->ops->repeat_free(be, &repeat)); /* again */
    int run = -1;
    check_ok(be->ops->repeat_begin(be, &repeat, &run));
    assert_int_equal(run, 1);
    check_ok(do_work(half));
    check_ok(be->ops->repeat_free(be, &repeat)); /* halfway */
    assert_null(repeat.recorded);
    check_ok(be->ops->finish(be));
    compare("work whose recording is forgotten", w, same);
    check_call_end(&half->call);
    free(half);
  }
  repeat_with_failures(be);
}

static void parity_stage_begin(void **state) {
  (void)state;
  oss_backend *be = parity_backend(1);
  work *w = make_work(be, 61), *same = make_work(be, 61);
  oss_repeat repeat = {NULL};
  char name[] = "row 100 %s";
  check_ok(be->ops->stage_begin(be, name));
  memset(name, 'x', sizeof name - 1); /* the name is the caller's */
  for (int i = 0; i < 3; i++) {
    int run = -1;
    check_ok(be->ops->stage_begin(be, ""));
    check_ok(be->ops->repeat_begin(be, &repeat, &run));
    if (run) {
      check_ok(be->ops->stage_begin(be, "inside a recording"));
      check_ok(do_work(w));
      check_ok(be->ops->stage_end(be));
      check_ok(be->ops->repeat_end(be, &repeat));
    }
    check_ok(be->ops->stage_end(be));
    check_ok(do_work(same));
  }
  check_ok(be->ops->stage_end(be));
  check_ok(be->ops->repeat_free(be, &repeat));
  compare("within stages", w, same);
}

static void parity_stage_end(void **state) {
  (void)state;
  oss_backend *be = parity_backend(2);
  for (int depth = 1; depth <= 20; depth++) { /* nests, and can be left and entered again */
    for (int i = 0; i < depth; i++) check_ok(be->ops->stage_begin(be, "stage"));
    for (int i = 0; i < depth; i++) check_ok(be->ops->stage_end(be));
  }
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void parity_timer_start(void **state) {
  (void)state;
  oss_backend *be = parity_backend(1);
  work *w = make_work(be, 62), *same = make_work(be, 62);
  for (int count = 0; count < 3; count++) {
    double seconds = NAN, begin = now();
    check_ok(be->ops->timer_start(be));
    check_ok(do_work(w));
    check_ok(do_work(same));
    if (count == 2) check_ok(be->ops->timer_start(be)); /* anew */
    for (int i = 0; i < count; i++) check_ok(do_work(w)), check_ok(do_work(same));
    check_ok(be->ops->timer_stop(be, &seconds));
    double passed = now() - begin;
    if (!(seconds >= 0.0 && seconds <= passed + 1e-4)) fail_msg("the timer says %g s, %g s passed", seconds, passed);
  }
  compare("timed", w, same);
}

static void parity_timer_stop(void **state) {
  (void)state;
  oss_backend *be = parity_backend(2);
  work *w = make_work(be, 63);
  double seconds = NAN;
  set_index(w, D + 3);
  check_ok(be->ops->timer_start(be));
  oss_status status = do_work(w);
  if (status == OSS_OK) status = be->ops->timer_stop(be, &seconds);
  check_fails(status, OSS_ERR_INTERNAL, "column 71");
  set_index(w, w->index_host[2]);
  check_ok(be->ops->timer_start(be));
  check_ok(do_work(w));
  check_ok(be->ops->timer_stop(be, &seconds)); /* the failure is gone */
  assert_true(isfinite(seconds) && seconds >= 0.0);
  check_call_end(&w->call);
  free(w);
}

PARITY_MAIN(parity_run, "order", PARITY_ORDER)

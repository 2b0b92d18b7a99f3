// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Which cell of a result answers what was asked for. */
#include <stdlib.h>
#include <string.h>

#include "host/schedules/match.h"
#include "tests/support/check.h"

#define DIGITS "{kind: dataset, file: /a/b/digits.h5, bandwidth: 0.2}"
#define MOVED "{kind: dataset, file: elsewhere/digits.h5, bandwidth: 0.2}"
#define NETWORK "{kind: songunet, file: \"/digits/my nets/unet.v2.safetensors\"}"

static oss_likeness like(const char *value, const char *text) {
  oss_likeness found;
  check_ok(oss_match_text(value, text, &found));
  return found;
}

static void a_text_stands_for_a_value(void **state) {
  (void)state;
  assert_int_equal(like(DIGITS, DIGITS), OSS_LIKE_SAME);
  assert_int_equal(like(DIGITS, MOVED), OSS_LIKE_ALL);
  assert_int_equal(like(DIGITS, "{file: digits.h5}"), OSS_UNLIKE);
  assert_int_equal(like(DIGITS, "dataset"), OSS_LIKE_KIND);
  assert_int_equal(like(DIGITS, "digits"), OSS_LIKE_FILE);
  assert_int_equal(like(DIGITS, "digits.h5"), OSS_LIKE_FILE);
  assert_int_equal(like(DIGITS, "x/y/digits.h5"), OSS_LIKE_FILE);
  assert_int_equal(like(DIGITS, "digit"), OSS_LIKE_PART);
  assert_int_equal(like(DIGITS, "bandwidth: 0.2"), OSS_LIKE_PART);
  assert_int_equal(like(DIGITS, "bandwidth: 0.3"), OSS_UNLIKE);
  assert_int_equal(like(NETWORK, "digits"), OSS_UNLIKE); /* a folder says nothing */
  assert_int_equal(like(NETWORK, "unet.v2"), OSS_LIKE_FILE);
  assert_int_equal(like(NETWORK, "unet"), OSS_LIKE_PART);
  assert_int_equal(like("uniform", "uniform"), OSS_LIKE_SAME);
  assert_int_equal(like("uniform", "form"), OSS_LIKE_PART);
  assert_int_equal(like("{kind: oss, cost: {kind: xt, p: 2}}", "xt"), OSS_LIKE_PART);
  assert_int_equal(like("{kind: oss, cost: {kind: xt, p: 2}}", "oss"), OSS_LIKE_KIND);
  assert_int_equal(like("{broken: [", "{broken"), OSS_LIKE_PART); /* a line that is none of ours is a text */
  assert_int_equal(like("", "x"), OSS_UNLIKE);
}

/* The axes that the cases below vary; the rest is the same. */
static oss_listed_cell cell(int64_t number, char *denoiser, char *schedule, char *solver, int64_t steps, char *status, int64_t seed) {
  return (oss_listed_cell){.number = number,
                           .denoiser = denoiser,
                           .schedule = schedule,
                           .solver = solver,
                           .steps = steps,
                           .status = status,
                           .seed = seed,
                           .reason = "too few points",
                           .teacher_grid = "{kind: edm, rho: 7}",
                           .teacher_steps = 60,
                           .initial = "t",
                           .teacher_solver = "euler",
                           .calibration = "none",
                           .samples_search = 16};
}

static oss_wanted wanted(const char *denoiser, const char *schedule, int64_t steps) {
  return (oss_wanted){.denoiser = {denoiser, 0},
                      .schedule = {schedule, 0},
                      .solver = {"euler", 1},
                      .teacher_grid = {"{kind: edm, rho: 7}", 1},
                      .teacher_steps = 60,
                      .steps = steps,
                      .teacher_solver = "euler",
                      .initial = "t",
                      .seed = 0,
                      .samples_search = 16};
}

static void make_cells(oss_listed_cell cells[7]) {
  cells[0] = cell(0, DIGITS, "{kind: oss, variant: paper}", "euler", 5, "done", 0);
  cells[1] = cell(1, DIGITS, "{kind: oss, variant: carry}", "euler", 5, "done", 0);
  cells[2] = cell(2, DIGITS, "gits", "euler", 5, "done", 0);
  cells[3] = cell(3, DIGITS, "gits", "euler", 10, "skipped", 0);
  cells[4] = cell(4, NETWORK, "gits", "euler", 5, "done", 0);
  cells[5] = cell(5, NETWORK, "gits", "euler", 5, "done", 1);
  cells[6] = cell(6, NETWORK, "gits", "heun", 5, "done", 0);
}

static int64_t the_one(const oss_wanted *w) {
  oss_listed_cell cells[7];
  size_t *chosen, count;
  make_cells(cells);
  check_ok(oss_match_cells("it.h5", cells, 7, w, &chosen, &count));
  assert_int_equal(count, 1);
  int64_t number = cells[chosen[0]].number;
  free(chosen);
  return number;
}

static void refused(const oss_wanted *w, oss_status code, const char *first, const char *second) {
  oss_listed_cell cells[7];
  size_t *chosen, count;
  make_cells(cells);
  oss_status status = oss_match_cells("it.h5", cells, 7, w, &chosen, &count);
  check_fails(status, code, first);
  check_fails(status, code, second);
}

static void one_cell_answers(void **state) {
  (void)state;
  oss_wanted w = wanted("digits", "carry", 5);
  assert_int_equal(the_one(&w), 1);
  w = wanted("dataset", "gits", 5);
  assert_int_equal(the_one(&w), 2);
  w = wanted("songunet", NULL, 5); /* its only schedule */
  assert_int_equal(the_one(&w), 4);
  w.seed = 1;
  assert_int_equal(the_one(&w), 5);
  w.solver = (oss_asked){"heun", 0};
  assert_int_equal(the_one(&w), 6); /* the other seed is no hindrance where there is no cell of it */
}

static void several_that_differ_in_seed_alone_are_left(void **state) {
  oss_listed_cell cells[7];
  oss_wanted w = wanted("songunet", "gits", 5);
  size_t *chosen, count;
  (void)state;
  w.seed = 7;
  make_cells(cells);
  check_ok(oss_match_cells("it.h5", cells, 7, &w, &chosen, &count));
  assert_int_equal(count, 2);
  assert_int_equal(chosen[0], 4);
  assert_int_equal(chosen[1], 5);
  free(chosen);
}

static void what_is_missing_is_said(void **state) {
  (void)state;
  oss_wanted w = wanted("patches", "gits", 5);
  refused(&w, OSS_ERR_UNSUPPORTED, "it.h5 has no cell with denoiser 'patches'; there are {kind: dataset", "{kind: songunet");
  w = wanted("digits", "learned", 5);
  refused(&w, OSS_ERR_UNSUPPORTED, "schedule 'learned' of denoiser 'digits'; there are", "carry}, gits");
  w = wanted("digits", "gits", 7);
  refused(&w, OSS_ERR_UNSUPPORTED, "no cell with steps 7 of", "there are 5, 10");
  w = wanted("digits", "gits", 10);
  refused(&w, OSS_ERR_UNSUPPORTED, "no finished cell of", "skipped too few points");
  w = wanted("digits", "gits", 5);
  w.teacher_steps = 100;
  refused(&w, OSS_ERR_UNSUPPORTED, "teacher_steps 100", "there are 60");
  w = wanted("digits", "gits", 5);
  w.solver = (oss_asked){"heu", 1}; /* a line is not taken by its part */
  refused(&w, OSS_ERR_UNSUPPORTED, "solver heu", "there are euler");
  w = wanted("digits", "gits", 5);
  w.teacher_grid = (oss_asked){"{kind: edm, rho: 5}", 1};
  refused(&w, OSS_ERR_UNSUPPORTED, "teacher_grid {kind: edm, rho: 5}", "there are {kind: edm, rho: 7}");
}

static void several_values_are_refused(void **state) {
  (void)state;
  oss_wanted w = wanted(NULL, "gits", 5);
  refused(&w, OSS_ERR_CONFIG, "several cells for any denoiser", "songunet");
  w = wanted("digits", "oss", 5);
  refused(&w, OSS_ERR_CONFIG, "several cells for schedule 'oss' of denoiser 'digits'; say which of", "paper}, {kind: oss, variant: carry}");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_text_stands_for_a_value),
      cmocka_unit_test(one_cell_answers),
      cmocka_unit_test(several_that_differ_in_seed_alone_are_left),
      cmocka_unit_test(what_is_missing_is_said),
      cmocka_unit_test(several_values_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

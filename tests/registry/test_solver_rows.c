// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What holds for the rows of every solver in every variant: with any number of points known, any order asked for, near the end and far. */
#include <math.h>
#include <string.h>

#include "host/core/registries.h"
#include "tests/support/check.h"
#include "tests/support/solvers.h"

static int has(const oss_member *solver, const char *part) {
  return strstr(solver->yaml, part) != NULL;
}

/* Two methods' published weights sum to one only nearly: the sum of DEIS, and iPNDM-v of order 4 where steps have no common ratio. */
static int sums_nearly(const oss_member *solver) {
  return (has(solver, "kind: deis") && has(solver, "mode: tab, integral: sum")) || has(solver, "kind: ipndm_v, order: 4");
}

typedef void (*visit)(const oss_member *solver, const oss_step *step);

/* Every step along the times that a solver could see. */
static void visit_steps(const oss_member *solver, int count, const double *times, visit each) {
  int terms = oss_solver_terms(solver), orders = oss_solver_orders(solver);
  for (int k = 0; k + 1 < count; k++) {
    double t[OSS_MAX_TERMS];
    for (int m = 0; m <= k && m < terms; m++) t[m] = times[k - m];
    int known = k + 1 < terms ? k + 1 : terms;
    for (int next = k + 1; next < count; next++)
      for (int remaining = 1; remaining <= 4; remaining++)
        for (int order = 0; order <= orders; order++)
          for (int arrived = 0; arrived <= orders; arrived++) {
            oss_step step = {.known = known, .t = t, .next = times[next], .order = order, .arrived = arrived};
            step.remaining = remaining < 4 ? remaining : OSS_MANY_STEPS;
            each(solver, &step);
            if (next < count - 1) continue; /* fewer points than the path could have: one more start */
            for (step.known = 1; step.known < known; step.known++) each(solver, &step);
          }
  }
}

static void visit_all(int count, const double *times, visit each, int nearly) {
  oss_member **solvers;
  size_t variants = all_solver_variants(&solvers);
  for (size_t i = 0; i < variants; i++)
    if (nearly || !sums_nearly(solvers[i])) visit_steps(solvers[i], count, times, each);
  oss_members_free(solvers, variants);
}

/* ---- straight paths ---- */

static const double x0 = 0.7, eps = -1.3;

static double line(double t) {
  return (1.0 - t) * x0 + t * eps;
}

static void expect(const oss_member *solver, const oss_step *step, const char *what, double got, double want) {
  if (!(fabs(got - want) <= 1e-12))
    fail_msg("%s: %s from %g to %g with %d known, order %d after %d, %d left: %g, not %g", solver->yaml, what, step->t[0], step->next,
             step->known, step->order, step->arrived, step->remaining, got, want);
}

static void check_straight(const oss_member *solver, const oss_step *step) {
  double h[OSS_MAX_TERMS], rule[2];
  oss_row row, other;
  int inputs = step->known;
  for (int m = 1; m < step->known; m++) {
    oss_solver_history_row(solver, step->t[m], rule);
    h[m - 1] = rule[0] * line(step->t[m]) + rule[1] * x0;
  }
  oss_solver_correct(solver, step, &other);
  expect(solver, step, "corrected", apply_row(&other, line(step->t[0]), x0, step->known, h), line(step->t[0]));
  double middle = oss_solver_stage(solver, step, &other);
  if (middle > 0.0) {
    assert_true(middle >= step->next && middle < step->t[0]);
    expect(solver, step, "middle", apply_row(&other, line(step->t[0]), x0, 1, NULL), line(middle));
    h[0] = x0;
    inputs = 2;
  }
  oss_solver_row(solver, step, &row);
  expect(solver, step, "step", apply_row(&row, line(step->t[0]), x0, inputs, h), line(step->next));
  for (int m = inputs; m < OSS_MAX_TERMS - 1; m++) assert_true(row.b[m] == 0.0);
}

/* On x_t = (1-t) x0 + t eps the denoiser says x0 everywhere, and every step is exact, from t = 1 and onto t = 0 included. */
static void steps_are_exact_on_straight_paths(void **state) {
  static const double times[] = {1.0, 0.9, 0.71, 0.4, 0.33, 0.1, 0.02, 0.0};
  (void)state;
  visit_all(sizeof times / sizeof times[0], times, check_straight, 0);
}

/* Where iPNDM-v's weights do sum to one. */
static void ipndm_v_is_exact_on_steps_of_one_ratio(void **state) {
  double times[7];
  oss_member *solver = solver_variant("{kind: ipndm_v, order: 4}");
  (void)state;
  for (int i = 0; i < 7; i++) times[i] = 20.0 * pow(0.4, i) / (1.0 + 20.0 * pow(0.4, i));
  for (int k = 0; k + 1 < 7; k++) {
    double t[4];
    for (int m = 0; m < 4 && m <= k; m++) t[m] = times[k - m];
    oss_step step = {.known = k < 4 ? k + 1 : 4, .t = t, .next = times[k + 1], .remaining = OSS_MANY_STEPS};
    check_straight(solver, &step);
  }
  oss_member_free(solver);
}

/* The published sum of DEIS is off by the error of the trapezoid rule over 10000 points, no more. */
static void the_sum_of_deis_is_near_its_integral(void **state) {
  static const double t[] = {0.8, 0.9, 0.95};
  oss_member *sum = solver_variant("{kind: deis, order: 3}"), *exact = solver_variant("{kind: deis, order: 3, integral: exact}");
  oss_step step = {.known = 3, .t = t, .next = 0.5, .remaining = OSS_MANY_STEPS};
  oss_row a, b;
  (void)state;
  oss_solver_row(sum, &step, &a);
  oss_solver_row(exact, &step, &b);
  for (int m = 0; m < 3; m++) assert_true(fabs(a.b[m] - b.b[m]) > 1e-8 && fabs(a.b[m] - b.b[m]) < 3e-4);
  step.next = 0.0;
  oss_solver_row(sum, &step, &a);
  oss_solver_row(exact, &step, &b);
  assert_memory_equal(&a, &b, sizeof a);
  oss_member_free(sum);
  oss_member_free(exact);
}

/* ---- ends ---- */

static void check_finite(const oss_member *solver, const oss_step *step) {
  oss_row rows[3];
  oss_solver_row(solver, step, &rows[0]);
  oss_solver_correct(solver, step, &rows[1]);
  double middle = oss_solver_stage(solver, step, &rows[2]);
  int fine = isfinite(middle);
  for (int r = 0; r < 3; r++) {
    fine &= isfinite(rows[r].a);
    for (int m = 0; m < OSS_MAX_TERMS - 1; m++) fine &= isfinite(rows[r].b[m]);
  }
  if (!fine) fail_msg("%s: no finite row from %g to %g with %d known", solver->yaml, step->t[0], step->next, step->known);
}

static void rows_are_finite_at_both_ends(void **state) {
  static const double times[] = {1.0, 1.0 - 1e-15, 1.0 - 1e-9, 0.999, 0.5, 1e-3, 1e-9, 1e-40, 0.0};
  (void)state;
  visit_all(sizeof times / sizeof times[0], times, check_finite, 1);
}

static int is_euler(const oss_step *step, const oss_row *row) {
  oss_row euler = {0};
  int same;
  oss_row_euler(step, &euler);
  same = row->a == euler.a;
  for (int m = 0; m < OSS_MAX_TERMS - 1; m++) same &= row->b[m] == euler.b[m];
  return same;
}

/* The first step from t = 1 is Euler's; so is a step onto 0 where the method's own variable or its second call has no value there. */
static void check_euler(const oss_member *solver, const oss_step *step) {
  int no_zero = has(solver, "kind: dpmpp") || (has(solver, "kind: unipc") && has(solver, "predict: x0")) || has(solver, "kind: heun") ||
                has(solver, "kind: dpm2");
  oss_row row;
  if (step->t[0] < 1.0 && (step->next > 0.0 || !no_zero)) return;
  oss_solver_row(solver, step, &row);
  if (!is_euler(step, &row)) fail_msg("%s: not Euler's row from %g to %g", solver->yaml, step->t[0], step->next);
}

static void steps_at_the_ends_are_eulers(void **state) {
  static const double times[] = {1.0, 0.6, 0.2, 0.0};
  (void)state;
  visit_all(sizeof times / sizeof times[0], times, check_euler, 1);
}

/* ---- orders ---- */

/* The largest m with b_m != 0, plus 1. */
static int terms_used(const oss_member *solver, const double *t, int known, int remaining, int order) {
  oss_step step = {.known = known, .t = t, .next = 0.05, .remaining = remaining, .order = order};
  oss_row row;
  int used = OSS_MAX_TERMS - 1;
  oss_solver_row(solver, &step, &row);
  while (used > 0 && row.b[used - 1] == 0.0) used--;
  return used;
}

static void orders_follow_the_published_rule(void **state) {
  static const double t[] = {0.1, 0.3, 0.6, 0.8};
  oss_member *lower = solver_variant("{kind: dpmpp, order: 3}"),
             *fixed = solver_variant("{kind: dpmpp, order: 3, lower_order_final: false}");
  (void)state;
  assert_int_equal(terms_used(lower, t, 3, OSS_MANY_STEPS, 0), 3);
  assert_int_equal(terms_used(lower, t, 3, 3, 0), 3);
  assert_int_equal(terms_used(lower, t, 3, 2, 0), 2);
  assert_int_equal(terms_used(lower, t, 3, 1, 0), 1);
  assert_int_equal(terms_used(lower, t, 2, 1, 0), 2); /* a path of two steps: start-up goes first */
  assert_int_equal(terms_used(lower, t, 3, 1, 3), 3); /* told to */
  assert_int_equal(terms_used(lower, t, 3, 3, 2), 2);
  assert_int_equal(terms_used(lower, t, 1, 3, 3), 1);
  assert_int_equal(terms_used(fixed, t, 3, 1, 0), 3);
  assert_int_equal(oss_solver_tail(lower), 2);
  assert_int_equal(oss_solver_tail(fixed), 0);
  assert_int_equal(oss_solver_orders(lower), 3);
  oss_member_free(lower);
  oss_member_free(fixed);
}

/* A row may depend on the steps that remain only where the solver says so. */
static void check_tail(const oss_member *solver, const oss_step *step) {
  oss_step one = *step, far = *step;
  oss_row a, b;
  one.remaining = oss_solver_tail(solver) + 1;
  far.remaining = OSS_MANY_STEPS;
  oss_solver_row(solver, &one, &a);
  oss_solver_row(solver, &far, &b);
  assert_memory_equal(&a, &b, sizeof a);
  oss_solver_correct(solver, &one, &a);
  oss_solver_correct(solver, &far, &b);
  assert_memory_equal(&a, &b, sizeof a);
}

static void only_the_tail_depends_on_what_remains(void **state) {
  static const double times[] = {0.95, 0.9, 0.71, 0.4, 0.33, 0.1, 0.02};
  (void)state;
  visit_all(sizeof times / sizeof times[0], times, check_tail, 1);
}

/* ---- the analytical first step ---- */

static void the_first_answer_is_the_priors(void **state) {
  (void)state;
  for (double t = 0.05; t < 1.0; t += 0.05) {
    double sigma = t / (1.0 - t), y = 1.7, x = y * (1.0 - t);
    double d = y - sigma * y / sqrt(1.0 + sigma * sigma);
    assert_true(fabs(oss_solver_afs_gain(t) * x - d) <= 1e-13);
  }
  assert_true(oss_solver_afs_gain(1.0) == 0.0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(steps_are_exact_on_straight_paths),     cmocka_unit_test(ipndm_v_is_exact_on_steps_of_one_ratio),
      cmocka_unit_test(the_sum_of_deis_is_near_its_integral),  cmocka_unit_test(rows_are_finite_at_both_ends),
      cmocka_unit_test(steps_at_the_ends_are_eulers),          cmocka_unit_test(orders_follow_the_published_rule),
      cmocka_unit_test(only_the_tail_depends_on_what_remains), cmocka_unit_test(the_first_answer_is_the_priors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Schedules without a search, on every grid: where they begin and end, and what their formulas give. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/registries.h"
#include "host/io/reader.h"
#include "host/schedules/published.h"
#include "host/schedules/quantile.h"
#include "tests/support/check.h"
#include "tests/support/schedules.h"

static const char *const grids[] = {
    "{kind: edm}",
    "{kind: edm, rho: 2, sigma_max: 700}",
    "{kind: ddim}",
    "{kind: flow}",
    "{kind: flow, mu: 1.15}",
    "{kind: cosine}",
    "{kind: logsnr}",
    "{kind: edm, end: min}",
    "{kind: ddim, end: min}",
    "{kind: flow, end: min}",
    "{kind: cosine, end: min}",
    "{kind: logsnr, end: min}",
};
static const char *const formulas[] = {"edm",
                                       "{kind: edm, rho: 1}",
                                       "logsnr",
                                       "quadratic",
                                       "cosine",
                                       "flow",
                                       "{kind: flow, shift: 3}",
                                       "{kind: flow, mu: -1}",
                                       "beta",
                                       "{kind: beta, a: 2.5, b: 1}",
                                       "{kind: dm, init: edm}"};
static const char *const published[] = {"{kind: ays, table: sd1}",    "{kind: ays, table: sdxl}",  "{kind: ays, table: svd}",
                                        "{kind: table, table: flux}", "{kind: table, table: wan}", "{kind: table, table: chroma}"};
enum {
  GRIDS = sizeof grids / sizeof grids[0],
  FORMULAS = sizeof formulas / sizeof formulas[0],
  PUBLISHED = sizeof published / sizeof published[0]
};

/* Every member that needs no teacher is in the lists above; uniform, file and transfer have tests of their own. */
static void every_schedule_is_tested(void **state) {
  const oss_registry *const registries[] = {&oss_schedules, &oss_searches};
  (void)state;
  for (size_t r = 0; r < 2; r++) {
    for (size_t i = 0; i < registries[r]->count(); i++) {
      const oss_member_desc *desc = registries[r]->at(i);
      char *kind = oss_format("kind: %s,", desc->name);
      int listed = ((const oss_schedule_desc *)desc)->needs_teacher || !strcmp(desc->name, "uniform") || !strcmp(desc->name, "file") ||
                   !strcmp(desc->name, "transfer");
      for (size_t k = 0; k < FORMULAS; k++) listed |= !strcmp(formulas[k], desc->name) || strstr(formulas[k], kind) != NULL;
      for (size_t k = 0; k < PUBLISHED; k++) listed |= strstr(published[k], kind) != NULL;
      if (!listed) fail_msg("%s is in no test", desc->name);
      free(kind);
    }
  }
}

static void check_shape(const char *what, const oss_schedule *s, const oss_grid *grid, int64_t steps) {
  assert_int_equal(s->rows, 1);
  assert_int_equal(s->steps, steps);
  assert_int_equal(s->used[0], steps);
  assert_true(s->start[0] == s->t[0]);
  assert_true(s->t[0] <= grid->t[grid->n]);
  assert_true(s->t[steps] == grid->t[0]);
  assert_int_equal(s->index[steps], 0);
  for (int64_t i = 1; i <= steps; i++)
    if (!(s->t[i] < s->t[i - 1])) fail_msg("%s: %g after %g", what, s->t[i], s->t[i - 1]);
  for (int64_t i = 0; i <= steps; i++) assert_int_equal(s->index[i], oss_grid_index(grid, s->t[i]));
}

/* From t_N to t_0, strictly down, more steps than the teacher's included. */
static void every_formula_spans_every_grid(void **state) {
  static const int64_t teachers[] = {3, 12, 20};
  (void)state;
  for (size_t g = 0; g < GRIDS; g++) {
    for (size_t n = 0; n < sizeof teachers / sizeof teachers[0]; n++) {
      made_grid made = make_grid(grids[g], teachers[n]);
      const int64_t budgets[] = {1, 2, 3, 10, teachers[n] + 5};
      for (size_t k = 0; k < FORMULAS; k++) {
        for (size_t m = 0; m < sizeof budgets / sizeof budgets[0]; m++) {
          int refused;
          oss_found found = find_schedule(&made, formulas[k], budgets[m], &refused);
          if (refused) fail_msg("%s on %s, %d of %d steps: %s", formulas[k], grids[g], (int)budgets[m], (int)teachers[n], oss_message());
          check_shape(formulas[k], &found.schedule, &made.grid, budgets[m]);
          assert_true(found.schedule.t[0] == made.grid.t[teachers[n]]);
          oss_found_free(&found);
        }
      }
      made_grid_free(&made);
    }
  }
}

/* A teacher of one or two steps may leave a formula of noise levels no room: it says so, or has a schedule. */
static void tiny_teachers_are_served_or_refused(void **state) {
  size_t served = 0, turned_away = 0;
  (void)state;
  for (size_t g = 0; g < GRIDS; g++) {
    for (int64_t n = 1; n <= 2; n++) {
      made_grid made = make_grid(grids[g], n);
      for (size_t k = 0; k < FORMULAS; k++) {
        for (int64_t steps = 1; steps <= 4; steps++) {
          int refused;
          oss_found found = find_schedule(&made, formulas[k], steps, &refused);
          if (!refused) check_shape(formulas[k], &found.schedule, &made.grid, steps);
          if (steps == 1) assert_false(refused);
          *(refused ? &turned_away : &served) += 1;
          oss_found_free(&found);
        }
      }
      made_grid_free(&made);
    }
  }
  assert_true(served > 0 && turned_away > 0);
}

/* Where the teacher's grid is the schedule's formula, a schedule is the grid with fewer steps, on the grid where that is. */
static void a_formula_on_its_own_grid_is_uniform(void **state) {
  static const struct {
    const char *grid, *schedule;
  } cases[] = {
      {"{kind: edm}", "edm"},
      {"{kind: edm, rho: 3, sigma_min: 0.01, sigma_max: 20}", "{kind: edm, rho: 3}"},
      {"{kind: edm, end: min}", "edm"},
      {"{kind: logsnr}", "logsnr"},
      {"{kind: logsnr, end: min}", "logsnr"},
      {"{kind: flow}", "flow"},
      {"{kind: flow}", "{kind: beta, a: 1, b: 1}"},
      {"{kind: flow, shift: 3}", "{kind: flow, shift: 3}"},
      {"{kind: flow, mu: 1.15}", "{kind: flow, mu: 1.15}"},
      {"{kind: cosine}", "cosine"},
  };
  static const int64_t budgets[] = {1, 2, 3, 5, 10, 20, 33, 1000};
  (void)state;
  for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
    made_grid made = make_grid(cases[c].grid, 40);
    for (size_t m = 0; m < sizeof budgets / sizeof budgets[0]; m++) {
      int refused;
      oss_found uniform = find_schedule(&made, "uniform", budgets[m], &refused);
      assert_false(refused);
      oss_found found = find_schedule(&made, cases[c].schedule, budgets[m], &refused);
      assert_false(refused);
      check_close(cases[c].schedule, (size_t)budgets[m] + 1, found.schedule.t, uniform.schedule.t, 1e-12, 0);
      for (int64_t i = 0; i <= budgets[m]; i++) assert_int_equal(found.schedule.index[i], uniform.schedule.index[i]);
      oss_found_free(&uniform);
      oss_found_free(&found);
    }
    made_grid_free(&made);
  }
}

/* f of the times first .. last equally spaced. */
static void check_spacing(const char *what, const oss_schedule *s, size_t first, size_t last, double (*f)(double)) {
  double from = f(s->t[first]), to = f(s->t[last]);
  for (size_t i = first; i <= last; i++) {
    double want = from + (to - from) * (double)(i - first) / (double)(last - first);
    if (!(fabs(f(s->t[i]) - want) <= 1e-11 * fmax(fabs(from), fabs(to)))) fail_msg("%s: point %zu at %.17g", what, i, s->t[i]);
  }
}

static double seventh_root_of_sigma(double t) {
  return pow(t / (1 - t), 1.0 / 7);
}

static double log_sigma(double t) {
  return log(t / (1 - t));
}

static double root(double t) {
  return sqrt(t);
}

static double unshifted(double t) {
  return t / (3 - 2 * t);
}

static double cosine_time(double t) { /* acos of alpha, up to scale and offset */
  return acos((1 - t) / hypot(1 - t, t) * cos(0.008 / 1.008 * acos(-1.0) / 2));
}

static void formulas_are_equally_spaced_in_their_variable(void **state) {
  static const struct {
    const char *schedule;
    double (*variable)(double);
    int levels;
  } cases[] = {{"edm", seventh_root_of_sigma, 1},
               {"logsnr", log_sigma, 1},
               {"quadratic", root, 0},
               {"{kind: flow, shift: 3}", unshifted, 0},
               {"cosine", cosine_time, 0}};
  static const char *const where[] = {"{kind: flow}", "{kind: flow, end: min}", "{kind: ddim}", "{kind: edm, end: min}"};
  enum { STEPS = 9, N = 30 };
  (void)state;
  for (size_t g = 0; g < 4; g++) {
    made_grid made = make_grid(where[g], N);
    int above = made.grid.t[0] > 0, infinite = made.grid.t[N] == 1;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
      int refused, levels = cases[c].levels;
      oss_found found = find_schedule(&made, cases[c].schedule, STEPS, &refused);
      assert_false(refused);
      if (levels && infinite) { /* the spacing begins at the largest finite level, whose place t = 1 takes */
        assert_true(found.schedule.t[0] == 1);
        found.schedule.t[0] = made.grid.t[N - 1];
      }
      if (levels && !above) assert_true(found.schedule.t[STEPS - 1] == made.grid.t[1]);
      check_spacing(cases[c].schedule, &found.schedule, 0, levels && !above ? STEPS - 1 : STEPS, cases[c].variable);
      oss_found_free(&found);
    }
    made_grid_free(&made);
  }
}

/* Beta distributions with quantiles in closed form. */
static void beta_has_the_quantiles_of_its_distribution(void **state) {
  enum { STEPS = 16 };
  made_grid made = make_grid("{kind: ddim, end: min}", 50);
  const double end = made.grid.t[0], length = made.grid.t[50] - end, half_pi = acos(-1.0) / 2;
  (void)state;
  for (int c = 0; c < 4; c++) {
    static const char *const schedules[] = {"{kind: beta, a: 0.5, b: 0.5}", "{kind: beta, a: 3, b: 1}", "{kind: beta, a: 1, b: 0.25}",
                                            "{kind: beta, a: 1, b: 1}"};
    int refused;
    oss_found found = find_schedule(&made, schedules[c], STEPS, &refused);
    double want[STEPS + 1];
    assert_false(refused);
    for (int i = 0; i <= STEPS; i++) {
      double p = 1 - (double)i / STEPS, arcsine = sin(half_pi * p) * sin(half_pi * p);
      want[i] = end + length * (c == 0 ? arcsine : c == 1 ? cbrt(p) : c == 2 ? 1 - pow(1 - p, 4) : p);
    }
    check_close(schedules[c], STEPS + 1, found.schedule.t, want, 1e-12, 0);
    oss_found_free(&found);
  }
  made_grid_free(&made);
}

/* Computed with 40 digits. */
static void beta_quantiles_agree_with_high_precision(void **state) {
  static const double cases[][4] = {{0.6, 0.6, 0.1, 0.0395844055887808517},      {0.6, 0.6, 0.95, 0.987445543126388576},
                                    {0.6, 0.6, 0.001, 0.0000185587385174519971}, {2, 5, 0.3, 0.181803471318949163},
                                    {100, 3, 0.5, 0.973870161816584359},         {3, 100, 0.999, 0.105231976164900279},
                                    {0.1, 0.3, 0.4, 0.00126683128430089886},     {1000, 1000, 0.25, 0.492458461649447617},
                                    {0.01, 2, 0.9, 9.82014246382185068e-6},      {0.05, 0.05, 0.5001, 0.501067670925009519}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const double *c = cases[i], got = oss_beta_quantile(c[0], c[1], c[2]);
    if (!(fabs(got - c[3]) <= 1e-11 * fmin(c[3], 1 - c[3]))) fail_msg("Beta(%g, %g) at %g: %.17g", c[0], c[1], c[2], got);
  }
  assert_true(oss_beta_quantile(0.6, 0.6, 0) == 0 && oss_beta_quantile(0.6, 0.6, 1) == 1);
  assert_true(isnan(oss_beta_quantile(0.6, 0.6, NAN)));
}

/* Steps gathered so closely that doubles cannot tell them apart are refused. */
static void a_beta_without_room_is_refused(void **state) {
  made_grid made = make_grid("{kind: flow}", 20);
  int refused;
  (void)state;
  oss_found found = find_schedule(&made, "{kind: beta, a: 0.0001, b: 0.0001}", 30, &refused);
  assert_true(refused);
  assert_non_null(strstr(oss_message(), "beta: 30 steps"));
  oss_found_free(&found);
  made_grid_free(&made);
}

/* The published rows as they stand, on grids that hold them all. */
static void published_tables_are_kept(void **state) {
  static const double sdxl[] = {14.6146412293, 6.3184485287, 3.7681790315, 2.1811480769, 1.3405244945,
                                0.8620721141,  0.5550693289, 0.3798540708, 0.2332364134, 0.1114188177};
  static const double svd[] = {700, 54.5, 15.886, 7.977, 4.248, 1.789, 0.981, 0.403, 0.173, 0.034};
  static const double flux[] = {.9968, .9886, .9819, .975, .966, .9471, .9158, .8287, .5512, .2808};
  static const struct {
    const char *schedule;
    const double *values;
    int sigma;
  } cases[] = {{"{kind: ays, table: sdxl}", sdxl, 1}, {"{kind: ays, table: svd}", svd, 1}, {"{kind: table, table: flux}", flux, 0}};
  made_grid made = make_grid("{kind: flow}", 1000);
  (void)state;
  for (size_t c = 0; c < 3; c++) {
    int refused;
    oss_found found = find_schedule(&made, cases[c].schedule, 10, &refused);
    assert_false(refused);
    check_shape(cases[c].schedule, &found.schedule, &made.grid, 10);
    for (int i = 0; i < 10; i++) {
      double value = cases[c].values[i], want = cases[c].sigma ? value / (1 + value) : value;
      assert_true(fabs(found.schedule.t[i] - want) <= 1e-15);
    }
    oss_found_free(&found);
  }
  made_grid_free(&made);
}

/* Other lengths: linear in the logarithm over a uniform index. Twice the steps keep every level and put geometric means between. */
static void published_tables_are_interpolated(void **state) {
  static const double values[] = {0.9, 0.5, 0.02};
  const oss_published table = {"made up", 3, values};
  double levels[5];
  (void)state;
  oss_published_levels(&table, 4, levels);
  assert_true(levels[0] == 0.9 && levels[2] == 0.5 && levels[4] == 0.02);
  assert_true(fabs(levels[1] - sqrt(0.45)) <= 1e-15 && fabs(levels[3] - 0.1) <= 1e-15);
  oss_published_levels(&table, 3, levels);
  assert_true(levels[0] == 0.9 && levels[3] == 0.02);
  assert_true(fabs(levels[1] - exp((log(0.9) + 2 * log(0.5)) / 3)) <= 1e-15);
  assert_true(fabs(levels[2] - exp((2 * log(0.5) + log(0.02)) / 3)) <= 1e-15);
  oss_published_levels(&table, 1, levels);
  assert_true(levels[0] == 0.9 && levels[1] == 0.02);
}

/* FLUX' row is a subset of the 200-point grid with mu = 1.15 in 4 digits, Wan's of the 100-point grid with shift 5 cut to 3. */
static void tables_are_subsets_of_the_grids_they_were_found_on(void **state) {
  static const int flux[] = {198, 193, 189, 185, 180, 170, 155, 121, 56, 22};
  static const int wan[] = {100, 99, 98, 97, 96, 95, 94, 93, 91, 89, 88, 86, 83, 78, 72, 65, 56, 41, 19, 5};
  made_grid fine = make_grid("{kind: flow, mu: 1.15}", 200), coarse = make_grid("{kind: flow, shift: 5}", 100);
  int refused;
  (void)state;
  oss_found found = find_schedule(&fine, "{kind: table, table: flux}", 10, &refused);
  for (int i = 0; i < 10; i++) assert_true(fabs(found.schedule.t[i] - fine.grid.t[flux[i]]) <= 0.5001e-4);
  oss_found_free(&found);
  found = find_schedule(&coarse, "{kind: table, table: wan}", 20, &refused);
  for (int i = 0; i < 20; i++) assert_true(fabs(found.schedule.t[i] - floor(coarse.grid.t[wan[i]] * 1000 + 1e-9) / 1000) <= 1e-15);
  assert_int_equal(found.schedule.index[0], 100);
  oss_found_free(&found);
  made_grid_free(&fine);
  made_grid_free(&coarse);
}

/* A level beyond the teacher's range moves to its end; where two would, the curve within the range is divided. */
static void tables_are_fitted_to_the_range(void **state) {
  made_grid edm = make_grid("{kind: edm}", 40), flow = make_grid("{kind: flow, end: min}", 20);
  made_grid low = make_grid("{kind: edm, sigma_max: 0.02}", 20);
  int refused;
  (void)state;
  oss_found found = find_schedule(&edm, "{kind: ays, table: svd}", 10, &refused); /* 700 becomes 80 */
  assert_false(refused);
  assert_int_equal(found.schedule.index[0], 40);
  assert_true(fabs(found.schedule.t[1] - 54.5 / 55.5) <= 1e-15);
  oss_found_free(&found);
  found = find_schedule(&edm, "{kind: ays, table: svd}", 45, &refused);
  assert_false(refused);
  check_shape("svd", &found.schedule, &edm.grid, 45);
  assert_int_equal(found.schedule.index[0], 40);
  double from = log(700 / 80.0) / log(700 / 54.5), place = from + (10 - from) / 45; /* of the second point */
  double sigma = exp((2 - place) * log(54.5) + (place - 1) * log(15.886));
  assert_true(fabs(found.schedule.t[1] - sigma / (1 + sigma)) <= 1e-14);
  oss_found_free(&found);
  found = find_schedule(&flow, "{kind: ays, table: svd}", 10, &refused); /* 0.034 lies below 1/21 */
  assert_false(refused);
  check_shape("svd", &found.schedule, &flow.grid, 10);
  oss_found_free(&found);
  found = find_schedule(&edm, "{kind: table, table: wan}", 20, &refused); /* ten of its levels lie above 80 / 81 */
  assert_false(refused);
  check_shape("wan", &found.schedule, &edm.grid, 20);
  oss_found_free(&found);
  find_schedule(&low, "{kind: ays, table: sd1}", 3, &refused);
  assert_true(refused);
  assert_non_null(strstr(oss_message(), "outside the teacher's range"));
  found = find_schedule(&flow, "{kind: ays, table: sd1}", 9, &refused);
  assert_false(refused);
  check_shape("sd1", &found.schedule, &flow.grid, 9);
  oss_found_free(&found);
  made_grid_free(&edm);
  made_grid_free(&flow);
  made_grid_free(&low);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_schedule_is_tested),
      cmocka_unit_test(every_formula_spans_every_grid),
      cmocka_unit_test(tiny_teachers_are_served_or_refused),
      cmocka_unit_test(a_formula_on_its_own_grid_is_uniform),
      cmocka_unit_test(formulas_are_equally_spaced_in_their_variable),
      cmocka_unit_test(beta_has_the_quantiles_of_its_distribution),
      cmocka_unit_test(beta_quantiles_agree_with_high_precision),
      cmocka_unit_test(a_beta_without_room_is_refused),
      cmocka_unit_test(published_tables_are_kept),
      cmocka_unit_test(published_tables_are_interpolated),
      cmocka_unit_test(tables_are_subsets_of_the_grids_they_were_found_on),
      cmocka_unit_test(tables_are_fitted_to_the_range),
  };
  oss_io_init();
  return cmocka_run_group_tests(tests, NULL, NULL);
}

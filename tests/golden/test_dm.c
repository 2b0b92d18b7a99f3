// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Optimised time steps (dm) against the published code's objectives, and on ranges it was not made for. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/io/reader.h"
#include "host/search/dm_minimise.h"
#include "host/search/dm_objective.h"
#include "tests/support/check.h"
#include "tests/support/schedules.h"

static oss_dm_parts parts_create(size_t k) {
  return (oss_dm_parts){.smooth_gradient = check_alloc(k + 1, sizeof(double)),
                        .mixed = check_alloc(k, sizeof(double)),
                        .mixed_gradient = check_alloc(k * (k + 1), sizeof(double))};
}

static void parts_free(oss_dm_parts *parts) {
  free(parts->smooth_gradient);
  free(parts->mixed);
  free(parts->mixed_gradient);
}

static double objective_of(size_t k, const double *lambda) {
  oss_dm_parts parts = parts_create(k);
  oss_dm_take_apart(k, lambda, &parts);
  double total = oss_dm_total(k, &parts);
  parts_free(&parts);
  return total;
}

typedef struct golden {
  size_t k, rows;
  oss_array lambda, objective; /* (rows, k+1), (rows) */
} golden;

static golden read_golden(const char *group) {
  golden g = {0};
  char *lambda = oss_format("%s/lambda", group), *objective = oss_format("%s/objective", group);
  check_ok(oss_io_read(OSS_GOLDEN_DIR "/dm.h5", lambda, OSS_F64, 2, 2, &g.lambda));
  check_ok(oss_io_read(OSS_GOLDEN_DIR "/dm.h5", objective, OSS_F64, 1, 1, &g.objective));
  g.rows = g.lambda.dims[0];
  g.k = g.lambda.dims[1] - 1;
  free(lambda);
  free(objective);
  return g;
}

static const char *const groups[] = {"N5", "N7", "N10", "N15"};

/* The published objective of the published knots. */
static void the_objective_is_the_published_one(void **state) {
  (void)state;
  for (size_t i = 0; i < 4; i++) {
    golden g = read_golden(groups[i]);
    for (size_t r = 0; r < g.rows; r++) {
      double want = ((double *)g.objective.data)[r], got = objective_of(g.k, (double *)g.lambda.data + r * (g.k + 1));
      check_close(groups[i], 1, &got, &want, 1e-12, 0);
    }
    oss_array_free(&g.lambda);
    oss_array_free(&g.objective);
  }
}

/* From any one of the published starts alone, and from all, no worse than the published optimiser from its best start. */
static void every_golden_objective_is_reached(void **state) {
  (void)state;
  for (size_t i = 0; i < 4; i++) {
    golden g = read_golden(groups[i]);
    double lowest = INFINITY, *best = check_alloc(g.k + 1, sizeof *best), reached;
    for (size_t r = 0; r < g.rows; r++) lowest = fmin(lowest, ((double *)g.objective.data)[r]);
    for (size_t r = 0; r <= g.rows; r++) {
      const double *starts = (double *)g.lambda.data + (r < g.rows ? r * (g.k + 1) : 0);
      check_ok(oss_dm_minimise(g.k, r < g.rows ? 1 : g.rows, starts, best, &reached));
      if (!(reached <= lowest * (1 + 1e-6))) fail_msg("%s, start %zu: %.12g, published %.12g", groups[i], r, reached, lowest);
      double again = objective_of(g.k, best);
      check_close("objective of the knots", 1, &reached, &again, 1e-14, 0);
    }
    print_message("%s: %.8g, published at best %.8g\n", groups[i], reached, lowest);
    free(best);
    oss_array_free(&g.lambda);
    oss_array_free(&g.objective);
  }
}

/* Both parts' gradients against central differences, intervals long and short. */
static void gradients_are_those_of_the_objective(void **state) {
  static const size_t sizes[] = {1, 2, 3, 4, 5, 6, 9, 17};
  check_rng rng = {7};
  (void)state;
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    size_t k = sizes[i], side = k + 1;
    oss_dm_parts here = parts_create(k), up = parts_create(k), down = parts_create(k);
    double *lambda = check_alloc(side, sizeof *lambda);
    lambda[0] = -4;
    for (size_t n = 1; n <= k; n++) lambda[n] = lambda[n - 1] + check_uniform(&rng, 0.2, 2.5);
    oss_dm_take_apart(k, lambda, &here);
    for (size_t j = 0; j <= k; j++) {
      const double kept = lambda[j], step = 1e-5;
      lambda[j] = kept + step;
      oss_dm_take_apart(k, lambda, &up);
      lambda[j] = kept - step;
      oss_dm_take_apart(k, lambda, &down);
      lambda[j] = kept;
      double want = (up.smooth - down.smooth) / (2 * step);
      check_close("smooth", 1, &here.smooth_gradient[j], &want, 1e-6, 1e-8 * fabs(here.smooth));
      for (size_t n = 0; n < k; n++) {
        want = (up.mixed[n] - down.mixed[n]) / (2 * step);
        check_close("mixed", 1, &here.mixed_gradient[n * side + j], &want, 1e-6, 1e-8 * (fabs(here.mixed[n]) + 1));
      }
    }
    free(lambda);
    parts_free(&here);
    parts_free(&up);
    parts_free(&down);
  }
}

/* Integrals of short intervals keep their digits: the objective of 40 intervals moves as smoothly as its knots do. */
static void short_intervals_are_not_lost_to_rounding(void **state) {
  enum { K = 40 };
  double lambda[K + 1], values[3];
  (void)state;
  for (int shift = 0; shift < 3; shift++) {
    for (int i = 0; i <= K; i++) lambda[i] = 1e-3 * i + 1e-7 * shift;
    values[shift] = objective_of(K, lambda);
  }
  assert_true(fabs(values[0] - 2 * values[1] + values[2]) <= 1e-11 * values[0]);
}

/* Schedules on other ranges: what is reported is the objective of the schedule, the same every time, and below each start's. */
static void other_ranges_are_no_worse_than_their_starts(void **state) {
  static const char *const grids[] = {"{kind: edm}",  "{kind: edm, end: min}",
                                      "{kind: flow}", "{kind: cosine, end: min}",
                                      "{kind: ddim}", "{kind: logsnr, sigma_min: 0.3, sigma_max: 3}"};
  static const char *const inits[] = {"logsnr", "uniform", "edm", "quadratic"};
  static const char *const starts[] = {"logsnr", "flow", "edm", "quadratic"};
  static const int64_t budgets[] = {2, 3, 4, 6, 11, 20};
  (void)state;
  for (size_t g = 0; g < sizeof grids / sizeof grids[0]; g++) {
    made_grid made = make_grid(grids[g], 100);
    for (size_t m = 0; m < sizeof budgets / sizeof budgets[0]; m++) {
      size_t steps = (size_t)budgets[m];
      int refused;
      char *dm = oss_format("{kind: dm, init: %s}", inits[(g + m) % 4]);
      oss_found found = find_schedule(&made, dm, budgets[m], &refused), again = find_schedule(&made, dm, budgets[m], &refused);
      assert_false(refused);
      assert_true(found.claim.priced && isfinite(found.claim.cost) && found.claim.cost > 0 && found.nfe == 0);
      check_same_bits("a second search", (steps + 1) * sizeof(double), again.schedule.t, found.schedule.t);
      size_t k = made.grid.t[0] > 0 ? steps : steps - 1;
      double *lambda = check_alloc(steps + 1, sizeof *lambda);
      for (int s = -1; s < 4; s++) { /* itself, then each start where it has these knots */
        if (s >= 0 && made.grid.t[0] == 0 && s % 2 == 1) continue;
        oss_found start = s < 0 ? found : find_schedule(&made, starts[s], budgets[m], &refused);
        for (size_t i = 0; i <= k; i++) lambda[i] = log1p(-start.schedule.t[i]) - log(start.schedule.t[i]);
        if (made.grid.t[100] == 1) lambda[0] = log1p(-made.grid.t[99]) - log(made.grid.t[99]);
        double value = objective_of(k, lambda);
        if (s < 0) check_close("objective", 1, &found.claim.cost, &value, 1e-9, 0);
        if (s >= 0 && !(found.claim.cost <= value * (1 + 1e-9))) fail_msg("%s, %zu steps: worse than %s", grids[g], steps, starts[s]);
        if (s >= 0) oss_found_free(&start);
      }
      free(lambda);
      oss_found_free(&found);
      oss_found_free(&again);
      free(dm);
    }
    made_grid_free(&made);
  }
}

static void fifty_steps_are_optimised(void **state) {
  made_grid made = make_grid("{kind: edm, end: min}", 200);
  int refused;
  (void)state;
  oss_found found = find_schedule(&made, "dm", 50, &refused);
  assert_false(refused);
  assert_true(found.claim.cost < 5.2); /* 30 steps reach 5.28 */
  oss_found_free(&found);
  made_grid_free(&made);
}

static void what_cannot_be_optimised_is_refused(void **state) {
  double close[] = {0, 0.5, 0.5 + 1e-9}, best[OSS_DM_MAX_INTERVALS + 2], far[] = {-1e4, 0, 1e4}, objective;
  made_grid fine = make_grid("{kind: edm}", 400), narrow = list_grid(close, 2);
  int refused;
  (void)state;
  find_schedule(&fine, "dm", OSS_DM_MAX_INTERVALS + 2, &refused);
  assert_true(refused);
  assert_non_null(strstr(oss_message(), "at most 100"));
  find_schedule(&narrow, "dm", 3, &refused);
  assert_true(refused);
  oss_found one = find_schedule(&narrow, "dm", 1, &refused);
  assert_true(!refused && !one.claim.priced);
  oss_found_free(&one);
  check_fails(oss_dm_minimise(OSS_DM_MAX_INTERVALS + 1, 1, best, best, &objective), OSS_ERR_UNSUPPORTED, "at most 100");
  check_fails(oss_dm_minimise(2, 1, far, best, &objective), OSS_ERR_NUMERIC, "no finite objective");
  made_grid_free(&fine);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_objective_is_the_published_one),          cmocka_unit_test(every_golden_objective_is_reached),
      cmocka_unit_test(gradients_are_those_of_the_objective),        cmocka_unit_test(short_intervals_are_not_lost_to_rounding),
      cmocka_unit_test(other_ranges_are_no_worse_than_their_starts), cmocka_unit_test(fifty_steps_are_optimised),
      cmocka_unit_test(what_cannot_be_optimised_is_refused),
  };
  oss_io_init();
  return cmocka_run_group_tests(tests, NULL, NULL);
}

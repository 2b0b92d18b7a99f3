// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The order of convergence that each solver declares, measured in every variant: a mixture of two Gaussians in one dimension, in double,
 * through the rows alone. The path begins with exact histories and has no end in sight, since start-up and final steps are of lower order.
 */
#include <math.h>

#include "host/core/registries.h"
#include "tests/support/check.h"
#include "tests/support/solvers.h"

enum { STARTS = 3, FIRST = 32, LAST = 1024 /* steps */, FINE = 16384 /* of the reference */ };

/* E[x0 | x0 + sigma eps = y] */
static double denoise(double y, double sigma) {
  static const double mean[2] = {-1.0, 1.5}, scale[2] = {0.6, 0.5}, share[2] = {0.4, 0.6};
  double weight[2], total = 0.0, sum = 0.0;
  for (int k = 0; k < 2; k++) {
    double variance = scale[k] * scale[k] + sigma * sigma, away = y - mean[k];
    total += weight[k] = share[k] / sqrt(variance) * exp(-away * away / (2.0 * variance));
    sum += weight[k] * (mean[k] + scale[k] * scale[k] / variance * away);
  }
  return sum / total;
}

/* A path: sigma at u, from u = 0 to 1; points before the start have u < 0. */
typedef double (*path)(double u);

/* Steps that change smoothly, in sigma, in log sigma and in time. */
static double smooth(double u) {
  return exp(1.0 - 2.0 * u - 0.25 * sin(2.5 * u + 0.3));
}

static double even(double u) {
  return 3.0 - 2.5 * u;
}

/* dy = (y - D) dlog(sigma), by the classical Runge-Kutta method between two points of the path. */
static double reference(path sigma, double y, double from, double to, int substeps) {
  for (int i = 0; i < substeps; i++) {
    double s0 = sigma(from + (to - from) * i / substeps), s1 = sigma(from + (to - from) * (i + 1) / substeps), h = log(s1 / s0);
    double mid = sqrt(s0 * s1), k1 = y - denoise(y, s0), k2, k3, k4;
    k2 = y + h / 2 * k1 - denoise(y + h / 2 * k1, mid);
    k3 = y + h / 2 * k2 - denoise(y + h / 2 * k2, mid);
    k4 = y + h * k3 - denoise(y + h * k3, s1);
    y += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
  }
  return y;
}

static double flow_denoise(double x, double t) {
  return denoise(x / (1.0 - t), t / (1.0 - t));
}

/* One step from x, whose denoiser output is d, with the histories h before it. */
static double advance(const oss_member *solver, const oss_step *step, double x, double d, const double *h) {
  oss_row row, to_middle;
  double middle = oss_solver_stage(solver, step, &to_middle);
  oss_solver_row(solver, step, &row);
  if (!(middle > 0.0)) return apply_row(&row, x, d, step->known, h);
  double second = flow_denoise(apply_row(&to_middle, x, d, 1, NULL), middle);
  return apply_row(&row, x, d, 2, &second);
}

/* The error in x at u = 1 after `steps` steps. */
static double error_of(const oss_member *solver, path sigma, int steps, double start) {
  int terms = oss_solver_terms(solver);
  double t[OSS_MAX_TERMS], h[OSS_MAX_TERMS], exact = start, x = 0.0, d = 0.0, rule[2];
  for (int i = 1 - terms; i <= steps; i++) { /* at point i; the points up to 0 are exact */
    double u = (double)i / steps, s = sigma(u);
    for (int m = terms - 1; m > 0; m--) {
      t[m] = t[m - 1];
      h[m] = h[m - 1]; /* h[0] is the current one, not yet a history */
    }
    t[0] = s / (1.0 + s);
    if (i > 1 - terms) exact = reference(sigma, exact, (double)(i - 1) / steps, u, FINE / steps);
    if (i <= 0) x = exact * (1.0 - t[0]);
    if (i == steps) break;
    d = flow_denoise(x, t[0]);
    oss_solver_history_row(solver, t[0], rule);
    h[0] = rule[0] * x + rule[1] * d;
    if (i < 0) continue;
    double next = sigma((double)(i + 1) / steps);
    oss_step step = {.known = terms, .t = t, .next = next / (1.0 + next), .remaining = OSS_MANY_STEPS};
    x = advance(solver, &step, x, d, h + 1);
  }
  return x - exact * (1.0 - t[0]);
}

static double total_error(const oss_member *solver, path sigma, int steps) {
  double sum = 0.0;
  for (int i = 0; i < STARTS; i++) {
    double error = error_of(solver, sigma, steps, (i - 0.7) * 1.8);
    sum += error * error;
  }
  return sqrt(sum);
}

/* Between the last two of a row of doubled numbers of steps, which ends where the error nears that of rounding and of the reference. */
static void check_order(const oss_member *solver, path sigma, const char *name, int wanted) {
  double coarse, fine = total_error(solver, sigma, FIRST), order;
  int steps = FIRST;
  do {
    steps *= 2;
    coarse = fine;
    fine = total_error(solver, sigma, steps);
  } while (fine > 1e-8 && steps < LAST);
  order = log2(coarse / fine);
  if (!(fabs(order - wanted) <= 0.25))
    fail_msg("%s on %s steps: order %.2f (errors %g, %g with %d), not %d", solver->yaml, name, order, coarse, fine, steps, wanted);
}

static void orders_are_as_declared(void **state) {
  oss_member **solvers;
  size_t count = all_solver_variants(&solvers);
  (void)state;
  assert_true(count >= oss_solvers.count());
  for (size_t i = 0; i < count; i++) check_order(solvers[i], smooth, "smooth", oss_solver_order(solvers[i]));
  oss_members_free(solvers, count);
}

/* iPNDM's weights are those of even steps: there it has the order of its name. */
static void even_steps_suit_ipndm(void **state) {
  static const char *const solvers[] = {"{kind: ipndm, order: 1}", "{kind: ipndm, order: 2}", "{kind: ipndm, order: 3}",
                                        "{kind: ipndm, order: 4}"};
  (void)state;
  for (int order = 1; order <= 4; order++) {
    oss_member *solver = solver_variant(solvers[order - 1]);
    check_order(solver, even, "even", order);
    oss_member_free(solver);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(orders_are_as_declared),
      cmocka_unit_test(even_steps_suit_ipndm),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

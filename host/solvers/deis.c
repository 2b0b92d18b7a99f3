// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* DEIS: the noise is interpolated in sigma (rhoab, Adams-Bashforth with the true steps) or in the time tau of the variance-preserving
 * process whose sigma runs from 0.002 at tau = 0.001 to 80 at tau = 1 (tab), and integrated over sigma.
 *
 * The published code integrates tab by a sum over 10000 even points of tau with both ends counted in full, which shows in the fourth digit
 * of long steps. integral: sum follows it: the exact integral plus what the ends add. Where that says nothing any more, near sigma = 0 (the
 * integrand is infinite there) and far above 80 (the ends outweigh the step), the integral is taken alone. */
#include <math.h>

#include "host/solvers/rules.h"

static const oss_option options[] = {OSS_SOLVER_ORDER_OPTION("3", 4),
                                     {.name = "mode",
                                      .type = OSS_OPTION_CHOICE,
                                      .fallback = "tab",
                                      .choices = "tab rhoab",
                                      .help = "variable of the polynomials: time or sigma"},
                                     {.name = "integral",
                                      .type = OSS_OPTION_CHOICE,
                                      .fallback = "sum",
                                      .choices = "sum exact",
                                      .help = "of tab: as the published sum of 10000 points has it, or exact"},
                                     OSS_SOLVER_AFS_OPTION};

enum { PUBLISHED_POINTS = 10000, GAUSS = 8 };

/* Where the published sum is followed: its own range of sigma, 0.002 to 80, and a little more. */
static const double sum_from = 0.001, sum_to = 100.0;

/* log(1 + sigma^2) = slope tau^2 / 2 + start tau */
typedef struct vp_time {
  double slope, start;
} vp_time;

static vp_time published_time(void) {
  double low = log1p(0.002 * 0.002), high = log1p(80.0 * 80.0), first = 1e-3;
  double slope = 2.0 * (low / first - high) / (first - 1.0);
  return (vp_time){slope, high - 0.5 * slope};
}

/* d log(1 + sigma^2) / d tau */
static double rate_at(const vp_time *vp, double sigma) {
  return sqrt(vp->start * vp->start + 2.0 * vp->slope * log1p(sigma * sigma));
}

/* tau less its value at sigma = 0: (rate - rate at 0) / slope without the cancellation */
static double tau_at(const vp_time *vp, double sigma) {
  return 2.0 * log1p(sigma * sigma) / (rate_at(vp, sigma) + fabs(vp->start));
}

/* Gauss' rule in u, sigma = scale sinh(u), where tau and sigma are smooth over steps of any length; on pieces of at most 2.5 it is good to
 * 1e-9. */
static void integrate(const vp_time *vp, double sigma, double next, double moment[OSS_MOST_NODES]) {
  static const double at[GAUSS / 2] = {0.1834346424956498, 0.5255324099163290, 0.7966664774136267, 0.9602898564975363};
  static const double part[GAUSS / 2] = {0.3626837833783620, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763};
  double scale = fabs(vp->start) / sqrt(2.0 * vp->slope), tau = tau_at(vp, sigma), length = tau_at(vp, next) - tau;
  double from = asinh(sigma / scale), to = asinh(next / scale);
  int pieces = 1 + (int)((from - to) / 2.5);
  double half = (to - from) / (2 * pieces);
  for (int k = 0; k < OSS_MOST_NODES; k++) moment[k] = 0.0;
  for (int i = 0; i < pieces * GAUSS; i++) {
    int g = i % GAUSS, pair = g / 2;
    double u = from + half * (2 * (i / GAUSS) + 1 + (g % 2 == 0 ? at[pair] : -at[pair])), grown = scale * exp(u), shrunk = scale * exp(-u);
    double s = (tau_at(vp, 0.5 * (grown - shrunk)) - tau) / length, share = half * part[pair] * 0.5 * (grown + shrunk) / (next - sigma);
    for (int k = 0; k < OSS_MOST_NODES; k++, share *= s) moment[k] += share;
  }
  moment[0] = 1.0;
}

/* The sum of n points over n intervals' worth of step is (1 - 1/n) of the trapezoid rule plus both ends' mean over n. */
static void follow_sum(const vp_time *vp, double sigma, double next, double moment[OSS_MOST_NODES]) {
  double length = tau_at(vp, next) - tau_at(vp, sigma), scale = length / (2.0 * PUBLISHED_POINTS) / (next - sigma);
  double first = 0.5 * rate_at(vp, sigma) * (sigma + 1.0 / sigma),
         last = 0.5 * rate_at(vp, next) * (next + 1.0 / next); /* d sigma / d tau */
  for (int k = 0; k < OSS_MOST_NODES; k++) moment[k] = moment[k] * (1.0 - 1.0 / PUBLISHED_POINTS) + scale * (last + (k == 0 ? first : 0.0));
}

static void row(const oss_member *member, const oss_step *step, oss_row *out) {
  int order = oss_step_order_finite(member, step);
  double node[OSS_MOST_NODES], moment[OSS_MOST_NODES], weight[OSS_MOST_NODES];
  if (order < 2) {
    oss_row_euler(step, out);
    return;
  }
  if (oss_member_is(member, "mode", "rhoab")) {
    oss_nodes_sigma(order, step->t, step->next, node);
    oss_moments(0.0, moment);
  } else {
    vp_time vp = published_time();
    double sigma = oss_sigma(step->t[0]), next = oss_sigma(step->next), tau = tau_at(&vp, sigma), length = tau_at(&vp, next) - tau;
    for (int m = 0; m < order; m++) node[m] = (tau_at(&vp, oss_sigma(step->t[m])) - tau) / length;
    integrate(&vp, sigma, next, moment);
    if (oss_member_is(member, "integral", "sum") && next >= sum_from && sigma <= sum_to) follow_sum(&vp, sigma, next, moment);
  }
  oss_weights(order, node, moment, weight);
  oss_row_from_noise(step, order, weight, out);
}

const oss_solver_desc oss_solver_deis = {
    .base = {.name = "deis",
             .summary = "DEIS: the noise interpolated in time or sigma, integrated over sigma",
             .source = "Zhang and Chen 2022 (arXiv 2204.13902), tAB- and rhoAB-DEIS, as in the code of Zhou et al. 2023 (arXiv 2312.00094)",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .terms = oss_solver_order_option,
    .history = oss_solver_history_eps,
    .row = row,
    .order = oss_solver_order_option,
    .orders = oss_solver_order_option,
};

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* UniPC: the predictor interpolates in log sigma through the points of the path, the corrector through the arrived point too, where the
 * denoiser is called anyway. The two variants differ only where the published code skips its linear system: the predictor of order 2 and
 * the corrector of order 1 take B(h) / 2 for the mean of s. The correction is of the step's own form, so it joins the next step's weights.
 */
#include "host/solvers/rules.h"

static const oss_option options[] = {
    OSS_SOLVER_ORDER_OPTION("2", 3),
    OSS_SOLVER_PREDICT_OPTION,
    {.name = "variant", .type = OSS_OPTION_CHOICE, .fallback = "bh2", .choices = "bh1 bh2", .help = "B(h) of the paper: h, or exp(h) - 1"},
    OSS_SOLVER_LOWER_FINAL_OPTION,
    OSS_SOLVER_AFS_OPTION};

static int terms(const oss_member *member) {
  return oss_solver_order_option(member) + 1;
}

/* Moments of a step; with simple set, the mean of s is B(h) / 2. */
static void moments(const oss_member *member, double length, int simple, double moment[OSS_MOST_NODES]) {
  double z = oss_solver_history_option(member) == OSS_HISTORY_EPS ? length : -length;
  oss_moments(z, moment);
  if (simple) moment[1] = oss_member_is(member, "variant", "bh1") ? 0.5 * oss_inverse_phi(z) : 0.5;
}

static void predict(const oss_member *member, int order, const double *t, double next, double weight[OSS_MOST_NODES]) {
  double node[OSS_MOST_NODES], moment[OSS_MOST_NODES];
  weight[0] = 1.0;
  if (order < 2 || next <= 0.0) return;
  moments(member, oss_nodes_logsnr(order, t, next, node), order == 2, moment);
  oss_weights(order, node, moment, weight);
}

/* What the corrector adds to the weights of the step that led to t[0], in the order of the row: t[0], t[1], ... Returns how many; 0: no
 * correction. */
static int correction(const oss_member *member, const oss_step *step, double weight[OSS_MOST_NODES]) {
  oss_step before = {
      .known = step->known - 1, .t = step->t + 1, .next = step->t[0], .remaining = step->remaining + 1, .order = step->arrived};
  double node[OSS_MOST_NODES], moment[OSS_MOST_NODES], predicted[OSS_MOST_NODES] = {0}, corrected[OSS_MOST_NODES];
  if (step->known < 2 || before.t[0] >= 1.0) return 0;
  int order = oss_step_order_finite(member, &before);
  predict(member, order, before.t, before.next, predicted);
  double length = oss_nodes_logsnr(order, before.t, before.next, node);
  node[order] = 1.0;
  moments(member, length, order == 1, moment);
  oss_weights(order + 1, node, moment, corrected);
  weight[0] = corrected[order];
  for (int m = 0; m < order; m++) weight[m + 1] = corrected[m] - predicted[m];
  return order + 1;
}

static void row(const oss_member *member, const oss_step *step, oss_row *out) {
  double weight[OSS_MOST_NODES] = {0}, more[OSS_MOST_NODES], now = step->t[0], next = step->next;
  if (now >= 1.0) {
    oss_row_euler(step, out);
    return;
  }
  int order = oss_step_order_finite(member, step), count = correction(member, step, more),
      eps = oss_solver_history_option(member) == OSS_HISTORY_EPS;
  predict(member, order, step->t, next, weight);
  for (int m = 0; m < count; m++) { /* the weights of the step before, in units of this one's */
    double then = step->t[1];
    weight[m] +=
        more[m] * (eps ? (now - then) / (1.0 - then) * ((1.0 - next) / (next - now)) : (then - now) / then * (next / (now - next)));
  }
  (eps ? oss_row_from_noise : oss_row_from_data)(step, count > order ? count : order, weight, out);
}

static void correct(const oss_member *member, const oss_step *step, oss_row *out) {
  double weight[OSS_MOST_NODES], now = step->t[0], then = step->t[1];
  int count = correction(member, step, weight);
  if (oss_solver_history_option(member) == OSS_HISTORY_X0) {
    for (int m = 0; m < count; m++) out->b[m] = (then - now) / then * weight[m];
  } else if (count > 0) {
    double move = (now - then) / (1.0 - then);
    out->a += move * weight[0] / now;
    out->b[0] = -move * weight[0] * (1.0 - now) / now;
    for (int m = 1; m < count; m++) out->b[m] = move * weight[m];
  }
}

static int convergence(const oss_member *member) {
  return oss_solver_order_option(member) + 1;
}

const oss_solver_desc oss_solver_unipc = {
    .base = {.name = "unipc",
             .summary = "UniPC multistep: exponential predictor and corrector in log sigma",
             .source = "Zhao et al. 2023 (arXiv 2302.04867), section 3: multistep UniP with UniC",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .terms = terms,
    .history = oss_solver_history_option,
    .row = row,
    .order = convergence,
    .orders = oss_solver_order_option,
    .tail = oss_solver_tail_option,
    .correct = correct,
};

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* DPM-Solver++ (multistep). The published order 2 takes 1/2 for the mean of s, and the published order 3 takes half the mean of s^2: its
 * second difference lacks a factor of two, so it converges with order 2 as well. Kept, since this is what everybody runs. */
#include "host/solvers/rules.h"

static const oss_option options[] = {OSS_SOLVER_ORDER_OPTION("2", 3), OSS_SOLVER_PREDICT_OPTION, OSS_SOLVER_LOWER_FINAL_OPTION,
                                     OSS_SOLVER_AFS_OPTION};

static void row(const oss_member *member, const oss_step *step, oss_row *out) {
  int order = oss_step_order_finite(member, step);
  double node[OSS_MOST_NODES], moment[OSS_MOST_NODES], weight[OSS_MOST_NODES];
  if (order < 2 || step->next <= 0.0) {
    oss_row_euler(step, out);
    return;
  }
  int eps = oss_solver_history_option(member) == OSS_HISTORY_EPS;
  double length = oss_nodes_logsnr(order, step->t, step->next, node);
  oss_moments(eps ? length : -length, moment);
  if (order == 2) moment[1] = 0.5;
  moment[2] *= 0.5;
  oss_weights(order, node, moment, weight);
  (eps ? oss_row_from_noise : oss_row_from_data)(step, order, weight, out);
}

static int convergence(const oss_member *member) {
  return oss_solver_order_option(member) == 1 ? 1 : 2;
}

const oss_solver_desc oss_solver_dpmpp = {
    .base = {.name = "dpmpp",
             .summary = "DPM-Solver++ multistep: exponential integrator in log sigma",
             .source = "Lu et al. 2022 (arXiv 2211.01095), algorithm 2; order 3 and noise prediction as in its code",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .terms = oss_solver_order_option,
    .history = oss_solver_history_option,
    .row = row,
    .order = convergence,
    .orders = oss_solver_order_option,
    .tail = oss_solver_tail_option,
};

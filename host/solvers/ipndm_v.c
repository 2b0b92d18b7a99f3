// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* iPNDM with weights for the true steps, as published: not quite Adams-Bashforth. Its weight of the second difference is exact for even
 * steps only, that of the third for none (11/24 instead of 9/24), and with order 4 the weights do not sum to one unless three neighbouring
 * steps have one ratio. Kept, since this is what its numbers are made with; the exact weights are deis with mode rhoab. */
#include "host/solvers/rules.h"

static const oss_option options[] = {OSS_SOLVER_ORDER_OPTION("3", 4), OSS_SOLVER_AFS_OPTION};

/* h: this step and the steps before it, nearest first. The noise's divided differences, scaled to begin with 1, each have a factor. */
static void published_weights(int order, const double *h, double weight[OSS_MOST_NODES]) {
  double first = h[0] / (2.0 * h[1]);
  weight[0] = 1.0 + first;
  weight[1] = -first;
  if (order == 2) return;
  double ratio = h[1] / h[2], two = h[1] + h[2], second = 0.5 - h[0] * h[0] / (6.0 * h[1] * two);
  weight[0] += second;
  weight[1] -= second * (1.0 + ratio);
  weight[2] = second * ratio;
  if (order == 3) return;
  double ahead = h[0] + h[1], all = h[0] + two, far = ratio * two / (h[2] + h[3]);
  double third = 0.5 - h[0] / (6.0 * ahead) + (1.0 - h[0] / (2.0 * ahead)) * h[0] / (6.0 * all);
  third *= h[0] * ahead * all / (h[1] * two * (two + h[3]));
  weight[0] += third;
  weight[1] -= third * (1.0 + ratio + far);
  weight[2] += third * (ratio + far * (1.0 + h[2] / h[3]));
  weight[3] = -third * far * ratio;
}

static void row(const oss_member *member, const oss_step *step, oss_row *out) {
  int order = oss_step_order_finite(member, step);
  double h[OSS_MOST_NODES] = {0}, weight[OSS_MOST_NODES];
  if (order < 2) {
    oss_row_euler(step, out);
    return;
  }
  h[0] = oss_sigma(step->t[0]) - oss_sigma(step->next);
  for (int m = 1; m < order; m++) h[m] = oss_sigma(step->t[m]) - oss_sigma(step->t[m - 1]);
  published_weights(order, h, weight);
  oss_row_from_noise(step, order, weight, out);
}

/* On paths whose steps change smoothly. The sum of the weights of order 4 is then off by the square of the change. */
static int convergence(const oss_member *member) {
  int order = oss_solver_order_option(member);
  return order < 4 ? order : 2;
}

const oss_solver_desc oss_solver_ipndm_v = {
    .base = {.name = "ipndm_v",
             .summary = "improved PNDM with weights for uneven steps in sigma, as published",
             .source = "code of Zhou et al. 2023 (arXiv 2312.00094) for iPNDM of Zhang and Chen 2022 (arXiv 2204.13902)",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .terms = oss_solver_order_option,
    .history = oss_solver_history_eps,
    .row = row,
    .order = convergence,
    .orders = oss_solver_order_option,
};

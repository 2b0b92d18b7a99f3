// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Improved PNDM: Adams-Bashforth weights of even steps, whatever the steps are. The noise at t = 1 is regular, so it counts as a point. */
#include "host/solvers/rules.h"

static const oss_option options[] = {OSS_SOLVER_ORDER_OPTION("4", 4), OSS_SOLVER_AFS_OPTION};

static const double weights[4][4] = {
    {1.0}, {3.0 / 2, -1.0 / 2}, {23.0 / 12, -16.0 / 12, 5.0 / 12}, {55.0 / 24, -59.0 / 24, 37.0 / 24, -9.0 / 24}};

static void row(const oss_member *member, const oss_step *step, oss_row *out) {
  int order = oss_step_order(member, step);
  if (order < 2)
    oss_row_euler(step, out);
  else
    oss_row_from_noise(step, order, weights[order - 1], out);
}

/* Uneven steps leave an error of first order in their ratio in every difference of the noise. */
static int convergence(const oss_member *member) {
  return oss_solver_order_option(member) < 2 ? 1 : 2;
}

const oss_solver_desc oss_solver_ipndm = {
    .base = {.name = "ipndm",
             .summary = "improved PNDM: Adams-Bashforth in sigma with the weights of even steps",
             .source = "Zhang and Chen 2022 (arXiv 2204.13902), iPNDM, in sigma as in the code of Zhou et al. 2023 (arXiv 2312.00094)",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .terms = oss_solver_order_option,
    .history = oss_solver_history_eps,
    .row = row,
    .order = convergence,
    .orders = oss_solver_order_option,
};

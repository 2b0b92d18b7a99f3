// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/solvers/rules.h"

static const oss_option options[] = {OSS_SOLVER_AFS_OPTION};

static void row(const oss_member *member, const oss_step *step, oss_row *out) {
  (void)member;
  oss_row_euler(step, out);
}

const oss_solver_desc oss_solver_euler = {
    .base = {.name = "euler",
             .summary = "Euler in flow coordinates, the same as DDIM",
             .source = "Song et al. 2020 (arXiv 2010.02502), equation 12",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .terms = oss_solver_one,
    .row = row,
    .order = oss_solver_one,
};

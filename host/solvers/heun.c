// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Heun's method in sigma. Where it has no meaning, from an infinite sigma and onto sigma 0, where the noise is not defined, the step is
 * Euler's. */
#include "host/solvers/rules.h"

static const oss_option options[] = {OSS_SOLVER_AFS_OPTION};

static double middle(const oss_member *member, const oss_step *step) {
  (void)member;
  return step->t[0] < 1.0 ? step->next : 0.0;
}

static double stage(const oss_member *member, const oss_step *step, oss_row *out) {
  return oss_stage_euler(step, middle(member, step), out);
}

static void row(const oss_member *member, const oss_step *step, oss_row *out) {
  oss_row_two_calls(step, middle(member, step), 0.5, out);
}

const oss_solver_desc oss_solver_heun = {
    .base = {.name = "heun",
             .summary = "Heun's method in sigma, two calls a step",
             .source = "Karras et al. 2022 (arXiv 2206.00364), algorithm 1",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .terms = oss_solver_one,
    .row = row,
    .order = oss_solver_two,
    .stage = stage,
};

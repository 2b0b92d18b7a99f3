// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* DPM-Solver-2: a midpoint method in log sigma. From an infinite sigma and onto sigma 0 there is no point between: the step is Euler's. */
#include <math.h>

#include "host/solvers/rules.h"

static const oss_option options[] = {{.name = "r",
                                      .type = OSS_OPTION_REAL,
                                      .fallback = "0.5",
                                      .min = 0.0,
                                      .max = 1.0,
                                      .open_min = 1,
                                      .help = "where the intermediate point lies, from 0 (the step's start) to 1 in log sigma"},
                                     OSS_SOLVER_AFS_OPTION};

/* sigma_next^r sigma^(1-r) */
static double middle(const oss_member *member, const oss_step *step) {
  double r = oss_member_real(member, "r");
  if (step->t[0] >= 1.0 || step->next <= 0.0) return 0.0;
  double sigma = oss_sigma(step->t[0]) * pow(oss_sigma(step->next) / oss_sigma(step->t[0]), r);
  return sigma / (1.0 + sigma);
}

static double stage(const oss_member *member, const oss_step *step, oss_row *out) {
  return oss_stage_euler(step, middle(member, step), out);
}

static void row(const oss_member *member, const oss_step *step, oss_row *out) {
  oss_row_two_calls(step, middle(member, step), 0.5 / oss_member_real(member, "r"), out);
}

const oss_solver_desc oss_solver_dpm2 = {
    .base = {.name = "dpm2",
             .summary = "DPM-Solver-2: midpoint in log sigma, two calls a step",
             .source = "Lu et al. 2022 (arXiv 2206.00927), DPM-Solver-2 with a free intermediate point",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .terms = oss_solver_one,
    .row = row,
    .order = oss_solver_two,
    .stage = stage,
};

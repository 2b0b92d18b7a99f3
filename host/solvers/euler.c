// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/solvers/solver.h"

static int terms(const oss_member *member) {
  (void)member;
  return 1;
}

/* x + (next - t) v with v = (x - D) / t: regular at t = 1, and D itself at next = 0. */
static void row(const oss_member *member, int known, const double *t, double next, oss_row *out) {
  (void)member;
  (void)known;
  out->a = next / t[0];
  out->b[0] = (t[0] - next) / t[0];
}

const oss_solver_desc oss_solver_euler = {
    .base = {.name = "euler",
             .summary = "Euler in flow coordinates, the same as DDIM",
             .source = "Song et al. 2020 (arXiv 2010.02502), equation 12"},
    .terms = terms,
    .history = OSS_HISTORY_V,
    .row = row,
};

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Solvers: one step from t_k to t_j is a row of coefficients,
 *   x_j = a x_k + b_0 D_k + b_1 h_(k,1) + ... + b_(q-1) h_(k,q-1),
 * with D_k the denoiser's output at the current point and h the solver's own quantity kept from the points before it (nearest first).
 * The coefficients depend on the times alone and are computed here, in double; kernels know linear combinations only. */
#ifndef OSS_SOLVERS_SOLVER_H
#define OSS_SOLVERS_SOLVER_H

#include "host/core/member.h"
#include "kernels/backend.h"

typedef enum oss_history { OSS_HISTORY_X0 /* D */, OSS_HISTORY_EPS /* (x - (1-t) D) / t */, OSS_HISTORY_V /* (x - D) / t */ } oss_history;

typedef struct oss_row {
  double a;
  double b[OSS_MAX_TERMS - 1];
} oss_row;

typedef struct oss_solver_desc {
  oss_member_desc base;
  /* q: the denoiser output and the histories a step may use; 1 for a one-step method, at most OSS_MAX_TERMS - 1. */
  int (*terms)(const oss_member *member);
  /* What the histories hold; unused when terms is 1. */
  oss_history history;
  /* The row of a step from t[0] to next < t[0]. t[1 .. known-1], t[m] > t[m-1], are the times of the points before it (known >= 1, at
   * most q): a start-up step has fewer. Entries of the row beyond known must be 0. next may be 0, t[0] may be 1. */
  void (*row)(const oss_member *member, int known, const double *t, double next, oss_row *out);
} oss_solver_desc;

/* Number of terms of a solver, checked against OSS_MAX_TERMS. */
int oss_solver_terms(const oss_member *solver);

/* out = the row of one step, zeros beyond known. next == t[0] is the step that does nothing. */
void oss_solver_row(const oss_member *solver, int known, const double *t, double next, oss_row *out);

/* h = out[0] x + out[1] D at time t > 0. */
void oss_solver_history_row(const oss_member *solver, double t, double out[2]);

#endif

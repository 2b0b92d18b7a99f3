// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Solvers: one step from t_k to t_j is a row of coefficients,
 *   x_j = a x_k + b_0 D_k + b_1 h_(k,1) + ... + b_(q-1) h_(k,q-1),
 * with D_k the denoiser's output at the current point and h the solver's own quantity kept from the points before it (nearest first).
 * The coefficients depend on the times alone and are computed here, in double; kernels know linear combinations only.
 *
 * x_k is the state that the step before arrived at, where the denoiser was called and of which h is made. Two kinds need more than a row:
 * a corrector improves x_k once D_k is known, and the row works on x_k before that, the correction included (h too is of the state before);
 * a two-call step first makes an intermediate point (one row), and then b_1 multiplies the denoiser's output there. */
#ifndef OSS_SOLVERS_SOLVER_H
#define OSS_SOLVERS_SOLVER_H

#include "host/core/member.h"
#include "kernels/backend.h"

typedef enum oss_history { OSS_HISTORY_X0 /* D */, OSS_HISTORY_EPS /* (x - (1-t) D) / t */, OSS_HISTORY_V /* (x - D) / t */ } oss_history;

typedef struct oss_row {
  double a;
  double b[OSS_MAX_TERMS - 1];
} oss_row;

enum { OSS_MANY_STEPS = 1000000 };

/* A step as its solver sees it. */
typedef struct oss_step {
  int known;       /* points of the path so far, the current one included; 1 .. terms */
  const double *t; /* t[0]: the current time, in (0, 1]; t[m] > t[m-1]: the times before it, m < known. Only the start may be 1 */
  double next;     /* where the step goes: in [0, t[0]) */
  int remaining;   /* steps left, this one included: 1 onto the end; OSS_MANY_STEPS stands for any number above the solver's tail */
  int order;       /* 0: the solver's own choice; else this order, as far as known allows */
  int arrived;     /* the same of the step that led to t[0] */
} oss_step;

typedef struct oss_solver_desc {
  oss_member_desc base;
  /* q: the denoiser's output and the histories a step may use; 1 for a one-step method, at most OSS_MAX_TERMS - 1. */
  int (*terms)(const oss_member *member);
  /* What the histories hold; NULL when terms is 1. */
  oss_history (*history)(const oss_member *member);
  /* Fills the row (zeroed before) of a step, a corrector's work on x_k included. Entries beyond known stay 0. Must be finite for next = 0
   * and t[0] = 1. */
  void (*row)(const oss_member *member, const oss_step *step, oss_row *out);
  /* The order of convergence, on a path long enough, away from its first and last steps. */
  int (*order)(const oss_member *member);
  /* The largest step.order: what `orders: best` tries. NULL: 1. */
  int (*orders)(const oss_member *member);
  /* How many of the last steps depend on how many remain: 0 none (NULL), 1 only the step onto the end, 2 the one before it too. */
  int (*tail)(const oss_member *member);
  /* A corrector: the row (a 1 on entry, the rest 0) to the corrected x_k, which is what a trajectory shows; known >= 2. `remaining` counts
   * from t[0] on: it was one more for the step that led there. NULL: none. */
  void (*correct)(const oss_member *member, const oss_step *step, oss_row *out);
  /* A two-call step: the time of the intermediate point and its row (b_0 and a only), or 0 for a step that needs one call. terms is 1.
   * NULL: one call always. */
  double (*stage)(const oss_member *member, const oss_step *step, oss_row *out);
} oss_solver_desc;

/* The analytical first step: the first call is replaced by what a standard normal prior would answer. An option of every solver. */
#define OSS_SOLVER_AFS_OPTION                                                                  \
  {                                                                                            \
    .name = "afs", .type = OSS_OPTION_BOOL, .fallback = "false",                               \
    .help = "analytical first step: the first call replaced by x / sqrt(1 + sigma^2) as noise" \
  }

int oss_solver_terms(const oss_member *solver);  /* checked against OSS_MAX_TERMS */
int oss_solver_order(const oss_member *solver);  /* of convergence */
int oss_solver_orders(const oss_member *solver); /* the largest step.order */
int oss_solver_tail(const oss_member *solver);
int oss_solver_corrects(const oss_member *solver);
int oss_solver_stages(const oss_member *solver); /* whether it may make two calls a step */
int oss_solver_afs(const oss_member *solver);

/* The row of one step, from x_k before its correction. next == t[0] is the step that does nothing. */
void oss_solver_row(const oss_member *solver, const oss_step *step, oss_row *out);

/* The corrected state at t[0], for trajectories alone; the row that does nothing for solvers without a corrector and for known == 1. */
void oss_solver_correct(const oss_member *solver, const oss_step *step, oss_row *out);

/* The intermediate point of a two-call step: its time, or 0 when the step takes one call. */
double oss_solver_stage(const oss_member *solver, const oss_step *step, oss_row *out);

/* h = out[0] x + out[1] D at time t > 0. */
void oss_solver_history_row(const oss_member *solver, double t, double out[2]);

/* D = the result times x: the answer to the first call of an analytical first step at time t. */
double oss_solver_afs_gain(double t);

/* ---- For solvers' own files. The variance-exploding form is y = x / (1-t), sigma = t / (1-t), noise = (y - D) / sigma. */

/* Euler's row: x_j = (t_j/t_k) x_k + (1 - t_j/t_k) D_k. The limit of all rows at t[0] = 1 and, for predictions of D, at next = 0. */
void oss_row_euler(const oss_step *step, oss_row *out);

/* The points of the path whose sigma is finite, the current one included. A point at t = 1 is infinitely far in sigma and log sigma:
 * methods that interpolate there use the others only. */
int oss_step_finite(const oss_step *step);

/* From the form y_j = y_k + (sigma_j - sigma_k) (weight_0 e_k + weight_1 e_(k,1) + ...), e the noise, to a row; t[0] < 1. */
void oss_row_from_noise(const oss_step *step, int count, const double *weight, oss_row *out);

/* From the form y_j = (sigma_j / sigma_k) y_k + (1 - sigma_j / sigma_k) (weight_0 D_k + weight_1 D_(k,1) + ...). */
void oss_row_from_data(const oss_step *step, int count, const double *weight, oss_row *out);

#endif

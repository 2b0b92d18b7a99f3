// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What several solvers share. For solvers' own files.
 *
 * Multistep solvers replace the denoiser's output over a step by the polynomial through the points of the path and integrate that. With s
 * the position in the step, 0 at t[0] and 1 at next, in the solver's own variable (sigma, log sigma, ...), a method is two lists: the
 * nodes, s of the points used, and the moments, the means of s^k over the step under the solver's weight function. */
#ifndef OSS_SOLVERS_RULES_H
#define OSS_SOLVERS_RULES_H

#include "host/solvers/solver.h"

enum { OSS_MOST_NODES = 4 };

/* Options that mean the same wherever they appear. */
#define OSS_SOLVER_ORDER_OPTION(usual, most) \
  { .name = "order", .type = OSS_OPTION_INT, .fallback = usual, .min = 1, .max = most, .help = "points of the path that a step uses" }
#define OSS_SOLVER_PREDICT_OPTION                                                        \
  {                                                                                      \
    .name = "predict", .type = OSS_OPTION_CHOICE, .fallback = "x0", .choices = "x0 eps", \
    .help = "what is interpolated: the data or the noise"                                \
  }
#define OSS_SOLVER_LOWER_FINAL_OPTION \
  { .name = "lower_order_final", .type = OSS_OPTION_BOOL, .fallback = "true", .help = "no order above the number of steps that remain" }

int oss_solver_one(const oss_member *member); /* 1 and 2, for terms and order of solvers without such an option */
int oss_solver_two(const oss_member *member);
int oss_solver_order_option(const oss_member *member);
int oss_solver_tail_option(const oss_member *member);            /* steps that lower_order_final may change: order - 1 */
oss_history oss_solver_history_option(const oss_member *member); /* X0 or EPS, from predict */
oss_history oss_solver_history_eps(const oss_member *member);

/* The order of a step: the option's, as far as points are known; with lower_order_final, once the path has that many points, no more than
 * the steps that remain. step->order takes the place of both where it is given. */
int oss_step_order(const oss_member *member, const oss_step *step);

/* The same with no more than the points whose sigma is finite. */
int oss_step_order_finite(const oss_member *member, const oss_step *step);

/* t / (1-t), infinite at 1. */
double oss_sigma(double t);

/* Nodes of count points, the first being 0, in sigma (t[0] < 1, as all of them). */
void oss_nodes_sigma(int count, const double *t, double next, double node[OSS_MOST_NODES]);

/* The same in log(1/sigma); next > 0. Returns the length of the step. */
double oss_nodes_logsnr(int count, const double *t, double next, double node[OSS_MOST_NODES]);

/* z / (exp(z) - 1), 1 at 0. */
double oss_inverse_phi(double z);

/* The means of s^k, k = 0..3, on [0, 1] under the weight exp((1-s) z): k! phi_(k+1)(z) / phi_1(z) in the notation of exponential
 * integrators. z = 0 gives 1 / (k+1). */
void oss_moments(double z, double moment[OSS_MOST_NODES]);

/* The mean over the step of the polynomial through the values at count nodes (the first is 0), as weights of the values. */
void oss_weights(int count, const double *node, const double *moment, double weight[OSS_MOST_NODES]);

/* Euler's step to an intermediate point at time middle; returns middle. 0: none, the row stays as it is. */
double oss_stage_euler(const oss_step *step, double middle, oss_row *out);

/* Two calls: y_j = y_k + (sigma_j - sigma_k) ((1 - share) e_k + share e_m), e_m the noise at the intermediate point that Euler's step leads
 * to; Euler's row for middle = 0. */
void oss_row_two_calls(const oss_step *step, double middle, double share, oss_row *out);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/solvers/rules.h"

#include <math.h>

static int smaller(int a, int b) {
  return a < b ? a : b;
}

int oss_solver_one(const oss_member *member) {
  (void)member;
  return 1;
}

int oss_solver_two(const oss_member *member) {
  (void)member;
  return 2;
}

int oss_solver_order_option(const oss_member *member) {
  return (int)oss_member_int(member, "order");
}

int oss_solver_tail_option(const oss_member *member) {
  return oss_member_int(member, "lower_order_final") != 0 ? oss_solver_order_option(member) - 1 : 0;
}

oss_history oss_solver_history_option(const oss_member *member) {
  return oss_member_is(member, "predict", "eps") ? OSS_HISTORY_EPS : OSS_HISTORY_X0;
}

oss_history oss_solver_history_eps(const oss_member *member) {
  (void)member;
  return OSS_HISTORY_EPS;
}

int oss_step_order(const oss_member *member, const oss_step *step) {
  int most = oss_solver_order_option(member), known = smaller(step->known, most);
  if (step->order > 0) return smaller(step->order, known);
  int lower = known == most && oss_member_int(member, "lower_order_final") != 0;
  return lower && step->remaining > 0 ? smaller(known, step->remaining) : known;
}

int oss_step_order_finite(const oss_member *member, const oss_step *step) {
  return smaller(oss_step_order(member, step), oss_step_finite(step));
}

double oss_sigma(double t) {
  return t / (1.0 - t);
}

void oss_nodes_sigma(int count, const double *t, double next, double node[OSS_MOST_NODES]) {
  double sigma = oss_sigma(t[0]), step = oss_sigma(next) - sigma;
  for (int m = 0; m < count; m++) node[m] = (oss_sigma(t[m]) - sigma) / step;
}

double oss_nodes_logsnr(int count, const double *t, double next, double node[OSS_MOST_NODES]) {
  double sigma = oss_sigma(t[0]), step = log(sigma / oss_sigma(next));
  node[0] = 0.0;
  for (int m = 1; m < count; m++) node[m] = log(sigma / oss_sigma(t[m])) / step;
  return step;
}

double oss_inverse_phi(double z) {
  return z == 0.0 ? 1.0 : z / expm1(z);
}

/* N_k = k! phi_(k+1) is the integral of exp((1-s) z) s^k, and k N_(k-1) = z N_k + 1. Downwards this is stable where z is small, upwards
 * (divided by N_0, so that large z stays finite) where it is not. */
void oss_moments(double z, double moment[OSS_MOST_NODES]) {
  if (fabs(z) < 0.5) {
    double n[OSS_MOST_NODES] = {0}, sum = 1.0;
    for (int i = 12; i > 0; i--) sum = 1.0 + z / (OSS_MOST_NODES + i) * sum;
    n[OSS_MOST_NODES - 1] = sum / OSS_MOST_NODES;
    for (int k = OSS_MOST_NODES - 1; k > 0; k--) n[k - 1] = (z * n[k] + 1.0) / k;
    for (int k = 0; k < OSS_MOST_NODES; k++) moment[k] = n[k] / n[0];
    return;
  }
  double inverse = oss_inverse_phi(z); /* 1 / N_0 */
  moment[0] = 1.0;
  for (int k = 1; k < OSS_MOST_NODES; k++) moment[k] = (k * moment[k - 1] - inverse) / z;
}

/* Weight m is the mean of s prod (s - node_i) / (node_m prod (node_m - node_i)), i other than 0 and m; weight 0 is what is left. */
void oss_weights(int count, const double *node, const double *moment, double weight[OSS_MOST_NODES]) {
  weight[0] = moment[0];
  for (int m = 1; m < count; m++) {
    double poly[OSS_MOST_NODES] = {1.0}, scale = node[m], mean = 0.0;
    int degree = 0;
    for (int i = 1; i < count; i++) {
      if (i == m) continue;
      scale *= node[m] - node[i];
      degree++;
      for (int k = degree; k > 0; k--) poly[k] = poly[k - 1] - node[i] * poly[k];
      poly[0] *= -node[i];
    }
    for (int k = 0; k <= degree; k++) mean += poly[k] * moment[k + 1];
    weight[m] = mean / scale;
    weight[0] -= weight[m];
  }
}

double oss_stage_euler(const oss_step *step, double middle, oss_row *out) {
  oss_step to = {.known = 1, .t = step->t, .next = middle};
  if (middle > 0.0) oss_row_euler(&to, out);
  return middle;
}

/* e_m = (x_m - (1-m) D_m) / m with x_m = (m/t) x + (1 - m/t) D: linear in x_k, D_k and D_m. */
void oss_row_two_calls(const oss_step *step, double middle, double share, oss_row *out) {
  double t = step->t[0], move = (step->next - t) / (1.0 - t);
  oss_row_euler(step, out);
  if (!(middle > 0.0)) return;
  out->b[0] = move * (share * (t - middle) / middle - (1.0 - share) * (1.0 - t)) / t;
  out->b[1] = -move * share * (1.0 - middle) / middle;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/solvers/solver.h"

#include <math.h>

#include "host/core/registries.h"

#define OSS_SOLVER(name) extern const oss_solver_desc oss_solver_##name;
#include "host/solvers/solvers.def"
#undef OSS_SOLVER

static const oss_solver_desc *const solvers[] = {
#define OSS_SOLVER(name) &oss_solver_##name,
#include "host/solvers/solvers.def"
#undef OSS_SOLVER
};

OSS_DEFINE_REGISTRY(oss_solvers, solvers, "solvers", "solver", "how one step is made from the state and the denoiser's past outputs")

static const oss_solver_desc *desc_of(const oss_member *solver) {
  return (const oss_solver_desc *)solver->desc;
}

int oss_solver_terms(const oss_member *solver) {
  int terms = desc_of(solver)->terms(solver);
  return terms < 1 ? 1 : terms > OSS_MAX_TERMS - 1 ? OSS_MAX_TERMS - 1 : terms;
}

int oss_solver_order(const oss_member *solver) {
  return desc_of(solver)->order(solver);
}

int oss_solver_orders(const oss_member *solver) {
  return desc_of(solver)->orders != NULL ? desc_of(solver)->orders(solver) : 1;
}

int oss_solver_tail(const oss_member *solver) {
  return desc_of(solver)->tail != NULL ? desc_of(solver)->tail(solver) : 0;
}

int oss_solver_corrects(const oss_member *solver) {
  return desc_of(solver)->correct != NULL;
}

int oss_solver_stages(const oss_member *solver) {
  return desc_of(solver)->stage != NULL;
}

int oss_solver_afs(const oss_member *solver) {
  return oss_member_int(solver, "afs") != 0;
}

void oss_solver_row(const oss_member *solver, const oss_step *step, oss_row *out) {
  *out = (oss_row){0};
  if (step->next == step->t[0])
    out->a = 1.0;
  else
    desc_of(solver)->row(solver, step, out);
}

void oss_solver_correct(const oss_member *solver, const oss_step *step, oss_row *out) {
  *out = (oss_row){.a = 1.0};
  if (desc_of(solver)->correct != NULL && step->known > 1) desc_of(solver)->correct(solver, step, out);
}

double oss_solver_stage(const oss_member *solver, const oss_step *step, oss_row *out) {
  *out = (oss_row){0};
  if (desc_of(solver)->stage == NULL || step->next == step->t[0]) return 0.0;
  return desc_of(solver)->stage(solver, step, out);
}

void oss_solver_history_row(const oss_member *solver, double t, double out[2]) {
  switch (desc_of(solver)->history != NULL ? desc_of(solver)->history(solver) : OSS_HISTORY_X0) {
    case OSS_HISTORY_X0:
      out[0] = 0.0;
      out[1] = 1.0;
      return;
    case OSS_HISTORY_EPS:
      out[0] = 1.0 / t;
      out[1] = -(1.0 - t) / t;
      return;
    case OSS_HISTORY_V:
      out[0] = 1.0 / t;
      out[1] = -1.0 / t;
      return;
  }
}

/* The noise is y / sqrt(1 + sigma^2) = x / r with r^2 = (1-t)^2 + t^2, so D = (x - t x / r) / (1-t), written without the cancellation. */
double oss_solver_afs_gain(double t) {
  double r = hypot(1.0 - t, t);
  return (1.0 - t) / (r * (r + t));
}

void oss_row_euler(const oss_step *step, oss_row *out) {
  out->a = step->next / step->t[0];
  out->b[0] = (step->t[0] - step->next) / step->t[0];
}

int oss_step_finite(const oss_step *step) {
  int known = step->known;
  while (known > 1 && step->t[known - 1] >= 1.0) known--;
  return known;
}

void oss_row_from_noise(const oss_step *step, int count, const double *weight, oss_row *out) {
  double t = step->t[0], move = step->next - t; /* (1 - t_j) (sigma_j - sigma_k) = move / (1 - t) */
  out->a = ((1.0 - step->next) + move * weight[0] / t) / (1.0 - t);
  out->b[0] = -move * weight[0] / t;
  for (int m = 1; m < count; m++) out->b[m] = move * weight[m] / (1.0 - t);
}

void oss_row_from_data(const oss_step *step, int count, const double *weight, oss_row *out) {
  out->a = step->next / step->t[0];
  for (int m = 0; m < count; m++) out->b[m] = (step->t[0] - step->next) / step->t[0] * weight[m];
}

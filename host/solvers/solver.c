// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/solvers/solver.h"

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

void oss_solver_row(const oss_member *solver, int known, const double *t, double next, oss_row *out) {
  *out = (oss_row){0};
  if (next == t[0])
    out->a = 1.0;
  else
    desc_of(solver)->row(solver, known, t, next, out);
}

void oss_solver_history_row(const oss_member *solver, double t, double out[2]) {
  switch (desc_of(solver)->history) {
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

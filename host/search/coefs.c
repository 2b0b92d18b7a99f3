// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/coefs.h"

void oss_coefs_fill(const oss_member *solver, const oss_grid *grid, int terms, const int32_t *path, double *coef) {
  size_t side = (size_t)grid->n + 1;
  for (size_t k = 1; k < side; k++) {
    double t[OSS_MAX_TERMS];
    int known = 1;
    t[0] = grid->t[k];
    while (known < terms && path[k * (size_t)(terms - 1) + (size_t)known - 1] >= 0) {
      t[known] = grid->t[path[k * (size_t)(terms - 1) + (size_t)known - 1]];
      known++;
    }
    for (size_t j = 0; j < k; j++) {
      oss_row row;
      oss_step step = {.known = known, .t = t, .next = grid->t[j], .remaining = j == 0 ? 1 : OSS_MANY_STEPS};
      oss_solver_full_row(solver, &step, &row);
      coef[k * side + j] = row.a;
      for (int m = 0; m < terms; m++) coef[((size_t)(m + 1) * side + k) * side + j] = row.b[m];
    }
  }
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/coefs.h"

/* The path of cell k: t gets its times, the number of them is returned. */
static int path_of(const oss_coef_request *r, int terms, size_t k, double t[OSS_MAX_TERMS]) {
  int known = 1;
  t[0] = r->grid->t[k];
  for (; known < terms; known++) {
    int32_t before = r->path[k * (size_t)(terms - 1) + (size_t)known - 1];
    if (before < 0) break;
    t[known] = r->grid->t[before];
  }
  return known;
}

static void fill_pair(const oss_coef_request *r, int terms, int known, const double *t, size_t k, size_t j, int order, double *coef) {
  size_t side = (size_t)r->grid->n + 1;
  oss_row row;
  oss_step step = {.known = known,
                   .t = t,
                   .next = r->grid->t[j],
                   .remaining = j == 0 ? 1 : r->remaining,
                   .order = order,
                   .arrived = r->arrived != NULL ? r->arrived[k] : 0};
  oss_solver_row(r->solver, &step, &row);
  if (r->carried) {
    double scale = t[0] / (t[0] - step.next);
    row.a = scale * row.a + (1.0 - scale);
    for (int m = 0; m < terms; m++) row.b[m] *= scale;
  }
  coef[k * side + j] = row.a;
  for (int m = 0; m < terms; m++) coef[((size_t)(m + 1) * side + k) * side + j] = row.b[m];
}

void oss_coefs_fill(const oss_coef_request *r, double *coef) {
  int terms = oss_solver_terms(r->solver);
#pragma omp parallel for schedule(dynamic, 4) num_threads(r->threads) if (r->grid->n > 32)
  for (int64_t k = r->grid->n; k > 0; k--) { /* the longest first */
    double t[OSS_MAX_TERMS];
    int known = path_of(r, terms, (size_t)k, t);
    for (size_t j = 0; j < (size_t)k; j++) fill_pair(r, terms, known, t, (size_t)k, j, r->order, coef);
  }
}

void oss_coefs_fill_chosen(const oss_coef_request *r, const int32_t *from, const int32_t *order, double *coef) {
  int terms = oss_solver_terms(r->solver);
  for (size_t j = 0; j < (size_t)r->grid->n; j++) {
    double t[OSS_MAX_TERMS];
    if (from[j] < 0) continue;
    int known = path_of(r, terms, (size_t)from[j], t);
    fill_pair(r, terms, known, t, (size_t)from[j], j, order[j], coef);
  }
}

void oss_coefs_fill_middle(const oss_member *solver, const oss_grid *grid, double *coef, double *times, double *second) {
  size_t side = (size_t)grid->n + 1;
  for (size_t k = 1; k < side; k++)
    for (size_t j = 0; j < k; j++) {
      size_t pair = k * side + j;
      oss_step step = {.known = 1, .t = &grid->t[k], .next = grid->t[j], .remaining = j == 0 ? 1 : OSS_MANY_STEPS};
      oss_row row;
      times[pair] = oss_solver_stage(solver, &step, &row);
      coef[pair] = times[pair] > 0.0 ? row.a : 1.0;
      coef[side * side + pair] = row.b[0];
      oss_solver_row(solver, &step, &row);
      second[pair] = row.b[1];
    }
}

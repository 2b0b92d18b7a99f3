// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The coefficients of every candidate step of a search. */
#ifndef OSS_SEARCH_COEFS_H
#define OSS_SEARCH_COEFS_H

#include "host/grids/grid.h"
#include "host/solvers/solver.h"

typedef struct oss_coef_request {
  const oss_member *solver;
  const oss_grid *grid;
  const int32_t *path;    /* [N+1][terms-1] grid indices of the points before each cell, nearest first, -1 where there is none */
  const int32_t *arrived; /* [N+1] the order of the step that led to each cell, 0 for the solver's own; NULL: all are its own */
  int order;              /* of all steps; 0: the solver's own */
  int remaining;          /* steps left on the way to the end, this one included; a step onto index 0 is always the last */
  int carried;            /* instead of the new state, the data that the step carries: x_k - t_k v with v = (x_k - x_j) / (t_k - t_j) */
  int threads;
} oss_coef_request;

/* Fills coef [terms+1][N+1][N+1], indexed [m][k][j] (m = 0 for x), for every pair k > j; other entries are left. path may be NULL when
 * terms is 1. Correctors are part of it. */
void oss_coefs_fill(const oss_coef_request *request, double *coef);

/* The pairs (from[j], j) only, each with the order of its own; from[j] < 0: none. from, order: [N+1]. */
void oss_coefs_fill_chosen(const oss_coef_request *request, const int32_t *from, const int32_t *order, double *coef);

/* Two-call steps: coef [2][N+1][N+1] of the intermediate points, their times [N+1][N+1] (0: a step of one call), and the coefficients of
 * the outputs there, second [N+1][N+1]. */
void oss_coefs_fill_middle(const oss_member *solver, const oss_grid *grid, double *coef, double *times, double *second);

#endif

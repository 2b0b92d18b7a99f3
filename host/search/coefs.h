// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The coefficients of every candidate step of a search. */
#ifndef OSS_SEARCH_COEFS_H
#define OSS_SEARCH_COEFS_H

#include "host/grids/grid.h"
#include "host/solvers/solver.h"

/* Fills coef [terms+1][N+1][N+1], indexed [m][k][j] (m = 0 for x), for every pair k > j; other entries are left. path [N+1][terms-1]: grid
 * indices of the points before cell k, nearest first, -1 where there is none; NULL when terms is 1. terms: oss_solver_terms. */
void oss_coefs_fill(const oss_member *solver, const oss_grid *grid, int terms, const int32_t *path, double *coef);

#endif

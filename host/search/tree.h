// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The tree of all schedules on a grid. A node of depth d is the beginning of schedules: d indices that descend, the last above 0. Its leaf
 * is the schedule of d steps that ends with the step from there to 0. Nodes are visited children after their own leaf, larger indices
 * first; leaves are numbered in that order. */
#ifndef OSS_SEARCH_TREE_H
#define OSS_SEARCH_TREE_H

#include "host/grids/grid.h"
#include "host/solvers/solver.h"

typedef struct oss_tree {
  size_t n, depth; /* N, and the most steps */
  int pinned;      /* the first index is N */
  int alone;       /* it serves one budget: its calls count for depth steps */
  char *wanted;    /* [depth+1]: whether schedules of so many steps count */
  double *leaves;  /* [depth+2][n+1]: wanted leaves at and below a node of that depth and index; exact as long as they matter (2^53) */
  double *calls;   /* the same: denoiser calls a sample, at and below it */
} oss_tree;

/* wanted [depth+1], copied. */
oss_status oss_tree_create(const oss_grid *grid, const oss_member *solver, size_t depth, int pinned, int alone, const char *wanted,
                           oss_tree *out);
void oss_tree_free(oss_tree *tree);
size_t oss_tree_bytes(size_t n, size_t depth);

double oss_tree_below(const oss_tree *tree, size_t depth, size_t index); /* the entry of leaves */
double oss_tree_leaves(const oss_tree *tree);
double oss_tree_calls(const oss_tree *tree); /* a sample, of a walk through all of it */

/* The first indices run from n down to this. */
size_t oss_tree_last_root(const oss_tree *tree);

/* All wanted leaves in order. */
void oss_tree_each(const oss_tree *tree, void (*leaf)(void *state, size_t depth, double number), void *state);

/* Leaf number `at`: its path (without the 0) and how many steps that is. */
void oss_tree_path(const oss_tree *tree, double at, int32_t *path, size_t *steps);

#endif

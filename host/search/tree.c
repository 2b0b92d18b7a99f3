// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/tree.h"

#include <stdlib.h>
#include <string.h>

void oss_tree_free(oss_tree *tree) {
  free(tree->wanted);
  free(tree->leaves);
  free(tree->calls);
  *tree = (oss_tree){0};
}

size_t oss_tree_bytes(size_t n, size_t depth) {
  return 2 * (depth + 2) * (n + 1) * sizeof(double) + depth + 1;
}

/* Calls of the step from k to j besides the one at k. */
static double extra_calls(const oss_grid *grid, const oss_member *solver, size_t k, size_t j) {
  oss_row row;
  oss_step step = {.known = 1, .t = &grid->t[k], .next = grid->t[j], .remaining = j == 0 ? 1 : OSS_MANY_STEPS};
  return oss_solver_stages(solver) && oss_solver_stage(solver, &step, &row) > 0.0 ? 1.0 : 0.0;
}

/* One depth from the one below it; sums over the children grow with the index. */
static void fill_depth(oss_tree *t, const oss_grid *grid, const oss_member *solver, size_t d) {
  size_t side = t->n + 1;
  double leaves = 0.0, calls = 0.0, nodes = 0.0, own = d == 1 && oss_solver_afs(solver) ? 0.0 : 1.0;
  for (size_t i = 1; i < side; i++) { /* sums are those of children 1 .. i - 1 */
    double leaf = t->wanted[d] ? 1.0 : 0.0, all = leaf + leaves;
    double middle = i > 1 ? extra_calls(grid, solver, i, i - 1) : 0.0;
    t->leaves[d * side + i] = all;
    t->calls[d * side + i] = all > 0.0 ? own + leaf * extra_calls(grid, solver, i, 0) + middle * nodes + calls : 0.0;
    double below = t->leaves[(d + 1) * side + i];
    leaves += below;
    calls += t->calls[(d + 1) * side + i];
    nodes += below > 0.0;
  }
}

oss_status oss_tree_create(const oss_grid *grid, const oss_member *solver, size_t depth, int pinned, int alone, const char *wanted,
                           oss_tree *out) {
  size_t side = (size_t)grid->n + 1;
  *out = (oss_tree){.n = side - 1, .depth = depth, .pinned = pinned, .alone = alone};
  out->wanted = malloc(depth + 1);
  out->leaves = calloc((depth + 2) * side, sizeof *out->leaves);
  out->calls = calloc((depth + 2) * side, sizeof *out->calls);
  if (out->wanted == NULL || out->leaves == NULL || out->calls == NULL) {
    oss_tree_free(out);
    return oss_fail(OSS_ERR_MEMORY, "tree of schedules, %zu steps on %zu points", depth, side);
  }
  memcpy(out->wanted, wanted, depth + 1);
  for (size_t d = depth; d >= 1; d--) fill_depth(out, grid, solver, d);
  return OSS_OK;
}

double oss_tree_below(const oss_tree *t, size_t depth, size_t index) {
  return t->leaves[depth * (t->n + 1) + index];
}

size_t oss_tree_last_root(const oss_tree *t) {
  return t->pinned ? t->n : 1;
}

double oss_tree_leaves(const oss_tree *t) {
  double sum = 0.0;
  for (size_t i = t->n; i >= oss_tree_last_root(t); i--) sum += oss_tree_below(t, 1, i);
  return sum;
}

double oss_tree_calls(const oss_tree *t) {
  double sum = 0.0;
  for (size_t i = t->n; i >= oss_tree_last_root(t); i--) sum += t->calls[t->n + 1 + i];
  return sum;
}

void oss_tree_path(const oss_tree *t, double at, int32_t *path, size_t *steps) {
  size_t i = t->n;
  for (size_t d = 1; d <= t->depth; d++) {
    while (i > 1 && at >= oss_tree_below(t, d, i)) at -= oss_tree_below(t, d, i--);
    path[d - 1] = (int32_t)i--;
    *steps = d;
    if (t->wanted[d] && at < 1.0) return;
    if (t->wanted[d]) at -= 1.0;
  }
}

static double each_below(const oss_tree *t, size_t d, size_t highest, size_t lowest, double number,
                         void (*leaf)(void *state, size_t depth, double number), void *state) {
  for (size_t i = highest; i >= lowest && i > 0; i--) {
    if (!(oss_tree_below(t, d, i) > 0.0)) continue;
    if (t->wanted[d]) leaf(state, d, number++);
    if (d < t->depth) number = each_below(t, d + 1, i - 1, 1, number, leaf, state);
  }
  return number;
}

void oss_tree_each(const oss_tree *t, void (*leaf)(void *state, size_t depth, double number), void *state) {
  (void)each_below(t, 1, t->n, oss_tree_last_root(t), 0.0, leaf, state);
}

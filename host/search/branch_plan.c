// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>

#include "host/search/branch.h"

void oss_branch_free(oss_branch *b) {
  free(b->wanted);
  free(b->serves);
  free(b->tree);
  free(b->best);
  free(b->path);
  free(b->limit);
  free(b->lower);
  free(b->calls.by_depth);
  *b = (oss_branch){0};
}

static oss_status visit_tree(oss_branch *b, size_t depth, int walker, oss_status (*visit)(oss_branch_tree *tree, void *state),
                             void *state) {
  oss_branch_tree t = {.branch = b};
  oss_status status = OSS_OK;
  char *wanted = calloc(depth + 1, 1);
  if (wanted == NULL) return oss_fail(OSS_ERR_MEMORY, "search of %zu steps", depth);
  for (size_t d = 1; d <= depth; d++) wanted[d] = b->wanted[d] && b->tree[d] == depth;
  OSS_TRY_TO(done, oss_tree_create(&b->input->problem->grid, b->input->solver, depth, b->options.pinned, b->apart, wanted, &t.tree));
  if (walker) OSS_TRY_TO(done, oss_walker_create(b->input, &t.tree, b->options.p, &t.walker));
  status = visit(&t, state);
done:
  oss_walker_destroy(t.walker);
  oss_tree_free(&t.tree);
  free(wanted);
  return status;
}

oss_status oss_branch_each(oss_branch *b, int walker, oss_status (*visit)(oss_branch_tree *tree, void *state), void *state) {
  for (size_t depth = 1; depth <= b->depth; depth++) {
    int used = 0;
    for (size_t d = 1; d <= depth; d++) used |= b->wanted[d] && b->tree[d] == depth;
    if (used) OSS_TRY(visit_tree(b, depth, walker, visit, state));
  }
  return OSS_OK;
}

/* One tree for all, unless that is too large or the solver forbids it. */
static oss_status choose_trees(oss_branch *b) {
  int counted = oss_solver_tail(b->input->solver) > 1;
  for (size_t d = 1; d <= b->depth; d++) b->tree[d] = counted ? d : b->depth;
  b->apart = counted;
  if (counted || b->rows > 1 || b->input->budget_count < 2) return OSS_OK;
  oss_tree whole;
  OSS_TRY(oss_tree_create(&b->input->problem->grid, b->input->solver, b->depth, b->options.pinned, 0, b->wanted, &whole));
  b->apart = oss_tree_calls(&whole) > (double)b->options.calls;
  oss_tree_free(&whole);
  for (size_t d = 1; d <= b->depth && b->apart; d++) b->tree[d] = b->serves[d];
  return OSS_OK;
}

oss_status oss_branch_create(const oss_search_input *input, const oss_branch_options *options, oss_branch *out) {
  size_t depth = (size_t)oss_search_largest(input), rows = options->per_sample ? input->samples : 1, count = depth + 1;
  *out = (oss_branch){.input = input, .options = *options, .depth = depth, .rows = rows, .calls = {.left = options->calls}};
  out->wanted = calloc(count, 1);
  out->serves = calloc(count, sizeof *out->serves);
  out->tree = calloc(count, sizeof *out->tree);
  out->best = malloc(count * rows * sizeof *out->best);
  out->path = calloc(count * rows * depth, sizeof *out->path);
  out->limit = malloc(count * sizeof *out->limit);
  out->lower = calloc(count, sizeof *out->lower);
  out->calls.by_depth = calloc(count, sizeof *out->calls.by_depth);
  if (!out->wanted || !out->serves || !out->tree || !out->best || !out->path || !out->limit || !out->lower || !out->calls.by_depth) {
    oss_branch_free(out);
    return oss_fail(OSS_ERR_MEMORY, "search of %zu steps", depth);
  }
  for (size_t d = 1; d <= depth; d++)
    for (size_t i = 0; i < input->budget_count; i++) {
      size_t budget = (size_t)input->budgets[i];
      if (budget != d && !(options->fewer && budget > d)) continue;
      out->wanted[d] = 1;
      if (out->serves[d] == 0 || budget < out->serves[d]) out->serves[d] = budget;
    }
  for (size_t i = 0; i < count * rows; i++) out->best[i] = INFINITY;
  for (size_t d = 0; d < count; d++) out->limit[d] = INFINITY;
  oss_status status = choose_trees(out);
  if (status != OSS_OK) oss_branch_free(out);
  return status;
}

size_t oss_branch_best(const oss_branch *b, size_t budget, size_t row) {
  size_t best = 0;
  for (size_t d = b->options.fewer ? 1 : budget; d <= budget; d++) {
    double sum = b->best[d * b->rows + row];
    if (sum < INFINITY && (best == 0 || sum < b->best[best * b->rows + row])) best = d;
  }
  return best;
}

double oss_branch_bound(const oss_branch *b, size_t budget) {
  double bound = INFINITY, sum = 0.0;
  if (b->rows > 1) {
    for (size_t row = 0; row < b->rows; row++) sum += b->best[oss_branch_best(b, budget, row) * b->rows + row];
    return sum;
  }
  for (size_t d = b->options.fewer ? 1 : budget; d <= budget; d++)
    if (b->lower[d] < bound) bound = b->lower[d];
  return bound;
}

int64_t oss_branch_calls(const oss_branch *b, size_t budget) {
  int alone = b->apart && !b->options.fewer;
  int64_t sum = 0;
  for (size_t d = alone ? budget : 1; d <= budget; d++) sum += b->calls.by_depth[d];
  return sum;
}

/* The schedules that are scored between the portions of a walk. */
static double extra_calls(const oss_branch_tree *t) {
  const oss_search_input *input = t->branch->input;
  size_t most = oss_walker_most(input, t->tree.depth), portions = 0;
  double steps = 0.0, calls = oss_solver_stages(input->solver) ? 2.0 : 1.0;
  for (size_t first = 0; first < input->samples; portions++) {
    size_t next = first > 0 ? first : 1;
    first += next < most ? next : most;
  }
  for (size_t i = 0; i < input->budget_count; i++) steps += (double)input->budgets[i];
  if (t->tree.alone) steps = (double)t->tree.depth;
  return (double)(portions - 1) * calls * steps * (double)input->samples;
}

double oss_branch_price(const oss_branch_tree *t) {
  return oss_tree_calls(&t->tree) * (double)t->branch->input->samples + (t->branch->rows > 1 ? 0.0 : extra_calls(t));
}

static oss_status plan_tree(oss_branch_tree *t, void *state) {
  oss_branch_plan *plan = state;
  const oss_branch *b = t->branch;
  double one = oss_tree_calls(&t->tree), samples = (double)b->input->samples, leaves = oss_tree_leaves(&t->tree);
  plan->first += one;
  plan->calls += oss_branch_price(t);
  if (b->rows > 1) return OSS_OK;
  if (one > (double)b->options.calls)
    plan->out_of_reach = 1;
  else if (samples > 1.0 && leaves > plan->leaves)
    plan->leaves = leaves;
  return OSS_OK;
}

oss_status oss_branch_plan_of(const oss_search_input *input, const oss_branch_options *options, oss_branch_plan *out) {
  oss_branch branch;
  *out = (oss_branch_plan){0};
  if (input->budget_count == 0) return OSS_OK;
  OSS_TRY(oss_branch_create(input, options, &branch));
  oss_status status = oss_branch_each(&branch, 0, plan_tree, out);
  if (branch.rows == 1 && out->calls > (double)options->calls) {
    out->calls = (double)options->calls;
    out->tight = 1;
  }
  oss_branch_free(&branch);
  return status;
}

oss_bytes oss_branch_bytes(const oss_search_input *input, const oss_branch_options *options) {
  size_t depth = (size_t)oss_search_largest(input), rows = options->per_sample ? input->samples : 1;
  oss_branch_plan plan;
  if (depth == 0 || oss_branch_plan_of(input, options, &plan) != OSS_OK) return (oss_bytes){0};
  size_t known = (depth + 1) * (rows * (sizeof(double) + depth * sizeof(int32_t)) + 4 * sizeof(double));
  size_t host = oss_tree_bytes((size_t)input->problem->grid.n, depth) + known + (size_t)plan.leaves * sizeof(double);
  return oss_bytes_add(oss_walker_bytes(input, depth), oss_bytes_of(0, host));
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/branch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int larger(const int32_t *a, const int32_t *b, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (a[i] != b[i]) return a[i] > b[i];
  return 0;
}

void oss_branch_offer(oss_branch *b, size_t d, size_t row, const int32_t *path, double sum) {
  double *best = &b->best[d * b->rows + row];
  int32_t *kept = b->path + (d * b->rows + row) * b->depth;
  if (!(sum < *best) && !(sum == *best && larger(path, kept, d))) return;
  if (isinf(sum)) return;
  *best = sum;
  memcpy(kept, path, d * sizeof *path);
  if (b->rows > 1) return;
  for (size_t s = 1; s <= b->depth; s++) { /* a schedule of s steps is of no use above what serves the same budget */
    int rivals = s == d || (b->options.fewer && b->serves[s] >= d);
    if (b->wanted[s] && rivals && sum < b->limit[s]) b->limit[s] = sum;
  }
}

/* ---- the score of one schedule ---- */

typedef struct one_path {
  size_t steps;
  const int32_t *path;
  size_t samples; /* of the walk */
  double sum;
} one_path;

static int enter_path(void *state, size_t depth, const int32_t *path, double first, double count) {
  const one_path *one = state;
  (void)first;
  (void)count;
  return depth <= one->steps && memcmp(path, one->path, depth * sizeof *path) == 0;
}

static void add_path(void *state, size_t depth, const int32_t *path, double number, const double *error) {
  one_path *one = state;
  (void)path;
  (void)number;
  for (size_t i = 0; i < one->samples && depth == one->steps; i++) one->sum += error[i];
}

oss_status oss_branch_score(oss_branch_tree *t, size_t steps, const int32_t *path) {
  oss_branch *b = t->branch;
  one_path one = {.steps = steps, .path = path};
  const oss_visitor visitor = {.state = &one, .enter = enter_path, .leaf = add_path};
  size_t samples = b->input->samples, most = oss_walker_most(b->input, t->tree.depth);
  oss_calls calls = {.left = INT64_MAX, .by_depth = b->calls.by_depth};
  for (size_t first = 0; first < samples; first += one.samples) {
    one.samples = samples - first < most ? samples - first : most;
    OSS_TRY(oss_walk_tree(t->walker, first, one.samples, &visitor, &calls));
  }
  int64_t taken = INT64_MAX - calls.left;
  b->calls.left = b->calls.left > taken ? b->calls.left - taken : 0;
  oss_branch_offer(b, steps, 0, path, one.sum);
  return OSS_OK;
}

/* ---- all schedules ---- */

static double largest_limit(const oss_branch *b) {
  double most = 0.0;
  for (size_t d = 1; d <= b->depth; d++)
    if (b->wanted[d] && b->limit[d] > most) most = b->limit[d];
  return most;
}

/* The samples of a walk, and the sums before and with them. */
typedef struct portion {
  oss_branch *branch;
  double *sums; /* a leaf each, infinite: of no use; NULL when all samples are in one portion */
  double most;  /* the largest limit */
  size_t first, count;
  int last;
} portion;

static int enter_useful(void *state, size_t depth, const int32_t *path, double first, double count) {
  const portion *p = state;
  (void)depth;
  (void)path;
  if (p->sums == NULL) return 1;
  for (size_t i = (size_t)first, end = (size_t)(first + count); i < end; i++)
    if (p->sums[i] <= p->most && p->sums[i] < INFINITY) return 1;
  return 0;
}

static void add_leaf(void *state, size_t depth, const int32_t *path, double number, const double *error) {
  portion *p = state;
  double sum = p->sums != NULL ? p->sums[(size_t)number] : 0.0;
  for (size_t i = 0; i < p->count; i++) sum += error[i];
  if (!(sum <= p->branch->limit[depth])) sum = INFINITY; /* NaN too */
  if (p->sums != NULL) p->sums[(size_t)number] = sum;
  if (!p->last || isinf(sum)) return;
  oss_branch_offer(p->branch, depth, 0, path, sum);
  p->most = largest_limit(p->branch);
}

static void add_each(void *state, size_t depth, const int32_t *path, double number, const double *error) {
  portion *p = state;
  (void)number;
  for (size_t i = 0; i < p->count; i++)
    if (error[i] < INFINITY) oss_branch_offer(p->branch, depth, p->first + i, path, error[i]);
}

static oss_status walk_each(oss_branch_tree *t) {
  oss_branch *b = t->branch;
  portion p = {.branch = b};
  const oss_visitor visitor = {.state = &p, .enter = enter_useful, .leaf = add_each};
  size_t samples = b->input->samples, most = oss_walker_most(b->input, t->tree.depth);
  oss_calls calls = {.left = INT64_MAX, .by_depth = b->calls.by_depth};
  for (; p.first < samples; p.first += p.count) {
    p.count = samples - p.first < most ? samples - p.first : most;
    if (b->input->progress != NULL)
      oss_progress_stage(b->input->progress, "exhaustive: all schedules of %zu steps, samples %zu to %zu", t->tree.depth, p.first,
                         p.first + p.count - 1);
    OSS_TRY(oss_walk_tree(t->walker, p.first, p.count, &visitor, &calls));
  }
  return OSS_OK;
}

/* A pass over the leaves between portions. */
typedef struct sweep {
  oss_branch *branch;
  double *sums;
  size_t budget;            /* look for the best of those that serve it */
  double lowest, at, alive; /* lowest sum, which leaf has it; leaves of use */
} sweep;

static void find_lowest(void *state, size_t depth, double number) {
  sweep *s = state;
  double sum = s->sums[(size_t)number];
  if (s->branch->serves[depth] != s->budget || !(sum < s->lowest)) return;
  s->lowest = sum;
  s->at = number;
}

static void drop_useless(void *state, size_t depth, double number) {
  sweep *s = state;
  double *sum = &s->sums[(size_t)number];
  if (*sum > s->branch->limit[depth]) *sum = INFINITY;
  s->alive += *sum < INFINITY;
}

static void keep_bound(void *state, size_t depth, double number) {
  sweep *s = state;
  double sum = s->sums[(size_t)number];
  if (sum < s->branch->lower[depth]) s->branch->lower[depth] = sum;
}

/* Scores the most promising schedule of each budget, and drops what is worse already. */
static oss_status prune(oss_branch_tree *t, double *sums, double *alive) {
  oss_branch *b = t->branch;
  int32_t *path = malloc((b->depth + 1) * sizeof *path);
  sweep s = {.branch = b, .sums = sums};
  oss_status status = OSS_OK;
  if (path == NULL) return oss_fail(OSS_ERR_MEMORY, "search of %zu steps", b->depth);
  for (size_t i = 0; i < b->input->budget_count; i++) {
    size_t steps = 0;
    s.budget = (size_t)b->input->budgets[i];
    s.lowest = INFINITY;
    oss_tree_each(&t->tree, find_lowest, &s);
    if (isinf(s.lowest)) continue;
    oss_tree_path(&t->tree, s.at, path, &steps);
    int known = b->best[steps] < INFINITY && memcmp(path, b->path + steps * b->depth, steps * sizeof *path) == 0;
    if (!known) OSS_TRY_TO(done, oss_branch_score(t, steps, path));
  }
  oss_tree_each(&t->tree, drop_useless, &s);
  *alive = s.alive;
done:
  free(path);
  return status;
}

/* A good schedule early leaves less to walk, and is what remains when the calls end: a quarter of them may go into it. */
static oss_status guess_some(oss_branch_tree *t) {
  oss_calls *calls = &t->branch->calls;
  int64_t kept = calls->left - calls->left / 4;
  calls->left /= 4;
  oss_status status = oss_branch_guess(t);
  calls->left += kept;
  calls->stopped = 0;
  return status;
}

static oss_status walk_portions(oss_branch_tree *t, double *sums) {
  oss_branch *b = t->branch;
  portion p = {.branch = b, .sums = sums};
  const oss_visitor visitor = {.state = &p, .enter = enter_useful, .leaf = add_leaf};
  size_t samples = b->input->samples, most = oss_walker_most(b->input, t->tree.depth);
  double alive = oss_tree_leaves(&t->tree);
  int tight = oss_branch_price(t) > (double)b->calls.left;
  while (p.first < samples) {
    size_t next = p.first > 0 ? p.first : 1;
    p.count = next < most ? next : most;
    if (p.count > samples - p.first) p.count = samples - p.first;
    p.last = p.first + p.count == samples;
    p.most = largest_limit(b);
    if (b->input->progress != NULL)
      oss_progress_stage(b->input->progress, "exhaustive: %zu steps, %.0f schedules left, sample %zu of %zu", t->tree.depth, alive,
                         p.first + p.count, samples);
    OSS_TRY(oss_walk_tree(t->walker, p.first, p.count, &visitor, &b->calls));
    if (b->calls.stopped) return OSS_OK;
    p.first += p.count;
    if (p.last) break;
    if (p.first == 1 && tight) OSS_TRY(guess_some(t));
    OSS_TRY(prune(t, sums, &alive));
  }
  return OSS_OK;
}

static oss_status walk_all(oss_branch_tree *t) {
  oss_branch *b = t->branch;
  double *sums = NULL;
  oss_status status;
  if (b->input->samples > 1) {
    sums = calloc((size_t)oss_tree_leaves(&t->tree), sizeof *sums);
    if (sums == NULL) return oss_fail(OSS_ERR_MEMORY, "sums of %.0f schedules", oss_tree_leaves(&t->tree));
  }
  OSS_TRY_TO(done, walk_portions(t, sums));
  sweep s = {.branch = b, .sums = sums};
  for (size_t d = 1; d <= t->tree.depth; d++)
    if (t->tree.wanted[d]) b->lower[d] = b->best[d];
  if (b->calls.stopped && sums != NULL) oss_tree_each(&t->tree, keep_bound, &s);
done:
  free(sums);
  return status;
}

static oss_status run_tree(oss_branch_tree *t, void *state) {
  oss_branch *b = t->branch;
  (void)state;
  if (b->rows > 1) return walk_each(t);
  b->calls.stopped = 0;
  return oss_tree_calls(&t->tree) <= (double)b->calls.left ? walk_all(t) : oss_branch_guess(t);
}

oss_status oss_branch_run(oss_branch *b) {
  return oss_branch_each(b, 1, run_tree, NULL);
}

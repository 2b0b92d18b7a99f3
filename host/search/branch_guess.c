// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/search/branch.h"

/* The schedules that differ from one in a single index at most, in the tree's order. */
typedef struct neighbours {
  size_t steps, samples, count, room; /* samples of the walk; count: leaves met in it */
  const int32_t *centre;
  int32_t *path; /* [room][steps] */
  double *sum;   /* [room] */
} neighbours;

static int enter_near(void *state, size_t depth, const int32_t *path, double first, double count) {
  const neighbours *n = state;
  size_t moved = 0;
  (void)first;
  (void)count;
  for (size_t i = 0; i < depth && depth <= n->steps; i++) moved += path[i] != n->centre[i];
  return depth <= n->steps && moved <= 1;
}

static void add_near(void *state, size_t depth, const int32_t *path, double number, const double *error) {
  neighbours *n = state;
  (void)number;
  if (depth != n->steps || n->count == n->room) return;
  memcpy(n->path + n->count * n->steps, path, n->steps * sizeof *path);
  for (size_t i = 0; i < n->samples; i++) n->sum[n->count] += error[i];
  n->count++;
}

/* How many there are: each index may lie anywhere between its neighbours. */
static size_t count_near(const oss_branch *b, size_t steps, const int32_t *centre) {
  size_t count = 1;
  for (size_t i = b->options.pinned ? 1 : 0; i < steps; i++) {
    int32_t high = i == 0 ? (int32_t)b->input->problem->grid.n + 1 : centre[i - 1], low = i + 1 == steps ? 0 : centre[i + 1];
    count += (size_t)(high - low - 2);
  }
  return count;
}

/* One round: the best neighbour becomes the best. *better: whether it is. */
static oss_status move_one(oss_branch_tree *t, size_t steps, int *better) {
  oss_branch *b = t->branch;
  size_t samples = b->input->samples, most = oss_walker_most(b->input, t->tree.depth);
  double before = b->best[steps];
  neighbours n = {.steps = steps, .centre = b->path + steps * b->depth};
  const oss_visitor visitor = {.state = &n, .enter = enter_near, .leaf = add_near};
  oss_status status = OSS_OK;
  n.room = count_near(b, steps, n.centre);
  n.path = malloc(n.room * steps * sizeof *n.path);
  n.sum = calloc(n.room, sizeof *n.sum);
  *better = 0;
  if (n.path == NULL || n.sum == NULL) {
    status = oss_fail(OSS_ERR_MEMORY, "%zu schedules of %zu steps", n.room, steps);
    goto done;
  }
  for (size_t first = 0; first < samples; first += n.samples) {
    n.samples = samples - first < most ? samples - first : most;
    n.count = 0;
    OSS_TRY_TO(done, oss_walk_tree(t->walker, first, n.samples, &visitor, &b->calls));
    if (b->calls.stopped) goto done;
  }
  for (size_t i = 0; i < n.count; i++) oss_branch_offer(b, steps, 0, n.path + i * steps, n.sum[i]);
  *better = b->best[steps] < before;
done:
  free(n.path);
  free(n.sum);
  return status;
}

/* Every N/M-th index, halves up. */
static oss_status score_even(oss_branch_tree *t, size_t steps) {
  size_t n = t->tree.n;
  int32_t *path = malloc(steps * sizeof *path);
  if (path == NULL) return oss_fail(OSS_ERR_MEMORY, "schedule of %zu steps", steps);
  for (size_t i = 0; i < steps; i++) path[i] = (int32_t)((2 * n * (steps - i) + steps) / (2 * steps));
  oss_status status = oss_branch_score(t, steps, path);
  free(path);
  return status;
}

/* A found schedule, if the tree has it. */
static oss_status score_found(oss_branch_tree *t, const oss_schedule *s) {
  size_t steps = (size_t)s->used[0];
  const int32_t *path = s->index + (s->steps - steps);
  if (s->rows != 1 || steps > t->tree.depth || !t->tree.wanted[steps]) return OSS_OK;
  if (s->index[s->steps] != 0 || (t->branch->options.pinned && path[0] != (int32_t)t->tree.n)) return OSS_OK;
  for (size_t i = 0; i < steps; i++)
    if (path[i] < 1) return OSS_OK;
  return oss_branch_score(t, steps, path);
}

oss_status oss_branch_guess(oss_branch_tree *t) {
  oss_branch *b = t->branch;
  for (size_t i = 0; i < b->input->budget_count; i++) {
    size_t steps = (size_t)b->input->budgets[i];
    if (steps <= t->tree.depth && t->tree.wanted[steps]) OSS_TRY(score_even(t, steps));
    if (b->found != NULL) OSS_TRY(score_found(t, &b->found[i].schedule));
  }
  for (size_t d = 1; d <= t->tree.depth; d++) {
    int better = t->tree.wanted[d] && isfinite(b->best[d]);
    for (size_t round = 1; better && !b->calls.stopped; round++) {
      if (b->input->progress != NULL) oss_progress_stage(b->input->progress, "improving a schedule of %zu steps, round %zu", d, round);
      OSS_TRY(move_one(t, d, &better));
    }
  }
  return OSS_OK;
}

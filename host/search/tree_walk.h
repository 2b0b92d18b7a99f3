// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Walks samples through the tree of schedules, depth first: schedules with the same beginning share its steps, and the children of a node
 * share one denoiser call. */
#ifndef OSS_SEARCH_TREE_WALK_H
#define OSS_SEARCH_TREE_WALK_H

#include "host/search/search.h"
#include "host/search/tree.h"

typedef struct oss_walker oss_walker;

/* Who looks on. path: the indices of a node, depth of them. */
typedef struct oss_visitor {
  void *state;
  /* Whether leaves first .. first + count - 1, at and below that node, may matter. */
  int (*enter)(void *state, size_t depth, const int32_t *path, double first, double count);
  /* The end-state error of each sample of the walk under the schedule path, 0: mean |difference|^p; NaN when the state is not finite. */
  void (*leaf)(void *state, size_t depth, const int32_t *path, double number, const double *error);
} oss_visitor;

/* How many calls a walk may take, and took. */
typedef struct oss_calls {
  int64_t left;
  int64_t *
      by_depth; /* [depth+1], added to: calls that schedules of so many steps and more need; of a tree that stands alone all at its depth */
  int stopped;  /* set when the next call would take more than left */
} oss_calls;

/* tree and input must outlive it. p: exponent of the error. */
oss_status oss_walker_create(const oss_search_input *input, const oss_tree *tree, double p, oss_walker **out);
void oss_walker_destroy(oss_walker *walker); /* NULL-safe */

/* The most samples of one walk: whatever 256 MiB hold, apart from samples.batch, so that what is found does not depend on it. */
size_t oss_walker_most(const oss_search_input *input, size_t depth);

/* Backend and host memory of a walker of trees up to depth. */
oss_bytes oss_walker_bytes(const oss_search_input *input, size_t depth);

/* Samples first .. first + count - 1. Ends early, without a failure, when calls->stopped is set. */
oss_status oss_walk_tree(oss_walker *walker, size_t first, size_t count, const oss_visitor *visitor, oss_calls *calls);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Branch and bound over the tree of schedules.
 *
 * The samples are walked through the tree in portions, one sample at first, then as many again as were done. Errors are not negative, so
 * the sum over the samples done so far bounds a schedule's whole sum from below: what is above the best whole sum known is not walked
 * again. */
#ifndef OSS_SEARCH_BRANCH_H
#define OSS_SEARCH_BRANCH_H

#include "host/search/tree_walk.h"

typedef struct oss_branch_options {
  int pinned;     /* the first index is N */
  int fewer;      /* a budget may be served by fewer steps */
  int per_sample; /* a schedule a sample: nothing can be left out then, and calls is no limit */
  double p;       /* exponent of the error */
  int64_t calls;  /* denoiser calls on one sample, of all budgets together */
} oss_branch_options;

/* What is known of schedules of each number of steps, d = 0 .. depth. */
typedef struct oss_branch {
  const oss_search_input *input;
  oss_branch_options options;
  size_t depth, rows; /* the largest budget; 1, or S per sample */
  char *wanted;       /* [depth+1] */
  size_t *serves;     /* [depth+1]: the smallest budget that d steps can serve */
  size_t *tree;       /* [depth+1]: the depth of the tree that d steps are in */
  int apart;          /* there are several trees */
  double *best;       /* [depth+1][rows]: the lowest sum of errors seen; infinite: none */
  int32_t *path;      /* [depth+1][rows][depth]: its indices without the 0 */
  double *limit;      /* [depth+1]: a sum above is of no use */
  double *lower;      /* [depth+1]: no sum over the samples is below */
  oss_calls calls;
  const oss_found *found; /* schedules of the budgets to begin with, borrowed; NULL: none */
} oss_branch;

/* One tree of a search: all schedules; under a solver that counts the remaining steps those of one number of steps; or, where one tree for
 * all budgets is too large, those of one budget. */
typedef struct oss_branch_tree {
  oss_branch *branch;
  oss_tree tree;
  oss_walker *walker; /* NULL while planning */
} oss_branch_tree;

oss_status oss_branch_create(const oss_search_input *input, const oss_branch_options *options, oss_branch *out);
void oss_branch_free(oss_branch *branch);

/* Calls visit for every tree of the search, with or without a walker. */
oss_status oss_branch_each(oss_branch *branch, int walker, oss_status (*visit)(oss_branch_tree *tree, void *state), void *state);

/* Searches. */
oss_status oss_branch_run(oss_branch *branch);

/* Takes a schedule of d steps with that sum if it is the best so far; of equal ones the one with the larger first differing index. */
void oss_branch_offer(oss_branch *branch, size_t d, size_t row, const int32_t *path, double sum);

/* The sum over all samples of a schedule, and an offer of it; whatever calls are left. */
oss_status oss_branch_score(oss_branch_tree *tree, size_t steps, const int32_t *path);

/* Where the calls may end before the walk: scores found and evenly spread schedules, and moves single indices of the best as long as that
 * helps and calls are left. */
oss_status oss_branch_guess(oss_branch_tree *tree);

/* The number of steps that serve a budget best in a row; 0 where no schedule has a finite error. */
size_t oss_branch_best(const oss_branch *branch, size_t budget, size_t row);

/* The proven bound of a budget, a sum over the samples; under per_sample that of the best schedules. */
double oss_branch_bound(const oss_branch *branch, size_t budget);

/* Calls taken for a budget. */
int64_t oss_branch_calls(const oss_branch *branch, size_t budget);

/* Calls of a tree by itself, at most. */
double oss_branch_price(const oss_branch_tree *tree);

/* ---- planning, for all budgets of the input */
typedef struct oss_branch_plan {
  double calls;     /* at most */
  double first;     /* of one sample through all trees */
  double leaves;    /* of the largest tree that is walked for more than one sample: their sums are kept */
  int out_of_reach; /* some tree is too large for one sample */
  int tight;        /* the calls may end before the search */
} oss_branch_plan;

oss_status oss_branch_plan_of(const oss_search_input *input, const oss_branch_options *options, oss_branch_plan *out);

oss_bytes oss_branch_bytes(const oss_search_input *input, const oss_branch_options *options);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What one Euler step costs by itself, between any two points of the teacher's trajectory: the cost matrix of GITS
 * (Chen et al. 2024, arXiv 2405.11326, section 4).
 *
 * All in the variance-exploding form y = x / (1-t), sigma = t / (1-t): the step from the teacher's y_k with its own noise e_k goes to
 * y_k + (sigma_j - sigma_k) e_k. In flow coordinates that is the Euler candidate divided by 1 - t_j, finite for t_k = 1 too. */
#ifndef OSS_SEARCH_PAIR_COST_H
#define OSS_SEARCH_PAIR_COST_H

#include "host/search/search.h"

typedef enum oss_pair_metric {
  OSS_PAIR_L1, /* sum of |differences| from the teacher's y_j */
  OSS_PAIR_L2, /* square root of the sum of their squares */
  OSS_PAIR_DEV /* how much farther the step is than the teacher's y_j from the straight line through y_N and y_0; may be negative */
} oss_pair_metric;

/* cost (host) [N+1][N+1]: from index k to j < k, mean over the searched samples; 0 elsewhere. OSS_ERR_NUMERIC when a cost is not finite. */
oss_status oss_pair_cost_fill(const oss_search_input *input, oss_pair_metric metric, double *cost);

/* Memory taken meanwhile; cost itself not included. */
oss_bytes oss_pair_cost_bytes(const oss_search_input *input, oss_pair_metric metric);

/* Denoiser calls a sample: one a point but the last, less the teacher's analytical first step. */
int64_t oss_pair_cost_calls(const oss_search_input *input);

/* Floating-point operations over all samples. */
double oss_pair_cost_work(const oss_search_input *input);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The dynamic programme of Optimal Stepsize Distillation (arXiv 2503.21774, algorithm 1; DESIGN, mathematics).
 *
 * z[0][j] = x_T for every j. Row i: one batched denoiser call on z[i-1][1..N]; for every pair k > j the candidate step k -> j, its cost
 * against the teacher's x_j; cur[i][j] = min_k, z[i][j] = that candidate. All samples of a block go through each operation at once. */
#ifndef OSS_SEARCH_DP_H
#define OSS_SEARCH_DP_H

#include "host/search/cost.h"
#include "host/search/search.h"

typedef enum oss_variant {
  OSS_VARIANT_OFFICIAL, /* a cell keeps its value unless an extra step improves it; the backtrack ignores that */
  OSS_VARIANT_PAPER,    /* exactly i steps in row i */
  OSS_VARIANT_CARRY     /* keeps like official, with a backtrack that follows what was kept */
} oss_variant;

typedef struct oss_dp_options {
  oss_variant variant;
  int pinned;    /* start: pinned, the first index is N */
  int joint;     /* one programme whose costs are reduced over the samples */
  int log;       /* joint: mean of log cost instead of mean cost */
  int best;      /* orders: best, every order of the solver is tried at each pair (algorithm 2) */
  int by_budget; /* the rows count down to this number of steps, for solvers whose last steps depend on it; else any budget is served */
  int threads;   /* for the coefficients, computed on the host */
  oss_cost_view cost;
} oss_dp_options;

/* Whether a search serves one budget only: the solver's rows depend on how many steps remain beyond the step onto the end. */
int oss_dp_by_budget(const oss_member *solver, int best);

/* Denoiser calls a sample of `steps` rows: N a row, and a call a pair for two-call solvers and costs that need one. */
int64_t oss_dp_calls(const oss_search_input *input, const oss_dp_options *options, int64_t steps);
int oss_dp_pairwise(const oss_member *solver, const oss_cost_view *cost);

/* Runs `steps` rows over all input->samples. *out: tables of 1 (joint) or S rows, whose from entries mean what record.h says; owned by the
 * caller. seconds[m - 1] gets the time of the rows up to m, over all samples. Uses the teacher's states (points = N+1). */
oss_status oss_dp_run(const oss_search_input *input, const oss_dp_options *options, int64_t steps, oss_tables *out, double *seconds);

/* Floating-point operations of a sample's `steps` rows: every denoiser call, and the pair errors. */
double oss_dp_work(const oss_search_input *input, const oss_dp_options *options, int64_t steps);

/* Memory that oss_dp_run holds beside the teacher. */
oss_bytes oss_dp_bytes(const oss_search_input *input, const oss_dp_options *options, int64_t steps);

/* index (steps+1), descending: the schedule of `steps` steps in row `row` of tables, leading repeats in front; order (steps): the order
 * each step was chosen with, 0 for the repeats, when the tables have orders (else untouched; may be NULL). OSS_ERR_NUMERIC when cell 0 was
 * not reached (every cost was NaN or infinite). */
oss_status oss_dp_backtrack(const oss_tables *tables, size_t row, size_t steps, int32_t *index, int32_t *order);

#endif

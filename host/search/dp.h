// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The dynamic programme of Optimal Stepsize Distillation (arXiv 2503.21774, algorithm 1; DESIGN, mathematics).
 *
 * z[0][j] = x_T for every j. Row i: one batched denoiser call on z[i-1][1..N]; for every pair k > j the candidate step k -> j, its cost
 * against the teacher's x_j; cur[i][j] = min_k, z[i][j] = that candidate. All samples of a block go through each operation at once. */
#ifndef OSS_SEARCH_DP_H
#define OSS_SEARCH_DP_H

#include "host/search/search.h"

typedef enum oss_variant {
  OSS_VARIANT_OFFICIAL, /* a cell keeps its value unless an extra step improves it; the backtrack ignores that */
  OSS_VARIANT_PAPER,    /* exactly i steps in row i */
  OSS_VARIANT_CARRY     /* keeps like official, with a backtrack that follows what was kept */
} oss_variant;

typedef struct oss_dp_options {
  oss_variant variant;
  int pinned;             /* start: pinned, the first index is N */
  int joint;              /* one programme whose costs are reduced over the samples */
  int log;                /* joint: mean of log cost instead of mean cost */
  double p;               /* cost: mean |difference|^p */
  const int32_t *columns; /* host: elements that the cost looks at; NULL: all */
  size_t column_count;
} oss_dp_options;

/* Runs `steps` rows over all input->samples. *out: tables of 1 (joint) or S rows, whose from entries mean what record.h says; owned by the
 * caller. seconds[m - 1] gets the time of the rows up to m, over all samples. Uses the teacher's states (points = N+1). */
oss_status oss_dp_run(const oss_search_input *input, const oss_dp_options *options, int64_t steps, oss_tables *out, double *seconds);

/* Floating-point operations of one row for samples, for the time left. */
double oss_dp_row_work(const oss_search_input *input, size_t samples);

/* Backend and host memory that oss_dp_run holds beside the teacher. */
size_t oss_dp_bytes(const oss_search_input *input, const oss_dp_options *options, int64_t steps);

/* index (steps+1), descending: the schedule of `steps` steps in row `row` of tables, leading repeats in front. OSS_ERR_NUMERIC when cell 0
 * was not reached (every cost was NaN or infinite). */
oss_status oss_dp_backtrack(const oss_tables *tables, size_t row, size_t steps, int32_t *index);

#endif

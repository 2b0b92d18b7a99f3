// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The device state of a block of samples in the dynamic programme, and the operations of one row on it. */
#ifndef OSS_SEARCH_DP_BLOCK_H
#define OSS_SEARCH_DP_BLOCK_H

#include "host/search/dp.h"
#include "host/solvers/solver.h"

/* What all blocks share: sizes, and tables that depend on the grid alone. */
typedef struct dp_shared {
  const oss_search_input *input;
  const oss_dp_options *options;
  size_t side, d, chosen; /* N + 1, elements of a sample, elements in the cost */
  int terms;              /* q: denoiser output and histories */
  size_t batch;           /* samples of the largest block */
  oss_buffer coef;        /* [q+1][side][side] for one-step solvers and joint searches, else one a sample */
  oss_buffer columns;     /* the cost's elements, when not all */
  oss_buffer cost;        /* [batch][side][side] */
  size_t coef_stride;     /* between samples: 0 when shared */
  double *host_coef;      /* staging of one coefficient table */
} dp_shared;

typedef struct dp_block {
  size_t first, count;
  oss_buffer x, next, output;                    /* [side][count][D] */
  oss_buffer history[OSS_MAX_TERMS], own, moved; /* histories of each cell's path, the current point's quantity, the states after the row */
  oss_buffer target;                             /* [side][count][chosen]: the teacher's states, when they must be copied or selected */
  oss_buffer chosen[OSS_MAX_TERMS];              /* the cost's elements of x, output and histories */
  oss_buffer times, history_coef, labels;        /* a row of x each: [side][count] */
  oss_buffer previous, cur, from;                /* [count][side]; the joint search uses the first row only */
  const float *teacher;                          /* where the costs look: target or the teacher's own memory */
  int32_t *path;                                 /* host [count][side][q-1]: grid indices before each cell; NULL for one-step solvers */
} dp_block;

oss_status dp_shared_open(dp_shared *shared, const oss_search_input *input, const oss_dp_options *options);
void dp_shared_close(dp_shared *shared);
size_t dp_shared_bytes(const dp_shared *shared);

/* copy_teacher: the block outlives the teacher's current batch. */
oss_status dp_block_open(dp_block *block, const dp_shared *shared, size_t first, size_t count, int copy_teacher);
void dp_block_close(dp_block *block);
size_t dp_block_bytes(const dp_shared *shared, size_t count, int copy_teacher);

/* One denoiser call on z[1..N], and the costs of all candidate steps into shared->cost. */
oss_status dp_block_costs(dp_block *block, dp_shared *shared);

/* Moves every cell to its chosen candidate: from (backend) is [count][side], or [side] for all samples with from_stride 0; host_from the
 * same on the host. Histories and paths follow. */
oss_status dp_block_advance(dp_block *block, dp_shared *shared, const int32_t *from, size_t from_stride, const int32_t *host_from);

#endif

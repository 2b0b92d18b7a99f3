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
  size_t side, d, chosen;        /* N + 1, elements of a sample, values compared by the cost */
  int terms;                     /* q: denoiser output and histories */
  int orders;                    /* tried at each pair: 1, or the solver's under orders: best */
  int pairwise;                  /* candidates are made one by one (dp_pairs.c) */
  int views;                     /* the cost looks at columns or features */
  int own_coefs;                 /* a table a sample: its path decides */
  size_t batch;                  /* samples of the largest block */
  oss_buffer coef;               /* [q+1][side][side], one a sample under own_coefs */
  oss_buffer view;               /* the cost's columns or matrix */
  oss_buffer cost;               /* [batch][side][side] */
  oss_buffer trial;              /* the same for one order of several */
  oss_buffer choice;             /* [batch][side][side]: the order chosen */
  oss_buffer middle;             /* two-call steps: coefficients [2][side][side] of the intermediate points */
  size_t coef_stride;            /* between samples: 0 when shared */
  int coef_ready;                /* coef holds the steps themselves, for good */
  double *host_coef;             /* staging of one coefficient table */
  double *middle_times, *second; /* two-call steps: [side][side] */
  double *host_cost;             /* pairwise: staging of all samples' costs */
  int32_t *host_choice;          /* staging of one sample's choices */
} dp_shared;

typedef struct dp_block {
  size_t first, count;
  oss_buffer x, next, output;                    /* [side][count][D] */
  oss_buffer history[OSS_MAX_TERMS], own, moved; /* histories of each cell's path, the current point's quantity, the states after the row */
  oss_buffer target;                /* [side][count][chosen]: what the costs compare with, unless that is the teacher's states */
  oss_buffer chosen[OSS_MAX_TERMS]; /* the cost's view of x, output and histories */
  oss_buffer times, history_coef, labels, gains;    /* a row of x each: [side][count] */
  oss_buffer previous, cur, from;                   /* [count][side]; the joint search uses the first row only */
  oss_buffer second, pair_coef, pair_times, errors; /* pairwise: outputs at [side][count], and rows of theirs */
  const float *teacher;                             /* where the costs look: target or the teacher's own memory */
  int32_t *path;                                    /* host [count][side][q-1]: grid indices before each cell; NULL for one-step solvers */
  int32_t *arrived;                                 /* host [count][side]: orders of the steps that led there; NULL unless orders: best */
  int32_t *order;                                   /* host [count][side]: orders of the row's choices; NULL unless orders: best */
} dp_block;

void dp_shared_size(dp_shared *shared, const oss_search_input *input, const oss_dp_options *options);
oss_status dp_shared_open(dp_shared *shared);
void dp_shared_close(dp_shared *shared);
/* Whether every row after the first is operations only, with nothing from the host in between: coefficients that are there for good, and a
 * denoiser that is operations. */
int dp_repeatable(const dp_shared *shared);

oss_bytes dp_shared_bytes(const dp_shared *shared);

/* copy_teacher: the block outlives the teacher's current batch. */
oss_status dp_block_open(dp_block *block, const dp_shared *shared, size_t first, size_t count, int copy_teacher);
void dp_block_close(dp_block *block);
oss_bytes dp_block_bytes(const dp_shared *shared, size_t count, int copy_teacher);

/* One denoiser call on z[1..N], row counting from 0. */
oss_status dp_block_denoise(dp_block *block, dp_shared *shared, size_t row);

/* The costs of all candidate steps with an order (0: the solver's own) into out [count][side][side]. remaining: steps left in this row. */
oss_status dp_block_costs(dp_block *block, dp_shared *shared, int order, int remaining, oss_buffer *out);

/* block->order from the choices: choice (backend) is [count][side][side], or one table for all samples when shared_choice is set. */
oss_status dp_block_orders(dp_block *block, dp_shared *shared, const oss_buffer *choice, int shared_choice, const int32_t *host_from,
                           size_t from_stride);

/* Moves every cell to its chosen candidate: from (backend) is [count][side], or [side] for all samples with from_stride 0; host_from the
 * same on the host. Histories and paths follow. */
oss_status dp_block_advance(dp_block *block, dp_shared *shared, int remaining, const int32_t *from, size_t from_stride,
                            const int32_t *host_from);

/* What a row of a one-step solver leaves behind for the next one beside its operations: the states it moved to are the current ones. */
void dp_block_turn(dp_block *block);

/* ---- parts of the above ---- */

/* out = what the cost sees of rows states. */
oss_status dp_view(const dp_shared *shared, size_t rows, const float *in, float *out);

/* out = the denoiser's output at the states of cells 0 .. cells-1; the state itself at t = 0. */
oss_status dp_data(dp_block *block, const dp_shared *shared, size_t cells, const float *states, float *out);

/* Uploads the coefficients of the steps, or with data of what a cost of carried data compares. */
oss_status dp_upload_coefs(dp_block *block, dp_shared *shared, int order, int remaining, int data);

/* And those of the chosen candidates, where coef holds something else. */
oss_status dp_upload_chosen(dp_block *block, dp_shared *shared, int remaining, size_t from_stride, const int32_t *host_from);

/* Pairwise candidates (dp_pairs.c): their costs, and the second call for the chosen ones, whose first part is in x. */
oss_status dp_pairs_open(dp_shared *shared);
oss_status dp_pairs_costs(dp_block *block, dp_shared *shared, oss_buffer *out);
oss_status dp_pairs_finish(dp_block *block, dp_shared *shared, const int32_t *from, size_t from_stride, const int32_t *host_from, float *x);

#endif

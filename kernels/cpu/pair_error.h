// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What the variants of pair_error share: the arguments in one struct, and the blocks the triangle of pairs is cut into. */
#ifndef OSS_KERNELS_CPU_PAIR_ERROR_H
#define OSS_KERNELS_CPU_PAIR_ERROR_H

#include "kernels/backend.h"

enum {
  OSS_PAIR_ROWS = 8,     /* candidates' states (k) of a block: packed in the first-level cache with their h */
  OSS_PAIR_COLUMNS = 128 /* targets (j) of a block */
};

typedef struct oss_pair_job {
  size_t b, n, d;
  int q;
  double p;
  size_t coef_stride;
  const double *coef;                 /* [q+1][n+1][n+1] a sample */
  const float *in[OSS_MAX_TERMS + 1]; /* x, then the h */
  const float *target;
  double *cost;
} oss_pair_job;

/* Computes the cells cost[s][k0 .. k0 + ROWS)[j0 .. j0 + COLUMNS), those outside the triangle included. */
typedef void oss_pair_block(const oss_pair_job *job, size_t s, size_t k0, size_t j0);
oss_pair_block oss_pair_block_generic, oss_pair_block_avx2, oss_pair_block_avx512;

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What the variants of mixture_distance share. */
#ifndef OSS_KERNELS_CPU_MIXTURE_DISTANCE_H
#define OSS_KERNELS_CPU_MIXTURE_DISTANCE_H

#include "kernels/backend.h"

enum {
  OSS_DISTANCE_ROWS = 16, /* rows of x of a block: packed in the first-level cache, as doubles */
  OSS_DISTANCE_MEANS = 64 /* means of a block */
};

typedef struct oss_distance_job {
  size_t rows, k, d;
  const float *x;
  const double *t;
  const float *means;
  double *distance;
} oss_distance_job;

/* Computes distance[r0 .. r0 + ROWS)[k0 .. k0 + MEANS), as far as they exist. */
typedef void oss_distance_block(const oss_distance_job *job, size_t r0, size_t k0);
oss_distance_block oss_distance_block_generic, oss_distance_block_avx2, oss_distance_block_avx512;

#endif

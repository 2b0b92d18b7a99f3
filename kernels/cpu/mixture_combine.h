// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What the variants of mixture_combine share. */
#ifndef OSS_KERNELS_CPU_MIXTURE_COMBINE_H
#define OSS_KERNELS_CPU_MIXTURE_COMBINE_H

#include "kernels/backend.h"

enum {
  OSS_COMBINE_ROWS = 96,    /* rows of a block */
  OSS_COMBINE_COLUMNS = 256 /* elements of a block */
};

typedef struct oss_combine_job {
  size_t rows, k, d;
  const double *shrink;
  const float *gain;
  const float *means;
  const float *x;
  float *out;
} oss_combine_job;

/* Computes out[r0 .. r0 + ROWS)[e0 .. e0 + COLUMNS), as far as they exist. */
typedef void oss_combine_block(const oss_combine_job *job, size_t r0, size_t e0);
oss_combine_block oss_combine_block_generic, oss_combine_block_avx2, oss_combine_block_avx512;

#endif

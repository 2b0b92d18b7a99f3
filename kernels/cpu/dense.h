// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Products with packed weights, compiled for each vector unit. */
#ifndef OSS_KERNELS_CPU_DENSE_H
#define OSS_KERNELS_CPU_DENSE_H

#include "kernels/cpu/isa.h"
#include "kernels/layer.h"

typedef struct oss_dense_job oss_dense_job;

/* Computes so many rows of so many panels from the first ones on. An output is one sum over e = 0 .. k - 1 that starts at the bias, in this
 * order, whatever else is computed with it. */
typedef void oss_dense_block(const oss_dense_job *job, size_t row, size_t rows, size_t panel, size_t panels);
oss_dense_block oss_dense_block_generic, oss_dense_block_avx2, oss_dense_block_avx512;

enum {
  OSS_DENSE_DEEP = 1360, /* inputs of a block that are done before the next ones: 5 tiles' worth of a copy */
  OSS_DENSE_VECTORS = 2, /* of a panel's outputs */
  OSS_DENSE_TILE_512 = 14,
  OSS_DENSE_TILE = 6 /* the most rows that share a load of weights: their sums fill the registers */
};

/* What dense_pack makes: outputs in panels of width (the last one filled up with zeros), each the weights of its outputs input by input. */
typedef struct oss_dense_layer {
  oss_packed head;
  oss_dense_block *block;
  size_t n, k, width, panels, tile;
  float *bias;   /* [panels][width] */
  float *weight; /* [panels][k][width] */
} oss_dense_layer;

struct oss_dense_job {
  const oss_dense_layer *layer;
  oss_activation activation;
  const float *in;
  float *out;
};

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What dense_pack makes on a card. */
#ifndef OSS_KERNELS_CUDA_DENSE_H
#define OSS_KERNELS_CUDA_DENSE_H

#include "kernels/cuda/cuda.h"
#include "kernels/layer.h"

typedef struct oss_cuda_dense_layer {
  oss_packed head;
  size_t n, k;
  size_t panel; /* rows of every product */
  oss_compute compute;
  float *weight, *bias; /* device, one allocation: [n][k], [n]; bias NULL: none */
} oss_cuda_dense_layer;

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Sums over threads in an order that depends on the block's shape alone. */
#ifndef OSS_KERNELS_CUDA_REDUCE_H
#define OSS_KERNELS_CUDA_REDUCE_H

#include "kernels/cuda/cuda.h"

/* Over the 32 lanes of a full warp, which all get it. */
static __device__ inline double oss_cuda_warp_sum(double value) {
  for (int apart = OSS_CUDA_WARP / 2; apart > 0; apart /= 2) value += __shfl_xor_sync(0xffffffffu, value, apart);
  return value;
}

/* Over a block of x threads, a multiple of 32 up to 1024, which all call it and all get it; part holds a double a warp. */
static __device__ inline double oss_cuda_block_sum(double value, double *part) {
  const unsigned warps = blockDim.x / OSS_CUDA_WARP;
  value = oss_cuda_warp_sum(value);
  if (threadIdx.x % OSS_CUDA_WARP == 0) part[threadIdx.x / OSS_CUDA_WARP] = value;
  __syncthreads();
  value = part[0];
  for (unsigned w = 1; w < warps; w++) value += part[w];
  __syncthreads();
  return value;
}

#endif

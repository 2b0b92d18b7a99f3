// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Mapping: one thread a cell; it adds the samples in their order to the accumulator itself, so the split into calls leaves no trace. AHEAD
 * samples are read before the first of them is added.
 * Bytes 8 (b + 2) a cell, 2 flops of double a sample, and with log its about 30. Block 128: with N = 200 there are 316 blocks, more than
 * one for each multiprocessor; 40 registers. Floor: the bytes. sm_80, sm_90: about 80 % of a copy's rate, with log 60 %, N from 200 on;
 * below, latency: an H100 took 7 us for b = 8, N = 200 with log, 19 %. */
#include <float.h>
#include <math.h>

#include "kernels/cuda/cuda.h"

enum { BLOCK = 128, AHEAD = 4 };

template <int LOG>
static __device__ inline double seen(double cost) {
  return LOG ? log(cost < DBL_MIN ? DBL_MIN : cost) : cost; /* NaN stays NaN */
}

// block: 128
template <int LOG>
static __global__ void accumulate(size_t b, size_t cells, double weight, const double *cost, double *acc) {
  const size_t step = (size_t)gridDim.x * blockDim.x;
  for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i < cells; i += step) {
    double sum = acc[i];
    size_t s = 0;
    for (; s + AHEAD <= b; s += AHEAD) {
      double value[AHEAD];
      for (size_t a = 0; a < AHEAD; a++) value[a] = cost[(s + a) * cells + i];
      for (size_t a = 0; a < AHEAD; a++) sum += weight * seen<LOG>(value[a]);
    }
    for (; s < b; s++) sum += weight * seen<LOG>(cost[s * cells + i]);
    acc[i] = sum;
  }
}

oss_status oss_cuda_cost_accumulate(oss_backend *be, size_t b, size_t cells, int log_of, double weight, const double *cost, double *acc) {
  if (!oss_fits(b, cells, 1, sizeof *cost)) return oss_fail(OSS_ERR_INTERNAL, "cost_accumulate: %zu x %zu cells overflow", b, cells);
  if (b == 0 || cells == 0) return OSS_OK;
  const auto kernel = log_of ? accumulate<1> : accumulate<0>;
  OSS_LAUNCH(be, kernel, oss_cuda_blocks(be, cells, BLOCK), BLOCK, 0, b, cells, weight, cost, acc);
  return OSS_OK;
}

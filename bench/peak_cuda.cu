// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Multiply-adds in registers that do not depend on each other: CHAINS a thread hide the latency of 4 cycles even with few warps, and 2048
 * threads a multiprocessor (as many as one holds, in two blocks) hide the rest. Nothing is read; a sum that depends on every step is
 * written only when it cannot be, so the compiler has to do the steps. */
#include "bench/peak_cuda.h"
#include "kernels/cuda/cuda.h"

enum { BLOCK = 1024, BLOCKS = 2, CHAINS = 8, STEPS_FLOAT = 16384, STEPS_DOUBLE = 2048 };

// block: 1024
template <typename T>
static __global__ void __launch_bounds__(BLOCK, 1) chains(int steps, T factor, T summand, T *never) {
  T sum[CHAINS];
  for (int i = 0; i < CHAINS; i++) sum[i] = static_cast<T>(threadIdx.x + i);
#pragma unroll 16 /* or the loop's own instructions would take a quarter of the time */
  for (int step = 0; step < steps; step++)
#pragma unroll
    for (int i = 0; i < CHAINS; i++) sum[i] = fma(sum[i], factor, summand);
  T total = 0;
  for (int i = 0; i < CHAINS; i++) total += sum[i];
  if (total < static_cast<T>(0)) never[0] = total; /* all values stay positive */
}

template <typename T>
static oss_status sample(oss_backend *be, int steps, double *rate) {
  oss_cuda_state *s = oss_cuda_state_of(be);
  const unsigned blocks = (unsigned)s->multiprocessors * BLOCKS;
  T *never = static_cast<T *>(s->scratch);
  double seconds = 0.0;
  auto *kernel = chains<T>;
  OSS_TRY(be->ops->timer_start(be));
  OSS_LAUNCH(be, kernel, blocks, BLOCK, 0, steps, static_cast<T>(0.999), static_cast<T>(0.001), never);
  OSS_TRY(be->ops->timer_stop(be, &seconds));
  *rate = (double)blocks * BLOCK * CHAINS * (double)steps / seconds;
  return OSS_OK;
}

oss_status peak_cuda_fma(oss_backend *be, double *in_float, double *in_double) {
  OSS_TRY(sample<float>(be, STEPS_FLOAT, in_float));
  return sample<double>(be, STEPS_DOUBLE, in_double);
}

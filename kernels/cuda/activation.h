// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What follows a product or a normalisation, in float. GELU's tanh form, x (1 + tanh u) / 2 with u = sqrt(2/pi) (x + 0.044715 x^3), is
 * x / (1 + e^(-2u)): one exponential as in SiLU, and no cancellation where x is negative. expf is the accurate one (2 ulp): an error in the
 * exponent's argument grows with it, but there the result is far below x. A branch on the activation is the same for a whole grid. */
#ifndef OSS_KERNELS_CUDA_ACTIVATION_H
#define OSS_KERNELS_CUDA_ACTIVATION_H

#include "kernels/cuda/cuda.h"

static __device__ inline float oss_cuda_activate(oss_activation activation, float x) {
  if (activation == OSS_ACT_NONE) return x;
  if (x < -120.0f) x = -120.0f; /* the result is 0 from there on, at minus infinity too; NaN stays */
  if (activation == OSS_ACT_SILU) return x / (1.0f + expf(-x));
  return x / (1.0f + expf(-1.5957691216057308f * (x + 0.044715f * (x * x * x)))); /* 2 sqrt(2/pi) */
}

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What a card can do, on backend "cuda" (not emulated). */
#ifndef OSS_BENCH_PEAK_CUDA_H
#define OSS_BENCH_PEAK_CUDA_H

#include "kernels/backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One sample: fused multiply-adds a second of the whole card, in float and in double. */
oss_status peak_cuda_fma(oss_backend *be, double *in_float, double *in_double);

#ifdef __cplusplus
}
#endif
#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The pixel that resample is made of, compiled for each vector unit. */
#ifndef OSS_KERNELS_CPU_RESAMPLE_H
#define OSS_KERNELS_CPU_RESAMPLE_H

#include <stddef.h>

#include "kernels/backend.h"

enum { OSS_RESAMPLE_TERMS = OSS_MAX_TAPS * OSS_MAX_TAPS };

/* out[c] = sum_t weight[t] at[t][c], terms in order, in float. */
typedef void oss_resample_pixel(size_t channels, int terms, const float *weight, const float *const *at, float *out);
oss_resample_pixel oss_resample_pixel_generic, oss_resample_pixel_avx2, oss_resample_pixel_avx512;

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The softmax of attention, compiled for each vector unit. */
#ifndef OSS_KERNELS_CPU_SOFTMAX_H
#define OSS_KERNELS_CPU_SOFTMAX_H

#include <stddef.h>

#include "kernels/cpu/isa.h"

/* Each row[0 .. count) of rows, stride apart, becomes e^(row - its largest); sum[r] = what that adds up to. NaN anywhere in a row makes its
 * sum NaN. */
typedef void oss_softmax_rows(size_t rows, size_t count, size_t stride, float *row, float *sum);
oss_softmax_rows oss_softmax_rows_generic, oss_softmax_rows_avx2, oss_softmax_rows_avx512;

#endif

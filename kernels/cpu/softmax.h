// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The softmax of attention, compiled for each vector unit. */
#ifndef OSS_KERNELS_CPU_SOFTMAX_H
#define OSS_KERNELS_CPU_SOFTMAX_H

#include <stddef.h>

#include "kernels/cpu/isa.h"

/* Each of rows rows of count scores becomes its softmax. NaN anywhere in a row makes all of it NaN. */
typedef void oss_softmax_rows(size_t rows, size_t count, float *row);
oss_softmax_rows oss_softmax_rows_generic, oss_softmax_rows_avx2, oss_softmax_rows_avx512;

#endif

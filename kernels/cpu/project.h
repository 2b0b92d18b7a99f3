// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The tile that project is made of, compiled for each vector unit. */
#ifndef OSS_KERNELS_CPU_PROJECT_H
#define OSS_KERNELS_CPU_PROJECT_H

#include <stddef.h>

#include "kernels/cpu/isa.h"

enum { OSS_PROJECT_TILE = 4 };

/* out[i][j] = sum_e row[i][e] feature[j][e]. Each variant has its own order of summation. */
typedef void oss_project_tile(size_t d, const float *const *row, const float *const *feature, double (*out)[OSS_PROJECT_TILE]);
oss_project_tile oss_project_tile_generic, oss_project_tile_avx2, oss_project_tile_avx512;

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#define OSS_SIMD 0
#include "kernels/cpu/norm_tile.inc"

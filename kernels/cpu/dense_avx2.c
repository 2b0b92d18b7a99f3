// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#ifdef __AVX2__ /* else: a processor without it, and nothing calls this variant */
#define OSS_SIMD 2
#include "kernels/cpu/dense_tile.inc"
#else
typedef int oss_dense_has_no_avx2;
#endif

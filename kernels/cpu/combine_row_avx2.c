// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#ifdef __AVX2__ /* else: a processor without it, and nothing calls this variant */
#define OSS_COMBINE_NAME oss_combine_row_avx2
#include "kernels/cpu/combine_row.inc"
#else
typedef int oss_combine_row_has_no_avx2;
#endif

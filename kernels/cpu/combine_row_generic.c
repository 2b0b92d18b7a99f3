// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#define OSS_COMBINE_NAME oss_combine_row_generic
#include "kernels/cpu/combine_row.inc"

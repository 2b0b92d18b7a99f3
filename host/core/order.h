// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Order statistics of numbers on the host. */
#ifndef OSS_CORE_ORDER_H
#define OSS_CORE_ORDER_H

#include <stddef.h>

/* Sorts into rising order. No NaN. */
void oss_sort(double *values, size_t count);

/* The quantile at level q (0 to 1) of count >= 1 sorted values, linear between neighbours; infinities may be among them. */
double oss_quantile_of_sorted(const double *sorted, size_t count, double q);

#endif

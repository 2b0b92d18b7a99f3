// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/core/order.h"

#include <stdlib.h>

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

void oss_sort(double *values, size_t count) {
  qsort(values, count, sizeof *values, by_value);
}

double oss_quantile_of_sorted(const double *sorted, size_t count, double q) {
  double at = q * (double)(count - 1);
  size_t low = (size_t)at;
  double share = at - (double)low;
  if (share == 0.0 || low + 1 >= count || sorted[low] == sorted[low + 1]) return sorted[low]; /* also keeps infinities from becoming NaN */
  return sorted[low] + share * (sorted[low + 1] - sorted[low]);
}

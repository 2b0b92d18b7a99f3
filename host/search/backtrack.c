// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>

#include "host/search/dp.h"

oss_status oss_dp_backtrack(const oss_tables *tables, size_t row, size_t steps, int32_t *index, int32_t *order) {
  size_t side = tables->n + 1;
  const double *cost = tables->cost + row * tables->steps * side;
  const int32_t *from = tables->from + row * tables->steps * side;
  int32_t j = 0;
  size_t next = steps; /* index[next] is free; written from the data end to the front */
  if (!isfinite(cost[(steps - 1) * side]))
    return oss_fail(OSS_ERR_NUMERIC, "search: no schedule of %zu steps reaches the end with a finite cost (sample %zu)", steps, row);
  index[next] = 0;
  for (size_t m = steps; m-- > 0;) {
    int32_t k = from[m * side + (size_t)j];
    if (k < 0) k = (int32_t)tables->n; /* only the start itself has no predecessor: fewer steps than asked for */
    if (k != j) {
      index[--next] = k;
      if (order != NULL && tables->order != NULL) order[next] = tables->order[(row * tables->steps + m) * side + (size_t)j];
    }
    j = k;
  }
  for (size_t i = 0; i < next; i++) {
    index[i] = index[next];
    if (order != NULL && tables->order != NULL) order[i] = 0;
  }
  return OSS_OK;
}

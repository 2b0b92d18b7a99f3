// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/average.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b) {
  int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  return (x > y) - (x < y);
}

/* The unrounded average of n sorted values; median and official round down here, as they are defined. */
static double average_of(oss_average how, size_t n, const int32_t *sorted) {
  size_t middle = n / 2;
  if (how == OSS_AVERAGE_MEAN) {
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += sorted[i];
    return (double)sum / (double)n;
  }
  if (n == 1 || (how == OSS_AVERAGE_MEDIAN && n % 2 == 1)) return sorted[middle];
  return floor((sorted[middle] + sorted[middle - 1]) / 2.0);
}

/* Schedules of fewer steps than the budget begin with repeats, and averages of some with and some without can meet anywhere: entries that
 * are not above the next one are dropped, and the first is repeated in front. */
static void merge_repeats(size_t steps, int32_t *index) {
  size_t next = steps;
  for (size_t i = steps; i-- > 0;)
    if (index[i] > index[next]) index[--next] = index[i];
  for (size_t i = 0; i < next; i++) index[i] = index[next];
}

oss_status oss_average_schedules(oss_average how, size_t samples, size_t steps, const int32_t *index, int32_t *out) {
  int32_t *column = malloc(samples * sizeof *column);
  if (column == NULL) return oss_fail(OSS_ERR_MEMORY, "average of %zu schedules", samples);
  double below = -1.0; /* the unrounded value one step nearer to the data */
  for (size_t i = steps + 1; i-- > 0;) {
    for (size_t s = 0; s < samples; s++) column[s] = index[s * (steps + 1) + i];
    qsort(column, samples, sizeof *column, compare);
    double value = average_of(how, samples, column);
    out[i] = (int32_t)nearbyint(value);
    if (i < steps && value >= below + 1.0 && out[i] <= out[i + 1]) out[i] = out[i + 1] + 1; /* 1.5 and 2.5 both round to 2 */
    below = value;
  }
  free(column);
  merge_repeats(steps, out);
  return OSS_OK;
}

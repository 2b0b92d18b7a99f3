// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/schedules/published.h"

#include <math.h>
#include <string.h>

/* The curve through the table at place index + share. */
static double level_at(const oss_published *table, size_t index, double share) {
  const double *v = table->values;
  return share == 0.0 ? v[index] : exp((1.0 - share) * log(v[index]) + share * log(v[index + 1]));
}

void oss_published_levels(const oss_published *table, int64_t steps, double *levels) {
  size_t last = table->count - 1;
  for (int64_t i = 0; i <= steps; i++) {
    int64_t place = i * (int64_t)last; /* over steps */
    levels[i] = level_at(table, (size_t)(place / steps), (double)(place % steps) / (double)steps);
  }
}

/* Where the curve, counted from 0 to the last value's index, falls to a level; its ends for levels beyond them. */
static double place_of(const oss_published *table, double level) {
  const double *v = table->values;
  size_t last = table->count - 1, k = 0;
  if (level >= v[0]) return 0.0;
  if (level <= v[last]) return (double)last;
  while (v[k + 1] > level) k++;
  return (double)k + (log(v[k]) - log(level)) / (log(v[k]) - log(v[k + 1]));
}

/* The part of the curve within the range, in steps equal parts. */
static void fit(const oss_published *table, double high, double low, int64_t steps, double *levels) {
  double from = place_of(table, high), to = place_of(table, low);
  for (int64_t i = 0; i < steps; i++) {
    double place = from + (to - from) * (double)i / (double)steps;
    size_t k = (size_t)place < table->count - 1 ? (size_t)place : table->count - 2;
    levels[i] = i == 0 && from > 0.0 ? high : level_at(table, k, place - (double)k);
  }
}

/* Moves levels beyond the range to its ends. Whether that leaves them different. */
static int clamp(double high, double low, int64_t steps, int end_is_low, double *levels) {
  int64_t above = 0, below = 0;
  for (int64_t i = 0; i < steps; i++) {
    above += levels[i] >= high;
    below += levels[i] <= low;
    levels[i] = levels[i] > high ? high : levels[i] < low ? low : levels[i];
  }
  return above <= 1 && below <= !end_is_low;
}

oss_status oss_published_times(const oss_member *member, const oss_published *tables, size_t count, int sigma, const oss_grid *grid,
                               int64_t steps, double *t) {
  size_t k = 0;
  int positive = grid->t[0] > 0.0;
  double high = grid->t[grid->n], low = positive ? grid->t[0] : grid->t[1];
  if (sigma) {
    high = oss_sigma_of_t(high);
    low = oss_sigma_of_t(low);
  }
  while (k < count && !oss_member_is(member, "table", tables[k].name)) k++;
  if (k == count) return oss_fail(OSS_ERR_INTERNAL, "no table '%s'", oss_member_text(member, "table"));
  if (!(tables[k].values[0] > low && tables[k].values[tables[k].count - 1] < high))
    return oss_fail(OSS_ERR_UNSUPPORTED, "table %s lies outside the teacher's range, %s %g to %g", tables[k].name, sigma ? "sigma" : "t",
                    low, high);
  oss_published_levels(&tables[k], steps, t);
  if (!clamp(high, low, steps, positive, t)) fit(&tables[k], high, low, steps, t);
  for (int64_t i = 0; i < steps && sigma; i++) t[i] = oss_t_of_sigma(t[i]);
  if (tables[k].values[0] >= high) t[0] = grid->t[grid->n]; /* to the bit */
  t[steps] = grid->t[0];
  return OSS_OK;
}

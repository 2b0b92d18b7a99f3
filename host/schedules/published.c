// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/schedules/published.h"

#include <math.h>
#include <string.h>

void oss_published_levels(const oss_published *table, int64_t steps, double *levels) {
  size_t last = table->count - 1;
  for (int64_t i = 0; i <= steps; i++) {
    int64_t place = i * (int64_t)last; /* over steps */
    size_t k = (size_t)(place / steps);
    double share = (double)(place % steps) / (double)steps;
    levels[i] = share == 0.0 ? table->values[k] : exp((1.0 - share) * log(table->values[k]) + share * log(table->values[k + 1]));
  }
}

oss_status oss_published_times(const oss_member *member, const oss_published *tables, size_t count, int sigma, const oss_grid *grid,
                               int64_t steps, double *t) {
  size_t k = 0;
  double high = grid->t[grid->n], low = grid->t[0] > 0.0 ? grid->t[0] : grid->t[1];
  while (k < count && !oss_member_is(member, "table", tables[k].name)) k++;
  if (k == count) return oss_fail(OSS_ERR_INTERNAL, "no table '%s'", oss_member_text(member, "table"));
  oss_published_levels(&tables[k], steps, t);
  int64_t above = 0, below = 0;
  for (int64_t i = 0; i < steps; i++) {
    double time = sigma ? oss_t_of_sigma(t[i]) : t[i];
    above += time >= high;
    below += time <= low;
    t[i] = time > high ? high : time < low ? low : time;
  }
  t[steps] = grid->t[0];
  if (above <= 1 && below <= (grid->t[0] == 0.0)) return OSS_OK;
  return oss_fail(OSS_ERR_UNSUPPORTED,
                  "table %s: of %lld levels %lld lie at or above the teacher's first time %g and %lld at or below %g, its last above 0",
                  tables[k].name, (long long)steps, (long long)above, high, (long long)below, low);
}

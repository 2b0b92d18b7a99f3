// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/times.h"

#include <stdlib.h>

oss_level_range oss_times_level_range(const oss_grid *grid, int64_t steps) {
  int ends_above = grid->t[0] > 0.0;
  return (oss_level_range){.high = grid->t[grid->n] < 1.0 ? grid->t[grid->n] : grid->t[grid->n - 1],
                           .low = ends_above ? grid->t[0] : grid->t[1],
                           .intervals = ends_above ? steps : steps - 1};
}

void oss_times_spread(const oss_formula *formula, const oss_grid *grid, int64_t steps, double *t) {
  oss_level_range range = {.high = grid->t[grid->n], .low = grid->t[0], .intervals = steps};
  if (formula->levels) range = oss_times_level_range(grid, steps);
  if (range.intervals > 0) oss_formula_times(formula, range.high, range.low, range.intervals, t);
  t[0] = grid->t[grid->n];
  t[steps] = grid->t[0];
}

oss_status oss_times_descend(const oss_grid *grid, int64_t steps, const double *t) {
  int inside = t[0] <= grid->t[grid->n] && t[steps] >= grid->t[0]; /* false for NaN */
  for (int64_t i = 1; i <= steps; i++)
    if (!(t[i] < t[i - 1] * (1.0 - 1e-12)) || !inside) /* nearer ones have the same grid index */
      return oss_fail(OSS_ERR_UNSUPPORTED,
                      "%lld steps have no distinct times between the teacher's t = %g and %g: points %lld and %lld are at %.17g and %.17g",
                      (long long)steps, grid->t[grid->n], grid->t[0], (long long)(i - 1), (long long)i, t[i - 1], t[i]);
  return OSS_OK;
}

static oss_status build(const oss_member *member, const oss_grid *grid, int64_t steps, oss_schedule *out) {
  double *t = malloc(((size_t)steps + 1) * sizeof *t);
  if (t == NULL) return oss_fail(OSS_ERR_MEMORY, "schedule of %lld steps", (long long)steps);
  oss_status status = ((const oss_schedule_desc *)member->desc)->times(member, grid, steps, t);
  if (status == OSS_OK) status = oss_fail_context(oss_times_descend(grid, steps, t), "%s", member->desc->name);
  if (status == OSS_OK) status = oss_schedule_from_times(grid, (size_t)steps, t, out);
  free(t);
  return status;
}

oss_status oss_times_check(const oss_member *member, const oss_search_input *input) {
  for (size_t i = 0; i < input->budget_count; i++) {
    oss_schedule schedule = {0};
    OSS_TRY(build(member, &input->problem->grid, input->budgets[i], &schedule));
    oss_schedule_free(&schedule);
  }
  return OSS_OK;
}

oss_status oss_times_find(const oss_member *member, const oss_search_input *input, oss_found *found) {
  for (size_t i = 0; i < input->budget_count; i++) {
    oss_status status = build(member, &input->problem->grid, input->budgets[i], &found[i].schedule);
    if (status == OSS_OK) continue;
    while (i-- > 0) oss_found_free(&found[i]);
    return status;
  }
  return OSS_OK;
}

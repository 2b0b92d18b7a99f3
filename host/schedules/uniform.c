// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>

#include "host/search/search.h"

/* A fixed grid has only its own points: the indices round(N k / M), halves to even. */
static oss_status subset(const oss_grid *grid, int64_t steps, oss_schedule *out) {
  int32_t *index = malloc(((size_t)steps + 1) * sizeof *index);
  if (index == NULL) return oss_fail(OSS_ERR_MEMORY, "uniform schedule");
  for (int64_t k = 0; k <= steps; k++) {
    int64_t twice = 2 * grid->n * k; /* compare halves exactly: round(twice / (2 M)) */
    int64_t low = twice / (2 * steps), rest = twice % (2 * steps);
    index[steps - k] = (int32_t)(low + (rest > steps || (rest == steps && low % 2 == 1)));
  }
  oss_status status = oss_schedule_from_indices(grid, 1, (size_t)steps, index, out);
  free(index);
  return status;
}

static oss_status from_formula(const oss_problem *problem, int64_t steps, oss_schedule *out) {
  oss_grid fewer;
  OSS_TRY(oss_grid_create(problem->grid_member, steps, &fewer));
  fewer.t[0] = problem->grid.t[0]; /* end: min of a formula depends on its number of steps; teacher and student end together */
  for (int64_t i = 0; i < (steps + 1) / 2; i++) { /* ascending to descending */
    double swap = fewer.t[i];
    fewer.t[i] = fewer.t[steps - i];
    fewer.t[steps - i] = swap;
  }
  oss_status status = oss_schedule_from_times(&problem->grid, (size_t)steps, fewer.t, out);
  oss_grid_free(&fewer);
  return status;
}

static oss_status check(const oss_member *member, const oss_search_input *input) {
  (void)member;
  for (size_t i = 0; !input->problem->grid.fixed && i < input->budget_count; i++) {
    oss_grid fewer;
    if (oss_grid_create(input->problem->grid_member, input->budgets[i], &fewer) != OSS_OK)
      return oss_fail(OSS_ERR_UNSUPPORTED, "no uniform schedule of %lld steps: %s", (long long)input->budgets[i], oss_message());
    int reaches = fewer.t[1] > input->problem->grid.t[0];
    oss_grid_free(&fewer);
    if (!reaches)
      return oss_fail(OSS_ERR_UNSUPPORTED, "a uniform schedule of %lld steps passes the end of the teacher's grid, which has %lld",
                      (long long)input->budgets[i], (long long)input->problem->grid.n);
  }
  for (size_t i = 0; i < input->budget_count; i++)
    if (input->problem->grid.fixed && input->budgets[i] > input->problem->grid.n)
      return oss_fail(OSS_ERR_UNSUPPORTED, "%lld steps (student.steps) are more than the %lld of the teacher's grid, which is a list",
                      (long long)input->budgets[i], (long long)input->problem->grid.n);
  return OSS_OK;
}

static oss_status find(const oss_member *member, const oss_search_input *input, oss_found *found) {
  const oss_problem *problem = input->problem;
  (void)member;
  for (size_t i = 0; i < input->budget_count; i++) {
    oss_status status = problem->grid.fixed ? subset(&problem->grid, input->budgets[i], &found[i].schedule)
                                            : from_formula(problem, input->budgets[i], &found[i].schedule);
    if (status != OSS_OK) {
      while (i-- > 0) oss_found_free(&found[i]);
      return status;
    }
  }
  return OSS_OK;
}

const oss_schedule_desc oss_schedule_uniform = {
    .base = {.name = "uniform",
             .summary = "the grid's own formula with fewer steps (naive step reduction); every N/M-th point of a grid from a file",
             .source = "OSS (arXiv 2503.21774), section 4"},
    .check = check,
    .find = find,
};

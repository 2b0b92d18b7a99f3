// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "tests/support/schedules.h"

#include "host/core/registries.h"
#include "tests/support/check.h"
#include "tests/support/members.h"

made_grid make_grid(const char *yaml, int64_t n) {
  static const oss_registry *const where[] = {&oss_grids, NULL};
  made_grid made = {.member = member_of(where, yaml)};
  check_ok(oss_grid_create(made.member, n, &made.grid));
  return made;
}

made_grid list_grid(double *t, int64_t n) {
  return (made_grid){.grid = {.n = n, .t = t, .fixed = 1}};
}

void made_grid_free(made_grid *made) {
  if (made->member != NULL) oss_grid_free(&made->grid);
  oss_member_free(made->member);
}

oss_found find_schedule(const made_grid *made, const char *yaml, int64_t steps, int *refused) {
  static const oss_registry *const where[] = {&oss_schedules, &oss_searches, NULL};
  oss_member *member = member_of(where, yaml);
  oss_problem problem = {.grid = made->grid, .grid_member = made->member};
  oss_search_input input = {.problem = &problem, .samples = 1, .budget_count = 1, .budgets = &steps};
  oss_found found = {0};
  assert_false(oss_schedule_needs_teacher(member));
  oss_status status = oss_schedule_check(member, &input, steps);
  *refused = status == OSS_ERR_UNSUPPORTED;
  if (!*refused) {
    check_ok(status);
    check_ok(oss_schedule_find(member, &input, &found));
  }
  oss_member_free(member);
  return found;
}

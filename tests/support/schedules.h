// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Schedules that need no teacher, made outside a sweep. */
#ifndef OSS_TESTS_SUPPORT_SCHEDULES_H
#define OSS_TESTS_SUPPORT_SCHEDULES_H

#include "host/search/search.h"

/* A grid as YAML, such as {kind: edm, rho: 5}, with n steps; free with made_grid_free. */
typedef struct made_grid {
  oss_member *member;
  oss_grid grid;
} made_grid;
made_grid make_grid(const char *yaml, int64_t n);

/* A grid of the given ascending times; borrowed, the member is uniform's to ignore. */
made_grid list_grid(double *t, int64_t n);
void made_grid_free(made_grid *made);

/* What the schedule, as YAML, finds on the grid for a budget. *refused: check said OSS_ERR_UNSUPPORTED, and found is empty; any other
 * failure fails the test. oss_found_free. */
oss_found find_schedule(const made_grid *made, const char *yaml, int64_t steps, int *refused);

#endif

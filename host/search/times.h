// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Schedules that are formulas: a member fills M+1 times, the rest is the same for all of them. */
#ifndef OSS_SEARCH_TIMES_H
#define OSS_SEARCH_TIMES_H

#include "host/search/search.h"

/* Where a formula of noise levels lies on a grid. low is the smallest positive time; high the largest below 1, where the noise level is
 * finite. intervals is what lies between them: M on a grid that ends above 0, else M - 1 and a last step from low to 0. */
typedef struct oss_level_range {
  double high, low; /* flow times */
  int64_t intervals;
} oss_level_range;
oss_level_range oss_times_level_range(const oss_grid *grid, int64_t steps);

/* Fills t[0..steps], descending from t_N to t_0, equally spaced in the formula's variable. A formula of noise levels lies on
 * oss_times_level_range, and its first point is then t_N (which differs at t_N = 1 only). */
void oss_times_spread(const oss_formula *formula, const oss_grid *grid, int64_t steps, double *t);

/* OSS_ERR_UNSUPPORTED unless t[0..steps] descend strictly within the grid's range; NaN is refused too. */
oss_status oss_times_descend(const oss_grid *grid, int64_t steps, const double *t);

/* check and find of a member that has times (search.h). */
oss_status oss_times_check(const oss_member *member, const oss_search_input *input);
oss_status oss_times_find(const oss_member *member, const oss_search_input *input, oss_found *found);

#endif

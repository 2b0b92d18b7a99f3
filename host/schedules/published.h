// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Schedules published as tables of absolute noise levels. */
#ifndef OSS_SCHEDULES_PUBLISHED_H
#define OSS_SCHEDULES_PUBLISHED_H

#include "host/grids/grid.h"

typedef struct oss_published {
  const char *name; /* of option `table` */
  size_t count;
  const double *values; /* descending, above 0 */
} oss_published;

/* Fills steps + 1 levels: the table itself where it has as many, else its values interpolated linearly in their logarithm over a uniform
 * index, as the tools that carry these tables do. */
void oss_published_levels(const oss_published *table, int64_t steps, double *levels);

/* The schedule of steps from the table that member's option `table` names: its levels, of which the last is replaced by the grid's end (as
 * the tools replace it by 0). A level beyond the grid's largest or smallest positive time is moved there; where that would make two
 * equal, the part of the interpolated curve that lies within the range is divided instead. OSS_ERR_UNSUPPORTED when none does. sigma: the
 * levels are noise levels, else flow times. t has steps + 1 entries. */
oss_status oss_published_times(const oss_member *member, const oss_published *tables, size_t count, int sigma, const oss_grid *grid,
                               int64_t steps, double *t);

#endif

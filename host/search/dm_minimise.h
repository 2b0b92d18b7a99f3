// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Minimises the objective of dm_objective.h over the inner knots. */
#ifndef OSS_SEARCH_DM_MINIMISE_H
#define OSS_SEARCH_DM_MINIMISE_H

#include <stddef.h>

#include "kernels/status.h"

enum { OSS_DM_MAX_INTERVALS = 100 }; /* time grows with the third power: about a minute at the limit */

/* starts: (count, K+1) ascending knots, all with the same ends; count >= 1, K = intervals >= 1. best (K+1): the knots of the lowest
 * objective met, which are those of a start or come from a local minimisation: from each start, from the best of these pushed a little, and
 * from the best again. They ascend strictly; an interval may shrink to about a thousandth of the mean one. The same on every run.
 * *objective: its value. OSS_ERR_NUMERIC when no start has a finite objective, OSS_ERR_UNSUPPORTED above OSS_DM_MAX_INTERVALS. */
oss_status oss_dm_minimise(size_t intervals, size_t count, const double *starts, double *best, double *objective);

#endif

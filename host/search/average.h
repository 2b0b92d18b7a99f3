// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* OSS-ave: one schedule from the schedules of many samples. */
#ifndef OSS_SEARCH_AVERAGE_H
#define OSS_SEARCH_AVERAGE_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/status.h"

typedef enum oss_average {
  OSS_AVERAGE_MEDIAN,  /* the middle value; the mean of the two middle ones, rounded down, when their number is even */
  OSS_AVERAGE_MEAN,    /* rounded to the nearest, halves to even unless that would merge two steps */
  OSS_AVERAGE_OFFICIAL /* (l[n/2] + l[n/2-1]) / 2 rounded down, for odd n too: what the published code computes */
} oss_average;

/* index: (samples, steps+1) descending schedules. out (steps+1): each position averaged over the samples; where that gives equal
 * neighbours (samples that take fewer steps than others), they are one step and the first entry is repeated in front. */
oss_status oss_average_schedules(oss_average how, size_t samples, size_t steps, const int32_t *index, int32_t *out);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What a search compares: the cost of a candidate step against the teacher. */
#ifndef OSS_SEARCH_COST_H
#define OSS_SEARCH_COST_H

#include "host/core/member.h"
#include "host/pipeline/problem.h"

typedef struct oss_cost_desc {
  oss_member_desc base;
} oss_cost_desc;

extern const oss_registry oss_costs;

/* The elements that channels and frames of a cost select from a sample (C, H, W) or (C, F, H, W): the first n channels; the frames
 * floor(f (F-1) / (n-1)), f < n. *columns is NULL for all of them, else new memory. OSS_ERR_CONFIG when the sample has no such axis or too
 * few. */
oss_status oss_cost_columns(const oss_member *cost, const oss_problem *problem, int32_t **columns, size_t *count);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What a search compares: the cost of a candidate step against the teacher. */
#ifndef OSS_SEARCH_COST_H
#define OSS_SEARCH_COST_H

#include "host/core/member.h"
#include "host/pipeline/problem.h"

/* What a cost looks at. Columns and matrix are alternatives; neither: all elements. */
typedef struct oss_cost_view {
  int data, calls;  /* of the descriptor */
  double p;         /* mean |difference|^p */
  int32_t *columns; /* (count) elements of the state; owned */
  float *matrix;    /* (count, D) linear features; owned */
  size_t count;     /* values compared */
} oss_cost_view;

typedef struct oss_cost_desc {
  oss_member_desc base;
  int data;  /* compares predictions of the data, D, with the denoiser's at the teacher's state; else states */
  int calls; /* the prediction takes a denoiser call at the candidate; else the step carries it */
  /* Makes the matrix of a cost on linear features and sets count; NULL: the cost is on elements (channels, frames). */
  oss_status (*matrix)(const oss_member *cost, const oss_problem *problem, oss_cost_view *out);
} oss_cost_desc;

extern const oss_registry oss_costs;

/* The exponent, an option of every cost. */
#define OSS_COST_P_OPTION(text) \
  { .name = "p", .type = OSS_OPTION_REAL, .fallback = "2", .min = 0, .max = 16, .open_min = 1, .help = (text) }

/* The options shared by the costs on elements of the state. */
extern const oss_option oss_cost_options[];
enum { OSS_COST_OPTIONS = 3 };

/* Reads the options: the first channels; the frames floor(f (F-1) / (n-1)), f < n; the matrix of features. OSS_ERR_CONFIG
 * when the sample has no such axis or too few, OSS_ERR_INPUT for the file. Free with oss_cost_view_free. */
oss_status oss_cost_view_create(const oss_member *cost, const oss_problem *problem, oss_cost_view *out);
void oss_cost_view_free(oss_cost_view *view);

#endif

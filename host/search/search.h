// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Schedules and searches: what turns (problem, teacher, solver, budgets) into the student's times.
 *
 * Members of schedules/ need no teacher (formulas, files); members of search/ do. One call serves every budget of a sweep. */
#ifndef OSS_SEARCH_SEARCH_H
#define OSS_SEARCH_SEARCH_H

#include "host/pipeline/record.h"
#include "host/pipeline/teacher.h"

typedef struct oss_search_input {
  const oss_problem *problem;
  oss_teacher *teacher; /* of the searched samples; NULL while planning and for members that need none */
  const oss_member *solver;
  size_t samples;    /* S, from sample 0 on */
  int evaluate_same; /* the searched samples are the ones scored */
  int want_tables;   /* keep search/cost and search/from */
  size_t budget_count;
  const int64_t *budgets; /* M, in any order, each 1..N for a search */
  oss_progress *progress; /* may be NULL */
} oss_search_input;

typedef struct oss_schedule_desc {
  oss_member_desc base;
  int needs_teacher; /* a search */
  int off_grid;      /* a search whose times are not the teacher's: it may take more steps than the teacher */
  int shares;        /* what it finds for one budget depends on the others asked for with it */
  /* A formula (check and find are NULL then): fills the M+1 = steps+1 descending times, at most from t_N to t_0. They are checked and
   * refused as unsupported when they do not descend strictly; OSS_ERR_UNSUPPORTED and OSS_ERR_CONFIG for what the formula itself cannot do.
   */
  oss_status (*times)(const oss_member *member, const oss_grid *grid, int64_t steps, double *t);
  /* Refuses a combination that has no meaning (OSS_ERR_UNSUPPORTED with the reason: the cell is skipped) or options that do not fit the
   * problem (OSS_ERR_CONFIG). Called while planning; may be NULL. */
  oss_status (*check)(const oss_member *member, const oss_search_input *input);
  /* Fills found[budget_count]; on failure nothing in it is owned. */
  oss_status (*find)(const oss_member *member, const oss_search_input *input, oss_found *found);
  /* Estimates for --dry-run; NULL: none. Memory taken during find, and in *held what all of found takes on the host afterwards; denoiser
   * evaluations for budgets up to steps. */
  oss_bytes (*bytes)(const oss_member *member, const oss_search_input *input, size_t *held);
  int64_t (*nfe)(const oss_member *member, const oss_search_input *input, int64_t steps);
  /* Floating-point operations of find, in the units it reports to input->progress; NULL: none. */
  double (*work)(const oss_member *member, const oss_search_input *input);
} oss_schedule_desc;

/* desc->check, and the rule common to all searches on the teacher's grid: no more steps than the teacher has. */
oss_status oss_schedule_check(const oss_member *member, const oss_search_input *input, int64_t steps);
oss_status oss_schedule_find(const oss_member *member, const oss_search_input *input, oss_found *found);
oss_bytes oss_schedule_bytes(const oss_member *member, const oss_search_input *input, size_t *held);
int64_t oss_schedule_nfe(const oss_member *member, const oss_search_input *input, int64_t steps);
double oss_schedule_work(const oss_member *member, const oss_search_input *input);
/* a b calls, both >= 0; no more than 2^61, so that a plan may add up what nobody will ever run. */
int64_t oss_search_product(int64_t a, int64_t b);
int64_t oss_search_largest(const oss_search_input *input); /* budget; 0 for none */
int oss_schedule_needs_teacher(const oss_member *member);
int oss_schedule_shares(const oss_member *member); /* it, or the schedule it begins with */

/* A schedule of one row from M+1 descending grid indices (strictly, but for leading repeats); its start is the teacher's. */
oss_status oss_schedule_from_indices(const oss_grid *grid, size_t rows, size_t steps, const int32_t *index, oss_schedule *out);

/* A schedule of one row from M+1 strictly descending times; indices where they are on the grid; it starts at its own first time. */
oss_status oss_schedule_from_times(const oss_grid *grid, size_t steps, const double *t, oss_schedule *out);

#endif

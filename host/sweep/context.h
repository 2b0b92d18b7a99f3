// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What a sweep has open: the denoiser, the problem and the teachers of the cell it is at. Moving to another cell reopens only what differs.
 */
#ifndef OSS_SWEEP_CONTEXT_H
#define OSS_SWEEP_CONTEXT_H

#include "host/pipeline/evaluate.h"
#include "host/search/search.h"

typedef struct oss_context {
  const oss_config *config;
  oss_backend *be;
  char *cache; /* folder of kept teachers; NULL: none */
  oss_progress *progress;
  int open;
  oss_cell cell; /* the cell last moved to */
  oss_denoiser *denoiser;
  size_t batch_limit; /* samples.batch: auto takes no more, so that it fits (oss_plan_create); 0: no limit */
  oss_problem problem;
  oss_problem reference; /* the same with the steps of teacher.reference; empty where that is the cell's own teacher */
  oss_teacher *search_teacher, *score_teacher; /* score_teacher == search_teacher when the same samples are scored */
  int64_t closed_nfe;                          /* spent by teachers that were closed */
  double closed_seconds;
  oss_calibration calibration; /* of the cell's student, where the sweep calibrates */
  double *quantiles;           /* (N+1, 2) the teacher's; NULL: not taken yet */
} oss_context;

/* The folder that teacher.cache means: "auto", "none" (NULL) or a path. New memory. */
char *oss_cache_folder(const char *setting);

oss_status oss_context_create(const oss_config *config, oss_backend *be, oss_progress *progress, oss_context *out);
void oss_context_destroy(oss_context *context); /* NULL-safe */

/* Opens denoiser and problem of a cell; the denoiser is loaded when it has to teach. */
oss_status oss_context_move(oss_context *context, const oss_cell *cell);

/* Halves the batches of the current problem, and of all to come, where the config leaves them to us and they can be halved. Before its
 * teachers are made. */
int oss_context_narrow(oss_context *context);

/* Makes the teachers of the current cell, search or not. */
oss_status oss_context_teach(oss_context *context);

/* Denoiser evaluations, and seconds, that all teachers have taken so far. */
void oss_context_spent(const oss_context *context, int64_t *nfe, double *seconds);

/* How many samples are scored, and the first of them: held-out ones come after the largest samples.search of the sweep, so that every cell
 * is scored on the same noise. */
size_t oss_context_score_count(const oss_cell *cell);
size_t oss_context_score_first(const oss_config *config, const oss_cell *cell);

/* The problem of the scored samples' teacher: the cell's own, or the reference (teacher.reference). And whether one teacher serves the
 * search and the scores. */
const oss_problem *oss_context_scored_problem(const oss_context *context);
int oss_context_one_teacher(const oss_config *config, const oss_cell *cell);

/* Whether the scored samples' teacher needs its end states only; and whether the searched samples' teacher is needed at all. */
int oss_context_end_only(const oss_config *config, const oss_cell *cell);
int oss_context_searches(const oss_config *config);

oss_search_input oss_context_search_input(const oss_context *context, const int64_t *budgets, size_t count);
oss_evaluation oss_context_evaluation(const oss_context *context);

#endif

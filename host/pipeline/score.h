// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Scores: the metrics of an evaluation, batch by batch where they give one value a sample, at its end where they take all samples. */
#ifndef OSS_PIPELINE_SCORE_H
#define OSS_PIPELINE_SCORE_H

#include "host/pipeline/evaluate.h"

/* What the metrics look at beside the end states of a batch. */
typedef struct oss_score_needs {
  int points;       /* all points, student's and teacher's */
  int student_ends; /* the end states of all samples at the end, in host memory */
  int teacher_ends;
} oss_score_needs;

oss_score_needs oss_score_needs_of(const oss_members *metrics);

/* Whether any metric can be taken: called while planning (e->teacher may be NULL). OSS_ERR_UNSUPPORTED with the reason: none, the cell has
 * no meaning; OSS_ERR_CONFIG, OSS_ERR_INPUT: the config is wrong. *left_out: new memory that names those that do not take such samples, and
 * why; NULL when all do. */
oss_status oss_score_check(const oss_evaluation *e, char **left_out);

/* Makes the record's metrics, their values still empty, but for those left out. */
oss_status oss_score_begin(const oss_evaluation *e, oss_record *record);

/* One batch's end states, and its points where they are needed ([points][count][D], the teacher's from the end on); scratch: backend
 * memory, a double a sample. All in backend memory. */
typedef struct oss_score_batch {
  size_t first, count;
  const float *student, *teacher, *student_points;
  double *scratch;
} oss_score_batch;

oss_status oss_score_add(const oss_evaluation *e, const oss_schedule *schedule, const oss_score_batch *batch, oss_record *record);

/* The metrics of all samples. student, teacher: host (E, D), each only where it is needed. */
oss_status oss_score_finish(const oss_evaluation *e, const float *student, const float *teacher, oss_record *record);

/* Memory of the values, of finish, and of the end states that are kept for it alone. */
oss_bytes oss_score_bytes(const oss_evaluation *e);

#endif

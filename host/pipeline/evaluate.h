// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Evaluation: the student sampled with a schedule and scored against the teacher's end states. */
#ifndef OSS_PIPELINE_EVALUATE_H
#define OSS_PIPELINE_EVALUATE_H

#include "host/pipeline/calibrate.h"
#include "host/pipeline/record.h"
#include "host/pipeline/teacher.h"

typedef struct oss_evaluation {
  const oss_problem *problem;
  oss_teacher *teacher; /* of the scored samples; with all its points when save has trajectory */
  size_t teacher_steps; /* its N, which is not the problem's under teacher.reference */
  const oss_member *solver;
  size_t first, samples; /* which samples of the problem, and of the teacher from its 0 on */
  const oss_members *metrics;
  unsigned save;                      /* oss_save */
  const oss_calibration *calibration; /* NULL: none, and no quantiles in the record */
  oss_progress *progress;
} oss_evaluation;

/* Fills record's metrics, samples, trajectories, nfe, depth and sample_seconds. schedule: one row, or one a sample. OSS_ERR_NUMERIC when a
 * student's state is not finite. What was filled before a failure is freed with the record. */
oss_status oss_evaluate(const oss_evaluation *evaluation, const oss_schedule *schedule, oss_record *record);

/* Memory held meanwhile, the teacher's not included. */
oss_bytes oss_evaluate_bytes(const oss_evaluation *evaluation, size_t steps);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The teacher: trajectories of many steps, computed batch by batch, kept on disk under everything they depend on. */
#ifndef OSS_PIPELINE_TEACHER_H
#define OSS_PIPELINE_TEACHER_H

#include "host/core/progress.h"
#include "host/pipeline/problem.h"

typedef struct oss_teacher oss_teacher;

/* Samples first .. first + samples - 1 of the problem. end_only: only the end states are kept (points = 1), else all N+1 (points = N+1,
 * index 0 = data). cache: the folder of kept trajectories, or NULL. With a cache, what it lacks is computed now and stored; a cache that
 * can't be written is warned of and done without. The problem must outlive the teacher. */
oss_status oss_teacher_create(const oss_problem *problem, size_t first, size_t samples, int end_only, const char *cache,
                              oss_progress *progress, oss_teacher **out);
void oss_teacher_destroy(oss_teacher *teacher); /* NULL-safe */

/* The states of count samples from first (counted within the teacher): backend [points][count][D], valid until the next call. first must be
 * a multiple of problem->batch and count the rest up to the next multiple: the pipeline's batches. OSS_ERR_NUMERIC when a state is not
 * finite. */
oss_status oss_teacher_states(oss_teacher *teacher, size_t first, size_t count, const float **out);

size_t oss_teacher_points(const oss_teacher *teacher);
int64_t oss_teacher_nfe(const oss_teacher *teacher);    /* denoiser evaluations spent in this run */
double oss_teacher_seconds(const oss_teacher *teacher); /* time spent on them */

/* Memory of one batch of count samples. */
oss_bytes oss_teacher_bytes(const oss_problem *problem, size_t count, int end_only);

#endif

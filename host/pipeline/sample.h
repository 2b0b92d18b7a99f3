// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Sampling: from a start state along a schedule, with any solver. The teacher and every student go through here. */
#ifndef OSS_PIPELINE_SAMPLE_H
#define OSS_PIPELINE_SAMPLE_H

#include "host/core/progress.h"
#include "host/pipeline/calibrate.h"
#include "host/pipeline/problem.h"

/* What is walked. Borrowed arrays. */
typedef struct oss_walk {
  const oss_member *solver;
  size_t rows;                        /* 1: one schedule for all samples; else one a sample */
  size_t steps;                       /* M */
  const double *t;                    /* (rows, M+1) descending; the entries before M - used are repeats of the first and make no step */
  const int32_t *used;                /* (rows); NULL: all M */
  const int32_t *order;               /* (rows, M) the order of each step, 0 where the solver decides; NULL: it always does */
  const oss_calibration *calibration; /* NULL: none, and no quantiles */
  double
      *seen; /* (M+1, 2) sums over the samples of their quantiles: of what the denoiser is given at each step, then of the end; or NULL */
} oss_walk;

/* Walks count samples from x (backend [count][D]; the start on entry, the end on return). labels: backend [count]. points: NULL or backend
 * [M+1][count][D], which gets every state: point i at i, or at M - i when ascending is set (the teacher's index order). A corrected or
 * calibrated state is kept in place of the one that was reached. */
oss_status oss_sample(const oss_problem *problem, const oss_walk *walk, size_t count, const int32_t *labels, float *x, float *points,
                      int ascending, oss_progress *progress);

/* Denoiser calls that a sample of schedule `row` takes, one after the other. */
int64_t oss_walk_calls(const oss_walk *walk, size_t row);

/* The same along a whole grid, downwards: a teacher's. And of any schedule of that many steps down to the grid's end, at most. */
int64_t oss_grid_calls(const oss_member *solver, const oss_grid *grid);
int64_t oss_sample_calls(const oss_member *solver, const oss_grid *grid, int64_t steps);

/* Memory that a walk of count samples along rows schedules takes besides x and points. */
oss_bytes oss_sample_bytes(const oss_problem *problem, const oss_member *solver, size_t count, size_t rows, size_t steps);

#endif

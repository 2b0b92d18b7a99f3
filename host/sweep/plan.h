// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The plan of a sweep: every cell with its key, its cost and why it would be skipped, before anything is computed. */
#ifndef OSS_SWEEP_PLAN_H
#define OSS_SWEEP_PLAN_H

#include "host/sweep/context.h"

typedef struct oss_planned {
  oss_cell cell;
  char key[OSS_HASH_BYTES];
  char schedule_key[OSS_HASH_BYTES]; /* the same for cells that differ in calibration */
  char *skip;                        /* why the cell is skipped; NULL: it runs; owned */
  size_t teacher;                    /* index into the plan's teachers */
  int64_t nfe;                       /* denoiser evaluations a sample of the student (at most) */
  int64_t search_nfe;
  oss_bytes bytes; /* peak memory while its search or evaluation runs, the program itself included */
  double work;     /* floating-point operations of evaluating it */
} oss_planned;

typedef struct oss_planned_teacher {
  const oss_member *denoiser, *solver, *grid, *initial;
  int64_t steps;
  double *t;   /* (N+1), owned */
  char *about; /* of the denoiser; NULL: nothing; owned */
  int64_t nfe; /* denoiser evaluations for all samples, if nothing is cached */
} oss_planned_teacher;

typedef struct oss_plan {
  oss_planned *cells;
  size_t count, runnable;
  oss_planned_teacher *teachers;
  size_t teacher_count;
  double work;     /* of the whole sweep, if nothing is cached */
  size_t base;     /* memory of the program before any of it */
  oss_bytes bytes; /* the largest of the cells' */
  char *left_out;  /* the metrics last warned of; owned */
} oss_plan;

/* Opens every denoiser and grid of the sweep once. Errors in files and options come out here. OSS_ERR_CONFIG when no cell can run. Batches
 * that the config leaves to us are made small enough for the backend's memory, where that bounds them. */
oss_status oss_plan_create(oss_context *context, oss_plan *out);
void oss_plan_free(oss_plan *plan); /* NULL-safe */

/* Before a run: has a backend with memory of its own set aside what the largest cell takes, so that nothing is computed for a run that does
 * not fit. OSS_ERR_MEMORY says what it needs and what would make it smaller. */
oss_status oss_plan_reserve(const oss_plan *plan, const oss_context *context);

/* The axes of a cell as attributes; borrowed texts. Returns how many were filled. */
size_t oss_plan_axes(const oss_planned *planned, int64_t teacher_steps, oss_axis_value axes[OSS_MAX_AXES]);

/* What --dry-run shows, to stdout. */
oss_status oss_plan_print(const oss_plan *plan, const oss_context *context);

#endif

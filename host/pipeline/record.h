// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Plain data that the stages hand on: a schedule, the tables of a search, the record of a finished cell. */
#ifndef OSS_PIPELINE_RECORD_H
#define OSS_PIPELINE_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "host/core/array.h"
#include "host/core/hash.h"
#include "kernels/status.h"

/* Schedules of one budget: one for all samples (rows = 1) or one a sample. A schedule that takes fewer steps than its budget repeats its
 * first entry in front, so that entry M - used is the first real one; the rest is strictly decreasing. All arrays owned. */
typedef struct oss_schedule {
  size_t rows, steps; /* R, M */
  int32_t *index;     /* (R, M+1) indices in the teacher's grid, descending; -1 off the grid */
  double *t;          /* (R, M+1) flow times, descending */
  int32_t *used;      /* (R) real steps, 1..M */
  int32_t *order;     /* (R, M) the order each step was chosen with (orders: best), 0 for repeats; NULL: the solver's own */
  int follow;         /* the student takes those orders; else the solver's own */
  double *start;      /* (R) flow time whose noise level the start has under initial: t (t_N for a schedule found on the grid) */
} oss_schedule;

/* The dynamic programme of one budget: cost and predecessor of every cell, row m - 1 holding m steps. Owned. */
typedef struct oss_tables {
  size_t rows, steps, n; /* R, M, N */
  double *cost;          /* (R, M, N+1); +infinity where unreachable */
  int32_t *from;  /* (R, M, N+1); -1 where unreachable; j itself where carry keeps the row before; the row before's entry there in official,
                     as published */
  int32_t *order; /* (R, M, N+1) the order each cell was reached with; NULL: the solver's own */
} oss_tables;

/* What a search knows of the schedules it returns, over the searched samples; {0}: it claims nothing. */
typedef struct oss_claim {
  int priced;   /* cost is there */
  int bounded;  /* bound and complete are there: the search is exact as far as it came */
  double cost;  /* the objective that was minimised, of the schedules returned (their mean, when there is one a sample) */
  double bound; /* proven: no schedule that the search may return has a lower cost */
  int complete; /* the bound is the cost */
} oss_claim;

/* The cell of another result that a schedule was taken from (transfer); file NULL: it was found here. Owned. */
typedef struct oss_origin {
  char *file, *key, *denoiser, *schedule; /* the cell's key, and two of its axes */
  int64_t cell;                           /* /cells/NNNN */
} oss_origin;

/* What one budget gets. Owned by the caller once returned; oss_found_free. */
typedef struct oss_found {
  oss_schedule schedule;
  oss_tables tables;    /* rows 0: none */
  oss_array per_sample; /* (S, M+1) i32: the schedules that an average was taken of; data NULL: none */
  oss_array pair_cost;  /* (N+1, N+1) f64: what a step from one index to another costs by itself; data NULL: none */
  oss_claim claim;
  oss_origin origin;
  int64_t nfe;    /* denoiser evaluations of a search up to this budget, over all samples; the teacher's not included */
  double seconds; /* and the time of it */
} oss_found;

/* What belongs to a metric of all samples together. */
typedef struct oss_whole {
  const char *against; /* "teacher" or "data"; NULL: a metric with a value a sample */
  size_t samples, references, replicates;
  double std, low, high, confidence; /* of the bootstrap; NaN without replicates */
} oss_whole;

typedef struct oss_metric_values {
  const char *name;   /* borrowed from the registry, like unit */
  size_t repeat;      /* so many of its kind come before it in the config: it is then called NAME_1, NAME_2, ... */
  const char *member; /* its line of YAML, borrowed; NULL: not recorded */
  const char *unit;   /* "dB"; NULL or "" for none */
  int higher_is_better;
  double *values; /* (E), or the one value of all samples; owned. NULL: the metric does not take such samples */
  size_t count;
  oss_whole whole;
} oss_metric_values;

typedef enum oss_cell_status { OSS_CELL_DONE, OSS_CELL_SKIPPED, OSS_CELL_FAILED } oss_cell_status;

/* An axis value of a cell as an attribute: text or number. */
typedef struct oss_axis_value {
  const char *name;
  const char *text; /* NULL: a number */
  int64_t number;
} oss_axis_value;

enum { OSS_MAX_AXES = 16 };

typedef struct oss_record {
  size_t number;            /* /cells/NNNN */
  char key[OSS_HASH_BYTES]; /* hash of everything the cell depends on: --resume keeps a cell only under the same key */
  oss_axis_value axes[OSS_MAX_AXES];
  size_t axis_count;
  size_t teacher; /* /teacher/NNNN */
  oss_cell_status status;
  char *reason;       /* skipped or failed: why; owned, may be NULL */
  int64_t nfe, depth; /* denoiser evaluations a sample, and how many follow one another; the largest of the samples */
  int64_t search_nfe; /* denoiser evaluations of the search for this budget, over all searched samples, the teacher's not included */
  double search_seconds, sample_seconds;
  oss_schedule schedule;
  oss_tables tables;    /* rows 0: not saved */
  oss_array per_sample; /* (S, M+1) i32: the schedules an average was taken of (search/index); data NULL: none */
  oss_array pair_cost;  /* (N+1, N+1) f64: search/pair_cost; data NULL: none */
  oss_claim claim;
  oss_origin origin;
  oss_metric_values *metrics; /* owned */
  size_t metric_count;
  char *left_out;                                   /* metrics that do not take such samples, and why; owned; NULL: none */
  oss_array classes;                                /* (E) i32: each sample's condition; data NULL: unconditional */
  oss_array student, teacher_end;                   /* (E, ...) f32; data NULL: not saved */
  oss_array student_trajectory, teacher_trajectory; /* (points, E, ...) f32 */
  oss_array quantiles, teacher_quantiles;           /* (M+1, 2) and (N+1, 2) f64; data NULL: the sweep calibrates nothing */
  double levels[2];                                 /* which quantiles */
} oss_record;

const char *oss_cell_status_name(oss_cell_status status);
oss_status oss_schedule_create(size_t rows, size_t steps, oss_schedule *out); /* zeroed arrays */
void oss_schedule_free(oss_schedule *schedule);
void oss_tables_free(oss_tables *tables);
void oss_origin_free(oss_origin *origin);
void oss_found_free(oss_found *found);
void oss_record_free(oss_record *record);

#endif

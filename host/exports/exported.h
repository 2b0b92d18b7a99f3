// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* One schedule read back from a result, with where it is from. */
#ifndef OSS_EXPORTS_EXPORTED_H
#define OSS_EXPORTS_EXPORTED_H

#include <stddef.h>
#include <stdint.h>

#include "host/core/text.h"
#include "host/io/list.h"

typedef struct oss_exported_metric {
  char *name;
  oss_io_attribute *values; /* mean, std, count */
  size_t count;
} oss_exported_metric;

typedef struct oss_exported {
  char *file;
  int64_t cell;
  size_t row, rows;                /* row of R */
  size_t budget;                   /* M */
  size_t steps;                    /* real steps, 1..M: repeats of the first entry are left out */
  double *t;                       /* (steps+1) flow times, strictly descending; room for one more */
  int32_t *index;                  /* (steps+1) indices in the teacher's grid, -1 off it or unknown; room for one more */
  double start;                    /* flow time of the noise the start had under initial: t */
  oss_io_attribute *root, *values; /* attributes of the file and of the cell */
  size_t root_count, value_count;
  oss_exported_metric *metrics;
  size_t metric_count;
  oss_text notes; /* what a reader should know, one a line */
} oss_exported;

/* row -1: the only one. OSS_ERR_USAGE for a cell or row that there is not, OSS_ERR_INPUT for a cell without a schedule. */
oss_status oss_exported_load(const char *path, int64_t cell, int64_t row, oss_exported *out);
void oss_exported_free(oss_exported *e);

/* A text attribute of the cell; "" where there is none. */
const char *oss_exported_text(const oss_exported *e, const char *name);

/* The attribute of that name, or NULL. */
const oss_io_attribute *oss_exported_value(const oss_io_attribute *values, size_t count, const char *name);

/* Adds one note. */
void oss_exported_note(oss_exported *e, const char *fmt, ...) OSS_PRINTF(2, 3);

#endif

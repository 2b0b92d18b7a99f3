// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The result file (docs/RESULTS.md), and the folder of finished cells that a run keeps until the result is complete.
 *
 * While it runs, OUTPUT.partial/ holds one small HDF5 file a finished cell (cell-NNNN-KEY.h5, written to a temporary name and renamed), so
 * that a killed run loses at most the cell it was in. At the end they are copied into OUTPUT and the folder is removed. OUTPUT.lock, empty,
 * keeps a second run on the same output out. */
#ifndef OSS_IO_RESULT_H
#define OSS_IO_RESULT_H

#include "host/io/writer.h"
#include "host/pipeline/record.h"

enum { OSS_SCHEMA_VERSION = 1 };

/* A name and a value for the root's attributes: text, or a whole number when text is NULL. */
typedef struct oss_attribute {
  const char *name;
  const char *text;
  int64_t number;
} oss_attribute;

/* One distinct teacher of the sweep: /teacher/NNNN. */
typedef struct oss_teacher_record {
  const char *solver, *grid, *denoiser, *initial; /* one line of YAML each; borrowed */
  int64_t steps;
  int64_t nfe; /* denoiser evaluations computed in this run, over all samples; 0: all came from the cache */
  double seconds;
  const double *t; /* (N+1) ascending; borrowed */
} oss_teacher_record;

/* The folder of finished cells. */
char *oss_partial_path(const char *output); /* OUTPUT.partial; caller frees */

/* Takes OUTPUT for one run, until oss_partial_close: OSS_ERR_IO "OUTPUT: another run is writing it (process N)" while another process has
 * it (OUTPUT.lock; a killed run holds nothing). Makes the folder; without resume an older one is moved to OUTPUT.partial.old. Temporary
 * files OUTPUT.tmp.* of killed runs are removed. */
typedef struct oss_partial oss_partial;
oss_status oss_partial_open(const char *output, int resume, oss_partial **out);
void oss_partial_close(oss_partial *partial); /* NULL-safe */

oss_status oss_partial_write(const char *output, const oss_record *record);

/* Whether a finished (done or skipped) cell under this key exists in the folder or in the complete result OUTPUT; then it is (copied to) a
 * cell file of that number in the folder and *found is 1. A damaged file counts as not there, with a warning. */
oss_status oss_partial_find(const char *output, const char *key, size_t number, int *found);

/* Builds OUTPUT from the cell files numbered 0 .. cells-1 (in order, keys given), with /summary, and removes the folder.
 * A cell's attribute teacher is set to the first teacher of the list whose solver, grid, denoiser, initial and steps are the cell's axes
 * teacher_solver, teacher_grid, denoiser, initial and teacher_steps: a kept cell may come from a sweep that numbered its teachers
 * otherwise. */
oss_status oss_result_write(const char *output, const oss_attribute *attributes, size_t attribute_count, const oss_teacher_record *teachers,
                            size_t teacher_count, const char (*keys)[OSS_HASH_BYTES], size_t cells);

/* Prints a result as a person wants to see it: root attributes, then a table of the cells with their axes that vary, NFE and metrics.
 * cell >= 0: that cell whole, schedule included. To stdout. */
oss_status oss_result_show(const char *path, int64_t cell);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Progress of a run: one line that is rewritten on a terminal, plain lines at most every few seconds elsewhere. */
#ifndef OSS_CORE_PROGRESS_H
#define OSS_CORE_PROGRESS_H

#include <stddef.h>

/* quiet: nothing is printed. */
typedef struct oss_progress {
  int terminal, quiet;
  size_t cells, done;           /* cells of the run, and how many are finished */
  double start, last;           /* oss_now() at the start and at the last line */
  double work_done, work_total; /* estimated denoiser calls, for the time left */
  char stage[96];
} oss_progress;

void oss_progress_begin(oss_progress *progress, size_t cells, double work_total, int quiet);
/* What is being done now, such as "cell 12: search, row 3/20"; shown with the cells done, the time so far and the time left. */
void oss_progress_stage(oss_progress *progress, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Adds work that is done, in the units of work_total. */
void oss_progress_work(oss_progress *progress, double work);
void oss_progress_cell(oss_progress *progress, size_t done);
/* Removes the line from a terminal so that other messages print cleanly. */
void oss_progress_clear(oss_progress *progress);
void oss_progress_end(oss_progress *progress);

#endif

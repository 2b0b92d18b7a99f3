// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Which cell of a result a schedule is taken from: its axes against what is asked for. */
#ifndef OSS_SCHEDULES_MATCH_H
#define OSS_SCHEDULES_MATCH_H

#include "host/io/cells.h"

/* How well a text stands for the value of an axis (one line of YAML), best last. */
typedef enum oss_likeness {
  OSS_UNLIKE,
  OSS_LIKE_PART, /* it occurs in the line */
  OSS_LIKE_FILE, /* it is the name of the value's file, with or without its ending */
  OSS_LIKE_KIND, /* it is the member's kind */
  OSS_LIKE_ALL,  /* it is the line but for the folders of files, which count nowhere above */
  OSS_LIKE_SAME  /* it is the line */
} oss_likeness;
oss_status oss_match_text(const char *value, const char *text, oss_likeness *out);

/* Which values of a text axis answer: those a text stands for best; those that are it; or any (NULL). */
typedef struct oss_asked {
  const char *text;
  int whole; /* the text is the value's line */
} oss_asked;

typedef struct oss_wanted {
  oss_asked denoiser, schedule, solver, teacher_grid;
  int64_t teacher_steps, steps;
  /* Where several cells answer, those that agree in these come before the others. */
  const char *teacher_solver, *initial;
  int64_t seed, samples_search;
} oss_wanted;

/* The cells that answer, all done, of one denoiser, schedule, solver and grid: chosen[count] in the file's order, new memory, at least one.
 * None: OSS_ERR_UNSUPPORTED with what was looked for and what there is. Several values that answer alike: OSS_ERR_CONFIG. path: for
 * messages.
 */
oss_status oss_match_cells(const char *path, const oss_listed_cell *cells, size_t cell_count, const oss_wanted *wanted, size_t **chosen,
                           size_t *count);

#endif

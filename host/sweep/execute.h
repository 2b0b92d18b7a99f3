// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* A sweep from plan to result file. */
#ifndef OSS_SWEEP_EXECUTE_H
#define OSS_SWEEP_EXECUTE_H

#include "host/sweep/plan.h"

typedef struct oss_run_options {
  const char *output; /* the result file */
  int resume;         /* keep cells that are already there */
  const char *argv;   /* the command line, for the record */
} oss_run_options;

typedef struct oss_run_summary {
  size_t done, kept, skipped, failed;
} oss_run_summary;

/* Runs every cell of the plan and writes the result. A cell whose numbers fail (OSS_ERR_NUMERIC, OSS_ERR_MEMORY) is recorded as failed and
 * the sweep goes on; anything else ends it, with the finished cells kept beside the output for --resume. */
oss_status oss_sweep_run(oss_context *context, const oss_plan *plan, const oss_run_options *options, oss_run_summary *summary);

#endif

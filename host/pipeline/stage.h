// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Stages of a run on a profiler's timeline, ended whatever came of them:
 *   OSS_TRY(oss_stage_begin(be, "teacher"));
 *   return oss_stage_end(be, work()); */
#ifndef OSS_PIPELINE_STAGE_H
#define OSS_PIPELINE_STAGE_H

#include "kernels/backend.h"

static inline oss_status oss_stage_begin(oss_backend *be, const char *name) {
  return be->ops->stage_begin(be, name);
}

/* Returns the status of the work, or of the end. */
static inline oss_status oss_stage_end(oss_backend *be, oss_status status) {
  oss_status ended = be->ops->stage_end(be);
  return status != OSS_OK ? status : ended;
}

#endif

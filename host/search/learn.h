// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Times that minimise the error at the end of sampling, without derivatives of the denoiser. */
#ifndef OSS_SEARCH_LEARN_H
#define OSS_SEARCH_LEARN_H

#include "host/search/search.h"

typedef enum oss_learner { OSS_LEARN_SBPLX, OSS_LEARN_BOBYQA, OSS_LEARN_COBYLA, OSS_LEARN_LBFGS } oss_learner;

typedef struct oss_learn_options {
  oss_learner optimizer;
  int64_t evaluations; /* of the objective, at least 1 */
  double tolerance;    /* relative change of the error that counts as none; 0: all evaluations are used */
  double p;            /* exponent of the error */
  int log;             /* mean of the log error instead of the mean error */
} oss_learn_options;

/* Changes the times of schedule (one row) between its first and last for the better on the searched samples; the same schedule when none is
 * found. *cost: its error, the geometric mean under log; *calls: denoiser calls taken, over all samples. OSS_ERR_NUMERIC when the schedule
 * to begin with has no finite error. */
oss_status oss_learn(const oss_search_input *input, const oss_learn_options *options, oss_schedule *schedule, double *cost, int64_t *calls);

/* Backend and host memory taken meanwhile. */
oss_bytes oss_learn_bytes(const oss_search_input *input, size_t steps);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* From samples to the features that a metric of two sets compares; and the products of matrices that takes. Row-major, double. */
#ifndef OSS_METRICS_FEATURES_H
#define OSS_METRICS_FEATURES_H

#include "host/metrics/distribution.h"

/* out(n, m) = a(n, d) b(m, d)^T: blocks of rows in parallel, the same bits with any number of threads. */
void oss_product(int threads, size_t n, size_t m, size_t d, const double *a, const double *b, double *out);

/* The options: OSS_ERR_CONFIG or OSS_ERR_INPUT where they do not fit the samples, OSS_ERR_UNSUPPORTED where there are too few of them. */
oss_status oss_features_check(const oss_member *member, const oss_metric_scope *scope);

/* How many features there are, and what making them takes besides x and y; for a checked member. */
oss_status oss_features_plan(const oss_member *member, const oss_metric_scope *scope, size_t *count, oss_bytes *bytes);

/* Fills n, m, d, x and y of sets; x and y are new memory, y behind x in the same block. */
oss_status oss_features_make(const oss_member *member, const oss_sample_sets *samples, oss_distribution *sets);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The bootstrap: how far a statistic of two sets moves when their samples are drawn again. */
#ifndef OSS_METRICS_BOOTSTRAP_H
#define OSS_METRICS_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/status.h"

typedef struct oss_resampling {
  int paired;        /* the sets belong together sample by sample (n = m): both get the same counts */
  size_t replicates; /* 0, or at least 2 */
  double confidence;
  int threads;
} oss_resampling;

typedef struct oss_estimate {
  double value;
  double std, low, high; /* of the replicates; NaN without them */
  double confidence;
  size_t replicates;
} oss_estimate;

/* A statistic of sets in which sample i stands x_counts[i] (y_counts[i]) times; the counts add up to n and m. work: memory of its own.
 * Called by several threads at a time. */
typedef oss_status oss_statistic(const void *problem, const uint32_t *x_counts, const uint32_t *y_counts, void *work, double *out);

/* The statistic of the sets as they are, and of resampled ones: std is the replicates' standard deviation; low and high are their
 * percentiles about their median, moved to the value (docs/DERIVATIONS.md, metrics). The draws depend on (replicate, set, draw) alone, so
 * equal sizes are resampled alike everywhere; sets of at least two samples are drawn again until they hold two different ones.
 * work_bytes: for one call. Errors: those of the statistic, OSS_ERR_MEMORY, OSS_ERR_NUMERIC when a value is not finite. */
oss_status oss_bootstrap(const oss_resampling *plan, size_t n, size_t m, oss_statistic *statistic, const void *problem, size_t work_bytes,
                         oss_estimate *out);

/* Memory of that. */
size_t oss_bootstrap_bytes(const oss_resampling *plan, size_t n, size_t m, size_t work_bytes);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/metrics/bootstrap.h"

#include <Random123/philox.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/order.h"
#include "host/core/streams.h"

/* What one thread works in. */
typedef struct scratch {
  uint32_t *x, *y;
  void *work;
} scratch;

static void free_scratch(scratch *b) {
  free(b->x);
  free(b->y);
  free(b->work);
}

static int make_scratch(size_t n, size_t m, size_t work_bytes, scratch *b) {
  *b = (scratch){.x = malloc(n * sizeof *b->x), .y = malloc(m * sizeof *b->y), .work = malloc(work_bytes > 0 ? work_bytes : 1)};
  return b->x != NULL && b->y != NULL && b->work != NULL;
}

/* n draws of 0 .. n - 1 as counts. set: 0 or 1. */
static void draw_once(size_t n, uint32_t replicate, uint32_t set, uint32_t attempt, uint32_t *counts) {
  philox4x32_key_t key = {{set, attempt}};
  memset(counts, 0, n * sizeof *counts);
  for (size_t k = 0; k < n; k += 4) {
    philox4x32_ctr_t counter = {{(uint32_t)(k / 4), OSS_STREAM_BOOTSTRAP, replicate, 0}};
    philox4x32_ctr_t words = philox4x32(counter, key);
    for (size_t i = 0; i < 4 && k + i < n; i++) counts[(size_t)(((uint64_t)words.v[i] * n) >> 32)]++;
  }
}

static void draw(size_t n, uint32_t replicate, uint32_t set, uint32_t *counts) {
  for (uint32_t attempt = 0;; attempt++) {
    size_t different = 0;
    draw_once(n, replicate, set, attempt, counts);
    for (size_t i = 0; i < n; i++) different += counts[i] > 0;
    if (different > 1 || n < 2) return;
  }
}

static oss_status one_value(oss_statistic *statistic, const void *problem, const scratch *b, double *out) {
  *out = NAN;
  OSS_TRY(statistic(problem, b->x, b->y, b->work, out));
  return isfinite(*out) ? OSS_OK : oss_fail(OSS_ERR_NUMERIC, "its value is not a finite number");
}

static void describe(double *values, size_t count, double confidence, oss_estimate *out) {
  double mean = 0.0, squares = 0.0;
  for (size_t b = 0; b < count; b++) mean += values[b] / (double)count;
  for (size_t b = 0; b < count; b++) squares += (values[b] - mean) * (values[b] - mean);
  oss_sort(values, count);
  double middle = oss_quantile_of_sorted(values, count, 0.5);
  out->std = sqrt(squares / (double)(count - 1));
  out->low = out->value + oss_quantile_of_sorted(values, count, (1.0 - confidence) / 2.0) - middle;
  out->high = out->value + oss_quantile_of_sorted(values, count, (1.0 + confidence) / 2.0) - middle;
}

/* The replicates of one thread. */
static oss_status replicate(const oss_resampling *plan, size_t n, size_t m, oss_statistic *statistic, const void *problem, const scratch *b,
                            uint32_t number, double *out) {
  draw(n, number, 0, b->x);
  if (plan->paired)
    memcpy(b->y, b->x, n * sizeof *b->x);
  else
    draw(m, number, 1, b->y);
  return one_value(statistic, problem, b, out);
}

/* Fills values[plan->replicates]. A failure's message stays with the thread it happened on, so it is made again here. */
static oss_status replicate_all(const oss_resampling *plan, size_t n, size_t m, oss_statistic *statistic, const void *problem,
                                size_t work_bytes, double *values) {
  oss_status failure = OSS_OK;
#pragma omp parallel num_threads(plan->threads)
  {
    scratch b;
    oss_status mine = make_scratch(n, m, work_bytes, &b) ? OSS_OK : OSS_ERR_MEMORY;
#pragma omp for schedule(static)
    for (size_t r = 0; r < plan->replicates; r++)
      if (mine == OSS_OK) mine = replicate(plan, n, m, statistic, problem, &b, (uint32_t)r, &values[r]);
    free_scratch(&b);
#pragma omp critical(oss_bootstrap_failure)
    if (mine != OSS_OK) failure = mine;
  }
  return failure == OSS_OK ? OSS_OK : oss_fail(failure, "the bootstrap of %zu and %zu samples: %s", n, m, oss_status_name(failure));
}

oss_status oss_bootstrap(const oss_resampling *plan, size_t n, size_t m, oss_statistic *statistic, const void *problem, size_t work_bytes,
                         oss_estimate *out) {
  scratch b;
  double *values = malloc((plan->replicates + 1) * sizeof *values);
  oss_status status = OSS_OK;
  *out = (oss_estimate){.value = NAN, .std = NAN, .low = NAN, .high = NAN, .confidence = plan->confidence, .replicates = plan->replicates};
  if (!make_scratch(n, m, work_bytes, &b) || values == NULL) {
    status = oss_fail(OSS_ERR_MEMORY, "sets of %zu and %zu samples", n, m);
    goto done;
  }
  for (size_t i = 0; i < n; i++) b.x[i] = 1;
  for (size_t i = 0; i < m; i++) b.y[i] = 1;
  OSS_TRY_TO(done, one_value(statistic, problem, &b, &out->value));
  if (plan->replicates == 0) goto done;
  OSS_TRY_TO(done, replicate_all(plan, n, m, statistic, problem, work_bytes, values));
  describe(values, plan->replicates, plan->confidence, out);
done:
  free_scratch(&b);
  free(values);
  return status;
}

size_t oss_bootstrap_bytes(const oss_resampling *plan, size_t n, size_t m, size_t work_bytes) {
  size_t threads = plan->replicates > 0 ? (size_t)plan->threads + 1 : 1;
  return threads * (work_bytes + (n + m) * sizeof(uint32_t)) + plan->replicates * sizeof(double);
}

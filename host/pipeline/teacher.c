// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/pipeline/teacher.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/log.h"
#include "host/core/version.h"
#include "host/io/cache.h"
#include "host/pipeline/sample.h"
#include "host/pipeline/stage.h"

struct oss_teacher {
  const oss_problem *problem;
  size_t first, samples, points;
  char *cache_path, *description; /* cache_path NULL: none, or it failed */
  int stored;                     /* the cache holds all samples */
  oss_buffer states;              /* [points][held_count][D] */
  size_t held_first, held_count;  /* held_count 0: nothing yet */
  oss_progress *progress;
  int64_t nfe;
  double seconds;
};

/* Everything the states depend on, as text. The bits depend on the backend too. */
static char *describe(const oss_teacher *t) {
  const oss_problem *p = t->problem;
  char grid[OSS_HASH_BYTES];
  oss_hash_memory(p->grid.t, ((size_t)p->grid.n + 1) * sizeof *p->grid.t, grid);
  return oss_format(
      "ossbench teacher 1\ndenoiser %s %s\ngrid %s\nsolver %s\ninitial %s\nseed %llu\nnoise %s %s\nsamples %zu %zu\npoints %zu\n"
      "numerics %s %s\n",
      p->denoiser_member->desc->name, p->denoiser->content, grid, p->teacher_solver->yaml, p->initial->yaml, (unsigned long long)p->seed,
      p->noise_content, p->noise_file != NULL ? p->noise_dataset : "philox", t->first, t->samples, t->points, p->be->numerics,
      oss_algorithm_hash());
}

static oss_status check_finite(const oss_teacher *t, const float *states, size_t count, double *host, double *scratch) {
  const oss_problem *p = t->problem;
  const float *end = states;
  OSS_TRY(p->be->ops->row_error(p->be, count, p->elements, 2.0, end, end, scratch));
  OSS_TRY(p->be->ops->download(p->be, count * sizeof *host, scratch, host));
  for (size_t i = 0; i < count; i++)
    if (!(host[i] == 0.0))
      return oss_fail(OSS_ERR_NUMERIC, "teacher %s on %s: the end state of sample %zu is not finite", p->teacher_solver->yaml,
                      p->denoiser_member->yaml, t->first + t->held_first + i);
  return OSS_OK;
}

/* Walks one batch of samples into states. */
static oss_status walk_batch(oss_teacher *t, size_t first, size_t count) {
  const oss_problem *p = t->problem;
  size_t n = (size_t)p->grid.n, state = count * p->elements;
  double start_time = oss_now();
  double *times = malloc((n + 1 + count) * sizeof *times);
  oss_buffer x = {0}, labels = {0}, scratch = {0};
  oss_status status;
  if (times == NULL) return oss_fail(OSS_ERR_MEMORY, "teacher times");
  double *start = times + n + 1;
  for (size_t i = 0; i <= n; i++) times[i] = p->grid.t[n - i];
  for (size_t i = 0; i < count; i++) start[i] = p->grid.t[n];
  OSS_TRY_TO(done, oss_buffer_create(p->be, "teacher state", state, sizeof(float), &x));
  OSS_TRY_TO(done, oss_buffer_create(p->be, "finite check", count, sizeof(double), &scratch));
  OSS_TRY_TO(done, oss_problem_labels(p, t->first + first, count, 1, &labels));
  OSS_TRY_TO(done, oss_problem_start(p, t->first + first, count, start, x.data));
  oss_walk walk = {.solver = p->teacher_solver, .rows = 1, .steps = n, .t = times};
  if (t->progress != NULL) oss_progress_stage(t->progress, "teacher, samples %zu to %zu", t->first + first, t->first + first + count - 1);
  OSS_TRY_TO(done, oss_sample(p, &walk, count, labels.data, x.data, t->points > 1 ? t->states.data : NULL, 1, t->progress));
  if (t->points == 1) OSS_TRY_TO(done, p->be->ops->copy(p->be, state * sizeof(float), x.data, t->states.data));
  t->held_first = first;
  t->held_count = count;
  status = check_finite(t, t->states.data, count, start, scratch.data);
  t->nfe += (int64_t)count * oss_grid_calls(p->teacher_solver, &p->grid) * p->denoiser->evaluations;
  t->seconds += oss_now() - start_time;
done:
  if (status != OSS_OK) t->held_count = 0;
  oss_buffer_destroy(&x);
  oss_buffer_destroy(&labels);
  oss_buffer_destroy(&scratch);
  free(times);
  return status;
}

static oss_status compute(oss_teacher *t, size_t first, size_t count) {
  OSS_TRY(oss_stage_begin(t->problem->be, "teacher"));
  return oss_stage_end(t->problem->be, walk_batch(t, first, count));
}

static size_t batch_count(const oss_teacher *t, size_t first) {
  size_t left = t->samples - first;
  return left < t->problem->batch ? left : t->problem->batch;
}

/* Point by point, so that no second copy of a trajectory is needed on the host. */
static oss_status store_batch(oss_teacher *t, oss_cache_writer *writer, float *host) {
  size_t state = t->held_count * t->problem->elements;
  for (size_t point = 0; point < t->points; point++) {
    OSS_TRY(oss_buffer_download(&t->states, point * state * sizeof *host, state * sizeof *host, host));
    OSS_TRY(oss_cache_add(writer, point, t->held_first, t->held_count, host));
  }
  return OSS_OK;
}

/* Computes all batches into the cache. *written is 0 when only the storing failed: then the states are made again when they are asked for.
 */
static oss_status compute_all(oss_teacher *t, int *written) {
  oss_cache_writer *writer = NULL;
  oss_status status = OSS_OK, stored;
  float *host = malloc(batch_count(t, 0) * t->problem->elements * sizeof *host);
  if (host == NULL) return oss_fail(OSS_ERR_MEMORY, "staging of the teacher's states");
  stored = oss_cache_begin(t->cache_path, t->description, t->points, t->samples, t->problem->elements, &writer);
  for (size_t first = 0; first < t->samples && stored == OSS_OK; first += t->problem->batch) {
    OSS_TRY_TO(done, compute(t, first, batch_count(t, first)));
    stored = store_batch(t, writer, host);
  }
  if (stored == OSS_OK) {
    stored = oss_cache_finish(writer);
    writer = NULL;
  }
  if (stored != OSS_OK) oss_log_warning("teacher not kept for later runs: %s", oss_message());
  *written = stored == OSS_OK;
done:
  oss_cache_abort(writer);
  free(host);
  return status;
}

oss_status oss_teacher_create(const oss_problem *problem, size_t first, size_t samples, int end_only, const char *cache,
                              oss_progress *progress, oss_teacher **out) {
  oss_status status;
  *out = NULL;
  oss_teacher *t = calloc(1, sizeof *t);
  if (t == NULL) return oss_fail(OSS_ERR_MEMORY, "teacher");
  *t = (oss_teacher){.problem = problem, .first = first, .samples = samples, .progress = progress};
  t->points = end_only ? 1 : (size_t)problem->grid.n + 1;
  OSS_TRY_TO(failed, oss_buffer_create(problem->be, "teacher trajectory", t->points * batch_count(t, 0) * problem->elements, sizeof(float),
                                       &t->states));
  t->description = describe(t);
  if (t->description == NULL) {
    status = oss_fail(OSS_ERR_MEMORY, "teacher description");
    goto failed;
  }
  if (cache != NULL) {
    t->cache_path = oss_cache_path(cache, t->description);
    OSS_TRY_TO(failed, oss_cache_check(t->cache_path, t->description, t->points, samples, problem->elements, &t->stored));
    if (!t->stored) OSS_TRY_TO(failed, compute_all(t, &t->stored));
  }
  *out = t;
  return OSS_OK;
failed:
  oss_teacher_destroy(t);
  return status;
}

void oss_teacher_destroy(oss_teacher *t) {
  if (t == NULL) return;
  oss_buffer_destroy(&t->states);
  free(t->cache_path);
  free(t->description);
  free(t);
}

static oss_status load_batch(oss_teacher *t, size_t first, size_t count) {
  size_t state = count * t->problem->elements;
  float *host = malloc(state * sizeof *host);
  oss_status status = OSS_OK;
  if (host == NULL) return oss_fail(OSS_ERR_MEMORY, "staging of the teacher's states");
  t->held_count = 0;
  for (size_t point = 0; point < t->points; point++) {
    OSS_TRY_TO(done, oss_cache_read(t->cache_path, point, first, count, t->problem->elements, host));
    OSS_TRY_TO(done, oss_buffer_upload(&t->states, point * state * sizeof *host, state * sizeof *host, host));
  }
  t->held_first = first;
  t->held_count = count;
done:
  free(host);
  return status;
}

oss_status oss_teacher_states(oss_teacher *t, size_t first, size_t count, const float **out) {
  *out = NULL;
  if (first % t->problem->batch != 0 || first >= t->samples || count != batch_count(t, first))
    return oss_fail(OSS_ERR_INTERNAL, "teacher: samples %zu to %zu are not one of its batches", first, first + count);
  if (t->held_count == 0 || t->held_first != first) {
    if (t->stored)
      OSS_TRY(load_batch(t, first, count));
    else
      OSS_TRY(compute(t, first, count));
  }
  *out = t->states.data;
  return OSS_OK;
}

size_t oss_teacher_points(const oss_teacher *t) {
  return t->points;
}

int64_t oss_teacher_nfe(const oss_teacher *t) {
  return t->nfe;
}

double oss_teacher_seconds(const oss_teacher *t) {
  return t->seconds;
}

oss_bytes oss_teacher_bytes(const oss_problem *problem, size_t count, int end_only) {
  size_t points = end_only ? 1 : (size_t)problem->grid.n + 1, state = count * problem->elements * sizeof(float);
  return oss_bytes_of((points + 1) * state, state); /* the states and one that walks; one staged */
}

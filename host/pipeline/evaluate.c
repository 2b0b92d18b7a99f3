// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/pipeline/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/log.h"
#include "host/pipeline/sample.h"
#include "host/pipeline/score.h"
#include "host/pipeline/stage.h"

/* Memory of one batch. */
typedef struct scorer {
  const oss_evaluation *e;
  const oss_schedule *schedule;
  oss_record *record;
  oss_buffer x, points, scratch, labels;
  double *start; /* host (batch) */
} scorer;

static size_t batch_of(const oss_evaluation *e) {
  return e->samples < e->problem->batch ? e->samples : e->problem->batch;
}

static void close_scorer(scorer *s) {
  oss_buffer_destroy(&s->x);
  oss_buffer_destroy(&s->points);
  oss_buffer_destroy(&s->scratch);
  oss_buffer_destroy(&s->labels);
  free(s->start);
}

/* Whether the points between start and end are kept while a batch is at hand. */
static int keeps_points(const oss_evaluation *e) {
  return (e->save & OSS_SAVE_TRAJECTORY) != 0 || oss_score_needs_of(e->metrics).points;
}

static oss_status open_scorer(scorer *s) {
  const oss_problem *p = s->e->problem;
  size_t batch = batch_of(s->e), points = s->schedule->steps + 1;
  s->start = malloc(batch * sizeof *s->start);
  if (s->start == NULL) return oss_fail(OSS_ERR_MEMORY, "evaluation");
  OSS_TRY(oss_buffer_create(p->be, "student state", batch * p->elements, sizeof(float), &s->x));
  OSS_TRY(oss_buffer_create(p->be, "metric values", batch, sizeof(double), &s->scratch));
  if (!keeps_points(s->e)) return OSS_OK;
  return oss_buffer_create(p->be, "student trajectory", points * batch * p->elements, sizeof(float), &s->points);
}

/* An array (E, ...) or, with points > 0, (points, E, ...) of states. */
static oss_status make_array(const oss_evaluation *e, size_t points, oss_array *out) {
  const oss_problem *p = e->problem;
  oss_array a = {.type = OSS_F32};
  if (points > 0) a.dims[a.rank++] = points;
  a.dims[a.rank++] = e->samples;
  if (p->rank > OSS_MAX_SAMPLE_RANK) return oss_fail(OSS_ERR_INTERNAL, "samples of rank %d", p->rank);
  for (int i = 0; i < p->rank; i++) a.dims[a.rank++] = p->dims[i];
  a.data = malloc(oss_array_count(&a) * sizeof(float));
  if (a.data == NULL) return oss_fail(OSS_ERR_MEMORY, "saved states (%.1f MiB)", (double)oss_array_count(&a) / 262144.0);
  *out = a;
  return OSS_OK;
}

/* The condition of each scored sample, for the record; left out where there is none. */
static oss_status keep_classes(const oss_evaluation *e, oss_array *out) {
  oss_array a = {.type = OSS_I32, .rank = 1, .dims = {e->samples}, .data = malloc(e->samples * sizeof(int32_t))};
  if (a.data == NULL) return oss_fail(OSS_ERR_MEMORY, "classes");
  oss_status status = oss_denoiser_labels(e->problem->denoiser, e->problem->seed, e->first, e->samples, a.data);
  if (status == OSS_OK && ((const int32_t *)a.data)[0] >= 0)
    *out = a;
  else
    oss_array_free(&a);
  return status;
}

/* A table of quantiles (rows, 2), zeroed. */
static oss_status make_quantiles(size_t rows, oss_array *out) {
  oss_array a = {.type = OSS_F64, .rank = 2, .dims = {rows, 2}, .data = calloc(2 * rows, sizeof(double))};
  if (a.data == NULL) return oss_fail(OSS_ERR_MEMORY, "quantiles");
  *out = a;
  return OSS_OK;
}

static oss_status keep_quantiles(const oss_calibration *c, size_t steps, oss_record *r) {
  if (c == NULL) return OSS_OK;
  OSS_TRY(make_quantiles(steps + 1, &r->quantiles));
  OSS_TRY(make_quantiles(c->points, &r->teacher_quantiles));
  memcpy(r->teacher_quantiles.data, c->quantile, 2 * c->points * sizeof(double));
  memcpy(r->levels, c->level, sizeof r->levels);
  return OSS_OK;
}

static oss_status prepare_record(const oss_evaluation *e, const oss_schedule *schedule, oss_record *r) {
  oss_score_needs needs = oss_score_needs_of(e->metrics);
  int samples = (e->save & OSS_SAVE_SAMPLES) != 0;
  OSS_TRY(oss_score_begin(e, r));
  OSS_TRY(keep_classes(e, &r->classes));
  OSS_TRY(keep_quantiles(e->calibration, schedule->steps, r));
  if (samples || needs.student_ends) OSS_TRY(make_array(e, 0, &r->student));
  if (samples || needs.teacher_ends) OSS_TRY(make_array(e, 0, &r->teacher_end));
  if (e->save & OSS_SAVE_TRAJECTORY) {
    OSS_TRY(make_array(e, schedule->steps + 1, &r->student_trajectory));
    OSS_TRY(make_array(e, oss_teacher_points(e->teacher), &r->teacher_trajectory));
  }
  return OSS_OK;
}

/* Copies [points][count][D] (backend) to samples first .. of a (points, E, ...) array; reverse: the source's last point comes first. */
static oss_status save_points(const oss_evaluation *e, size_t points, size_t first, size_t count, int reverse, const float *in,
                              oss_array *out) {
  oss_backend *be = e->problem->be;
  size_t d = e->problem->elements;
  if (out->data == NULL) return OSS_OK;
  for (size_t i = 0; i < points; i++) {
    const float *from = in + (reverse ? points - 1 - i : i) * count * d;
    OSS_TRY(be->ops->download(be, count * d * sizeof(float), from, (float *)out->data + (i * e->samples + first) * d));
  }
  return OSS_OK;
}

static oss_status evaluate_batch(scorer *s, size_t first, size_t count) {
  const oss_evaluation *e = s->e;
  const oss_problem *p = e->problem;
  const oss_schedule *schedule = s->schedule;
  size_t row = schedule->rows == 1 ? 0 : first;
  const float *teacher;
  double begin = oss_now();
  for (size_t i = 0; i < count; i++) s->start[i] = schedule->start[schedule->rows == 1 ? 0 : first + i];
  OSS_TRY(oss_problem_start(p, e->first + first, count, s->start, s->x.data));
  oss_buffer_destroy(&s->labels);
  OSS_TRY(oss_problem_labels(p, e->first + first, count, 1, &s->labels));
  oss_walk walk = {.solver = e->solver,
                   .rows = schedule->rows == 1 ? 1 : count,
                   .steps = schedule->steps,
                   .t = schedule->t + row * (schedule->steps + 1),
                   .used = schedule->used + row,
                   .order = schedule->follow ? schedule->order + row * schedule->steps : NULL,
                   .calibration = e->calibration,
                   .seen = s->record->quantiles.data};
  OSS_TRY(oss_sample(p, &walk, count, s->labels.data, s->x.data, s->points.data, 0, e->progress));
  OSS_TRY(p->be->ops->finish(p->be));
  s->record->sample_seconds += oss_now() - begin;
  OSS_TRY(save_points(e, schedule->steps + 1, first, count, 0, s->points.data, &s->record->student_trajectory));
  OSS_TRY(oss_teacher_states(e->teacher, first, count, &teacher));
  OSS_TRY(save_points(e, oss_teacher_points(e->teacher), first, count, 1, teacher, &s->record->teacher_trajectory));
  OSS_TRY(save_points(e, 1, first, count, 0, s->x.data, &s->record->student));
  OSS_TRY(save_points(e, 1, first, count, 0, teacher, &s->record->teacher_end)); /* index 0, the end, comes first */
  oss_score_batch batch = {.first = first,
                           .count = count,
                           .student = s->x.data,
                           .teacher = teacher,
                           .student_points = s->points.data,
                           .scratch = s->scratch.data};
  OSS_TRY(oss_stage_begin(p->be, "metrics"));
  return oss_stage_end(p->be, oss_score_add(e, schedule, &batch, s->record));
}

/* The metrics of all samples; end states that only they wanted go. */
static oss_status finish(const oss_evaluation *e, oss_record *r) {
  OSS_TRY(oss_stage_begin(e->problem->be, "metrics"));
  OSS_TRY(oss_stage_end(e->problem->be, oss_score_finish(e, r->student.data, r->teacher_end.data, r)));
  if (e->save & OSS_SAVE_SAMPLES) return OSS_OK;
  oss_array_free(&r->student);
  oss_array_free(&r->teacher_end);
  return OSS_OK;
}

static oss_status evaluate(const oss_evaluation *e, const oss_schedule *schedule, oss_record *record) {
  scorer s = {.e = e, .schedule = schedule, .record = record};
  oss_status status;
  if (schedule->rows != 1 && schedule->rows != e->samples)
    return oss_fail(OSS_ERR_INTERNAL, "evaluate: %zu schedules for %zu samples", schedule->rows, e->samples);
  oss_walk walk = {.solver = e->solver, .rows = schedule->rows, .steps = schedule->steps, .t = schedule->t, .used = schedule->used};
  for (size_t r = 0; r < schedule->rows; r++) {
    int64_t calls = oss_walk_calls(&walk, r);
    if (calls > record->depth) record->depth = calls;
  }
  record->nfe = record->depth * e->problem->denoiser->evaluations;
  OSS_TRY(prepare_record(e, schedule, record));
  OSS_TRY_TO(done, open_scorer(&s));
  for (size_t first = 0; first < e->samples; first += batch_of(e)) {
    size_t left = e->samples - first;
    OSS_TRY_TO(done, evaluate_batch(&s, first, left < batch_of(e) ? left : batch_of(e)));
  }
  for (size_t i = 0; i < oss_array_count(&record->quantiles) && record->quantiles.data != NULL; i++)
    ((double *)record->quantiles.data)[i] /= (double)e->samples;
  status = finish(e, record);
done:
  close_scorer(&s);
  return status;
}

oss_status oss_evaluate(const oss_evaluation *e, const oss_schedule *schedule, oss_record *record) {
  OSS_TRY(oss_stage_begin(e->problem->be, "evaluate"));
  return oss_stage_end(e->problem->be, evaluate(e, schedule, record));
}

oss_bytes oss_evaluate_bytes(const oss_evaluation *e, size_t steps) {
  const oss_problem *p = e->problem;
  size_t state = p->elements * sizeof(float), batch = batch_of(e);
  size_t device = batch * (state + sizeof(double) + sizeof(int32_t)), host = 0;
  oss_bytes bytes = oss_bytes_add(oss_sample_bytes(p, e->solver, batch, batch, steps), oss_score_bytes(e));
  if (e->calibration != NULL) {
    bytes = oss_bytes_add(bytes, oss_calibrator_bytes(batch));
    host += 2 * (steps + 2 + (size_t)p->grid.n) * sizeof(double);
  }
  if (e->save & OSS_SAVE_SAMPLES) host += 2 * e->samples * state;
  if (keeps_points(e)) device += (steps + 1) * batch * state;
  if (e->save & OSS_SAVE_TRAJECTORY) host += (steps + 2 + e->teacher_steps) * e->samples * state;
  return oss_bytes_add(bytes, oss_bytes_of(device, host));
}

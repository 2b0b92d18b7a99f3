// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/pipeline/score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/threads.h"
#include "host/metrics/distribution.h"

oss_score_needs oss_score_needs_of(const oss_members *metrics) {
  oss_score_needs needs = {0};
  for (size_t i = 0; i < metrics->count; i++) {
    const oss_member *metric = metrics->at[i];
    const oss_metric_desc *desc = oss_metric_desc_of(metric);
    needs.points |= desc->needs_points;
    if (desc->compare == NULL) continue;
    needs.student_ends = 1;
    needs.teacher_ends |= !oss_distribution_takes_data(metric);
  }
  return needs;
}

static oss_metric_scope scope_of(const oss_evaluation *e) {
  const oss_problem *p = e->problem;
  return (oss_metric_scope){.be = p->be,
                            .samples = e->samples,
                            .elements = p->elements,
                            .rank = p->rank,
                            .dims = p->dims,
                            .has_data = p->denoiser->desc->data != NULL,
                            .data_points = p->denoiser->data_points,
                            .threads = oss_host_threads(p->be)};
}

/* flags: NULL, or whether each metric can be taken. */
static oss_status check_all(const oss_evaluation *e, char **left_out, int *flags) {
  oss_metric_scope scope = scope_of(e);
  oss_text text = {0};
  oss_status status = OSS_OK;
  size_t taken = 0;
  *left_out = NULL;
  for (size_t m = 0; m < e->metrics->count && status == OSS_OK; m++) {
    status = oss_metric_check(e->metrics->at[m], &scope);
    taken += status == OSS_OK;
    if (flags != NULL) flags[m] = status == OSS_OK;
    if (status != OSS_ERR_UNSUPPORTED) continue;
    oss_text_add(&text, "%s%s", text.length > 0 ? "; " : "", oss_message());
    status = OSS_OK;
  }
  if (status == OSS_OK && text.length > 0) status = oss_text_take(&text, left_out);
  oss_text_free(&text);
  if (status == OSS_OK && taken == 0) {
    status = oss_fail(OSS_ERR_UNSUPPORTED, "%s", *left_out);
    free(*left_out);
    *left_out = NULL;
  }
  return status;
}

oss_status oss_score_check(const oss_evaluation *e, char **left_out) {
  return check_all(e, left_out, NULL);
}

oss_status oss_score_begin(const oss_evaluation *e, oss_record *r) {
  const oss_members *metrics = e->metrics;
  oss_status status;
  r->metrics = calloc(metrics->count, sizeof *r->metrics);
  if (r->metrics == NULL) return oss_fail(OSS_ERR_MEMORY, "metrics");
  r->metric_count = metrics->count;
  int *taken = calloc(metrics->count, sizeof *taken);
  if (taken == NULL) return oss_fail(OSS_ERR_MEMORY, "metrics");
  OSS_TRY_TO(done, check_all(e, &r->left_out, taken));
  for (size_t m = 0; m < metrics->count; m++) {
    const oss_metric_desc *desc = oss_metric_desc_of(metrics->at[m]);
    oss_metric_values *v = &r->metrics[m];
    v->name = desc->base.name;
    v->member = metrics->at[m]->yaml;
    v->unit = desc->unit;
    v->higher_is_better = desc->higher_is_better;
    v->count = desc->compare != NULL ? 1 : e->samples;
    for (size_t i = 0; i < m; i++) v->repeat += metrics->at[i]->desc == metrics->at[m]->desc;
    if (!taken[m]) continue;
    v->values = malloc(v->count * sizeof(double));
    if (v->values == NULL) {
      status = oss_fail(OSS_ERR_MEMORY, "metrics");
      goto done;
    }
  }
done:
  free(taken);
  return status;
}

oss_status oss_score_add(const oss_evaluation *e, const oss_schedule *schedule, const oss_score_batch *batch, oss_record *record) {
  const oss_problem *p = e->problem;
  size_t row = schedule->rows == 1 ? 0 : batch->first;
  oss_metric_input input = {.be = p->be,
                            .rows = batch->count,
                            .elements = p->elements,
                            .rank = p->rank,
                            .dims = p->dims,
                            .data_range = p->denoiser->data_range,
                            .student = batch->student,
                            .teacher = batch->teacher,
                            .scratch = batch->scratch,
                            .student_points = batch->student_points,
                            .teacher_points = batch->teacher,
                            .schedules = schedule->rows == 1 ? 1 : batch->count,
                            .steps = schedule->steps,
                            .index = schedule->index + row * (schedule->steps + 1),
                            .used = schedule->used + row};
  for (size_t m = 0; m < e->metrics->count; m++) {
    const oss_member *metric = e->metrics->at[m];
    if (oss_metric_desc_of(metric)->evaluate == NULL || record->metrics[m].values == NULL) continue;
    double *values = record->metrics[m].values + batch->first;
    OSS_TRY(oss_metric_evaluate(metric, &input, values));
    for (size_t i = 0; i < batch->count; i++)
      if (isnan(values[i]))
        return oss_fail(OSS_ERR_NUMERIC, "metric %s of sample %zu is not a number: the student's states are not finite", metric->desc->name,
                        e->first + batch->first + i);
  }
  return OSS_OK;
}

/* One metric of all samples. */
static oss_status compare(const oss_evaluation *e, const oss_member *metric, const float *student, const float *teacher,
                          oss_metric_values *out) {
  const oss_problem *p = e->problem;
  oss_metric_scope scope = scope_of(e);
  int from_data = oss_distribution_takes_data(metric);
  oss_sample_sets sets = {.be = p->be,
                          .students = e->samples,
                          .references = oss_distribution_references(metric, &scope),
                          .elements = p->elements,
                          .student = student,
                          .reference = teacher,
                          .paired = !from_data,
                          .threads = scope.threads};
  float *data = from_data ? malloc(sets.references * p->elements * sizeof *data) : NULL;
  oss_status status = OSS_OK;
  oss_estimate found;
  if (from_data && data == NULL) return oss_fail(OSS_ERR_MEMORY, "%zu data samples", sets.references);
  if (from_data) {
    OSS_TRY_TO(done, oss_denoiser_data(p->denoiser, p->seed, sets.references, data));
    sets.reference = data;
  }
  OSS_TRY_TO(done, oss_distribution_compare(metric, &sets, &found));
  out->values[0] = found.value;
  out->whole = (oss_whole){.against = from_data ? "data" : "teacher",
                           .samples = sets.students,
                           .references = sets.references,
                           .replicates = found.replicates,
                           .std = found.std,
                           .low = found.low,
                           .high = found.high,
                           .confidence = found.confidence};
done:
  free(data);
  return status;
}

oss_status oss_score_finish(const oss_evaluation *e, const float *student, const float *teacher, oss_record *record) {
  for (size_t m = 0; m < e->metrics->count; m++) {
    const oss_member *metric = e->metrics->at[m];
    if (oss_metric_desc_of(metric)->compare == NULL || record->metrics[m].values == NULL) continue;
    if (e->progress != NULL) oss_progress_stage(e->progress, "cell %zu: metric %s", record->number, metric->desc->name);
    OSS_TRY(compare(e, metric, student, teacher, &record->metrics[m]));
  }
  return OSS_OK;
}

oss_bytes oss_score_bytes(const oss_evaluation *e) {
  oss_metric_scope scope = scope_of(e);
  size_t state = scope.elements * sizeof(float), values = 0, ends = 0;
  oss_bytes most = {0};
  for (size_t m = 0; m < e->metrics->count; m++) {
    const oss_member *metric = e->metrics->at[m];
    values += e->samples * sizeof(double);
    if (oss_metric_desc_of(metric)->compare == NULL || oss_metric_check(metric, &scope) != OSS_OK) continue;
    oss_bytes bytes = oss_distribution_bytes(metric, &scope);
    if (oss_distribution_takes_data(metric))
      bytes = oss_bytes_add(bytes, oss_bytes_of(0, oss_distribution_references(metric, &scope) * state));
    most = oss_bytes_most(most, bytes);
  }
  oss_score_needs needs = oss_score_needs_of(e->metrics);
  if (!(e->save & OSS_SAVE_SAMPLES)) ends = (size_t)(needs.student_ends + needs.teacher_ends) * e->samples * state;
  return oss_bytes_add(most, oss_bytes_of(0, values + ends));
}

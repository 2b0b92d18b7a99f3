// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/io/cell.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/text.h"

enum { NAME_BYTES = 160, PATH_BYTES = 2 * NAME_BYTES };

static const char *const results[] = {"status",
                                      "reason",
                                      "key",
                                      "teacher",
                                      "nfe",
                                      "depth",
                                      "search_nfe",
                                      "search_seconds",
                                      "sample_seconds",
                                      "search_cost",
                                      "search_bound",
                                      "search_complete",
                                      "metrics_left_out",
                                      "origin_file",
                                      "origin_cell",
                                      "origin_key",
                                      "origin_denoiser",
                                      "origin_schedule"};

int oss_cell_is_axis(const char *name) {
  for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
    if (strcmp(name, results[i]) == 0) return 0;
  }
  return 1;
}

/* Writes OBJECT/NAME. */
static oss_status write_array(oss_writer *writer, const char *object, const char *name, oss_type type, int rank, const size_t *dims,
                              const void *data) {
  char path[PATH_BYTES];
  snprintf(path, sizeof path, "%s/%s", object, name);
  oss_array array = {.type = type, .rank = rank, .data = (void *)data}; /* the writer only reads it */
  for (int d = 0; d < rank; d++) array.dims[d] = dims[d];
  return oss_writer_array(writer, path, &array);
}

static oss_status write_schedule(oss_writer *writer, const char *object, const oss_schedule *s) {
  const size_t dims[2] = {s->rows, s->steps + 1};
  size_t count = dims[0] * dims[1];
  double *sigma = malloc((count ? count : 1) * sizeof *sigma);
  if (!sigma) return oss_fail(OSS_ERR_MEMORY, "no memory for %zu noise levels", count);
  for (size_t i = 0; i < count; i++) sigma[i] = s->t[i] < 1 ? s->t[i] / (1 - s->t[i]) : INFINITY;
  oss_status status = OSS_OK;
  OSS_TRY_TO(done, write_array(writer, object, "schedule/index", OSS_I32, 2, dims, s->index));
  OSS_TRY_TO(done, write_array(writer, object, "schedule/t", OSS_F64, 2, dims, s->t));
  OSS_TRY_TO(done, write_array(writer, object, "schedule/sigma", OSS_F64, 2, dims, sigma));
  OSS_TRY_TO(done, write_array(writer, object, "schedule/used", OSS_I32, 1, dims, s->used));
  OSS_TRY_TO(done, write_array(writer, object, "schedule/start", OSS_F64, 1, dims, s->start));
  if (s->order != NULL) {
    const size_t steps[2] = {s->rows, s->steps};
    OSS_TRY_TO(done, write_array(writer, object, "schedule/order", OSS_I32, 2, steps, s->order));
  }
done:
  free(sigma);
  return status;
}

static void summarize(const double *values, size_t count, double *mean, double *std) {
  double sum = 0, squares = 0;
  for (size_t i = 0; i < count; i++) sum += values[i];
  *mean = count ? sum / (double)count : NAN;
  for (size_t i = 0; i < count; i++) squares += (values[i] - *mean) * (values[i] - *mean);
  *std = count > 1 ? sqrt(squares / (double)(count - 1)) : 0;
}

/* Of a metric of all samples together: count is how many they are, std the bootstrap's. */
static oss_status write_interval(oss_writer *writer, const char *path, const oss_whole *whole) {
  OSS_TRY(oss_writer_text(writer, path, "against", whole->against));
  OSS_TRY(oss_writer_int(writer, path, "references", (int64_t)whole->references));
  OSS_TRY(oss_writer_int(writer, path, "bootstrap", (int64_t)whole->replicates));
  if (whole->replicates == 0) return OSS_OK;
  OSS_TRY(oss_writer_real(writer, path, "low", whole->low));
  OSS_TRY(oss_writer_real(writer, path, "high", whole->high));
  return oss_writer_real(writer, path, "confidence", whole->confidence);
}

static oss_status write_metric(oss_writer *writer, const char *object, const oss_metric_values *metric) {
  const oss_whole *whole = &metric->whole;
  char path[PATH_BYTES], name[NAME_BYTES], number[32] = "";
  double mean, std;
  summarize(metric->values, metric->count, &mean, &std);
  if (metric->repeat > 0) snprintf(number, sizeof number, "_%zu", metric->repeat);
  snprintf(name, sizeof name, "metrics/%s%s", metric->name, number);
  snprintf(path, sizeof path, "%s/%s", object, name);
  OSS_TRY(write_array(writer, object, name, OSS_F64, 1, &metric->count, metric->values));
  OSS_TRY(oss_writer_real(writer, path, "mean", mean));
  OSS_TRY(oss_writer_real(writer, path, "std", whole->against ? whole->std : std));
  OSS_TRY(oss_writer_int(writer, path, "count", (int64_t)(whole->against ? whole->samples : metric->count)));
  if (metric->unit && metric->unit[0]) OSS_TRY(oss_writer_text(writer, path, "unit", metric->unit));
  OSS_TRY(oss_writer_int(writer, path, "higher_is_better", metric->higher_is_better != 0));
  if (metric->member) OSS_TRY(oss_writer_text(writer, path, "member", metric->member));
  return whole->against ? write_interval(writer, path, whole) : OSS_OK;
}

static oss_status write_metrics(oss_writer *writer, const char *object, const oss_record *record) {
  char path[PATH_BYTES];
  snprintf(path, sizeof path, "%s/metrics", object);
  if (record->metric_count > 0) OSS_TRY(oss_writer_group(writer, path)); /* made here, the group keeps their order */
  for (size_t i = 0; i < record->metric_count; i++) {
    if (record->metrics[i].values == NULL) continue;
    OSS_TRY(write_metric(writer, object, &record->metrics[i]));
  }
  return OSS_OK;
}

static oss_status write_whole(oss_writer *writer, const char *object, const char *name, const oss_array *array) {
  if (!array->data) return OSS_OK;
  return write_array(writer, object, name, array->type, array->rank, array->dims, array->data);
}

/* A table of quantiles with the levels that they are of. */
static oss_status write_quantiles(oss_writer *writer, const char *object, const char *name, const oss_array *array,
                                  const double levels[2]) {
  char path[PATH_BYTES];
  if (!array->data) return OSS_OK;
  OSS_TRY(write_whole(writer, object, name, array));
  snprintf(path, sizeof path, "%s/%s", object, name);
  return oss_writer_reals(writer, path, "levels", 2, levels);
}

static oss_status write_claim(oss_writer *writer, const char *object, const oss_claim *claim) {
  if (claim->priced) OSS_TRY(oss_writer_real(writer, object, "search_cost", claim->cost));
  if (!claim->bounded) return OSS_OK;
  OSS_TRY(oss_writer_real(writer, object, "search_bound", claim->bound));
  return oss_writer_int(writer, object, "search_complete", claim->complete);
}

static oss_status write_origin(oss_writer *writer, const char *object, const oss_origin *origin) {
  if (origin->file == NULL) return OSS_OK;
  OSS_TRY(oss_writer_text(writer, object, "origin_file", origin->file));
  OSS_TRY(oss_writer_int(writer, object, "origin_cell", origin->cell));
  OSS_TRY(oss_writer_text(writer, object, "origin_key", origin->key));
  OSS_TRY(oss_writer_text(writer, object, "origin_denoiser", origin->denoiser));
  return oss_writer_text(writer, object, "origin_schedule", origin->schedule);
}

static oss_status write_results(oss_writer *writer, const char *object, const oss_record *record) {
  OSS_TRY(oss_writer_int(writer, object, "nfe", record->nfe));
  OSS_TRY(oss_writer_int(writer, object, "depth", record->depth));
  OSS_TRY(oss_writer_int(writer, object, "search_nfe", record->search_nfe));
  OSS_TRY(write_claim(writer, object, &record->claim));
  OSS_TRY(write_origin(writer, object, &record->origin));
  OSS_TRY(oss_writer_real(writer, object, "search_seconds", record->search_seconds));
  OSS_TRY(oss_writer_real(writer, object, "sample_seconds", record->sample_seconds));
  OSS_TRY(write_schedule(writer, object, &record->schedule));
  const oss_tables *tables = &record->tables;
  if (tables->rows > 0) {
    const size_t dims[3] = {tables->rows, tables->steps, tables->n + 1};
    OSS_TRY(write_array(writer, object, "search/cost", OSS_F64, 3, dims, tables->cost));
    OSS_TRY(write_array(writer, object, "search/from", OSS_I32, 3, dims, tables->from));
    if (tables->order != NULL) OSS_TRY(write_array(writer, object, "search/order", OSS_I32, 3, dims, tables->order));
  }
  OSS_TRY(write_whole(writer, object, "search/index", &record->per_sample));
  OSS_TRY(write_whole(writer, object, "search/pair_cost", &record->pair_cost));
  OSS_TRY(write_metrics(writer, object, record));
  if (record->left_out != NULL) OSS_TRY(oss_writer_text(writer, object, "metrics_left_out", record->left_out));
  OSS_TRY(write_whole(writer, object, "samples/class", &record->classes));
  OSS_TRY(write_whole(writer, object, "samples/student", &record->student));
  OSS_TRY(write_whole(writer, object, "samples/teacher", &record->teacher_end));
  OSS_TRY(write_whole(writer, object, "trajectory/student", &record->student_trajectory));
  OSS_TRY(write_whole(writer, object, "trajectory/teacher", &record->teacher_trajectory));
  OSS_TRY(write_quantiles(writer, object, "trajectory/quantiles", &record->quantiles, record->levels));
  return write_quantiles(writer, object, OSS_CELL_TEACHER_QUANTILES, &record->teacher_quantiles, record->levels);
}

oss_status oss_cell_write(oss_writer *writer, const char *object, const oss_record *record) {
  OSS_TRY(oss_writer_group(writer, object));
  for (size_t i = 0; i < record->axis_count; i++) {
    const oss_axis_value *axis = &record->axes[i];
    OSS_TRY(axis->text ? oss_writer_text(writer, object, axis->name, axis->text)
                       : oss_writer_int(writer, object, axis->name, axis->number));
  }
  OSS_TRY(oss_writer_text(writer, object, "status", oss_cell_status_name(record->status)));
  if (record->reason) OSS_TRY(oss_writer_text(writer, object, "reason", record->reason));
  OSS_TRY(oss_writer_text(writer, object, "key", record->key));
  char teacher[NAME_BYTES];
  snprintf(teacher, sizeof teacher, "/teacher/%04zu", record->teacher);
  OSS_TRY(oss_writer_text(writer, object, "teacher", teacher));
  return record->status == OSS_CELL_DONE ? write_results(writer, object, record) : OSS_OK;
}

void oss_cell_view_free(oss_cell_view *view) {
  if (!view) return;
  for (size_t i = 0; i < view->attribute_count; i++) oss_h5_attribute_free(&view->attributes[i]);
  free(view->attributes);
  for (size_t i = 0; i < view->metric_count; i++) free(view->metrics[i].name);
  free(view->metrics);
  *view = (oss_cell_view){0};
}

static double real_of(hid_t object, const char *name) {
  oss_h5_attribute attribute;
  if (oss_h5_attribute_read(object, name, &attribute) != OSS_OK) return NAN;
  double value = attribute.kind == OSS_H5_REAL || attribute.kind == OSS_H5_INT ? attribute.real : NAN;
  oss_h5_attribute_free(&attribute);
  return value;
}

static oss_status read_metrics(hid_t cell, oss_cell_view *out) {
  if (!oss_h5_exists(cell, "metrics")) return OSS_OK;
  hid_t group = H5Gopen2(cell, "metrics", H5P_DEFAULT);
  if (group < 0) return OSS_OK; /* something else of that name has nothing to tell */
  oss_h5_names names;
  oss_status status = oss_h5_children(group, &names);
  if (status == OSS_OK && names.count > 0 && !(out->metrics = calloc(names.count, sizeof *out->metrics)))
    status = oss_fail(OSS_ERR_MEMORY, "no memory for %zu metrics", names.count);
  for (size_t i = 0; status == OSS_OK && i < names.count; i++) {
    hid_t dataset = H5Dopen2(group, names.at[i], H5P_DEFAULT);
    if (dataset < 0) continue;
    double count = real_of(dataset, "count");
    out->metrics[out->metric_count++] = (oss_cell_metric){.name = names.at[i],
                                                          .mean = real_of(dataset, "mean"),
                                                          .std = real_of(dataset, "std"),
                                                          .low = real_of(dataset, "low"),
                                                          .high = real_of(dataset, "high"),
                                                          .confidence = real_of(dataset, "confidence"),
                                                          .count = count > 0 ? (int64_t)count : 0};
    names.at[i] = NULL; /* handed over */
    oss_h5_close(dataset);
  }
  oss_h5_names_free(&names);
  oss_h5_close(group);
  return status;
}

oss_status oss_cell_read(hid_t file, const char *path, const char *object, oss_cell_view *out) {
  *out = (oss_cell_view){0};
  hid_t cell;
  OSS_TRY(oss_h5_find(file, path, object, H5I_GROUP, &cell));
  oss_h5_names names = {0};
  oss_status status = OSS_OK;
  OSS_TRY_TO(done, oss_h5_attribute_names(cell, &names));
  if (names.count > 0 && !(out->attributes = calloc(names.count, sizeof *out->attributes))) {
    status = oss_fail(OSS_ERR_MEMORY, "no memory for %zu attributes", names.count);
    goto done;
  }
  for (size_t i = 0; i < names.count; i++) {
    OSS_TRY_TO(done, oss_h5_attribute_read(cell, names.at[i], &out->attributes[i]));
    out->attribute_count++;
  }
  OSS_TRY_TO(done, read_metrics(cell, out));
done:
  oss_h5_names_free(&names);
  oss_h5_close(cell);
  if (status != OSS_OK) oss_cell_view_free(out);
  return oss_fail_context(status, "%s: '%s'", path, object);
}

const oss_h5_attribute *oss_cell_attribute(const oss_cell_view *view, const char *name) {
  for (size_t i = 0; i < view->attribute_count; i++) {
    if (view->attributes[i].name && strcmp(view->attributes[i].name, name) == 0) return &view->attributes[i];
  }
  return NULL;
}

const char *oss_cell_text(const oss_cell_view *view, const char *name) {
  const oss_h5_attribute *attribute = oss_cell_attribute(view, name);
  return attribute && attribute->kind == OSS_H5_TEXT ? attribute->text : "";
}

static int by_number(const void *a, const void *b) {
  unsigned long long x = strtoull(*(char *const *)a, NULL, 10), y = strtoull(*(char *const *)b, NULL, 10);
  return (x > y) - (x < y);
}

oss_status oss_cell_names(hid_t file, const char *path, oss_h5_names *out) {
  *out = (oss_h5_names){0};
  if (!oss_h5_exists(file, "/cells")) return OSS_OK;
  hid_t group;
  OSS_TRY(oss_h5_find(file, path, "/cells", H5I_GROUP, &group));
  oss_status status = oss_h5_children(group, out);
  oss_h5_close(group);
  if (status == OSS_OK && out->count > 1) qsort(out->at, out->count, sizeof *out->at, by_number);
  return status;
}

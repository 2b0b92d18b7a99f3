// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/exports/exported.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/io/reader.h"
#include "host/io/result.h"

enum { OBJECT_BYTES = 64 };

void oss_exported_free(oss_exported *e) {
  if (e == NULL) return;
  for (size_t i = 0; e->metrics != NULL && i < e->metric_count; i++) {
    free(e->metrics[i].name);
    oss_io_attributes_free(e->metrics[i].values, e->metrics[i].count);
  }
  free(e->metrics);
  oss_io_attributes_free(e->root, e->root_count);
  oss_io_attributes_free(e->values, e->value_count);
  free(e->file);
  free(e->t);
  free(e->index);
  oss_text_free(&e->notes);
  *e = (oss_exported){0};
}

const oss_io_attribute *oss_exported_value(const oss_io_attribute *values, size_t count, const char *name) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(values[i].name, name) == 0) return &values[i];
  return NULL;
}

const char *oss_exported_text(const oss_exported *e, const char *name) {
  const oss_io_attribute *value = oss_exported_value(e->values, e->value_count, name);
  return value != NULL && value->text != NULL ? value->text : "";
}

void oss_exported_note(oss_exported *e, const char *fmt, ...) {
  char text[1024];
  va_list args;
  va_start(args, fmt);
  vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  oss_text_add(&e->notes, "%s\n", text);
}

static oss_status no_cell(const char *path, int64_t cell) {
  char **names;
  size_t count;
  unsigned long long low = 0, high = 0;
  OSS_TRY(oss_io_children(path, "/cells", &names, &count));
  for (size_t i = 0; i < count; i++) {
    unsigned long long number = strtoull(names[i], NULL, 10);
    if (i == 0 || number < low) low = number;
    if (i == 0 || number > high) high = number;
  }
  oss_io_names_free(names, count);
  if (count == 0) return oss_fail(OSS_ERR_INPUT, "%s: has no cells, so it is not a result of ossbench", path);
  return oss_fail(OSS_ERR_USAGE, "%s: no cell %" PRId64 "; its cells are %llu to %llu", path, cell, low, high);
}

static oss_status check_status(const oss_exported *e) {
  const char *state = oss_exported_text(e, "status"), *reason = oss_exported_text(e, "reason");
  if (state[0] == '\0' || strcmp(state, "done") == 0) return OSS_OK;
  return oss_fail(OSS_ERR_INPUT, "%s: cell %" PRId64 " is marked %s, so it has no schedule: %s", e->file, e->cell, state,
                  reason[0] != '\0' ? reason : "no reason is given");
}

/* Reads a dataset of the cell, (R, columns) or one row of it; columns 0: as many as there are, else (R, columns) alone will do. */
static oss_status read_table(const oss_exported *e, const char *name, oss_type type, size_t columns, oss_array *out) {
  char object[OBJECT_BYTES];
  snprintf(object, sizeof object, "/cells/%04" PRId64 "/schedule/%s", e->cell, name);
  OSS_TRY(oss_io_read(e->file, object, type, 1, 2, out));
  size_t found = out->dims[out->rank - 1], rows = out->rank == 2 ? out->dims[0] : 1;
  if (columns == 0 || (found == columns && rows == e->rows)) return OSS_OK;
  oss_array_free(out);
  return oss_fail(OSS_ERR_INPUT, "%s: '%s' has %zu x %zu values, where schedule/t has %zu x %zu", e->file, object, rows, found, e->rows,
                  columns);
}

/* One value a row; *found = 0 where an older or foreign file has none. */
static oss_status read_column(const oss_exported *e, const char *name, oss_type type, oss_array *out, int *found) {
  char object[OBJECT_BYTES];
  snprintf(object, sizeof object, "/cells/%04" PRId64 "/schedule/%s", e->cell, name);
  *found = oss_io_exists(e->file, object);
  *out = (oss_array){0};
  if (!*found) return OSS_OK;
  OSS_TRY(oss_io_read(e->file, object, type, 1, 1, out));
  if (out->dims[0] == e->rows) return OSS_OK;
  size_t count = out->dims[0];
  oss_array_free(out);
  return oss_fail(OSS_ERR_INPUT, "%s: '%s' has %zu values for %zu schedules", e->file, object, count, e->rows);
}

static oss_status choose_row(oss_exported *e, int64_t row) {
  if (row < 0 && e->rows > 1)
    return oss_fail(OSS_ERR_USAGE, "%s: cell %" PRId64 " has %zu schedules, one a sample: say which with --row 0 to %zu", e->file, e->cell,
                    e->rows, e->rows - 1);
  if (row >= 0 && (uint64_t)row >= e->rows)
    return oss_fail(OSS_ERR_USAGE, "%s: cell %" PRId64 " has no row %" PRId64 ": it has %zu schedule%s, row 0%s", e->file, e->cell, row,
                    e->rows, e->rows == 1 ? "" : "s", e->rows == 1 ? "" : " and on");
  e->row = row < 0 ? 0 : (size_t)row;
  return OSS_OK;
}

/* The real points of a row of M+1 times: from the first one that counts, which the entries before repeat. */
static oss_status check_times(const oss_exported *e, const double *t) {
  size_t first = e->budget - e->steps;
  for (size_t i = 0; i <= e->budget; i++) {
    const char *wrong = NULL;
    if (!(t[i] >= 0.0 && t[i] <= 1.0)) wrong = "not a flow time between 0 and 1";
    if (i > 0 && i <= first && t[i] != t[0]) wrong = "not a repeat of the first time, though schedule/used counts it as one";
    if (i > first && t[i] >= t[i - 1]) wrong = "not below the time before it";
    if (wrong != NULL)
      return oss_fail(OSS_ERR_INPUT, "%s: cell %" PRId64 ": time %zu of row %zu, %.17g, is %s", e->file, e->cell, i, e->row, t[i], wrong);
  }
  return OSS_OK;
}

static oss_status count_steps(oss_exported *e, const double *t) {
  oss_array used;
  int found;
  OSS_TRY(read_column(e, "used", OSS_I32, &used, &found));
  size_t repeats = 0;
  while (repeats + 1 < e->budget && t[repeats + 1] == t[0]) repeats++;
  e->steps = e->budget - repeats;
  if (!found) return OSS_OK;
  int32_t value = ((const int32_t *)used.data)[e->row];
  oss_array_free(&used);
  if (value < 1 || (size_t)value > e->budget)
    return oss_fail(OSS_ERR_INPUT, "%s: cell %" PRId64 ": schedule/used is %d for %zu steps", e->file, e->cell, value, e->budget);
  e->steps = (size_t)value;
  return OSS_OK;
}

static oss_status take_indices(oss_exported *e) {
  char object[OBJECT_BYTES];
  oss_array index;
  for (size_t i = 0; i <= e->steps; i++) e->index[i] = -1;
  snprintf(object, sizeof object, "/cells/%04" PRId64 "/schedule/index", e->cell);
  if (!oss_io_exists(e->file, object)) return OSS_OK;
  OSS_TRY(read_table(e, "index", OSS_I32, e->budget + 1, &index));
  const int32_t *row = (const int32_t *)index.data + e->row * (e->budget + 1);
  memcpy(e->index, row + (e->budget - e->steps), (e->steps + 1) * sizeof *row);
  oss_array_free(&index);
  return OSS_OK;
}

static oss_status take_points(oss_exported *e, const double *row) {
  oss_array start;
  int found;
  OSS_TRY(count_steps(e, row));
  OSS_TRY(check_times(e, row));
  e->t = malloc((e->steps + 2) * sizeof *e->t);
  e->index = malloc((e->steps + 2) * sizeof *e->index);
  if (e->t == NULL || e->index == NULL) return oss_fail(OSS_ERR_MEMORY, "schedule of %zu steps", e->steps);
  memcpy(e->t, row + (e->budget - e->steps), (e->steps + 1) * sizeof *row);
  OSS_TRY(take_indices(e));
  OSS_TRY(read_column(e, "start", OSS_F64, &start, &found));
  e->start = found ? ((const double *)start.data)[e->row] : e->t[0];
  oss_array_free(&start);
  return OSS_OK;
}

static oss_status load_schedule(oss_exported *e, int64_t row) {
  oss_array times = {0};
  OSS_TRY(read_table(e, "t", OSS_F64, 0, &times));
  oss_status status;
  size_t columns = times.dims[times.rank - 1];
  e->rows = times.rank == 2 ? times.dims[0] : 1;
  if (columns < 2) {
    status =
        oss_fail(OSS_ERR_INPUT, "%s: cell %" PRId64 ": schedule/t has %zu time a row: a schedule has 2 or more", e->file, e->cell, columns);
  } else {
    e->budget = columns - 1;
    status = choose_row(e, row);
    if (status == OSS_OK) status = take_points(e, (const double *)times.data + e->row * columns);
  }
  oss_array_free(&times);
  return status;
}

static oss_status load_metrics(oss_exported *e) {
  char group[OBJECT_BYTES], **names;
  size_t count;
  oss_status status = OSS_OK;
  snprintf(group, sizeof group, "/cells/%04" PRId64 "/metrics", e->cell);
  OSS_TRY(oss_io_children(e->file, group, &names, &count));
  e->metrics = calloc(count + 1, sizeof *e->metrics);
  if (e->metrics == NULL) status = oss_fail(OSS_ERR_MEMORY, "%zu metrics", count);
  for (size_t i = 0; status == OSS_OK && i < count; i++) {
    oss_exported_metric *metric = &e->metrics[e->metric_count++];
    char *object = oss_format("%s/%s", group, names[i]);
    metric->name = oss_strdup(names[i]);
    status = object == NULL || metric->name == NULL ? oss_fail(OSS_ERR_MEMORY, "metric '%s'", names[i])
                                                    : oss_io_attributes(e->file, object, &metric->values, &metric->count);
    free(object);
  }
  oss_io_names_free(names, count);
  return status;
}

static oss_status load(const char *path, int64_t cell, int64_t row, oss_exported *e) {
  char object[OBJECT_BYTES];
  e->cell = cell;
  e->file = oss_strdup(path);
  if (e->file == NULL) return oss_fail(OSS_ERR_MEMORY, "%s", path);
  OSS_TRY(oss_io_attributes(path, "/", &e->root, &e->root_count));
  const oss_io_attribute *schema = oss_exported_value(e->root, e->root_count, "schema_version");
  if (schema != NULL && schema->text == NULL && schema->real > OSS_SCHEMA_VERSION)
    return oss_fail(OSS_ERR_INPUT, "%s: written by a newer ossbench (schema %g; this one knows %d)", path, schema->real,
                    OSS_SCHEMA_VERSION);
  snprintf(object, sizeof object, "/cells/%04" PRId64, cell);
  if (!oss_io_exists(path, object)) return no_cell(path, cell);
  OSS_TRY(oss_io_attributes(path, object, &e->values, &e->value_count));
  OSS_TRY(check_status(e));
  OSS_TRY(load_schedule(e, row));
  return load_metrics(e);
}

oss_status oss_exported_load(const char *path, int64_t cell, int64_t row, oss_exported *out) {
  *out = (oss_exported){0};
  oss_status status = load(path, cell, row, out);
  if (status != OSS_OK) oss_exported_free(out);
  return status;
}

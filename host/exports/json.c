// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/exports/export.h"
#include "host/grids/grid.h"

static void add_string(oss_text *out, const char *chars, size_t length) {
  oss_text_add(out, "\"");
  for (size_t i = 0; i < length; i++) {
    unsigned char c = (unsigned char)chars[i];
    if (c == '"' || c == '\\')
      oss_text_add(out, "\\%c", c);
    else if (c == '\n')
      oss_text_add(out, "\\n");
    else if (c < 0x20 || c == 0x7F)
      oss_text_add(out, "\\u%04x", c);
    else
      oss_text_add(out, "%c", c);
  }
  oss_text_add(out, "\"");
}

/* JSON has neither infinity nor NaN. */
static void add_number(oss_text *out, double v) {
  char number[OSS_NUMBER_BYTES];
  oss_text_add(out, "%s", isfinite(v) ? oss_number_text(v, number) : "null");
}

static void add_key(oss_text *out, const char *name, const char *before) {
  oss_text_add(out, "%s", before);
  add_string(out, name, strlen(name));
  oss_text_add(out, ": ");
}

static void add_attribute(oss_text *out, const oss_io_attribute *value, const char *before) {
  add_key(out, value->name, before);
  if (value->text != NULL)
    add_string(out, value->text, strlen(value->text));
  else if (value->whole)
    oss_text_add(out, "%" PRId64, value->integer);
  else
    add_number(out, value->real);
}

/* Where the result comes from. The rest of its attributes is about the machine, or in the config. */
static void add_source(oss_text *out, const oss_exported *e) {
  static const char *const names[] = {"name", "date", "ossbench_version", "git_commit", "git_dirty", "argv", "config"};
  add_key(out, "source", ",\n  ");
  add_key(out, "file", "{\n    ");
  add_string(out, e->file, strlen(e->file));
  oss_text_add(out, ",\n    \"cell\": %" PRId64 ",\n    \"row\": %zu,\n    \"rows\": %zu", e->cell, e->row, e->rows);
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    const oss_io_attribute *value = oss_exported_value(e->root, e->root_count, names[i]);
    if (value != NULL) add_attribute(out, value, ",\n    ");
  }
  oss_text_add(out, "\n  }");
}

static void add_cell(oss_text *out, const oss_exported *e) {
  add_key(out, "cell", ",\n  ");
  oss_text_add(out, "{");
  for (size_t i = 0; i < e->value_count; i++) add_attribute(out, &e->values[i], i > 0 ? ",\n    " : "\n    ");
  oss_text_add(out, "\n  }");
}

static void add_metrics(oss_text *out, const oss_exported *e) {
  add_key(out, "metrics", ",\n  ");
  oss_text_add(out, "{");
  for (size_t i = 0; i < e->metric_count; i++) {
    const oss_exported_metric *metric = &e->metrics[i];
    add_key(out, metric->name, i > 0 ? ",\n    " : "\n    ");
    oss_text_add(out, "{");
    for (size_t k = 0; k < metric->count; k++) add_attribute(out, &metric->values[k], k > 0 ? ", " : "");
    oss_text_add(out, "}");
  }
  oss_text_add(out, "\n  }");
}

/* The points by one of their coordinates. */
static void add_points(oss_text *out, const oss_exported *e, const char *name, double (*of)(const oss_exported *e, size_t i)) {
  add_key(out, name, ",\n  ");
  for (size_t i = 0; i <= e->steps; i++) {
    oss_text_add(out, i > 0 ? ", " : "[");
    add_number(out, of(e, i));
  }
  oss_text_add(out, "]");
}

static double index_of(const oss_exported *e, size_t i) {
  return e->index[i];
}

static double t_of(const oss_exported *e, size_t i) {
  return e->t[i];
}

static double sigma_of(const oss_exported *e, size_t i) {
  return oss_sigma_of_t(e->t[i]);
}

static double lambda_of(const oss_exported *e, size_t i) {
  return log((1.0 - e->t[i]) / e->t[i]);
}

static void add_notes(oss_text *out, const oss_exported *e) {
  add_key(out, "notes", ",\n  ");
  oss_text_add(out, "[");
  for (const char *at = e->notes.chars; at != NULL && *at != '\0';) {
    size_t length = strcspn(at, "\n");
    oss_text_add(out, at == e->notes.chars ? "" : ", ");
    add_string(out, at, length);
    at += length + (at[length] == '\n');
  }
  oss_text_add(out, "]");
}

static oss_status write(const oss_member *member, oss_exported *e, oss_text *out) {
  (void)member;
  oss_text_add(out, "{\n  \"format\": \"ossbench schedule\",\n  \"version\": 1");
  oss_text_add(out, ",\n  \"steps\": %zu,\n  \"budget\": %zu", e->steps, e->budget);
  add_points(out, e, "index", index_of);
  add_points(out, e, "t", t_of);
  add_points(out, e, "sigma", sigma_of);
  add_points(out, e, "lambda", lambda_of);
  add_key(out, "start_t", ",\n  ");
  add_number(out, e->start);
  add_metrics(out, e);
  add_cell(out, e);
  add_source(out, e);
  add_notes(out, e);
  oss_text_add(out, "\n}\n");
  return OSS_OK;
}

const oss_export_desc oss_export_json = {
    .base = {.name = "json",
             .summary = "every coordinate of every point, the cell, its metrics and where it is from; null for infinity",
             .source = "RFC 8259"},
    .write = write,
    .space = OSS_SPACE_NONE,
    .notes = OSS_NOTES_INSIDE,
};

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/io/show.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host/io/result.h"

enum { OBJECT_BYTES = 64, NUMBERS_SHOWN = 20 };

/* One axis over all cells. */
typedef struct axis {
  const char *name;
  int numeric;
  char **values; /* (cells), owned */
  size_t *which; /* (cells) index of the value among the distinct ones */
  char **kinds;  /* (distinct), borrowed from values */
  char **shorts; /* (distinct), owned */
  size_t distinct;
} axis;

typedef struct overview {
  oss_h5_names names;
  oss_cell_view *cells;
  oss_h5_names axis_names, metric_names;
  axis *axes;
} overview;

static void overview_free(overview *v) {
  for (size_t a = 0; v->axes && a < v->axis_names.count; a++) {
    axis *x = &v->axes[a];
    for (size_t i = 0; x->values && i < v->names.count; i++) free(x->values[i]);
    for (size_t i = 0; x->shorts && i < x->distinct; i++) free(x->shorts[i]);
    free(x->values);
    free(x->which);
    free(x->kinds);
    free(x->shorts);
  }
  free(v->axes);
  for (size_t i = 0; v->cells && i < v->names.count; i++) oss_cell_view_free(&v->cells[i]);
  free(v->cells);
  oss_h5_names_free(&v->names);
  oss_h5_names_free(&v->axis_names);
  oss_h5_names_free(&v->metric_names);
}

static void add_once(oss_h5_names *names, const char *name) {
  for (size_t i = 0; i < names->count; i++) {
    if (strcmp(names->at[i], name) == 0) return;
  }
  oss_h5_names_add(names, name);
}

/* Fills an axis from the cells: its values, which are alike, and their short forms. */
static int fill_axis(const overview *v, axis *x) {
  size_t count = v->names.count;
  x->values = calloc(count, sizeof *x->values);
  x->which = calloc(count, sizeof *x->which);
  x->kinds = calloc(count, sizeof *x->kinds);
  if (!x->values || !x->which || !x->kinds) return 0;
  x->numeric = 1;
  for (size_t i = 0; i < count; i++) {
    const oss_h5_attribute *attribute = oss_cell_attribute(&v->cells[i], x->name);
    if (!attribute || attribute->kind == OSS_H5_TEXT) x->numeric = 0;
    x->values[i] = attribute ? oss_show_value(attribute) : oss_strdup("-");
    if (!x->values[i]) return 0;
    size_t k = 0;
    while (k < x->distinct && strcmp(x->kinds[k], x->values[i]) != 0) k++;
    if (k == x->distinct) x->kinds[x->distinct++] = x->values[i];
    x->which[i] = k;
  }
  if (x->numeric || x->distinct < 2) return 1;
  x->shorts = calloc(x->distinct, sizeof *x->shorts);
  if (!x->shorts) return 0;
  oss_members_short(x->distinct, x->kinds, x->shorts);
  return 1;
}

static oss_status overview_read(hid_t file, const char *path, overview *v) {
  *v = (overview){0};
  OSS_TRY(oss_cell_names(file, path, &v->names));
  size_t count = v->names.count;
  v->cells = calloc(count ? count : 1, sizeof *v->cells);
  if (!v->cells) return oss_fail(OSS_ERR_MEMORY, "%s: no memory for %zu cells", path, count);
  for (size_t i = 0; i < count; i++) {
    char object[OBJECT_BYTES];
    snprintf(object, sizeof object, "/cells/%.40s", v->names.at[i]);
    OSS_TRY(oss_cell_read(file, path, object, &v->cells[i]));
    for (size_t a = 0; a < v->cells[i].attribute_count; a++) {
      const char *name = v->cells[i].attributes[a].name;
      if (name && oss_cell_is_axis(name)) add_once(&v->axis_names, name);
    }
    for (size_t m = 0; m < v->cells[i].metric_count; m++) add_once(&v->metric_names, v->cells[i].metrics[m].name);
  }
  v->axes = calloc(v->axis_names.count ? v->axis_names.count : 1, sizeof *v->axes);
  int ready = v->axes && !v->axis_names.failed && !v->metric_names.failed;
  for (size_t a = 0; ready && a < v->axis_names.count; a++) {
    v->axes[a].name = v->axis_names.at[a];
    ready = fill_axis(v, &v->axes[a]);
  }
  return ready ? OSS_OK : oss_fail(OSS_ERR_MEMORY, "%s: no memory for %zu cells", path, count);
}

static const char *status_of(const overview *v, size_t cell) {
  const char *status = oss_cell_text(&v->cells[cell], "status");
  return status[0] ? status : "?";
}

static size_t count_status(const overview *v, const char *status) {
  size_t count = 0;
  for (size_t i = 0; i < v->names.count; i++) count += strcmp(status_of(v, i), status) == 0;
  return count;
}

/* The value of an attribute of the root as text, NULL without one. New memory. */
static char *root_value(hid_t root, const char *name) {
  oss_h5_attribute attribute;
  if (oss_h5_attribute_read(root, name, &attribute) != OSS_OK || attribute.kind == OSS_H5_NONE) return NULL;
  char *text = oss_show_value(&attribute);
  oss_h5_attribute_free(&attribute);
  return text;
}

static void print_header(FILE *out, hid_t root, const char *path, const overview *v, size_t width) {
  static const char *const shown[][2] = {{"name", "name"},     {"date", "date"},       {"backend", "backend"},
                                         {"device", "device"}, {"threads", "threads"}, {"hostname", "host"}};
  fprintf(out, "Result %s\n", path);
  for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
    char *text = root_value(root, shown[i][0]);
    if (text) oss_table_line(out, width, shown[i][1], text);
    free(text);
  }
  char *commit = root_value(root, "git_commit"), *dirty = root_value(root, "git_dirty");
  int clean = !dirty || !*dirty || strcmp(dirty, "0") == 0 || strcmp(dirty, "false") == 0 || strcmp(dirty, "no") == 0;
  char *git = commit ? oss_format("%s%s", commit, clean ? "" : " (with changes)") : NULL;
  if (git) oss_table_line(out, width, "git", git);
  free(git);
  free(commit);
  free(dirty);
  char *counts = oss_format("%zu: %zu done, %zu skipped, %zu failed", v->names.count, count_status(v, "done"), count_status(v, "skipped"),
                            count_status(v, "failed"));
  if (counts) oss_table_line(out, width, "cells", counts);
  free(counts);
}

static char *integer_text(const oss_cell_view *cell, const char *name) {
  const oss_h5_attribute *attribute = oss_cell_attribute(cell, name);
  return attribute && attribute->kind == OSS_H5_INT ? oss_format("%" PRId64, attribute->integer) : NULL;
}

/* Fills the column of a metric. */
static void set_metric(const overview *v, const char *name, oss_table *table, size_t column) {
  size_t width = 0;
  table->heads[column] = name;
  for (int pass = 0; pass < 2; pass++) {
    for (size_t i = 0; i < v->names.count; i++) {
      for (size_t k = 0; k < v->cells[i].metric_count; k++) {
        const oss_cell_metric *metric = &v->cells[i].metrics[k];
        if (strcmp(metric->name, name) != 0) continue;
        size_t wide = oss_show_metric_width(metric);
        if (wide > width) width = wide;
        if (pass == 1) oss_table_set(table, i, column, oss_show_metric(metric, width));
      }
    }
  }
}

static oss_status print_cells(FILE *out, const overview *v) {
  size_t varying = 0, column = 1;
  for (size_t a = 0; a < v->axis_names.count; a++) varying += v->axes[a].distinct > 1;
  size_t fixed = 1 + varying;
  oss_table table;
  OSS_TRY(oss_table_create(fixed + 3 + v->metric_names.count, v->names.count, &table));
  table.heads[0] = "cell";
  table.right[0] = 1;
  for (size_t a = 0; a < v->axis_names.count; a++) {
    const axis *x = &v->axes[a];
    if (x->distinct < 2) continue;
    table.heads[column] = x->name;
    table.right[column] = (char)x->numeric;
    table.shorten[column] = (char)!x->numeric;
    for (size_t i = 0; i < v->names.count; i++) {
      const char *text = x->shorts && x->shorts[x->which[i]] ? x->shorts[x->which[i]] : x->values[i];
      oss_table_set(&table, i, column, oss_strdup(text));
    }
    column++;
  }
  table.heads[fixed] = "status";
  table.heads[fixed + 1] = "nfe";
  table.heads[fixed + 2] = "depth";
  table.right[fixed + 1] = table.right[fixed + 2] = 1;
  for (size_t i = 0; i < v->names.count; i++) {
    const oss_cell_view *cell = &v->cells[i];
    oss_table_set(&table, i, 0, oss_format("%llu", strtoull(v->names.at[i], NULL, 10)));
    oss_table_set(&table, i, fixed, oss_strdup(status_of(v, i)));
    oss_table_set(&table, i, fixed + 1, integer_text(cell, "nfe"));
    oss_table_set(&table, i, fixed + 2, integer_text(cell, "depth"));
  }
  for (size_t m = 0; m < v->metric_names.count; m++) set_metric(v, v->metric_names.at[m], &table, fixed + 3 + m);
  oss_table_print(&table, out);
  oss_table_free(&table);
  return OSS_OK;
}

/* Each reason once, with the cells it stopped. */
static void print_reasons(FILE *out, const overview *v) {
  int any = 0;
  for (size_t i = 0; i < v->names.count; i++) {
    const char *reason = oss_cell_text(&v->cells[i], "reason");
    size_t before = 0, shown = 0, total = 0;
    while (before < i && strcmp(oss_cell_text(&v->cells[before], "reason"), reason) != 0) before++;
    if (!reason[0] || before < i) continue;
    if (!any) fputs("\nReasons\n", out);
    any = 1;
    oss_text line = {0};
    oss_text list = {0};
    for (size_t k = i; k < v->names.count; k++) {
      if (strcmp(oss_cell_text(&v->cells[k], "reason"), reason) != 0) continue;
      total++;
      if (shown < NUMBERS_SHOWN) oss_text_add(&list, "%s%llu", shown++ ? ", " : "", strtoull(v->names.at[k], NULL, 10));
    }
    if (total > shown) oss_text_add(&list, " and %zu more", total - shown);
    if (!list.failed) oss_text_add(&line, "%s (cell%s %s)", reason, total > 1 ? "s" : "", list.chars);
    if (line.chars && !line.failed) oss_table_line(out, strlen("skipped"), status_of(v, i), line.chars);
    oss_text_free(&list);
    oss_text_free(&line);
  }
}

static oss_status show_overview(FILE *out, hid_t file, hid_t root, const char *path) {
  overview v;
  oss_status status = overview_read(file, path, &v);
  if (status == OSS_OK) {
    size_t width = strlen("threads"), constants = 0;
    for (size_t a = 0; a < v.axis_names.count; a++) {
      if (v.axes[a].distinct != 1) continue;
      constants++;
      if (strlen(v.axes[a].name) > width) width = strlen(v.axes[a].name);
    }
    print_header(out, root, path, &v, width);
    if (constants > 0) fputs("\nThe same for every cell\n", out);
    for (size_t a = 0; a < v.axis_names.count; a++) {
      if (v.axes[a].distinct == 1) oss_table_line(out, width, v.axes[a].name, v.axes[a].values[0]);
    }
    if (v.names.count > 0) {
      fputc('\n', out);
      status = print_cells(out, &v);
      print_reasons(out, &v);
    }
  }
  overview_free(&v);
  return status;
}

static oss_status check_result(hid_t root, const char *path) {
  oss_h5_attribute schema;
  OSS_TRY(oss_h5_attribute_read(root, "schema_version", &schema));
  oss_status status = OSS_OK;
  if (schema.kind != OSS_H5_INT && schema.kind != OSS_H5_REAL) {
    status = oss_fail(OSS_ERR_INPUT, "%s: not a result of ossbench (an HDF5 file without the attribute schema_version)", path);
  } else if (schema.real > OSS_SCHEMA_VERSION) {
    status =
        oss_fail(OSS_ERR_INPUT, "%s: written by a newer ossbench (schema %g; this one knows %d)", path, schema.real, OSS_SCHEMA_VERSION);
  }
  oss_h5_attribute_free(&schema);
  return status;
}

static oss_status show_one(FILE *out, hid_t file, const char *path, int64_t cell) {
  char name[OBJECT_BYTES], object[OBJECT_BYTES + 8];
  snprintf(name, sizeof name, "%04" PRId64, cell);
  snprintf(object, sizeof object, "/cells/%s", name);
  if (oss_h5_exists(file, object)) return oss_show_cell(out, file, path, name);
  oss_h5_names names;
  OSS_TRY(oss_cell_names(file, path, &names));
  oss_status status = names.count == 0 ? oss_fail(OSS_ERR_USAGE, "%s: has no cells", path)
                                       : oss_fail(OSS_ERR_USAGE, "%s: no cell %" PRId64 "; its cells are %llu to %llu", path, cell,
                                                  strtoull(names.at[0], NULL, 10), strtoull(names.at[names.count - 1], NULL, 10));
  oss_h5_names_free(&names);
  return status;
}

oss_status oss_result_show(const char *path, int64_t cell) {
  hid_t file, root;
  OSS_TRY(oss_h5_open(path, &file));
  oss_status status = oss_h5_find(file, path, "/", H5I_GROUP, &root);
  if (status == OSS_OK) {
    status = check_result(root, path);
    if (status == OSS_OK) status = cell < 0 ? show_overview(stdout, file, root, path) : show_one(stdout, file, path, cell);
    oss_h5_close(root);
  }
  oss_h5_close(file);
  if (fflush(stdout) != 0 && status == OSS_OK) status = oss_fail(OSS_ERR_IO, "standard output: %s", strerror(errno));
  return status;
}

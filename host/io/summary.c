// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* /summary: a compound table, one row a cell. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/hash.h"
#include "host/core/text.h"
#include "host/io/cell.h"

/* Rows are collected and written this many at a time, one chunk each. */
enum { BATCH = 256 };

typedef enum origin { FROM_NUMBER, FROM_ATTRIBUTE, FROM_MEAN, FROM_STD, FROM_LOW, FROM_HIGH, FROM_KEY } origin;

typedef struct column {
  char *name;       /* of the column */
  const char *from; /* of the attribute or metric */
  origin source;
  oss_h5_kind kind;
  size_t offset;
} column;

typedef struct table {
  column *columns;
  size_t count, row_bytes;
  oss_h5_names axes, metrics, intervals; /* the metrics that have an interval too */
  oss_h5_kind *axis_kinds;               /* beside axes */
  hid_t type, text;
} table;

static int has_name(const oss_h5_names *names, const char *name) {
  for (size_t i = 0; i < names->count; i++) {
    if (strcmp(names->at[i], name) == 0) return 1;
  }
  return 0;
}

static void add_once(oss_h5_names *names, const char *name) {
  if (!has_name(names, name)) oss_h5_names_add(names, name);
}

/* Takes note of the axes and metrics of a cell. An axis is text as soon as one cell has text there. */
static oss_status note_cell(table *t, const oss_cell_view *cell) {
  for (size_t i = 0; i < cell->attribute_count; i++) {
    const oss_h5_attribute *attribute = &cell->attributes[i];
    if (!attribute->name || !oss_cell_is_axis(attribute->name)) continue;
    size_t before = t->axes.count, at = 0;
    add_once(&t->axes, attribute->name);
    if (t->axes.count > before) {
      oss_h5_kind *kinds = realloc(t->axis_kinds, t->axes.count * sizeof *kinds);
      if (!kinds) return oss_fail(OSS_ERR_MEMORY, "no memory for the summary");
      t->axis_kinds = kinds;
      kinds[before] = attribute->kind;
    }
    while (at < t->axes.count && strcmp(t->axes.at[at], attribute->name) != 0) at++;
    if (at < t->axes.count && attribute->kind == OSS_H5_TEXT) t->axis_kinds[at] = OSS_H5_TEXT;
  }
  for (size_t i = 0; i < cell->metric_count; i++) {
    add_once(&t->metrics, cell->metrics[i].name);
    if (!isnan(cell->metrics[i].low)) add_once(&t->intervals, cell->metrics[i].name);
  }
  if (t->axes.failed || t->metrics.failed || t->intervals.failed) return oss_fail(OSS_ERR_MEMORY, "no memory for the summary");
  return OSS_OK;
}

static size_t bytes_of(const column *c) {
  if (c->source == FROM_NUMBER) return sizeof(int32_t);
  if (c->source == FROM_KEY) return OSS_HASH_BYTES - 1;
  return c->kind == OSS_H5_TEXT ? sizeof(char *) : 8;
}

static oss_status add_column(table *t, const char *from, const char *ending, origin source, oss_h5_kind kind) {
  column *c = &t->columns[t->count];
  *c = (column){.name = oss_format("%s%s", from, ending), .from = from, .source = source, .kind = kind};
  if (!c->name) return oss_fail(OSS_ERR_MEMORY, "no memory for the summary");
  size_t bytes = bytes_of(c), align = bytes % 8 == 0 ? 8 : bytes;
  c->offset = (t->row_bytes + align - 1) / align * align;
  t->row_bytes = c->offset + bytes;
  t->count++;
  return OSS_OK;
}

static oss_status make_columns(table *t) {
  t->columns = calloc(9 + t->axes.count + 4 * t->metrics.count, sizeof *t->columns);
  if (!t->columns) return oss_fail(OSS_ERR_MEMORY, "no memory for the summary");
  OSS_TRY(add_column(t, "cell", "", FROM_NUMBER, OSS_H5_INT));
  for (size_t i = 0; i < t->axes.count; i++) OSS_TRY(add_column(t, t->axes.at[i], "", FROM_ATTRIBUTE, t->axis_kinds[i]));
  OSS_TRY(add_column(t, "status", "", FROM_ATTRIBUTE, OSS_H5_TEXT));
  OSS_TRY(add_column(t, "reason", "", FROM_ATTRIBUTE, OSS_H5_TEXT));
  OSS_TRY(add_column(t, "nfe", "", FROM_ATTRIBUTE, OSS_H5_INT));
  OSS_TRY(add_column(t, "depth", "", FROM_ATTRIBUTE, OSS_H5_INT));
  OSS_TRY(add_column(t, "search_nfe", "", FROM_ATTRIBUTE, OSS_H5_INT));
  OSS_TRY(add_column(t, "search_seconds", "", FROM_ATTRIBUTE, OSS_H5_REAL));
  OSS_TRY(add_column(t, "sample_seconds", "", FROM_ATTRIBUTE, OSS_H5_REAL));
  for (size_t i = 0; i < t->metrics.count; i++) {
    OSS_TRY(add_column(t, t->metrics.at[i], "_mean", FROM_MEAN, OSS_H5_REAL));
    OSS_TRY(add_column(t, t->metrics.at[i], "_std", FROM_STD, OSS_H5_REAL));
    if (!has_name(&t->intervals, t->metrics.at[i])) continue;
    OSS_TRY(add_column(t, t->metrics.at[i], "_low", FROM_LOW, OSS_H5_REAL));
    OSS_TRY(add_column(t, t->metrics.at[i], "_high", FROM_HIGH, OSS_H5_REAL));
  }
  OSS_TRY(add_column(t, "key", "", FROM_KEY, OSS_H5_OTHER));
  t->row_bytes = (t->row_bytes + 7) / 8 * 8;
  return OSS_OK;
}

hid_t oss_summary_key_type(void) {
  hid_t type = H5Tcopy(H5T_C_S1);
  if (type >= 0 && (H5Tset_size(type, OSS_HASH_BYTES - 1) < 0 || H5Tset_strpad(type, H5T_STR_NULLPAD) < 0)) {
    oss_h5_close(type);
    return H5I_INVALID_HID;
  }
  return type;
}

static herr_t make_type(table *t) {
  hid_t key = oss_summary_key_type();
  t->text = oss_h5_text_type();
  t->type = H5Tcreate(H5T_COMPOUND, t->row_bytes);
  herr_t code = key < 0 || t->text < 0 || t->type < 0 ? -1 : 0;
  for (size_t i = 0; i < t->count && code >= 0; i++) {
    const column *c = &t->columns[i];
    hid_t type = c->source == FROM_NUMBER ? H5T_NATIVE_INT32
                 : c->source == FROM_KEY  ? key
                 : c->kind == OSS_H5_TEXT ? t->text
                 : c->kind == OSS_H5_INT  ? H5T_NATIVE_INT64
                                          : H5T_NATIVE_DOUBLE;
    code = H5Tinsert(t->type, c->name, c->offset, type);
  }
  oss_h5_close(key);
  return code;
}

/* Numbers of an axis that is text elsewhere ("same" beside 64) become text too. */
static oss_status spell_numbers(const table *t, oss_cell_view *cell) {
  for (size_t i = 0; i < t->axes.count; i++) {
    for (size_t a = 0; t->axis_kinds[i] == OSS_H5_TEXT && a < cell->attribute_count; a++) {
      oss_h5_attribute *attribute = &cell->attributes[a];
      if (attribute->kind != OSS_H5_INT || !attribute->name || strcmp(attribute->name, t->axes.at[i]) != 0) continue;
      attribute->text = oss_format("%lld", (long long)attribute->integer);
      if (!attribute->text) return oss_fail(OSS_ERR_MEMORY, "no memory for the summary");
      attribute->kind = OSS_H5_TEXT;
    }
  }
  return OSS_OK;
}

static double metric_value(const oss_cell_view *cell, const char *name, origin source) {
  for (size_t m = 0; m < cell->metric_count; m++) {
    const oss_cell_metric *metric = &cell->metrics[m];
    if (strcmp(metric->name, name) != 0) continue;
    return source == FROM_MEAN ? metric->mean : source == FROM_STD ? metric->std : source == FROM_LOW ? metric->low : metric->high;
  }
  return NAN;
}

/* Fills a row; texts are borrowed from the cell. Numbers a cell lacks: -1, NaN for reals. */
static void fill_row(const table *t, size_t number, const oss_cell_view *cell, char *row) {
  memset(row, 0, t->row_bytes);
  for (size_t i = 0; i < t->count; i++) {
    const column *c = &t->columns[i];
    char *at = row + c->offset;
    const oss_h5_attribute *attribute = c->source == FROM_ATTRIBUTE ? oss_cell_attribute(cell, c->from) : NULL;
    if (c->source == FROM_NUMBER) {
      memcpy(at, &(int32_t){(int32_t)number}, sizeof(int32_t));
    } else if (c->source == FROM_KEY) {
      const char *key = oss_cell_text(cell, "key");
      size_t length = strlen(key);
      memcpy(at, key, length < OSS_HASH_BYTES - 1 ? length : OSS_HASH_BYTES - 1);
    } else if (c->source != FROM_ATTRIBUTE) {
      double value = metric_value(cell, c->from, c->source);
      memcpy(at, &value, sizeof value);
    } else if (c->kind == OSS_H5_TEXT) {
      const char *text = oss_cell_text(cell, c->from);
      memcpy(at, &text, sizeof text);
    } else if (c->kind == OSS_H5_INT) {
      int64_t value = attribute && attribute->kind == OSS_H5_INT ? attribute->integer : -1;
      memcpy(at, &value, sizeof value);
    } else {
      double value = attribute && (attribute->kind == OSS_H5_REAL || attribute->kind == OSS_H5_INT) ? attribute->real : NAN;
      memcpy(at, &value, sizeof value);
    }
  }
}

/* Reads the cells first .. first+count-1 and writes their rows. */
static oss_status write_batch(oss_writer *writer, const char *path, const table *t, const oss_h5_names *cells, hid_t dataset, size_t first,
                              size_t count) {
  char *rows = calloc(count, t->row_bytes);
  oss_cell_view *views = calloc(count, sizeof *views);
  oss_status status = rows && views ? OSS_OK : oss_fail(OSS_ERR_MEMORY, "%s: no memory for the summary", path);
  for (size_t i = 0; i < count && status == OSS_OK; i++) {
    char object[40];
    snprintf(object, sizeof object, "/cells/%s", cells->at[first + i]);
    status = oss_cell_read(oss_writer_file(writer), path, object, &views[i]);
    if (status == OSS_OK) status = spell_numbers(t, &views[i]);
    if (status == OSS_OK) fill_row(t, (size_t)strtoull(cells->at[first + i], NULL, 10), &views[i], rows + i * t->row_bytes);
  }
  if (status == OSS_OK) {
    hsize_t start = first, extent = count;
    hid_t memory = H5Screate_simple(1, &extent, NULL), space = H5Dget_space(dataset);
    herr_t code = memory < 0 || space < 0 ? -1 : H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, NULL, &extent, NULL);
    if (code >= 0) code = H5Dwrite(dataset, t->type, memory, space, H5P_DEFAULT, rows);
    if (code < 0) status = oss_writer_fail(writer, "/summary");
    oss_h5_close(memory);
    oss_h5_close(space);
  }
  for (size_t i = 0; views && i < count; i++) oss_cell_view_free(&views[i]);
  free(views);
  free(rows);
  return status;
}

static oss_status write_table(oss_writer *writer, const char *path, table *t, const oss_h5_names *cells) {
  hsize_t total = cells->count, chunk = total < BATCH ? total : BATCH;
  herr_t code = make_type(t);
  hid_t packed = code < 0 ? H5I_INVALID_HID : H5Tcopy(t->type), dataset = H5I_INVALID_HID;
  hid_t list = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(1, &total, NULL);
  code = packed < 0 || list < 0 || space < 0 ? -1 : H5Tpack(packed);
  if (code >= 0 && chunk > 0) {
    code = H5Pset_chunk(list, 1, &chunk);
    if (code >= 0 && H5Zfilter_avail(H5Z_FILTER_DEFLATE) > 0) code = H5Pset_deflate(list, 1);
  }
  if (code >= 0) dataset = H5Dcreate2(oss_writer_file(writer), "/summary", packed, space, H5P_DEFAULT, list, H5P_DEFAULT);
  oss_status status = dataset < 0 ? oss_writer_fail(writer, "/summary") : OSS_OK;
  oss_h5_close(space);
  oss_h5_close(list);
  oss_h5_close(packed);
  for (size_t first = 0; first < cells->count && status == OSS_OK; first += BATCH) {
    size_t count = cells->count - first < BATCH ? cells->count - first : BATCH;
    status = write_batch(writer, path, t, cells, dataset, first, count);
  }
  if (oss_h5_close(dataset) < 0 && status == OSS_OK) status = oss_writer_fail(writer, "/summary");
  return status;
}

oss_status oss_summary_write(oss_writer *writer, const char *path) {
  table t = {.type = H5I_INVALID_HID, .text = H5I_INVALID_HID};
  oss_h5_names cells;
  OSS_TRY(oss_cell_names(oss_writer_file(writer), path, &cells));
  oss_status status = OSS_OK;
  for (size_t i = 0; i < cells.count; i++) {
    char object[40];
    snprintf(object, sizeof object, "/cells/%s", cells.at[i]);
    oss_cell_view cell;
    OSS_TRY_TO(done, oss_cell_read(oss_writer_file(writer), path, object, &cell));
    status = note_cell(&t, &cell);
    oss_cell_view_free(&cell);
    if (status != OSS_OK) goto done;
  }
  OSS_TRY_TO(done, make_columns(&t));
  OSS_TRY_TO(done, write_table(writer, path, &t, &cells));
done:
  oss_h5_close(t.type);
  oss_h5_close(t.text);
  for (size_t i = 0; i < t.count; i++) free(t.columns[i].name);
  free(t.columns);
  free(t.axis_kinds);
  oss_h5_names_free(&t.axes);
  oss_h5_names_free(&t.metrics);
  oss_h5_names_free(&t.intervals);
  oss_h5_names_free(&cells);
  return status;
}

typedef struct key_row {
  int32_t cell;
  char key[OSS_HASH_BYTES - 1];
} key_row;

int oss_summary_find(hid_t file, const char *key, size_t *number) {
  int found = 0;
  if (strlen(key) != OSS_HASH_BYTES - 1 || !oss_h5_exists(file, "/summary")) return 0;
  hid_t dataset = H5Dopen2(file, "/summary", H5P_DEFAULT), text = oss_summary_key_type();
  hid_t space = dataset < 0 ? H5I_INVALID_HID : H5Dget_space(dataset), type = H5Tcreate(H5T_COMPOUND, sizeof(key_row));
  hssize_t count = space < 0 ? -1 : H5Sget_simple_extent_npoints(space);
  key_row *rows =
      count > 0 ? calloc((size_t)count, sizeof *rows) : NULL; /* -1 in cell never occurs: a table without these columns leaves zeros */
  if (rows && text >= 0 && type >= 0 && H5Tinsert(type, "cell", offsetof(key_row, cell), H5T_NATIVE_INT32) >= 0 &&
      H5Tinsert(type, "key", offsetof(key_row, key), text) >= 0 && H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, rows) >= 0) {
    for (hssize_t i = 0; i < count && !found; i++) {
      found = memcmp(rows[i].key, key, OSS_HASH_BYTES - 1) == 0;
      if (found) *number = (size_t)rows[i].cell;
    }
  }
  free(rows);
  oss_h5_close(type);
  oss_h5_close(text);
  oss_h5_close(space);
  oss_h5_close(dataset);
  return found;
}

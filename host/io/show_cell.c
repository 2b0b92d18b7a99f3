// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/order.h"
#include "host/io/show.h"

enum { OBJECT_BYTES = 64 };

/* Numbers of a cell as doubles, infinities included; data NULL where the dataset is missing or no such thing. */
typedef struct numbers {
  hsize_t dims[3];
  double *data;
} numbers;

/* Reads a dataset of the given rank; column >= 0: that index of the last dimension alone, which then becomes 1. */
static numbers read_numbers(hid_t cell, const char *name, int rank, hssize_t column) {
  numbers out = {.dims = {1, 1, 1}};
  if (!oss_h5_exists(cell, name)) return out;
  hid_t dataset = H5Dopen2(cell, name, H5P_DEFAULT), space = dataset < 0 ? H5I_INVALID_HID : H5Dget_space(dataset);
  hid_t memory = H5I_INVALID_HID;
  if (space >= 0 && H5Sget_simple_extent_ndims(space) == rank && H5Sget_simple_extent_dims(space, out.dims, NULL) == rank) {
    hsize_t start[3] = {0};
    if (column >= 0) {
      start[rank - 1] = (hsize_t)column;
      out.dims[rank - 1] = 1;
    }
    hsize_t count = out.dims[0] * out.dims[1] * out.dims[2];
    memory = H5Screate_simple(rank, out.dims, NULL);
    if (count > 0 && count < SIZE_MAX / sizeof(double)) out.data = malloc((size_t)count * sizeof(double));
    if (out.data && (memory < 0 || H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, out.dims, NULL) < 0 ||
                     H5Dread(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, out.data) < 0)) {
      free(out.data);
      out.data = NULL;
    }
  }
  oss_h5_close(memory);
  oss_h5_close(space);
  oss_h5_close(dataset);
  return out;
}

/* One column of a (rows, width) array: the value of a single row, else "median [quartile, quartile]". New memory. */
static char *column_text(const double *data, size_t rows, size_t width, size_t column) {
  if (rows == 1) return oss_format("%.6g", data[column]);
  double *sorted = malloc(rows * sizeof *sorted);
  if (!sorted) return NULL;
  for (size_t r = 0; r < rows; r++) sorted[r] = data[r * width + column];
  oss_sort(sorted, rows);
  double low = oss_quantile_of_sorted(sorted, rows, 0.25), middle = oss_quantile_of_sorted(sorted, rows, 0.5),
         high = oss_quantile_of_sorted(sorted, rows, 0.75);
  free(sorted);
  return low == high ? oss_format("%.6g", middle) : oss_format("%.6g [%.6g, %.6g]", middle, low, high);
}

static void print_attributes(FILE *out, const oss_cell_view *view) {
  size_t width = 0;
  for (size_t i = 0; i < view->attribute_count; i++) {
    const char *name = view->attributes[i].name;
    if (name && strlen(name) > width) width = strlen(name);
  }
  for (size_t i = 0; i < view->attribute_count; i++) {
    if (!view->attributes[i].name) continue;
    char *text = oss_show_value(&view->attributes[i]);
    if (text) oss_table_line(out, width, view->attributes[i].name, text);
    free(text);
  }
}

/* "0.1234 ± 0.012  (40 samples)", with the interval where there is one. New memory. */
static char *metric_text(const oss_cell_metric *metric, const char *value) {
  const char *plural = metric->count == 1 ? "" : "s";
  if (isnan(metric->low)) return oss_format("%s  (%lld sample%s)", value, (long long)metric->count, plural);
  return oss_format("%s  (%g%%: %.4g to %.4g; %lld sample%s)", value, 100.0 * metric->confidence, metric->low, metric->high,
                    (long long)metric->count, plural);
}

static void print_metrics(FILE *out, const oss_cell_view *view) {
  if (view->metric_count == 0) return;
  fputs("\nMetrics (mean ± standard deviation over the samples; of one value for all of them, what a bootstrap says)\n", out);
  size_t width = 0, mean = 0;
  for (size_t i = 0; i < view->metric_count; i++) {
    if (strlen(view->metrics[i].name) > width) width = strlen(view->metrics[i].name);
    if (oss_show_metric_width(&view->metrics[i]) > mean) mean = oss_show_metric_width(&view->metrics[i]);
  }
  for (size_t i = 0; i < view->metric_count; i++) {
    char *value = oss_show_metric(&view->metrics[i], mean), *text = value ? metric_text(&view->metrics[i], value) : NULL;
    if (text) oss_table_line(out, width, view->metrics[i].name, text);
    free(text);
    free(value);
  }
}

static oss_status print_schedule(FILE *out, hid_t cell) {
  static const char *const parts[3] = {"schedule/index", "schedule/t", "schedule/sigma"};
  static const char *const heads[4] = {"point", "index", "t", "sigma"};
  numbers read[3];
  size_t rows = 0, points = 0;
  for (int i = 0; i < 3; i++) {
    read[i] = read_numbers(cell, parts[i], 2, -1);
    if (read[i].data && points == 0) {
      rows = (size_t)read[i].dims[0];
      points = (size_t)read[i].dims[1];
    }
  }
  oss_status status = OSS_OK;
  oss_table table;
  if (points > 0) status = oss_table_create(4, points, &table);
  if (points > 0 && status == OSS_OK) {
    fprintf(out, rows == 1 ? "\nSchedule\n" : "\nSchedule (of %zu samples: median [lower quartile, upper quartile])\n", rows);
    for (size_t c = 0; c < 4; c++) {
      table.heads[c] = heads[c];
      table.right[c] = rows == 1 || c == 0;
    }
    for (size_t p = 0; p < points; p++) {
      oss_table_set(&table, p, 0, oss_format("%zu", p));
      for (size_t c = 0; c < 3; c++) {
        if (read[c].data && read[c].dims[0] == rows && read[c].dims[1] == points)
          oss_table_set(&table, p, c + 1, column_text(read[c].data, rows, points, p));
      }
    }
    oss_table_print(&table, out);
    oss_table_free(&table);
  }
  for (int i = 0; i < 3; i++) free(read[i].data);
  return status;
}

/* What the search expected of each number of steps: the cost it found at the grid's end. */
static oss_status print_costs(FILE *out, hid_t cell) {
  numbers cost = read_numbers(cell, "search/cost", 3, 0);
  if (!cost.data) return OSS_OK;
  size_t rows = (size_t)cost.dims[0], steps = (size_t)cost.dims[1];
  oss_table table;
  oss_status status = oss_table_create(2, steps, &table);
  if (status == OSS_OK) {
    fprintf(out,
            rows == 1 ? "\nSearch: cost at the end by number of steps\n"
                      : "\nSearch: cost at the end by number of steps (of %zu samples: median [quartiles])\n",
            rows);
    table.heads[0] = "steps";
    table.heads[1] = "cost";
    table.right[0] = 1;
    for (size_t m = 0; m < steps; m++) {
      oss_table_set(&table, m, 0, oss_format("%zu", m + 1));
      oss_table_set(&table, m, 1, column_text(cost.data, rows, steps, m));
    }
    oss_table_print(&table, out);
    oss_table_free(&table);
  }
  free(cost.data);
  return status;
}

static herr_t print_dataset(hid_t cell, const char *name, const H5O_info_t *info, void *data) {
  if (info->type != H5O_TYPE_DATASET) return 0;
  hid_t dataset = H5Dopen2(cell, name, H5P_DEFAULT), space = dataset < 0 ? H5I_INVALID_HID : H5Dget_space(dataset);
  hsize_t dims[H5S_MAX_RANK];
  int rank = space < 0 ? -1 : H5Sget_simple_extent_dims(space, dims, NULL);
  char shape[OSS_H5_SHAPE_BYTES];
  if (rank >= 0) fprintf(data, "  %s %s\n", name, oss_h5_shape_text(rank, dims, shape));
  oss_h5_close(space);
  oss_h5_close(dataset);
  return 0;
}

oss_status oss_show_cell(FILE *out, hid_t file, const char *path, const char *name) {
  char object[OBJECT_BYTES];
  snprintf(object, sizeof object, "/cells/%s", name);
  oss_cell_view view;
  OSS_TRY(oss_cell_read(file, path, object, &view));
  hid_t cell;
  oss_status status = oss_h5_find(file, path, object, H5I_GROUP, &cell);
  if (status == OSS_OK) {
    fprintf(out, "Cell %llu of %s\n", strtoull(name, NULL, 10), path);
    print_attributes(out, &view);
    print_metrics(out, &view);
    status = print_schedule(out, cell);
    if (status == OSS_OK) status = print_costs(out, cell);
    hsize_t links = 0;
    H5G_info_t info;
    if (H5Gget_info(cell, &info) >= 0) links = info.nlinks;
    if (links > 0) fputs("\nDatasets\n", out);
    (void)H5Ovisit2(cell, H5_INDEX_NAME, H5_ITER_INC, print_dataset, out, H5O_INFO_BASIC); /* lists what it can */
    oss_h5_close(cell);
  }
  oss_cell_view_free(&view);
  return status;
}

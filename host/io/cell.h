// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* A cell in a file: how a record is written there, and what can be read back at a glance. */
#ifndef OSS_IO_CELL_H
#define OSS_IO_CELL_H

#include "host/io/h5.h"
#include "host/pipeline/record.h"

/* Where the folder's files keep their cell, and where a cell keeps the quantiles of its teacher. */
#define OSS_CELL_OBJECT "/cell"
#define OSS_CELL_TEACHER_QUANTILES "calibration/teacher"

oss_status oss_cell_write(oss_writer *writer, const char *object, const oss_record *record);

typedef struct oss_cell_metric {
  char *name;
  double mean, std;             /* NaN where the file does not say */
  double low, high, confidence; /* of a metric of all samples together; else NaN */
  int64_t count;
} oss_cell_metric;

/* The attributes in file order, and the metrics. */
typedef struct oss_cell_view {
  oss_h5_attribute *attributes;
  size_t attribute_count;
  oss_cell_metric *metrics;
  size_t metric_count;
} oss_cell_view;

oss_status oss_cell_read(hid_t file, const char *path, const char *object, oss_cell_view *out);
void oss_cell_view_free(oss_cell_view *view);
const oss_h5_attribute *oss_cell_attribute(const oss_cell_view *view, const char *name); /* NULL: none */
const char *oss_cell_text(const oss_cell_view *view, const char *name);                  /* "": none, or no text */

/* Whether an attribute is the value of an axis rather than a result. */
int oss_cell_is_axis(const char *name);

/* The cells of a result in the order of their numbers: names such as "0000". */
oss_status oss_cell_names(hid_t file, const char *path, oss_h5_names *out);

/* Reads every dataset below a group; OSS_ERR_INPUT where HDF5 finds one damaged (compressed data carries checksums). */
oss_status oss_cell_verify(hid_t group);

/* FOLDER/cell-NNNN-KEY.h5; caller frees, NULL without memory. And the folder's removal, with a warning when something is left. */
char *oss_partial_cell_path(const char *output, size_t number, const char *key);
void oss_partial_remove(const char *output);

/* Writes /summary from the cells that are in the writer's file already. path: for messages. */
oss_status oss_summary_write(oss_writer *writer, const char *path);

/* The number of the cell with this key according to /summary; 0 when there is none, or no such table. */
int oss_summary_find(hid_t file, const char *key, size_t *number);

#endif

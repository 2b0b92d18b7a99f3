// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Pieces of what a person sees of a result. */
#ifndef OSS_IO_SHOW_H
#define OSS_IO_SHOW_H

#include <stdio.h>

#include "host/core/text.h"
#include "host/io/cell.h"

enum { OSS_SHOW_WIDTH = 140 };

/* A table of texts. A column may be shortened when the table is wider than OSS_SHOW_WIDTH. */
typedef struct oss_table {
  size_t columns, rows;
  const char **heads; /* (columns), borrowed */
  char *right;        /* (columns): 1 where aligned to the right */
  char *shorten;      /* (columns) */
  char **at;          /* (rows, columns), owned; NULL counts as empty */
} oss_table;

oss_status oss_table_create(size_t columns, size_t rows, oss_table *out);
void oss_table_free(oss_table *table);
void oss_table_set(oss_table *table, size_t row, size_t column, char *owned);
void oss_table_print(const oss_table *table, FILE *out);

/* "  NAME   text", the text continued below its own start where it is too long. width: of the names. */
void oss_show_line(FILE *out, size_t width, const char *name, const char *text);

/* The value of an attribute as new memory. */
char *oss_show_value(const oss_h5_attribute *attribute);

/* "0.01234 ± 0.0004"; the mean alone for one sample, "" without values. New memory. The mean takes at least width columns, so that the
 * means of a column can end below one another. */
char *oss_show_metric(const oss_cell_metric *metric, size_t width);
size_t oss_show_metric_width(const oss_cell_metric *metric);

/* Of the values of an axis (count of them, all different) each one short: the kind, and the options that differ between values of the
 * same kind. out[i]: new memory, NULL without memory. */
void oss_show_members(size_t count, char *const *values, char **out);

/* One cell whole. name: "0003". */
oss_status oss_show_cell(FILE *out, hid_t file, const char *path, const char *name);

#endif

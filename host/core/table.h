// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Tables and lines of text as a person reads them. */
#ifndef OSS_CORE_TABLE_H
#define OSS_CORE_TABLE_H

#include <stdio.h>

#include "kernels/status.h"

enum { OSS_TABLE_WIDTH = 140 };

/* A table of texts. A column may be shortened when the table is wider than OSS_TABLE_WIDTH. */
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
void oss_table_line(FILE *out, size_t width, const char *name, const char *text);

/* Of the values of an axis (count of them, all different) each one short: the kind, and the options that differ between values of the
 * same kind. out[i]: new memory, NULL without memory. */
void oss_members_short(size_t count, char *const *values, char **out);

#endif

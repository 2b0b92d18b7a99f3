// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <stdlib.h>
#include <string.h>

#include "host/core/table.h"

enum { GAP = 2, SHORTEST = 12 };

oss_status oss_table_create(size_t columns, size_t rows, oss_table *out) {
  size_t cells = columns * rows;
  *out = (oss_table){.columns = columns,
                     .rows = rows,
                     .heads = calloc(columns ? columns : 1, sizeof *out->heads),
                     .right = calloc(columns ? columns : 1, 1),
                     .shorten = calloc(columns ? columns : 1, 1),
                     .at = calloc(cells ? cells : 1, sizeof *out->at)};
  if (out->heads && out->right && out->shorten && out->at) return OSS_OK;
  oss_table_free(out);
  return oss_fail(OSS_ERR_MEMORY, "no memory for a table of %zu rows", rows);
}

void oss_table_free(oss_table *table) {
  if (!table) return;
  for (size_t i = 0; table->at && i < table->rows * table->columns; i++) free(table->at[i]);
  free(table->heads);
  free(table->right);
  free(table->shorten);
  free(table->at);
  *table = (oss_table){0};
}

void oss_table_set(oss_table *table, size_t row, size_t column, char *owned) {
  char **at = &table->at[row * table->columns + column];
  free(*at);
  *at = owned;
}

/* Characters of UTF-8, each taken as one column wide. */
static size_t width_of(const char *text) {
  size_t width = 0;
  for (; *text; text++) width += ((unsigned char)*text & 0xC0) != 0x80;
  return width;
}

/* Prints width columns after pending blanks, which are left for the next text where nothing follows: no line ends in blanks. A longer
 * text is cut and ends in an ellipsis. */
static void print_padded(FILE *out, const char *text, size_t width, int right, size_t *pending) {
  size_t length = width_of(text), shown = 0;
  if (length == 0) {
    *pending += width;
    return;
  }
  if (right && length < width) *pending += width - length;
  fprintf(out, "%*s", (int)*pending, "");
  *pending = !right && length < width ? width - length : 0;
  if (length <= width) {
    fputs(text, out);
    return;
  }
  while (*text && shown + 1 < width) {
    do {
      fputc(*text++, out);
    } while (((unsigned char)*text & 0xC0) == 0x80);
    shown++;
  }
  fputs("…", out);
}

/* Takes columns away from the widest that may be shortened, until the table fits or none is left. */
static void fit(const oss_table *table, size_t *widths) {
  size_t total = GAP;
  for (size_t c = 0; c < table->columns; c++) total += widths[c] + GAP;
  while (total > OSS_TABLE_WIDTH) {
    size_t widest = table->columns;
    for (size_t c = 0; c < table->columns; c++) {
      if (table->shorten[c] && widths[c] > SHORTEST && (widest == table->columns || widths[c] > widths[widest])) widest = c;
    }
    if (widest == table->columns) return;
    widths[widest]--;
    total--;
  }
}

void oss_table_print(const oss_table *table, FILE *out) {
  size_t *widths = calloc(table->columns ? table->columns : 1, sizeof *widths);
  if (!widths) return;
  for (size_t c = 0; c < table->columns; c++) {
    widths[c] = width_of(table->heads[c]);
    for (size_t r = 0; r < table->rows; r++) {
      const char *text = table->at[r * table->columns + c];
      size_t width = text ? width_of(text) : 0;
      if (width > widths[c]) widths[c] = width;
    }
  }
  fit(table, widths);
  for (size_t r = 0; r <= table->rows; r++) {
    size_t pending = 0;
    for (size_t c = 0; c < table->columns; c++) {
      const char *text = r == 0 ? table->heads[c] : table->at[(r - 1) * table->columns + c];
      pending += GAP;
      print_padded(out, text ? text : "", widths[c], table->right[c], &pending);
    }
    fputc('\n', out);
  }
  free(widths);
}

void oss_table_line(FILE *out, size_t width, const char *name, const char *text) {
  size_t indent = 2 + width + 2, room = OSS_TABLE_WIDTH - (indent < 80 ? indent : 80);
  fprintf(out, "  %-*s", (int)width, name);
  int first = 1;
  do {
    size_t length = strcspn(text, "\n"), shown = length;
    if (shown > room) { /* break at the last blank that fits, if there is one */
      shown = room;
      while (shown > 0 && text[shown] != ' ') shown--;
      if (shown == 0) shown = length;
    }
    fprintf(out, "%*s%.*s\n", first ? 2 : (int)indent, "", (int)shown, text);
    text += shown;
    while (*text == ' ') text++;
    if (*text == '\n') text++;
    first = 0;
  } while (*text);
}

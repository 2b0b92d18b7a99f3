// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/schedules/match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/text.h"
#include "host/core/yaml.h"

enum { LISTED = 8 }; /* values that a message lists */

/* ---- a text and a value */

static const char *without_folder(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

/* The value as its line has it, files by their names. */
static void add_plain(oss_text *text, const oss_node *node) {
  if (node->kind == OSS_NODE_SCALAR) {
    oss_text_add(text, "%s", without_folder(node->text));
    return;
  }
  int map = node->kind == OSS_NODE_MAP;
  oss_text_add(text, map ? "{" : "[");
  for (size_t i = 0; i < node->count; i++) {
    oss_text_add(text, i > 0 ? ", " : "");
    if (map) oss_text_add(text, "%s: ", node->keys[i]);
    add_plain(text, node->items[i]);
  }
  oss_text_add(text, map ? "}" : "]");
}

/* A value taken apart; owned. */
typedef struct parts {
  char *plain, *kind, *file; /* file: NULL where there is none */
} parts;

static void parts_free(parts *p) {
  free(p->plain);
  free(p->kind);
  free(p->file);
}

static oss_status take_apart(const char *value, parts *out) {
  oss_document document = {0};
  oss_text text = {0};
  oss_status status;
  *out = (parts){0};
  if (value[0] != '{' || oss_yaml_parse("axis", value, strlen(value), &document) != OSS_OK) { /* a bare name, or no YAML of ours */
    *out = (parts){.plain = oss_strdup(value), .kind = oss_strdup(value)};
    status = out->plain != NULL && out->kind != NULL ? OSS_OK : oss_fail(OSS_ERR_MEMORY, "axis value");
  } else {
    const oss_node *kind = oss_node_get(document.root, "kind"), *file = oss_node_get(document.root, "file");
    int has_file = file != NULL && file->kind == OSS_NODE_SCALAR;
    add_plain(&text, document.root);
    status = oss_text_take(&text, &out->plain);
    out->kind = oss_strdup(kind != NULL && kind->kind == OSS_NODE_SCALAR ? kind->text : "");
    if (has_file) out->file = oss_strdup(without_folder(file->text));
    if (status == OSS_OK && (out->kind == NULL || (has_file && out->file == NULL))) status = oss_fail(OSS_ERR_MEMORY, "axis value");
  }
  oss_document_free(&document);
  if (status != OSS_OK) parts_free(out);
  return status;
}

static int names_file(const char *file, const char *text) {
  const char *dot = strrchr(file, '.');
  size_t stem = dot != NULL && dot != file ? (size_t)(dot - file) : strlen(file);
  return strcmp(file, text) == 0 || (strlen(text) == stem && strncmp(file, text, stem) == 0);
}

oss_status oss_match_text(const char *value, const char *text, oss_likeness *out) {
  parts v, t;
  OSS_TRY(take_apart(value, &v));
  oss_status status = take_apart(text, &t);
  if (status == OSS_OK) {
    *out = strcmp(value, text) == 0                                     ? OSS_LIKE_SAME
           : strcmp(v.plain, t.plain) == 0                              ? OSS_LIKE_ALL
           : strcmp(v.kind, t.plain) == 0                               ? OSS_LIKE_KIND
           : v.file != NULL && names_file(v.file, without_folder(text)) ? OSS_LIKE_FILE
           : strstr(v.plain, t.plain) != NULL                           ? OSS_LIKE_PART
                                                                        : OSS_UNLIKE;
    parts_free(&t);
  }
  parts_free(&v);
  return status;
}

/* ---- the cells that answer */

typedef struct axis {
  const char *name;
  size_t offset; /* of a text (or a whole number) in oss_listed_cell */
  int number;
} axis;

#define TEXT_AXIS(name) ((axis){#name, offsetof(oss_listed_cell, name), 0})
#define NUMBER_AXIS(name) ((axis){#name, offsetof(oss_listed_cell, name), 1})

/* What is left of the cells, and in words what they were asked for. */
typedef struct pool {
  const char *path;
  const oss_listed_cell *cells;
  size_t *at, count;
  oss_text asked;
} pool;

static const char *text_at(const pool *p, size_t i, axis a) {
  return *(char *const *)(const void *)((const char *)&p->cells[p->at[i]] + a.offset);
}

static int64_t number_at(const pool *p, size_t i, axis a) {
  return *(const int64_t *)(const void *)((const char *)&p->cells[p->at[i]] + a.offset);
}

static int same_at(const pool *p, size_t i, size_t j, axis a) {
  return a.number ? number_at(p, i, a) == number_at(p, j, a) : strcmp(text_at(p, i, a), text_at(p, j, a)) == 0;
}

/* The different values of an axis, of the cells with this mark where marks are given. */
static size_t add_values(const pool *p, axis a, const char *marks, char mark, oss_text *out) {
  size_t found = 0;
  for (size_t i = 0; i < p->count; i++) {
    int known = marks != NULL && marks[i] != mark;
    for (size_t j = 0; j < i && !known; j++) known = (marks == NULL || marks[j] == mark) && same_at(p, i, j, a);
    if (known) continue;
    found++;
    if (found > LISTED) continue;
    oss_text_add(out, found > 1 ? ", " : "");
    if (a.number)
      oss_text_add(out, "%lld", (long long)number_at(p, i, a));
    else
      oss_text_add(out, "%s", text_at(p, i, a));
  }
  if (found > LISTED) oss_text_add(out, " and %zu more", found - LISTED);
  return found;
}

static oss_status fail_with(oss_status code, const pool *p, const char *what, const char *wanted, const char *there, oss_text *values) {
  char *list = NULL;
  oss_status status = oss_text_take(values, &list);
  if (status == OSS_OK)
    status = oss_fail(code, "%s has %s %s%s; %s %s", p->path, what, wanted, p->asked.length > 0 ? p->asked.chars : "", there, list);
  free(list);
  return status;
}

/* Keeps the cells that are marked, unless none is. */
static size_t keep(pool *p, const char *marks, char mark) {
  size_t kept = 0;
  for (size_t i = 0; i < p->count; i++)
    if (marks[i] == mark) p->at[kept++] = p->at[i];
  if (kept > 0) p->count = kept;
  return kept;
}

static void note(pool *p, const char *wanted) {
  oss_text_add(&p->asked, "%s%s", p->asked.length > 0 ? ", " : " of ", wanted);
}

/* What is asked of a text axis, in words. */
static char *text_words(axis a, const oss_asked *asked) {
  if (asked->text == NULL) return oss_format("any %s", a.name);
  return asked->whole ? oss_format("%s %s", a.name, asked->text) : oss_format("%s '%s'", a.name, asked->text);
}

/* marks: how like each cell's value is; *best the most. */
static oss_status judge(const pool *p, axis a, const oss_asked *asked, char *marks, char *best) {
  *best = OSS_UNLIKE;
  for (size_t i = 0; i < p->count; i++) {
    oss_likeness like = OSS_LIKE_SAME;
    if (i > 0 && same_at(p, i, i - 1, a))
      like = (oss_likeness)marks[i - 1];
    else if (asked->text != NULL)
      OSS_TRY(oss_match_text(text_at(p, i, a), asked->text, &like));
    if (asked->whole && like < OSS_LIKE_ALL) like = OSS_UNLIKE;
    marks[i] = (char)like;
    if (marks[i] > *best) *best = marks[i];
  }
  return OSS_OK;
}

static oss_status ask_text(pool *p, axis a, const oss_asked *asked, char *marks) {
  oss_text values = {0};
  char best, *words = text_words(a, asked);
  oss_status status = words != NULL ? judge(p, a, asked, marks, &best) : oss_fail(OSS_ERR_MEMORY, "cells of %s", p->path);
  if (status == OSS_OK && best == OSS_UNLIKE) {
    add_values(p, a, NULL, 0, &values);
    status = fail_with(OSS_ERR_UNSUPPORTED, p, "no cell with", words, "there are", &values);
  } else if (status == OSS_OK && add_values(p, a, marks, best, &values) > 1) {
    status = fail_with(OSS_ERR_CONFIG, p, "several cells for", words, "say which of", &values);
  }
  if (status == OSS_OK) {
    keep(p, marks, best);
    note(p, words);
  }
  oss_text_free(&values);
  free(words);
  return status;
}

static size_t mark_number(const pool *p, axis a, int64_t wanted, char *marks) {
  size_t count = 0;
  for (size_t i = 0; i < p->count; i++) count += (size_t)(marks[i] = number_at(p, i, a) == wanted);
  return count;
}

static oss_status ask_number(pool *p, axis a, int64_t wanted, char *marks) {
  char words[64];
  oss_text values = {0};
  snprintf(words, sizeof words, "%s %lld", a.name, (long long)wanted);
  if (mark_number(p, a, wanted, marks) == 0) {
    add_values(p, a, NULL, 0, &values);
    return fail_with(OSS_ERR_UNSUPPORTED, p, "no cell with", words, "there are", &values);
  }
  keep(p, marks, 1);
  note(p, words);
  return OSS_OK;
}

static oss_status ask_done(pool *p, char *marks) {
  size_t count = 0;
  oss_text reasons = {0};
  for (size_t i = 0; i < p->count; i++) count += (size_t)(marks[i] = strcmp(p->cells[p->at[i]].status, "done") == 0);
  if (count > 0) {
    keep(p, marks, 1);
    return OSS_OK;
  }
  add_values(p, TEXT_AXIS(reason), NULL, 0, &reasons);
  return fail_with(OSS_ERR_UNSUPPORTED, p, "no finished", "cell", text_at(p, 0, TEXT_AXIS(status)), &reasons);
}

/* Of several, those that agree with the scored cell, where any do. */
static oss_status prefer(pool *p, const oss_wanted *wanted, char *marks) {
  const oss_asked asked[] = {{wanted->teacher_solver, 1}, {wanted->initial, 1}};
  const axis texts[] = {TEXT_AXIS(teacher_solver), TEXT_AXIS(initial)};
  char best;
  for (size_t i = 0; i < 2; i++) {
    OSS_TRY(judge(p, texts[i], &asked[i], marks, &best));
    keep(p, marks, best);
  }
  mark_number(p, NUMBER_AXIS(samples_search), wanted->samples_search, marks);
  keep(p, marks, 1);
  mark_number(p, NUMBER_AXIS(seed), wanted->seed, marks);
  keep(p, marks, 1);
  return OSS_OK;
}

oss_status oss_match_cells(const char *path, const oss_listed_cell *cells, size_t cell_count, const oss_wanted *wanted, size_t **chosen,
                           size_t *count) {
  pool p = {.path = path, .cells = cells, .count = cell_count, .at = malloc(cell_count * sizeof *p.at)};
  char *marks = malloc(cell_count);
  oss_status status = OSS_OK;
  if (p.at == NULL || marks == NULL) {
    status = oss_fail(OSS_ERR_MEMORY, "cells of %s", path);
    goto done;
  }
  for (size_t i = 0; i < cell_count; i++) p.at[i] = i;
  OSS_TRY_TO(done, ask_text(&p, TEXT_AXIS(denoiser), &wanted->denoiser, marks));
  OSS_TRY_TO(done, ask_text(&p, TEXT_AXIS(schedule), &wanted->schedule, marks));
  OSS_TRY_TO(done, ask_text(&p, TEXT_AXIS(solver), &wanted->solver, marks));
  OSS_TRY_TO(done, ask_text(&p, TEXT_AXIS(teacher_grid), &wanted->teacher_grid, marks));
  OSS_TRY_TO(done, ask_number(&p, NUMBER_AXIS(teacher_steps), wanted->teacher_steps, marks));
  OSS_TRY_TO(done, ask_number(&p, NUMBER_AXIS(steps), wanted->steps, marks));
  OSS_TRY_TO(done, ask_done(&p, marks));
  OSS_TRY_TO(done, prefer(&p, wanted, marks));
  *chosen = p.at;
  *count = p.count;
  p.at = NULL;
done:
  oss_text_free(&p.asked);
  free(p.at);
  free(marks);
  return status;
}

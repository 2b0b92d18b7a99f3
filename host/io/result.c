// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/io/result.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/text.h"
#include "host/io/cell.h"
#include "host/io/reader.h"

enum { OBJECT_BYTES = 40 };

static oss_status write_attributes(oss_writer *writer, const oss_attribute *attributes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const oss_attribute *a = &attributes[i];
    OSS_TRY(a->text ? oss_writer_text(writer, "/", a->name, a->text) : oss_writer_int(writer, "/", a->name, a->number));
  }
  return OSS_OK;
}

static oss_status write_teacher(oss_writer *writer, size_t number, const oss_teacher_record *teacher) {
  char group[OBJECT_BYTES], t[OBJECT_BYTES + 2];
  snprintf(group, sizeof group, "/teacher/%04zu", number);
  snprintf(t, sizeof t, "%s/t", group);
  OSS_TRY(oss_writer_text(writer, group, "solver", teacher->solver));
  OSS_TRY(oss_writer_text(writer, group, "grid", teacher->grid));
  OSS_TRY(oss_writer_text(writer, group, "denoiser", teacher->denoiser));
  OSS_TRY(oss_writer_text(writer, group, "initial", teacher->initial));
  OSS_TRY(oss_writer_int(writer, group, "steps", teacher->steps));
  OSS_TRY(oss_writer_int(writer, group, "nfe", teacher->nfe));
  OSS_TRY(oss_writer_real(writer, group, "seconds", teacher->seconds));
  oss_array array = {.type = OSS_F64, .rank = 1, .dims = {(size_t)teacher->steps + 1}, .data = (void *)teacher->t}; /* only read */
  return oss_writer_array(writer, t, &array);
}

/* Whether an axis has this value, or the cell does not have the axis. */
static int has_text(const oss_cell_view *cell, const char *axis, const char *value) {
  const oss_h5_attribute *a = oss_cell_attribute(cell, axis);
  return !a || a->kind != OSS_H5_TEXT || strcmp(a->text, value) == 0;
}

static int has_teacher(const oss_cell_view *cell, const oss_teacher_record *t) {
  const oss_h5_attribute *steps = oss_cell_attribute(cell, "teacher_steps");
  return has_text(cell, "teacher_solver", t->solver) && has_text(cell, "teacher_grid", t->grid) &&
         has_text(cell, "denoiser", t->denoiser) && has_text(cell, "initial", t->initial) &&
         (!steps || steps->kind != OSS_H5_INT || steps->integer == t->steps);
}

/* A teacher's quantiles are those of its first cell that took them, so that kept cells bring them along. */
static oss_status add_quantiles(oss_writer *writer, const char *cell_path, const char *group) {
  static const char source[] = OSS_CELL_OBJECT "/" OSS_CELL_TEACHER_QUANTILES;
  char target[OBJECT_BYTES + 12];
  snprintf(target, sizeof target, "%s/quantiles", group);
  if (oss_h5_exists(oss_writer_file(writer), target) || !oss_io_exists(cell_path, source)) return OSS_OK;
  return oss_writer_copy(writer, cell_path, source, target);
}

/* Looks the teacher of a cell up again: a cell that was kept may come from a sweep with other numbers. */
static oss_status set_teacher(oss_writer *writer, const char *output, const char *object, const char *cell_path,
                              const oss_teacher_record *teachers, size_t count) {
  oss_cell_view cell;
  OSS_TRY(oss_cell_read(oss_writer_file(writer), output, object, &cell));
  const char *named = oss_cell_text(&cell, "teacher");
  size_t number = count;
  if (sscanf(named, "/teacher/%zu", &number) != 1 || number >= count || !has_teacher(&cell, &teachers[number])) number = 0;
  while (number < count && !has_teacher(&cell, &teachers[number])) number++;
  char group[OBJECT_BYTES];
  snprintf(group, sizeof group, "/teacher/%04zu", number);
  int differs = number < count && strcmp(named, group) != 0;
  oss_cell_view_free(&cell);
  if (number < count) OSS_TRY(add_quantiles(writer, cell_path, group));
  return differs ? oss_writer_text(writer, object, "teacher", group) : OSS_OK;
}

static oss_status add_cell(oss_writer *writer, const char *output, size_t number, const char *key, const oss_teacher_record *teachers,
                           size_t teacher_count) {
  char object[OBJECT_BYTES];
  snprintf(object, sizeof object, "/cells/%04zu", number);
  char *path = oss_partial_cell_path(output, number, key);
  if (!path) return oss_fail(OSS_ERR_MEMORY, "%s: no memory for the names of its parts", output);
  oss_status status = oss_writer_copy(writer, path, OSS_CELL_OBJECT, object);
  if (status == OSS_OK) status = set_teacher(writer, output, object, path, teachers, teacher_count);
  free(path);
  return status;
}

oss_status oss_result_write(const char *output, const oss_attribute *attributes, size_t attribute_count, const oss_teacher_record *teachers,
                            size_t teacher_count, const char (*keys)[OSS_HASH_BYTES], size_t cells) {
  oss_writer *writer;
  OSS_TRY(oss_writer_create(output, &writer));
  oss_status status = OSS_OK;
  OSS_TRY_TO(fail, write_attributes(writer, attributes, attribute_count));
  OSS_TRY_TO(fail, oss_writer_group(writer, "/cells"));
  OSS_TRY_TO(fail, oss_writer_group(writer, "/teacher"));
  for (size_t i = 0; i < teacher_count; i++) OSS_TRY_TO(fail, write_teacher(writer, i, &teachers[i]));
  for (size_t i = 0; i < cells; i++) OSS_TRY_TO(fail, add_cell(writer, output, i, keys[i], teachers, teacher_count));
  OSS_TRY_TO(fail, oss_summary_write(writer, output));
  OSS_TRY(oss_writer_finish(writer));
  oss_partial_remove(output);
  return OSS_OK;
fail:
  oss_writer_abort(writer);
  return status;
}

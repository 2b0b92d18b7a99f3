// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/exports/export.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/registries.h"
#include "host/grids/grid.h"

#define OSS_EXPORT(name) extern const oss_export_desc oss_export_##name;
#include "host/exports/exports.def"
#undef OSS_EXPORT

static const oss_export_desc *const exports[] = {
#define OSS_EXPORT(name) &oss_export_##name,
#include "host/exports/exports.def"
#undef OSS_EXPORT
};

OSS_DEFINE_REGISTRY(oss_exports, exports, "exports", "export format", "forms a schedule is exported in (ossbench export --to)")

static const oss_export_desc *desc_of(const oss_member *format) {
  return (const oss_export_desc *)format->desc;
}

/* VE, FLOW or NONE. */
static oss_export_space space_of(const oss_member *format) {
  oss_export_space space = desc_of(format)->space;
  if (space != OSS_SPACE_BY_OPTION) return space;
  return oss_member_is(format, "space", "flow") ? OSS_SPACE_FLOW : OSS_SPACE_VE;
}

double oss_export_sigma(const oss_member *format, double t) {
  return space_of(format) == OSS_SPACE_FLOW ? t : oss_sigma_of_t(t);
}

char *oss_export_fixed(double v, char out[OSS_FIXED_BYTES]) {
  int exponent = v > 0 ? (int)floor(log10(v)) : 0, decimals = 8 - exponent;
  snprintf(out, OSS_FIXED_BYTES, "%.*f", decimals < 1 ? 1 : decimals, v);
  size_t length = strlen(out);
  while (out[length - 1] == '0' && out[length - 2] != '.') out[--length] = '\0';
  return out;
}

void oss_export_add_sigmas(oss_text *out, const oss_member *format, const oss_exported *e, size_t count, const char *separator) {
  char number[OSS_FIXED_BYTES];
  for (size_t i = 0; i < count; i++)
    oss_text_add(out, "%s%s", i > 0 ? separator : "", oss_export_fixed(oss_export_sigma(format, e->t[i]), number));
}

/* ---- before the text ---- */

/* What becomes of a last time above 0. */
static void apply_last(const oss_member *format, oss_exported *e) {
  double last = e->t[e->steps];
  const char *how = oss_member_text(format, "last");
  if (last <= 0.0 || how[0] == '\0') return;
  char number[OSS_FIXED_BYTES];
  oss_export_fixed(oss_export_sigma(format, last), number);
  if (strcmp(how, "append") == 0) {
    e->t[++e->steps] = 0.0;
    e->index[e->steps] = -1;
    oss_exported_note(e, "a 0 was appended after the last sigma %s: %zu evaluations, one more than were measured (last: append)", number,
                      e->steps);
  } else if (strcmp(how, "replace") == 0) {
    e->t[e->steps] = 0.0;
    e->index[e->steps] = -1;
    oss_exported_note(e,
                      "the last sigma %s was replaced by 0: %zu steps as measured, the last of which goes to 0 (last: replace; with last: "
                      "append the 0 would come after it and cost one more evaluation)",
                      number, e->steps);
  } else {
    oss_exported_note(
        e,
        "the list ends at sigma %s, not at 0: as measured, the tool stops there and leaves that much noise. {last: append} adds "
        "a 0 and one more evaluation, {last: replace} goes to 0 in the same number of steps",
        number);
  }
}

/* t = 1 has no sigma in VE. */
static oss_status check_infinite(const oss_member *format, const oss_exported *e) {
  if (space_of(format) != OSS_SPACE_VE || e->t[0] < 1.0) return OSS_OK;
  oss_text text = {0};
  for (size_t i = 0; i < oss_exports.count(); i++) {
    const char *name = exports[i]->base.name, *comma = text.length > 0 ? ", " : "";
    if (exports[i]->space == OSS_SPACE_BY_OPTION) oss_text_add(&text, "%s{kind: %s, space: flow}", comma, name);
    if (exports[i]->space == OSS_SPACE_NONE || exports[i]->space == OSS_SPACE_FLOW) oss_text_add(&text, "%s%s", comma, name);
  }
  oss_status status = oss_fail(
      OSS_ERR_UNSUPPORTED, "%s: cell %" PRId64 " starts at t = 1, where sigma = t / (1 - t) is infinite: %s cannot take it. These can: %s",
      e->file, e->cell, format->yaml, text.chars != NULL ? text.chars : "");
  oss_text_free(&text);
  return status;
}

/* Tools make their own start. */
static void note_start(const oss_member *format, oss_exported *e) {
  oss_export_start start = desc_of(format)->start;
  if (start == OSS_START_UNKNOWN) return;
  int one = strcmp(oss_exported_text(e, "initial"), "one") == 0;
  double measured = one ? 1.0 : e->start;
  double made = start == OSS_START_ONE ? 1.0 : e->t[0];
  if (fabs(measured - made) <= 1e-3 * made) return;
  oss_exported_note(e,
                    "the cell was measured from a start of %.6g times the noise in flow coordinates (initial: %s), this tool starts from "
                    "%.6g times: scale its starting noise by %.6g for the same%s",
                    measured, one ? "one" : "t", made, measured / made,
                    start == OSS_START_LEVEL && !one ? ", or search with start: pinned" : "");
}

/* What was measured with more than the points. */
static void note_measured(oss_exported *e) {
  const char *calibration = oss_exported_text(e, "calibration");
  if (calibration[0] != '\0' && strcmp(calibration, "none") != 0)
    oss_exported_note(e, "the scores were measured with calibration: %s, which this list does not carry", calibration);
  if (strstr(oss_exported_text(e, "schedule"), "sampling: stored") != NULL)
    oss_exported_note(
        e, "the scores were measured with an order of its own for each step (schedule/order, sampling: stored), which tools do not take");
}

/* Steps of no length divide by zero in multistep solvers. */
static void note_float32(const oss_member *format, oss_exported *e) {
  if (space_of(format) == OSS_SPACE_NONE) return;
  for (size_t i = 1; i <= e->steps; i++) {
    if ((float)oss_export_sigma(format, e->t[i]) != (float)oss_export_sigma(format, e->t[i - 1])) continue;
    oss_exported_note(e, "points %zu and %zu are the same number in float32, which tools compute in", i - 1, i);
    return;
  }
}

/* ---- the comment above the text ---- */

/* A comment of one line, whatever the file holds: nothing in it may end the comment. */
static void add_comment(oss_text *out, const char *label, const char *chars, size_t length) {
  oss_text_add(out, "# %s", label);
  for (size_t i = 0; i < length; i++) oss_text_add(out, "%c", (unsigned char)chars[i] < 0x20 || chars[i] == 0x7F ? ' ' : chars[i]);
  oss_text_add(out, "\n");
}

static void add_value(oss_text *line, const oss_exported *e, const char *name, const char *before) {
  const oss_io_attribute *value = oss_exported_value(e->values, e->value_count, name);
  if (value == NULL) return;
  if (value->text != NULL)
    oss_text_add(line, "%s%s", before, value->text);
  else
    oss_text_add(line, "%s%.17g", before, value->real);
}

static void add_metrics(oss_text *line, const oss_exported *e) {
  for (size_t i = 0; i < e->metric_count; i++) {
    const oss_exported_metric *metric = &e->metrics[i];
    const oss_io_attribute *mean = oss_exported_value(metric->values, metric->count, "mean");
    if (mean != NULL && mean->text == NULL) oss_text_add(line, "%s%s %.6g", line->length > 0 ? ", " : "", metric->name, mean->real);
  }
  if (line->length > 0) oss_text_add(line, e->rows > 1 ? " (means over all samples, each with its own schedule)" : " (means)");
}

/* Adds the line as a comment, unless it is empty, and empties it. */
static void flush_line(oss_text *out, const char *label, oss_text *line) {
  if (line->failed) out->failed = 1;
  if (line->length > 0 && !line->failed) add_comment(out, label, line->chars, line->length);
  oss_text_free(line);
}

static void add_header(oss_text *out, const oss_exported *e) {
  oss_text line = {0};
  oss_text_add(&line, "%s, cell %" PRId64, e->file, e->cell);
  if (e->rows > 1) oss_text_add(&line, ", row %zu of %zu", e->row, e->rows);
  const oss_io_attribute *commit = oss_exported_value(e->root, e->root_count, "git_commit");
  if (commit != NULL && commit->text != NULL) oss_text_add(&line, " (ossbench %s)", commit->text);
  flush_line(out, "ossbench export: ", &line);
  add_value(&line, e, "denoiser", "");
  flush_line(out, "denoiser: ", &line);
  add_value(&line, e, "teacher_solver", "");
  add_value(&line, e, "teacher_steps", ", steps ");
  add_value(&line, e, "teacher_grid", ", grid ");
  flush_line(out, "teacher:  ", &line);
  add_value(&line, e, "solver", "solver ");
  oss_text_add(&line, "%ssteps %zu", line.length > 0 ? ", " : "", e->steps);
  if (e->steps < e->budget) oss_text_add(&line, " (of a budget of %zu)", e->budget);
  add_value(&line, e, "schedule", ", schedule ");
  flush_line(out, "student:  ", &line);
  add_metrics(&line, e);
  flush_line(out, "metrics:  ", &line);
}

static void add_notes(oss_text *out, const oss_exported *e) {
  for (const char *at = e->notes.chars; at != NULL && *at != '\0';) {
    size_t length = strcspn(at, "\n");
    add_comment(out, "note: ", at, length);
    at += length + (at[length] == '\n');
  }
}

oss_status oss_export_text(const oss_member *format, oss_exported *e, char **out) {
  const oss_export_desc *desc = desc_of(format);
  oss_text header = {0}, body = {0};
  oss_status status;
  *out = NULL;
  if (desc->notes == OSS_NOTES_COMMENTS) add_header(&header, e); /* says what was measured: before the points change */
  OSS_TRY_TO(done, check_infinite(format, e));
  apply_last(format, e);
  note_start(format, e);
  note_measured(e);
  note_float32(format, e);
  OSS_TRY_TO(done, desc->write(format, e, &body));
  if (desc->notes == OSS_NOTES_COMMENTS) add_notes(&header, e);
  oss_text_add(&header, "%s", body.failed || body.chars == NULL ? "" : body.chars);
  if (body.failed || e->notes.failed) header.failed = 1;
  status = oss_text_take(&header, out);
done:
  oss_text_free(&header);
  oss_text_free(&body);
  return status;
}

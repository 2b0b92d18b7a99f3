// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/io/reader.h"
#include "host/search/search.h"

static const oss_option options[] = {
    {.name = "file", .type = OSS_OPTION_FILE, .fallback = NULL, .help = "HDF5 file"},
    {.name = "dataset", .type = OSS_OPTION_TEXT, .fallback = NULL, .help = "M or M+1 values of one schedule, or (samples, M or M+1)"},
    {.name = "as",
     .type = OSS_OPTION_CHOICE,
     .fallback = "index",
     .choices = "index t sigma",
     .help = "indices in the teacher's grid (starts from its x_T), flow times or noise levels (start at their own first one); ascending or "
             "descending, the final 0 may be left out"},
};

/* Reads (rows, values). */
static oss_status load(const oss_member *member, oss_array *out, size_t *rows, size_t *values) {
  const char *path = oss_member_path(member, "file"), *dataset = oss_member_text(member, "dataset");
  OSS_TRY(oss_member_is(member, "as", "sigma") ? oss_io_read_unbounded(path, dataset, 1, 2, out)
                                               : oss_io_read(path, dataset, OSS_F64, 1, 2, out));
  *rows = out->rank == 2 ? out->dims[0] : 1;
  *values = out->dims[out->rank - 1];
  return OSS_OK;
}

/* Whether the end, 0 or where the grid ends, is among the values. */
static int has_end(const oss_member *member, const oss_grid *grid, const double *row, size_t values) {
  double last = row[0] < row[values - 1] ? row[0] : row[values - 1];
  if (last == 0.0 || oss_member_is(member, "as", "index")) return last == 0.0;
  return oss_grid_index(grid, oss_member_is(member, "as", "sigma") ? oss_t_of_sigma(last) : last) == 0;
}

/* The file's length decides which budget it can serve. */
static oss_status check_length(const oss_member *member, const oss_grid *grid, const double *row, size_t values, int64_t budget) {
  int ends = has_end(member, grid, row, values);
  size_t steps = values - (size_t)ends;
  if (steps == (size_t)budget) return OSS_OK;
  return oss_fail(OSS_ERR_UNSUPPORTED, "schedule file '%s' has %zu values %s the end, for %zu steps, not %lld",
                  oss_member_text(member, "dataset"), values, ends ? "with" : "without", steps, (long long)budget);
}

/* Descending order with the end: M + 1 values into to. */
static void arrange(const double *from, size_t values, size_t steps, double end, double *to) {
  int ascending = values > 1 && from[0] < from[values - 1];
  to[steps] = end;
  for (size_t i = 0; i < values; i++) to[i] = from[ascending ? values - 1 - i : i];
}

static oss_status as_indices(const oss_member *member, const oss_grid *grid, size_t rows, size_t steps, const double *values,
                             oss_schedule *out) {
  int32_t *index = malloc(rows * (steps + 1) * sizeof *index);
  if (index == NULL) return oss_fail(OSS_ERR_MEMORY, "schedule");
  for (size_t i = 0; i < rows * (steps + 1); i++) {
    if (values[i] != floor(values[i]) || values[i] < 0 || values[i] > (double)grid->n) {
      free(index);
      return oss_member_fail(member, "'%s' holds %g: indices are whole numbers from 0 to %lld", oss_member_text(member, "dataset"),
                             values[i], (long long)grid->n);
    }
    if (i % (steps + 1) == steps && values[i] != 0) {
      free(index);
      return oss_member_fail(member, "'%s' ends with %g: the last of %zu indices for %zu steps is 0, or left out",
                             oss_member_text(member, "dataset"), values[i], steps + 1, steps);
    }
    index[i] = (int32_t)values[i];
  }
  oss_status status = oss_schedule_from_indices(grid, rows, steps, index, out);
  free(index);
  return oss_fail_context(status, "%s: '%s'", oss_member_path(member, "file"), oss_member_text(member, "dataset"));
}

static oss_status as_times(const oss_member *member, const oss_grid *grid, size_t steps, double *values, oss_schedule *out) {
  int sigma = oss_member_is(member, "as", "sigma");
  for (size_t i = 0; i <= steps; i++) {
    double t = sigma ? oss_t_of_sigma(values[i]) : values[i];
    if (!(t >= 0.0 && t <= 1.0) || (i > 0 && !(t < values[i - 1])))
      return oss_member_fail(member, "'%s' holds %g as value %zu: %s descend strictly%s", oss_member_text(member, "dataset"), values[i], i,
                             sigma ? "noise levels" : "times", sigma ? "" : " within 0 and 1");
    values[i] = t;
  }
  return oss_schedule_from_times(grid, steps, values, out);
}

static oss_status build(const oss_member *member, const oss_grid *grid, const oss_array *array, size_t rows, size_t values, int64_t budget,
                        oss_schedule *out) {
  size_t steps = (size_t)budget;
  const double *from = array->data;
  double end = oss_member_is(member, "as", "index") ? 0.0 : oss_member_is(member, "as", "sigma") ? oss_sigma_of_t(grid->t[0]) : grid->t[0];
  OSS_TRY(check_length(member, grid, from, values, budget));
  double *ordered = malloc(rows * (steps + 1) * sizeof *ordered);
  if (ordered == NULL) return oss_fail(OSS_ERR_MEMORY, "schedule");
  for (size_t r = 0; r < rows; r++) arrange(from + r * values, values, steps, end, ordered + r * (steps + 1));
  oss_status status = oss_member_is(member, "as", "index") ? as_indices(member, grid, rows, steps, ordered, out)
                                                           : as_times(member, grid, steps, ordered, out);
  free(ordered);
  return status;
}

/* A schedule a sample: under which conditions. */
static oss_status check_rows(const oss_member *member, const oss_search_input *input, size_t rows) {
  if (rows == 1) return OSS_OK;
  if (!oss_member_is(member, "as", "index"))
    return oss_member_fail(member, "a schedule a sample is taken as: index only; '%s' has %zu rows", oss_member_text(member, "dataset"),
                           rows);
  if (!input->evaluate_same) return oss_fail(OSS_ERR_UNSUPPORTED, "a schedule a sample needs samples.evaluate: same");
  if (rows != input->samples)
    return oss_member_fail(member, "'%s' has %zu rows for %zu samples (samples.search)", oss_member_text(member, "dataset"), rows,
                           input->samples);
  return OSS_OK;
}

static oss_status check(const oss_member *member, const oss_search_input *input) {
  oss_array array = {0};
  size_t rows, values;
  OSS_TRY(load(member, &array, &rows, &values));
  oss_status status = check_rows(member, input, rows);
  for (size_t i = 0; i < input->budget_count && status == OSS_OK; i++) {
    oss_schedule schedule = {0};
    status = build(member, &input->problem->grid, &array, rows, values, input->budgets[i], &schedule);
    oss_schedule_free(&schedule);
  }
  oss_array_free(&array);
  return status;
}

static oss_status find(const oss_member *member, const oss_search_input *input, oss_found *found) {
  oss_array array = {0};
  size_t rows, values, done = 0;
  OSS_TRY(load(member, &array, &rows, &values));
  oss_status status = OSS_OK;
  for (; done < input->budget_count && status == OSS_OK; done++)
    status = build(member, &input->problem->grid, &array, rows, values, input->budgets[done], &found[done].schedule);
  if (status != OSS_OK)
    while (done-- > 0) oss_found_free(&found[done]);
  oss_array_free(&array);
  return status;
}

const oss_schedule_desc oss_schedule_file = {
    .base = {.name = "file",
             .summary = "a schedule from an HDF5 file, one for all samples or one a sample",
             .source = "the user's",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .check = check,
    .find = find,
};

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/grids/grid.h"
#include "host/io/reader.h"

static const oss_option options[] = {
    {.name = "file", .type = OSS_OPTION_FILE, .fallback = NULL, .help = "HDF5 file"},
    {.name = "dataset", .type = OSS_OPTION_TEXT, .fallback = NULL, .help = "N+1 times, ascending or descending"},
    {.name = "as",
     .type = OSS_OPTION_CHOICE,
     .fallback = "t",
     .choices = "t sigma",
     .help = "flow times, or noise levels sigma = t / (1 - t)"},
};

static oss_status load(const oss_member *member, double **t, int64_t *n) {
  oss_array array;
  const char *path = oss_member_path(member, "file"), *dataset = oss_member_text(member, "dataset");
  OSS_TRY(oss_member_is(member, "as", "sigma") ? oss_io_read_unbounded(path, dataset, 1, 2, &array)
                                               : oss_io_read(path, dataset, OSS_F64, 1, 2, &array));
  double *values = array.data;
  size_t count = array.dims[array.rank - 1];
  if (array.rank == 2 && array.dims[0] != 1) { /* one row, as a result's schedule has it, is as good as a list */
    free(values);
    return oss_fail(OSS_ERR_INPUT, "%s: dataset '%s' has %zu rows: a grid is one list of times", path, dataset, array.dims[0]);
  }
  if (count < 2) {
    free(values);
    return oss_fail(OSS_ERR_INPUT, "%s: dataset '%s' has %zu time: a grid needs at least 2", path, dataset, count);
  }
  int descending = values[0] > values[count - 1];
  for (size_t i = 1; i < count; i++) {
    if (descending ? values[i] < values[i - 1] : values[i] > values[i - 1]) continue;
    oss_status status = oss_fail(OSS_ERR_INPUT, "%s: '%s' holds %g and then %g at [%zu]: times ascend or descend, each one different", path,
                                 dataset, values[i - 1], values[i], i);
    free(values);
    return status;
  }
  if (descending) {
    for (size_t i = 0; i < count / 2; i++) {
      double swap = values[i];
      values[i] = values[count - 1 - i];
      values[count - 1 - i] = swap;
    }
  }
  if (oss_member_is(member, "as", "sigma"))
    for (size_t i = 0; i < count; i++) values[i] = oss_t_of_sigma(values[i]);
  *t = values;
  *n = (int64_t)count - 1;
  return OSS_OK;
}

const oss_grid_desc oss_grid_file = {
    .base = {.name = "file",
             .summary = "times from an HDF5 file",
             .source = "the user's",
             .options = options,
             .option_count = sizeof options / sizeof options[0],
             .own_steps = 1},
    .load = load,
};

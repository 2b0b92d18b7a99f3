// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/io/reader.h"
#include "host/search/cost.h"

static const oss_option options[] = {
    {.name = "file", .type = OSS_OPTION_FILE, .fallback = NULL, .help = "HDF5 file"},
    {.name = "dataset", .type = OSS_OPTION_TEXT, .fallback = NULL, .help = "matrix (features, elements of a sample)"},
    {.name = "p",
     .type = OSS_OPTION_REAL,
     .fallback = "2",
     .min = 0,
     .max = 16,
     .open_min = 1,
     .help = "exponent: mean |difference of features|^p"},
};

static oss_status load_matrix(const oss_member *cost, const oss_problem *p, oss_cost_view *view) {
  const char *path = oss_member_path(cost, "file"), *dataset = oss_member_text(cost, "dataset");
  oss_array matrix;
  OSS_TRY(oss_io_read(path, dataset, OSS_F32, 2, 2, &matrix));
  if (matrix.dims[1] != p->elements) {
    size_t has = matrix.dims[1];
    oss_array_free(&matrix);
    return oss_member_fail(cost, "%s: '%s' has rows of %zu values, a sample has %zu elements", path, dataset, has, p->elements);
  }
  view->matrix = matrix.data;
  view->count = matrix.dims[0];
  return OSS_OK;
}

const oss_cost_desc oss_cost_feature = {
    .base = {.name = "feature",
             .summary = "linear features of the candidate state against those of the teacher's state",
             .source = "after OSS (arXiv 2503.21774), table 4, whose features are a network's",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .matrix = load_matrix,
};

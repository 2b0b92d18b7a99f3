// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <stdlib.h>

#include "host/io/reader.h"
#include "host/search/cost.h"

static const oss_option options[] = {
    {.name = "file", .type = OSS_OPTION_FILE, .fallback = NULL, .help = "HDF5 file"},
    {.name = "dataset", .type = OSS_OPTION_TEXT, .fallback = NULL, .help = "matrix (D, F), D the elements of a sample: features are x W"},
    OSS_COST_P_OPTION("exponent: mean |difference of features|^p"),
};

/* The file has (D, F), as for metrics; the operation takes a row a feature. */
static oss_status load_matrix(const oss_member *cost, const oss_problem *p, oss_cost_view *view) {
  const char *path = oss_member_path(cost, "file"), *dataset = oss_member_text(cost, "dataset");
  oss_array read;
  OSS_TRY(oss_io_read(path, dataset, OSS_F32, 2, 2, &read));
  size_t d = read.dims[0], features = read.dims[1];
  float *turned = d == p->elements ? malloc(features * d * sizeof *turned) : NULL;
  if (turned != NULL)
    for (size_t e = 0; e < d; e++)
      for (size_t f = 0; f < features; f++) turned[f * d + e] = ((const float *)read.data)[e * features + f];
  oss_array_free(&read);
  if (d != p->elements)
    return oss_member_fail(cost, "%s: '%s' has %zu rows: a feature matrix is (D, F) with D = %zu, the elements of a sample", path, dataset,
                           d, p->elements);
  if (turned == NULL) return oss_fail(OSS_ERR_MEMORY, "feature matrix of %zu x %zu", d, features);
  view->matrix = turned;
  view->count = features;
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

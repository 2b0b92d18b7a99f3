// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>

#include "host/search/cost.h"

static const oss_option options[] = {
    {.name = "keep", .type = OSS_OPTION_INT, .fallback = "4", .min = 1, .max = 4096, .help = "frequencies along each side of the picture"},
    OSS_COST_P_OPTION("exponent: mean |difference of coefficients|^p"),
};

/* Element n of the orthonormal DCT-II's row k, size elements long. */
static double wave(size_t k, size_t n, size_t size) {
  const double pi = 3.14159265358979323846;
  return sqrt((k ? 2.0 : 1.0) / (double)size) * cos(pi * ((double)n + 0.5) * (double)k / (double)size);
}

/* The lowest keep x keep frequencies of each channel and frame: rows of the sample's last two axes (of the only one, where there is one).
 */
static oss_status make_matrix(const oss_member *cost, const oss_problem *p, oss_cost_view *out) {
  size_t keep = (size_t)oss_member_int(cost, "keep");
  size_t width = p->dims[p->rank - 1], height = p->rank > 1 ? p->dims[p->rank - 2] : 1, planes = p->elements / (width * height);
  size_t rows = keep < height ? keep : height, columns = keep < width ? keep : width;
  out->count = planes * rows * columns;
  out->matrix = calloc(out->count * p->elements, sizeof *out->matrix);
  if (out->matrix == NULL) return oss_fail(OSS_ERR_MEMORY, "%zu x %zu cosines", out->count, p->elements);
  float *row = out->matrix;
  for (size_t plane = 0; plane < planes; plane++)
    for (size_t i = 0; i < rows; i++)
      for (size_t j = 0; j < columns; j++, row += p->elements)
        for (size_t y = 0; y < height; y++)
          for (size_t x = 0; x < width; x++) row[(plane * height + y) * width + x] = (float)(wave(i, y, height) * wave(j, x, width));
  return OSS_OK;
}

const oss_cost_desc oss_cost_dct = {
    .base = {.name = "dct",
             .summary = "the candidate state's low spatial frequencies against those of the teacher's state",
             .source = "Ahmed et al. 1974 (IEEE Trans. Computers C-23), DCT-II; as a feature cost of OSS (arXiv 2503.21774), table 4",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .matrix = make_matrix,
};

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>

#include "host/metrics/metric.h"

/* a.b / (|a| |b|); of a zero vector 1 with another zero vector, else 0. */
static double similarity(size_t d, const float *a, const float *b) {
  double ab = 0.0, aa = 0.0, bb = 0.0;
  for (size_t e = 0; e < d; e++) {
    ab += (double)a[e] * (double)b[e];
    aa += (double)a[e] * (double)a[e];
    bb += (double)b[e] * (double)b[e];
  }
  if (aa == 0.0 || bb == 0.0) return aa == bb ? 1.0 : 0.0 * (aa + bb); /* NaN stays NaN */
  return ab / (sqrt(aa) * sqrt(bb));
}

static oss_status evaluate(const oss_member *member, const oss_metric_input *input, double *out) {
  float *student, *teacher;
  (void)member;
  OSS_TRY(oss_metric_download(input, &student, &teacher));
  for (size_t r = 0; r < input->rows; r++)
    out[r] = similarity(input->elements, student + r * input->elements, teacher + r * input->elements);
  free(student);
  return OSS_OK;
}

const oss_metric_desc oss_metric_cosine = {
    .base = {.name = "cosine",
             .summary = "cosine similarity of the end states, all elements as one vector",
             .source = "a.b / (|a| |b|) (docs/DERIVATIONS.md, metrics)"},
    .evaluate = evaluate,
    .higher_is_better = 1,
};

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/ends.h"

#include <stdlib.h>

static oss_status fill(const oss_search_input *input, const double *start, oss_ends *out) {
  const oss_problem *p = input->problem;
  size_t samples = input->samples, d = p->elements;
  OSS_TRY(oss_buffer_create(p->be, "starts", samples * d, sizeof(float), &out->start));
  OSS_TRY(oss_buffer_create(p->be, "ends", samples * d, sizeof(float), &out->end));
  for (size_t first = 0; first < samples; first += p->batch) {
    size_t count = samples - first < p->batch ? samples - first : p->batch;
    const float *states;
    OSS_TRY(oss_problem_start(p, first, count, start, (float *)out->start.data + first * d));
    OSS_TRY(oss_teacher_states(input->teacher, first, count, &states));
    OSS_TRY(p->be->ops->copy(p->be, count * d * sizeof(float), states, (float *)out->end.data + first * d));
  }
  return OSS_OK;
}

oss_status oss_ends_create(const oss_search_input *input, double start, oss_ends *out) {
  size_t batch = input->samples < input->problem->batch ? input->samples : input->problem->batch;
  double *starts = malloc(batch * sizeof *starts);
  *out = (oss_ends){0};
  if (starts == NULL) return oss_fail(OSS_ERR_MEMORY, "starts of %zu samples", batch);
  for (size_t i = 0; i < batch; i++) starts[i] = start;
  oss_status status = fill(input, starts, out);
  free(starts);
  if (status != OSS_OK) oss_ends_destroy(out);
  return status;
}

void oss_ends_destroy(oss_ends *ends) {
  oss_buffer_destroy(&ends->start);
  oss_buffer_destroy(&ends->end);
}

oss_bytes oss_ends_bytes(const oss_search_input *input) {
  return oss_bytes_of(2 * input->samples * input->problem->elements * sizeof(float), 0);
}

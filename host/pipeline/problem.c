// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/pipeline/problem.h"

#include <stdlib.h>
#include <string.h>

#include "host/core/initial.h"
#include "host/core/streams.h"
#include "host/io/reader.h"

static oss_status read_noise_shape(oss_problem *p) {
  oss_array shape = {0};
  OSS_TRY(oss_io_shape(p->noise_file, p->noise_dataset, &shape));
  OSS_TRY(oss_hash_file(p->noise_file, p->noise_content));
  size_t elements = 1;
  for (int i = 1; i < shape.rank; i++) elements *= shape.dims[i];
  if (shape.rank < 2 || shape.rank > OSS_MAX_SAMPLE_RANK + 1 || elements != p->elements)
    return oss_fail(OSS_ERR_INPUT, "%s: noise '%s' has rank %d and %zu elements a sample; the denoiser %s takes (samples, ...) with %zu",
                    p->noise_file, p->noise_dataset, shape.rank, elements, p->denoiser_member->yaml, p->elements);
  p->noise_rows = shape.dims[0];
  p->rank = shape.rank - 1;
  for (int i = 0; i < p->rank; i++) p->dims[i] = shape.dims[i + 1];
  return OSS_OK;
}

oss_status oss_problem_create(const oss_config *config, const oss_cell *cell, oss_backend *be, oss_denoiser *denoiser, oss_problem *out) {
  oss_problem p = {.be = be,
                   .denoiser = denoiser,
                   .denoiser_member = cell->denoiser,
                   .grid_member = cell->teacher_grid,
                   .teacher_solver = cell->teacher_solver,
                   .initial = cell->initial,
                   .rank = denoiser->rank,
                   .elements = denoiser->elements,
                   .seed = cell->seed,
                   .noise_file = config->noise_file,
                   .noise_dataset = config->noise_dataset,
                   .batch = (size_t)config->batch};
  *out = (oss_problem){0};
  memcpy(p.dims, denoiser->dims, sizeof p.dims);
  strcpy(p.noise_content, "drawn");
  if (p.noise_file != NULL) OSS_TRY(read_noise_shape(&p));
  OSS_TRY(oss_grid_create(cell->teacher_grid, cell->teacher_steps, &p.grid));
  *out = p;
  return OSS_OK;
}

void oss_problem_free(oss_problem *problem) {
  if (problem == NULL) return;
  oss_grid_free(&problem->grid);
  *problem = (oss_problem){0};
}

static oss_status load_noise(const oss_problem *p, size_t first, size_t count, float *out) {
  oss_array rows = {0};
  if (first + count > p->noise_rows)
    return oss_fail(OSS_ERR_INPUT, "%s: noise '%s' has %zu samples, %zu are needed (samples.search and samples.evaluate)", p->noise_file,
                    p->noise_dataset, p->noise_rows, first + count);
  OSS_TRY(oss_io_read_rows(p->noise_file, p->noise_dataset, OSS_F32, first, count, &rows));
  oss_status status = p->be->ops->upload(p->be, count * p->elements * sizeof(float), rows.data, out);
  oss_array_free(&rows);
  return status;
}

oss_status oss_problem_start(const oss_problem *p, size_t first, size_t count, const double *start, float *out) {
  if (p->noise_file != NULL)
    OSS_TRY(load_noise(p, first, count, out));
  else
    OSS_TRY(p->be->ops->noise(p->be, count, p->elements, p->seed, OSS_STREAM_NOISE, first, out));
  oss_buffer scale = {0};
  double *factor = malloc(count * sizeof *factor);
  oss_terms terms = {{out}};
  oss_status status;
  if (factor == NULL) return oss_fail(OSS_ERR_MEMORY, "noise scales");
  for (size_t i = 0; i < count; i++) factor[i] = oss_initial_factor(p->initial, start[i]);
  OSS_TRY_TO(done, oss_buffer_create(p->be, "noise scales", count, sizeof *factor, &scale));
  OSS_TRY_TO(done, oss_buffer_upload(&scale, 0, count * sizeof *factor, factor));
  status = p->be->ops->lincomb(p->be, count, p->elements, 1, 1, scale.data, terms, out);
done:
  free(factor);
  oss_buffer_destroy(&scale);
  return status;
}

oss_status oss_problem_labels(const oss_problem *p, size_t first, size_t count, size_t copies, oss_buffer *out) {
  int32_t *labels = malloc(count * sizeof *labels);
  oss_status status;
  *out = (oss_buffer){0};
  if (labels == NULL) return oss_fail(OSS_ERR_MEMORY, "labels of %zu samples", count);
  OSS_TRY_TO(done, oss_denoiser_labels(p->denoiser, p->seed, first, count, labels));
  OSS_TRY_TO(done, oss_buffer_create(p->be, "labels", copies * count, sizeof *labels, out));
  for (size_t i = 0; i < copies; i++) OSS_TRY_TO(done, oss_buffer_upload(out, i * count * sizeof *labels, count * sizeof *labels, labels));
done:
  free(labels);
  if (status != OSS_OK) oss_buffer_destroy(out);
  return status;
}

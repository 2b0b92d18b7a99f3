// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <stdlib.h>
#include <string.h>

#include "host/denoisers/network_state.h"

/* Where element (channel, y, x) of an image of patches lies in the network's order: patch by patch, in a patch (channel, y, x) where the
 * network reads, (y, x, channel) where it writes. */
static size_t place(const oss_network_shape *s, size_t channels, int writes, size_t c, size_t y, size_t x) {
  size_t p = s->patch, patch = y / p * (s->width / p) + x / p, pixel = y % p * p + x % p;
  return patch * channels * p * p + (writes ? pixel * channels + c : c * p * p + pixel);
}

/* gather_columns' tables: from a sample to what the network reads, and back from what it writes. */
static oss_status make_index(oss_network *s, int writes, oss_buffer *out) {
  const oss_network_shape *shape = &s->shape;
  size_t channels = writes ? shape->out_channels : shape->channels, count = channels * oss_network_pixels(s), i = 0;
  int32_t *index = malloc(count * sizeof *index);
  if (index == NULL) return oss_fail(OSS_ERR_MEMORY, "order of %zu elements", count);
  for (size_t c = 0; c < channels; c++)
    for (size_t y = 0; y < shape->height; y++)
      for (size_t x = 0; x < shape->width; x++, i++) {
        size_t there = place(shape, channels, writes, c, y, x);
        if (writes)
          index[i] = (int32_t)there;
        else
          index[there] = (int32_t)i;
      }
  oss_status status = oss_buffer_create(s->be, "order of elements", count, sizeof *index, out);
  if (status == OSS_OK) status = oss_buffer_upload(out, 0, count * sizeof *index, index);
  free(index);
  return status;
}

static oss_status make_room(oss_network *s, size_t elements) {
  size_t rows = s->chunk, outputs = s->shape.out_channels * oss_network_pixels(s);
  OSS_TRY(oss_buffer_create(s->be, "coefficients of a network", rows * 4, sizeof(double), &s->coef));
  OSS_TRY(oss_buffer_create(s->be, "scaled samples", rows * elements, sizeof(float), &s->scaled));
  OSS_TRY(oss_buffer_create(s->be, "input of a network", rows * elements, sizeof(float), &s->input));
  OSS_TRY(oss_buffer_create(s->be, "output of a network", rows * elements, sizeof(float), &s->predicted));
  if (s->guidance == 1.0) return OSS_OK;
  const double guide[2] = {1.0 - s->guidance, s->guidance};
  OSS_TRY(oss_buffer_create(s->be, "conditional outputs", rows * outputs, sizeof(float), &s->conditional));
  OSS_TRY(oss_buffer_create(s->be, "unconditional outputs", rows * outputs, sizeof(float), &s->unconditional));
  OSS_TRY(oss_buffer_create(s->be, "guidance", 2, sizeof(double), &s->guide));
  return oss_buffer_upload(&s->guide, 0, sizeof guide, guide);
}

/* Room for the conditions of a chunk; and -1, which is none of them. */
static oss_status make_conditions(oss_network *s, const float *table) {
  size_t bytes = oss_network_table_floats(s) * sizeof *table, rows = s->chunk;
  if (s->shape.condition == 0) return OSS_OK;
  OSS_TRY(oss_buffer_create(s->be, "conditions", bytes, 1, &s->table));
  OSS_TRY(oss_buffer_upload(&s->table, 0, bytes, table));
  OSS_TRY(oss_buffer_create(s->be, "conditions of a chunk", rows * s->shape.condition, sizeof(float), &s->condition));
  OSS_TRY(oss_buffer_create(s->be, "no conditions", rows, sizeof(int32_t), &s->none));
  int32_t *none = malloc(rows * sizeof *none);
  if (none == NULL) return oss_fail(OSS_ERR_MEMORY, "%zu conditions", rows);
  memset(none, 0xff, rows * sizeof *none);
  oss_status status = oss_buffer_upload(&s->none, 0, rows * sizeof *none, none);
  free(none);
  return status;
}

static oss_status make_sigmas(oss_network *s) {
  size_t count = s->how.entries;
  if (s->log_sigma == NULL) return OSS_OK;
  OSS_TRY(oss_buffer_create(s->be, "noise levels of a network", count, sizeof(double), &s->sigmas));
  s->how.log_sigma = s->sigmas.data;
  return oss_buffer_upload(&s->sigmas, 0, count * sizeof(double), s->log_sigma);
}

oss_status oss_network_load(oss_denoiser *denoiser) {
  oss_network *s = denoiser->state;
  oss_weights weights;
  oss_status status;
  float *table = NULL;
  OSS_TRY(oss_weights_open(s->file, s->seed, &weights));
  if (s->shape.condition > 0) {
    table = malloc(oss_network_table_floats(s) * sizeof *table);
    if (table == NULL) {
      status = oss_fail(OSS_ERR_MEMORY, "conditions of a network");
      goto done;
    }
  }
  OSS_TRY_TO(done, oss_network_build(s, denoiser->elements, &weights, 1, table));
  OSS_TRY_TO(done, make_conditions(s, table));
  OSS_TRY_TO(done, make_index(s, 0, &s->read_index));
  OSS_TRY_TO(done, make_index(s, 1, &s->write_index));
  OSS_TRY_TO(done, make_sigmas(s));
  OSS_TRY_TO(done, make_room(s, denoiser->elements));
  oss_network_close_sources(s);
done:
  free(table);
  oss_weights_close(&weights);
  return status;
}

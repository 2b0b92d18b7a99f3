// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/denoisers/mixture.h"

#include <Random123/philox.h>
#include <math.h>
#include <stdlib.h>

#include "host/core/streams.h"
#include "kernels/normal.h"

enum { CHUNK_ROWS = 4096, CHUNK_CELLS = 4 << 20 };

static size_t chunk_rows(size_t components) {
  size_t rows = CHUNK_CELLS / components;
  return rows < 1 ? 1 : rows > CHUNK_ROWS ? CHUNK_ROWS : rows;
}

static oss_status allocate(oss_mixture *m, const oss_mixture_data *data, const double *log_weights) {
  size_t k = m->components, d = m->elements;
  OSS_TRY(oss_buffer_create(m->be, "mixture means", k * d, sizeof(float), &m->means));
  OSS_TRY(oss_buffer_create(m->be, "mixture scales", k, sizeof(double), &m->scales));
  OSS_TRY(oss_buffer_create(m->be, "mixture weights", k, sizeof(double), &m->log_weights));
  OSS_TRY(oss_buffer_create(m->be, "mixture distances", m->chunk * k, sizeof(double), &m->distance));
  OSS_TRY(oss_buffer_create(m->be, "mixture gains", m->chunk * k, sizeof(float), &m->gain));
  OSS_TRY(oss_buffer_create(m->be, "mixture shrinkage", m->chunk, sizeof(double), &m->shrink));
  OSS_TRY(oss_buffer_upload(&m->means, 0, k * d * sizeof(float), data->means));
  OSS_TRY(oss_buffer_upload(&m->scales, 0, k * sizeof(double), data->scales));
  OSS_TRY(oss_buffer_upload(&m->log_weights, 0, k * sizeof(double), log_weights));
  if (!m->conditional) return OSS_OK;
  double guide[2] = {1.0 - m->guidance, m->guidance};
  OSS_TRY(oss_buffer_create(m->be, "mixture classes", k, sizeof(int32_t), &m->classes));
  OSS_TRY(oss_buffer_upload(&m->classes, 0, k * sizeof(int32_t), data->classes));
  if (m->guidance == 1.0) return OSS_OK;
  OSS_TRY(oss_buffer_create(m->be, "unconditional outputs", m->chunk * d, sizeof(float), &m->unconditional));
  OSS_TRY(oss_buffer_create(m->be, "guidance", 2, sizeof(double), &m->guide));
  return oss_buffer_upload(&m->guide, 0, sizeof guide, guide);
}

oss_status oss_mixture_create(oss_backend *be, const oss_mixture_data *data, double guidance, oss_mixture **out) {
  *out = NULL;
  double total = 0.0;
  for (size_t i = 0; i < data->components; i++) total += data->weights[i];
  oss_mixture *m = calloc(1, sizeof *m);
  double *log_weights = malloc(data->components * sizeof *log_weights);
  oss_status status = OSS_OK;
  if (m == NULL || log_weights == NULL) {
    status = oss_fail(OSS_ERR_MEMORY, "mixture of %zu components", data->components);
    goto done;
  }
  for (size_t i = 0; i < data->components; i++) log_weights[i] = log(data->weights[i] / total);
  m->be = be;
  m->components = data->components;
  m->elements = data->elements;
  m->chunk = chunk_rows(data->components);
  m->conditional = data->classes != NULL;
  m->guidance = guidance;
  status = allocate(m, data, log_weights);
done:
  free(log_weights);
  if (status == OSS_OK)
    *out = m;
  else
    oss_mixture_destroy(m);
  return status;
}

void oss_mixture_destroy(oss_mixture *m) {
  if (m == NULL) return;
  oss_buffer *all[] = {&m->means, &m->scales, &m->log_weights,   &m->classes, &m->distance,
                       &m->gain,  &m->shrink, &m->unconditional, &m->guide};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) oss_buffer_destroy(all[i]);
  free(m);
}

size_t oss_mixture_bytes(const oss_mixture *m) {
  return m->means.bytes + m->scales.bytes + m->log_weights.bytes + m->classes.bytes + m->distance.bytes + m->gain.bytes + m->shrink.bytes +
         m->unconditional.bytes;
}

double oss_mixture_flops(const oss_mixture *m) {
  double passes = m->unconditional.data != NULL ? 2.0 : 1.0;
  return passes * 6.0 * (double)m->components * (double)m->elements; /* distance: subtract, square, add (4); combine: 2 */
}

/* One pass of at most chunk rows. */
static oss_status pass(oss_mixture *m, size_t rows, const double *t, const int32_t *label, const float *x, float *out) {
  const oss_ops *ops = m->be->ops;
  OSS_TRY(ops->mixture_weights(m->be, rows, m->components, m->elements, t, m->scales.data, m->log_weights.data,
                               label != NULL ? m->classes.data : NULL, label, m->distance.data, m->gain.data, m->shrink.data));
  return ops->mixture_combine(m->be, rows, m->components, m->elements, m->shrink.data, m->gain.data, m->means.data, x, out);
}

oss_status oss_mixture_call(oss_mixture *m, size_t rows, const double *t, const int32_t *label, const float *x, float *out) {
  const oss_ops *ops = m->be->ops;
  for (size_t first = 0; first < rows; first += m->chunk) {
    size_t count = rows - first < m->chunk ? rows - first : m->chunk;
    const float *in = x + first * m->elements;
    float *to = out + first * m->elements;
    OSS_TRY(ops->mixture_distance(m->be, count, m->components, m->elements, in, t + first, m->means.data, m->distance.data));
    OSS_TRY(pass(m, count, t + first, m->conditional ? label + first : NULL, in, to));
    if (m->unconditional.data == NULL) continue;
    OSS_TRY(pass(m, count, t + first, NULL, in, m->unconditional.data)); /* the same distances serve both */
    oss_terms terms = {{m->unconditional.data, to}};
    OSS_TRY(ops->lincomb(m->be, count, m->elements, 2, 0, m->guide.data, terms, to));
  }
  return OSS_OK;
}

/* The component of sample i: where a uniform number falls among the cumulated weights. */
static size_t draw_component(const oss_mixture *m, const double *log_weights, uint64_t seed, uint64_t i) {
  philox4x32_ctr_t counter = {{0, OSS_STREAM_DATA, (uint32_t)i, (uint32_t)(i >> 32)}};
  philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
  double u = ((double)philox4x32(counter, key).v[0] + 0.5) / 4294967296.0, below = 0.0;
  size_t k = 0;
  for (; k + 1 < m->components; k++) {
    below += exp(log_weights[k]);
    if (u < below) break;
  }
  return k;
}

oss_status oss_mixture_draw(const oss_mixture *m, uint64_t seed, size_t count, float *out) {
  size_t components = m->components, d = m->elements;
  double *weights = malloc(2 * components * sizeof *weights), *scales = weights + components;
  oss_status status;
  if (weights == NULL) return oss_fail(OSS_ERR_MEMORY, "%zu components", components);
  OSS_TRY_TO(done, oss_buffer_download(&m->log_weights, 0, components * sizeof *weights, weights));
  OSS_TRY_TO(done, oss_buffer_download(&m->scales, 0, components * sizeof *scales, scales));
  for (size_t i = 0; i < count; i++) {
    size_t k = draw_component(m, weights, seed, i);
    float *row = out + i * d, z[4];
    OSS_TRY_TO(done, oss_buffer_download(&m->means, k * d * sizeof *row, d * sizeof *row, row));
    for (size_t e = 0; e < d; e++) {
      if (e % 4 == 0) oss_normal_block(seed, OSS_STREAM_DATA_NORMAL, i, (uint32_t)(e / 4), z);
      row[e] = (float)(row[e] + scales[k] * z[e % 4]);
    }
  }
done:
  free(weights);
  return status;
}

void oss_mixture_attach(oss_mixture *m, oss_denoiser *denoiser) {
  denoiser->state = m;
  denoiser->elements = m->elements;
  denoiser->bytes = oss_mixture_bytes(m);
  denoiser->opening = m->means.bytes; /* as read from the file */
  denoiser->flops = oss_mixture_flops(m);
  denoiser->evaluations = m->unconditional.data != NULL ? 2 : 1;
}

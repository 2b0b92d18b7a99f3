// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/denoisers/network_state.h"

size_t oss_network_pixels(const oss_network *network) {
  return network->shape.height * network->shape.width;
}

/* The conditions of rows: those of label, or none (each condition's own, where they are paired). */
static oss_status take_conditions(oss_network *s, size_t rows, const int32_t *label, int none) {
  const oss_network_shape *shape = &s->shape;
  const float *table = s->table.data;
  const int32_t *index = none && !shape->paired ? s->none.data : label;
  if (none && shape->paired) table += shape->classes * shape->condition;
  return s->be->ops->table_rows(s->be, rows, shape->condition, shape->classes + 1, index, table, s->condition.data);
}

/* The network once: the first n elements of its output (channels first). Its input lies in s->input. */
static oss_status pass(oss_network *s, size_t rows, const double *time, size_t stride, const int32_t *label, int none, size_t n,
                       float *out) {
  oss_net_inputs inputs = {.tensor = {s->input.data, s->condition.data}, .time = time, .time_stride = stride};
  const float *output;
  if (s->shape.condition > 0) OSS_TRY(take_conditions(s, rows, label, none));
  OSS_TRY(oss_net_run(s->net, rows, &inputs, &output));
  return s->be->ops->gather_columns(s->be, rows, s->shape.out_channels * oss_network_pixels(s), n, s->write_index.data, output, out);
}

/* Both passes combined; of channels that are not guided the conditional one. */
static oss_status guided_pass(oss_network *s, size_t rows, const double *time, size_t stride, const int32_t *label, size_t n, float *out) {
  size_t part = s->guided * oss_network_pixels(s);
  int whole = s->guided == 0 || part >= n;
  float *conditional = s->conditional.data, *unconditional = s->unconditional.data;
  const oss_terms terms = {{unconditional, conditional}};
  OSS_TRY(pass(s, rows, time, stride, label, 0, n, conditional));
  OSS_TRY(pass(s, rows, time, stride, label, 1, n, unconditional));
  OSS_TRY(s->be->ops->lincomb(s->be, rows, n, 2, 0, s->guide.data, terms, whole ? out : unconditional));
  if (whole) return OSS_OK;
  return s->be->ops->concat(s->be, rows, part, n, unconditional, n - part, n, conditional + part, out);
}

oss_status oss_network_forward(oss_denoiser *denoiser, size_t rows, const double *time, size_t stride, const int32_t *label,
                               size_t channels, const float *x, float *out) {
  oss_network *s = denoiser->state;
  size_t n = channels * oss_network_pixels(s);
  if (channels > s->shape.out_channels) return oss_fail(OSS_ERR_INTERNAL, "network: %zu channels of %zu", channels, s->shape.out_channels);
  if (rows > s->chunk) return oss_fail(OSS_ERR_INTERNAL, "network: %zu rows in chunks of %zu", rows, s->chunk);
  OSS_TRY(s->be->ops->gather_columns(s->be, rows, denoiser->elements, denoiser->elements, s->read_index.data, x, s->input.data));
  if (s->guidance == 1.0) return pass(s, rows, time, stride, label, 0, n, out);
  return guided_pass(s, rows, time, stride, label, n, out);
}

/* c_in x, the network, c_skip x + c_out F: the coefficients lie in the device's table. */
static oss_status call_chunk(oss_denoiser *denoiser, size_t rows, const double *t, const int32_t *label, const float *x, float *out) {
  oss_network *s = denoiser->state;
  const oss_ops *ops = s->be->ops;
  size_t d = denoiser->elements;
  double *coef = s->coef.data;
  const oss_terms in = {{x}}, both = {{x, s->predicted.data}};
  OSS_TRY(ops->precondition(s->be, rows, s->how, t, coef));
  OSS_TRY(ops->lincomb(s->be, rows, d, 1, 4, coef, in, s->scaled.data));
  OSS_TRY(oss_network_forward(denoiser, rows, coef + 3, 4, label, s->shape.channels, s->scaled.data, s->predicted.data));
  return ops->lincomb(s->be, rows, d, 2, 4, coef + 1, both, out);
}

oss_status oss_network_call(oss_denoiser *denoiser, size_t rows, const double *t, const int32_t *label, const float *x, float *out) {
  const oss_network *s = denoiser->state;
  size_t d = denoiser->elements;
  for (size_t first = 0; first < rows; first += s->chunk) {
    size_t count = rows - first < s->chunk ? rows - first : s->chunk;
    OSS_TRY(call_chunk(denoiser, count, t + first, label + first, x + first * d, out + first * d));
  }
  return OSS_OK;
}

oss_status oss_network_labels(oss_denoiser *denoiser, uint64_t seed, size_t first, size_t count, int32_t *out) {
  const oss_network *s = denoiser->state;
  for (size_t i = 0; i < count; i++) {
    size_t sample = first + i;
    if (s->choice == OSS_CLASS_GIVEN)
      out[i] = s->given != NULL ? s->given[sample % s->given_count] : (int32_t)(sample % s->shape.classes);
    else if (s->choice == OSS_CLASS_DRAWN)
      out[i] = (int32_t)(oss_class_uniform(seed, sample) * (double)s->shape.classes);
    else
      out[i] = (int32_t)s->choice;
  }
  return OSS_OK;
}

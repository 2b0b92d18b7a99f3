// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <stdarg.h>
#include <stdio.h>

#include "host/nets/layers.h"

const char *oss_net_name(oss_net *net, const char *fmt, ...) {
  char *name = net->names[net->named++ % OSS_NET_NAMES];
  va_list args;
  va_start(args, fmt);
  int length = vsnprintf(name, OSS_NET_NAME_BYTES, fmt, args);
  va_end(args);
  if (length >= 0 && length < OSS_NET_NAME_BYTES) return name;
  oss_net_refuse(net, OSS_ERR_INTERNAL, "the name '%s...' of a layer is too long", name);
  return "";
}

/* ---- resample ---- */

typedef struct resample_step {
  oss_net_step base;
  oss_net_view in, out;
  size_t size, channels;
  int up, pad;
  oss_filter filter;
} resample_step;

static oss_status run_resample(const oss_net *net, const oss_net_step *step, size_t rows) {
  const resample_step *s = (const resample_step *)step;
  return net->be->ops->resample(net->be, rows, s->size, s->size, s->channels, s->up, s->pad, s->filter, oss_net_at(net, s->in),
                                oss_net_at(net, s->out));
}

oss_net_view oss_net_resample(oss_net *net, oss_net_view in, size_t size, size_t channels, int up, int pad, const oss_filter *filter) {
  resample_step *s = oss_net_add(net, sizeof *s, run_resample);
  size_t taps = (size_t)filter->taps, around = 2 * (size_t)pad;
  size_t to = up ? (size - 1) * 2 + taps - around : (size + around - taps) / 2 + 1;
  if (s == NULL) return OSS_NET_NONE;
  s->in = oss_net_reads(net, in);
  s->out = oss_net_writes(net, to * to * channels);
  s->size = size;
  s->channels = channels;
  s->up = up;
  s->pad = pad;
  s->filter = *filter;
  return s->out;
}

/* ---- activate ---- */

typedef struct activate_step {
  oss_net_step base;
  oss_net_view in, out;
  size_t elements;
  oss_activation activation;
} activate_step;

static oss_status run_activate(const oss_net *net, const oss_net_step *step, size_t rows) {
  const activate_step *s = (const activate_step *)step;
  return net->be->ops->activate(net->be, rows * s->elements, s->activation, oss_net_at(net, s->in), oss_net_at(net, s->out));
}

oss_net_view oss_net_activate(oss_net *net, oss_net_view in, size_t elements, oss_activation activation) {
  activate_step *s = oss_net_add(net, sizeof *s, run_activate);
  if (s == NULL) return OSS_NET_NONE;
  s->in = oss_net_reads(net, in);
  s->out = oss_net_writes(net, elements);
  s->elements = elements;
  s->activation = activation;
  return s->out;
}

/* ---- concat ---- */

typedef struct concat_step {
  oss_net_step base;
  oss_net_view a, b, out;
  size_t n, m, pixels;
} concat_step;

static oss_status run_concat(const oss_net *net, const oss_net_step *step, size_t rows) {
  const concat_step *s = (const concat_step *)step;
  return net->be->ops->concat(net->be, rows * s->pixels, s->n, s->n, oss_net_at(net, s->a), s->m, s->m, oss_net_at(net, s->b),
                              oss_net_at(net, s->out));
}

oss_net_view oss_net_concat(oss_net *net, oss_net_view a, size_t n, oss_net_view b, size_t m, size_t pixels) {
  concat_step *s = oss_net_add(net, sizeof *s, run_concat);
  if (s == NULL) return OSS_NET_NONE;
  s->a = oss_net_reads(net, a);
  s->b = oss_net_reads(net, b);
  s->out = oss_net_writes(net, pixels * (n + m));
  s->n = n;
  s->m = m;
  s->pixels = pixels;
  return s->out;
}

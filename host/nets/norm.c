// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/nets/layers.h"
#include "host/nets/pack.h"

typedef struct norm_step {
  oss_net_step base;
  oss_net_view in, add, shift, scale, out;
  size_t places, channels, groups; /* places: pixels or tokens */
  double eps;
  int affine;
  size_t gain, bias; /* constants */
  oss_activation activation;
} norm_step;

/* The modulations of a step are views of one tensor, or none. */
static size_t modulation_stride(const oss_net *net, const norm_step *s) {
  return oss_net_stride(net, s->add.tensor >= 0 ? s->add : s->scale);
}

static oss_status run_group(const oss_net *net, const oss_net_step *step, size_t rows) {
  const norm_step *s = (const norm_step *)step;
  return net->be->ops->group_norm(net->be, rows, s->places, s->channels, s->groups, s->eps, net->constants[s->gain].data,
                                  net->constants[s->bias].data, modulation_stride(net, s), oss_net_at(net, s->add),
                                  oss_net_at(net, s->shift), oss_net_at(net, s->scale), s->activation, oss_net_at(net, s->in),
                                  oss_net_at(net, s->out));
}

static oss_status run_layer(const oss_net *net, const oss_net_step *step, size_t rows) {
  const norm_step *s = (const norm_step *)step;
  return net->be->ops->layer_norm(net->be, rows, s->places, s->channels, s->eps, s->affine ? net->constants[s->gain].data : NULL,
                                  s->affine ? net->constants[s->bias].data : NULL, modulation_stride(net, s), oss_net_at(net, s->shift),
                                  oss_net_at(net, s->scale), s->activation, oss_net_at(net, s->in), oss_net_at(net, s->out));
}

static oss_net_view build(oss_net *net, norm_step *s, const char *name, oss_net_view in, norm_step with) {
  if (s == NULL) return OSS_NET_NONE;
  with.base = s->base;
  *s = with;
  s->in = oss_net_reads(net, in);
  oss_net_reads(net, s->add);
  oss_net_reads(net, s->shift);
  oss_net_reads(net, s->scale);
  s->out = oss_net_writes(net, s->places * s->channels);
  s->affine = name != NULL;
  if (!s->affine) return s->out;
  s->gain = oss_pack_constant(net, oss_net_name(net, "%s.weight", name), 1, &s->channels);
  s->bias = oss_pack_constant(net, oss_net_name(net, "%s.bias", name), 1, &s->channels);
  return s->out;
}

oss_net_view oss_net_group_norm(oss_net *net, oss_net_view in, size_t pixels, size_t channels, size_t groups, double eps, const char *name,
                                oss_net_view add, oss_net_view shift, oss_net_view scale, oss_activation activation) {
  norm_step with = {.add = add,
                    .shift = shift,
                    .scale = scale,
                    .places = pixels,
                    .channels = channels,
                    .groups = groups,
                    .eps = eps,
                    .activation = activation};
  if (groups == 0 || channels % groups != 0)
    oss_net_refuse(net, OSS_ERR_CONFIG, "%s: %zu channels can't be normalised in %zu groups", name, channels, groups);
  return build(net, oss_net_add(net, sizeof(norm_step), run_group), name, in, with);
}

oss_net_view oss_net_layer_norm(oss_net *net, oss_net_view in, size_t tokens, size_t width, double eps, const char *name,
                                oss_net_view shift, oss_net_view scale, oss_activation activation) {
  norm_step with = {
      .add = OSS_NET_NONE, .shift = shift, .scale = scale, .places = tokens, .channels = width, .eps = eps, .activation = activation};
  return build(net, oss_net_add(net, sizeof(norm_step), run_layer), name, in, with);
}

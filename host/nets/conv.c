// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/nets/layers.h"
#include "host/nets/pack.h"

typedef struct conv_step {
  oss_net_step base;
  oss_net_view in, out;
  size_t layer;
} conv_step;

static oss_status run(const oss_net *net, const oss_net_step *step, size_t rows) {
  const conv_step *s = (const conv_step *)step;
  return net->be->ops->conv(net->be, rows, &net->layers[s->layer], oss_net_at(net, s->in), oss_net_at(net, s->out));
}

static oss_status take(oss_net *net, const char *name, size_t out, size_t in, size_t kernel, const oss_pack *pack) {
  const size_t dims[4] = {out, in, kernel, kernel};
  OSS_TRY(oss_weights_take(net->weights, oss_net_name(net, "%s.weight", name), OSS_WEIGHT_PARAMETER, 4, dims, pack->weight));
  return oss_weights_take(net->weights, oss_net_name(net, "%s.bias", name), OSS_WEIGHT_PARAMETER, 1, dims, pack->bias);
}

oss_net_view oss_net_conv(oss_net *net, oss_net_view in, size_t size, size_t channels, size_t out, int kernel, int pad, const char *name) {
  if (kernel == 1) {
    const oss_dense_layout pixels = {.rank = 4, .dims = {1, 1}};
    return oss_net_dense(net, in, size * size, channels, out, name, &pixels, OSS_ACT_NONE);
  }
  conv_step *s = oss_net_add(net, sizeof *s, run);
  size_t taps = (size_t)kernel, to = size + 2 * (size_t)pad + 1 - taps;
  oss_pack pack;
  if (s == NULL) return OSS_NET_NONE;
  s->in = oss_net_reads(net, in);
  s->out = oss_net_writes(net, to * to * out);
  s->layer = oss_net_layer(net);
  if (!oss_pack_begin(net, out, channels * taps * taps, &pack)) return s->out;
  oss_net_fail(net, take(net, name, out, channels, taps, &pack));
  oss_conv_shape shape = {.height = size, .width = size, .in = channels, .out = out, .kernel = kernel, .pad = pad};
  oss_pack_conv(net, &pack, shape, s->layer);
  net->flops += 2.0 * (double)(to * to) * (double)out * (double)(channels * taps * taps);
  return s->out;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/nets/layers.h"

typedef struct attention_step {
  oss_net_step base;
  oss_net_view in, out;
  size_t tokens, heads, width;
  double scale;
} attention_step;

static oss_status run(const oss_net *net, const oss_net_step *step, size_t rows) {
  const attention_step *s = (const attention_step *)step;
  return net->be->ops->attention(net->be, rows, s->tokens, s->heads, s->width, s->scale, net->compute, oss_net_at(net, s->in),
                                 oss_net_at(net, s->out));
}

oss_net_view oss_net_attention(oss_net *net, oss_net_view in, size_t tokens, size_t heads, size_t width, double scale) {
  attention_step *s = oss_net_add(net, sizeof *s, run);
  if (s == NULL) return OSS_NET_NONE;
  s->in = oss_net_reads(net, in);
  s->out = oss_net_writes(net, tokens * heads * width);
  s->tokens = tokens;
  s->heads = heads;
  s->width = width;
  s->scale = scale;
  net->flops += 4.0 * (double)tokens * (double)tokens * (double)(heads * width);
  return s->out;
}

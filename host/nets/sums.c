// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/nets/layers.h"
#include "host/nets/pack.h"

typedef struct sum_step {
  oss_net_step base;
  oss_net_view x, y, gate, out;
  size_t tokens, width, table; /* table: a constant, where y is none */
  double factor;
} sum_step;

static oss_status run(const oss_net *net, const oss_net_step *step, size_t rows) {
  const sum_step *s = (const sum_step *)step;
  int shared = s->y.tensor < 0;
  const float *y = shared ? net->constants[s->table].data : oss_net_at(net, s->y);
  return net->be->ops->gated_sum(net->be, rows, s->tokens, s->width, s->factor, oss_net_stride(net, s->gate), oss_net_at(net, s->gate),
                                 shared, oss_net_at(net, s->x), y, oss_net_at(net, s->out));
}

static sum_step *build(oss_net *net, oss_net_view x, oss_net_view y, size_t tokens, size_t width, double factor, oss_net_view gate) {
  sum_step *s = oss_net_add(net, sizeof *s, run);
  if (s == NULL) return NULL;
  s->x = oss_net_reads(net, x);
  s->y = oss_net_reads(net, y);
  s->gate = oss_net_reads(net, gate);
  s->out = oss_net_writes(net, tokens * width);
  s->tokens = tokens;
  s->width = width;
  s->factor = factor;
  return s;
}

oss_net_view oss_net_sum(oss_net *net, oss_net_view x, oss_net_view y, size_t tokens, size_t width, double factor, oss_net_view gate) {
  const sum_step *s = build(net, x, y, tokens, width, factor, gate);
  return s != NULL ? s->out : OSS_NET_NONE;
}

oss_net_view oss_net_add_table(oss_net *net, oss_net_view in, size_t tokens, size_t width, const char *name) {
  sum_step *s = build(net, in, OSS_NET_NONE, tokens, width, 1.0, OSS_NET_NONE);
  const size_t dims[3] = {1, tokens, width};
  if (s == NULL) return OSS_NET_NONE;
  s->table = oss_pack_constant(net, name, 3, dims);
  return s->out;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>

#include "host/nets/layers.h"

typedef struct embed_step {
  oss_net_step base;
  oss_net_view out;
  size_t half, frequency; /* frequency: a constant */
  int sin_first;
} embed_step;

static oss_status run(const oss_net *net, const oss_net_step *step, size_t rows) {
  const embed_step *s = (const embed_step *)step;
  return net->be->ops->embed(net->be, rows, s->half, s->sin_first, net->inputs.time_stride, net->inputs.time,
                             net->constants[s->frequency].data, oss_net_at(net, s->out));
}

oss_net_view oss_net_embed(oss_net *net, size_t half, int sin_first, const float *frequency) {
  embed_step *s = oss_net_add(net, sizeof *s, run);
  if (s == NULL) return OSS_NET_NONE;
  s->out = oss_net_writes(net, 2 * half);
  s->half = half;
  s->sin_first = sin_first;
  s->frequency = oss_net_constant(net, half * sizeof *frequency, frequency);
  return s->out;
}

oss_net_view oss_net_timestep(oss_net *net, size_t width, const char *name) {
  enum { HALF = 128 };
  float frequency[HALF];
  for (int i = 0; i < HALF; i++) frequency[i] = expf((float)-log(10000.0) * (float)i / (float)HALF); /* rounded as the official code does */
  oss_net_view t = oss_net_embed(net, HALF, 0, frequency);
  t = oss_net_dense(net, t, 1, 2 * HALF, width, oss_net_name(net, "%s.0", name), NULL, OSS_ACT_SILU);
  return oss_net_dense(net, t, 1, width, width, oss_net_name(net, "%s.2", name), NULL, OSS_ACT_NONE);
}

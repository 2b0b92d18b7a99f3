// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <stdlib.h>
#include <string.h>

#include "host/nets/layers.h"
#include "host/nets/pack.h"

typedef struct dense_step {
  oss_net_step base;
  oss_net_view in, out;
  size_t tokens, layer;
  oss_activation activation;
} dense_step;

static oss_status run(const oss_net *net, const oss_net_step *step, size_t rows) {
  const dense_step *s = (const dense_step *)step;
  return net->be->ops->dense(net->be, rows * s->tokens, &net->layers[s->layer], s->activation, oss_net_at(net, s->in),
                             oss_net_at(net, s->out));
}

/* Rows (head, channel, part) to (part, head, channel); row: floats of one. */
static oss_status part_rows(size_t n, size_t heads, size_t row, float *rows) {
  size_t width = n / 3 / heads;
  float *copy = malloc(n * row * sizeof *copy);
  if (copy == NULL) return oss_fail(OSS_ERR_MEMORY, "%zu rows of attention", n);
  memcpy(copy, rows, n * row * sizeof *copy);
  for (size_t i = 0; i < n; i++) { /* i: head * width + channel, and part */
    size_t from = i / 3, part = i % 3;
    memcpy(rows + (part * heads * width + from) * row, copy + i * row, row * sizeof *copy);
  }
  free(copy);
  return OSS_OK;
}

static oss_status fill(oss_net *net, const char *name, size_t n, size_t k, const oss_dense_layout *layout, float *weight, float *bias) {
  size_t dims[4] = {n, k};
  if (layout != NULL && layout->rank == 4) {
    dims[1] = k / layout->dims[0] / layout->dims[1];
    memcpy(dims + 2, layout->dims, sizeof layout->dims);
  }
  int rank = layout != NULL && layout->rank > 0 ? layout->rank : 2, permute = layout != NULL && layout->heads > 0;
  OSS_TRY(oss_weights_take(net->weights, oss_net_name(net, "%s.weight", name), OSS_WEIGHT_PARAMETER, rank, dims, weight));
  if (permute && weight != NULL) OSS_TRY(part_rows(n, layout->heads, k, weight));
  if (layout != NULL && layout->no_bias) return OSS_OK;
  OSS_TRY(oss_weights_take(net->weights, oss_net_name(net, "%s.bias", name), OSS_WEIGHT_PARAMETER, 1, &n, bias));
  return permute && bias != NULL ? part_rows(n, layout->heads, 1, bias) : OSS_OK;
}

oss_net_view oss_net_dense(oss_net *net, oss_net_view in, size_t tokens, size_t k, size_t n, const char *name,
                           const oss_dense_layout *layout, oss_activation activation) {
  dense_step *s = oss_net_add(net, sizeof *s, run);
  oss_pack pack;
  if (s == NULL) return OSS_NET_NONE;
  s->in = oss_net_reads(net, in);
  s->out = oss_net_writes(net, tokens * n);
  s->tokens = tokens;
  s->activation = activation;
  s->layer = oss_net_layer(net);
  if (!oss_pack_begin(net, n, k, &pack)) return s->out;
  oss_net_fail(net, fill(net, name, n, k, layout, pack.weight, pack.bias));
  oss_pack_dense(net, &pack, layout == NULL || !layout->no_bias, s->layer);
  net->flops += 2.0 * (double)tokens * (double)n * (double)k;
  return s->out;
}

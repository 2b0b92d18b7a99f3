// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/nets/modulation.h"

#include <stdlib.h>

#include "host/core/text.h"
#include "host/nets/layers.h"
#include "host/nets/pack.h"

typedef struct modulation_step {
  oss_net_step base;
  oss_net_view in, out;
  size_t layer;
} modulation_step;

static oss_status run(const oss_net *net, const oss_net_step *step, size_t rows) {
  const modulation_step *s = (const modulation_step *)step;
  return net->be->ops->dense(net->be, rows, &net->layers[s->layer], OSS_ACT_NONE, oss_net_at(net, s->in), oss_net_at(net, s->out));
}

oss_modulation oss_modulation_begin(oss_net *net, oss_net_view embedding, size_t width) {
  oss_modulation m = {.all = OSS_NET_NONE, .width = width};
  modulation_step *s = oss_net_add(net, sizeof *s, run);
  if (s == NULL) return m;
  m.step = net->step_count - 1;
  s->in = oss_net_reads(net, embedding);
  s->out = m.all = oss_net_writes(net, 0);
  return m;
}

oss_net_view oss_modulation_add(oss_net *net, oss_modulation *m, size_t rows, const char *name) {
  if (net->status != OSS_OK) return OSS_NET_NONE;
  char **names = realloc(m->names, (m->count + 1) * sizeof *names);
  if (names != NULL) m->names = names;
  size_t *sizes = realloc(m->rows, (m->count + 1) * sizeof *sizes);
  if (sizes != NULL) m->rows = sizes;
  char *copy = oss_strdup(name);
  if (names == NULL || sizes == NULL || copy == NULL) {
    free(copy);
    oss_net_refuse(net, OSS_ERR_MEMORY, "modulations of a network");
    return OSS_NET_NONE;
  }
  m->names[m->count] = copy;
  m->rows[m->count++] = rows;
  oss_net_tensor *tensor = &net->tensors[m->all.tensor];
  oss_net_view view = {m->all.tensor, tensor->elements};
  tensor->elements += rows;
  return view;
}

static oss_status fill(oss_net *net, const oss_modulation *m, const oss_pack *pack) {
  size_t done = 0;
  for (size_t i = 0; i < m->count; i++) {
    const size_t dims[2] = {m->rows[i], m->width};
    float *weight = pack->weight != NULL ? pack->weight + done * m->width : NULL, *bias = pack->bias != NULL ? pack->bias + done : NULL;
    OSS_TRY(oss_weights_take(net->weights, oss_net_name(net, "%s.weight", m->names[i]), OSS_WEIGHT_PARAMETER, 2, dims, weight));
    OSS_TRY(oss_weights_take(net->weights, oss_net_name(net, "%s.bias", m->names[i]), OSS_WEIGHT_PARAMETER, 1, dims, bias));
    done += m->rows[i];
  }
  return OSS_OK;
}

static void pack_all(oss_net *net, const oss_modulation *m) {
  oss_pack pack;
  size_t layer = oss_net_layer(net), total = net->status == OSS_OK ? net->tensors[m->all.tensor].elements : 0;
  if (!oss_pack_begin(net, total, m->width, &pack)) return;
  ((modulation_step *)net->steps[m->step])->layer = layer;
  oss_net_fail(net, fill(net, m, &pack));
  oss_pack_dense(net, &pack, 1, layer);
  net->flops += 2.0 * (double)total * (double)m->width;
}

void oss_modulation_end(oss_net *net, oss_modulation *m) {
  pack_all(net, m);
  for (size_t i = 0; i < m->count; i++) free(m->names[i]);
  free(m->names);
  free(m->rows);
  *m = (oss_modulation){0};
}

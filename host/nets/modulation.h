// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The layers that turn one embedding into the modulations of all blocks: as one product. Each block takes its columns of the result. */
#ifndef OSS_NETS_MODULATION_H
#define OSS_NETS_MODULATION_H

#include "host/nets/plan.h"

typedef struct oss_modulation {
  oss_net_view all;
  size_t width, step;  /* of the embedding; the step's number */
  char **names;        /* of the layers, owned */
  size_t *rows, count; /* outputs of each */
} oss_modulation;

/* Adds the product over embedding [sample][width]; its outputs are those of all oss_modulation_add until oss_modulation_end. */
oss_modulation oss_modulation_begin(oss_net *net, oss_net_view embedding, size_t width);

/* The outputs of the layer `name`, with the weights name.weight [rows][width] and name.bias: columns of one tensor. */
oss_net_view oss_modulation_add(oss_net *net, oss_modulation *modulation, size_t rows, const char *name);

/* Packs all layers as one. Frees what the modulation holds, after a failure too. */
void oss_modulation_end(oss_net *net, oss_modulation *modulation);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* A layer's weights on their way from the file to the backend. */
#ifndef OSS_NETS_PACK_H
#define OSS_NETS_PACK_H

#include "host/nets/plan.h"

/* Host memory for a matrix [n][k] and a bias [n] when loading; NULL both when only planning. */
typedef struct oss_pack {
  size_t n, k;
  float *weight, *bias;
} oss_pack;

/* 0: the net has failed, there is nothing to free. */
int oss_pack_begin(oss_net *net, size_t n, size_t k, oss_pack *out);

/* Packs what was filled in as the layer of that number, or counts its bytes; frees the host memory in any case. */
void oss_pack_dense(oss_net *net, oss_pack *pack, int bias, size_t layer);
void oss_pack_conv(oss_net *net, oss_pack *pack, oss_conv_shape shape, size_t layer);

/* A tensor of the weights as a constant [count]; its number. dims: its shape in the file. */
size_t oss_pack_constant(oss_net *net, const char *name, int rank, const size_t *dims);

#endif

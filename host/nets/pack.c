// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/nets/pack.h"

#include <stdlib.h>

#include "kernels/sizes.h"

enum { PANEL = 16 }; /* a backend may round the outputs of a layer up, and the inputs of a convolution */

static size_t padded(size_t n) {
  return (n + PANEL - 1) / PANEL * PANEL;
}

int oss_pack_begin(oss_net *net, size_t n, size_t k, oss_pack *out) {
  *out = (oss_pack){.n = n, .k = k};
  if (net->status != OSS_OK) return 0;
  if (!oss_fits(n, k + 1, 1, 2 * sizeof(float))) {
    oss_net_refuse(net, OSS_ERR_CONFIG, "a layer of %zu by %zu", n, k);
    return 0;
  }
  size_t bytes = n * (k + 1) * sizeof(float);
  net->weight_bytes += padded(n) * (k + 1) * sizeof(float);
  if (bytes > net->staging) net->staging = bytes;
  if (!net->loading) return 1;
  out->weight = malloc(bytes);
  if (out->weight == NULL) {
    oss_net_refuse(net, OSS_ERR_MEMORY, "a layer of %zu by %zu on its way to the backend", n, k);
    return 0;
  }
  out->bias = out->weight + n * k;
  return 1;
}

void oss_pack_dense(oss_net *net, oss_pack *pack, int bias, size_t layer) {
  if (net->loading && net->status == OSS_OK)
    oss_net_fail(net, net->be->ops->dense_pack(net->be, pack->n, pack->k, net->compute, pack->weight, bias ? pack->bias : NULL,
                                               &net->layers[layer]));
  free(pack->weight);
}

void oss_pack_conv(oss_net *net, oss_pack *pack, oss_conv_shape shape, size_t layer) {
  net->weight_bytes += (padded(shape.in) - shape.in) * padded(shape.out) * (size_t)(shape.kernel * shape.kernel) * sizeof(float);
  if (net->loading && net->status == OSS_OK)
    oss_net_fail(net, net->be->ops->conv_pack(net->be, shape, net->compute, pack->weight, pack->bias, &net->layers[layer]));
  free(pack->weight);
}

size_t oss_pack_constant(oss_net *net, const char *name, int rank, const size_t *dims) {
  size_t count = 1, number;
  float *host = NULL;
  if (net->status != OSS_OK) return 0;
  for (int i = 0; i < rank; i++) count *= dims[i];
  if (net->loading) {
    host = malloc(count * sizeof *host);
    if (host == NULL) {
      oss_net_refuse(net, OSS_ERR_MEMORY, "'%s'", name);
      return 0;
    }
  }
  oss_net_fail(net, oss_weights_take(net->weights, name, OSS_WEIGHT_PARAMETER, rank, dims, host));
  number = oss_net_constant(net, count * sizeof *host, host);
  free(host);
  return number;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <stdlib.h>

#include "kernels/checks.h"
#include "kernels/cuda/blas.h"
#include "kernels/cuda/dense.h"

/* A product has as many rows as keep a card busy for some microseconds, whatever the batch: fewer are filled up (dense.cu). */
enum { MOST_ROWS = OSS_CUDA_EMULATED ? 32 : 2048, LEAST_ROWS = OSS_CUDA_EMULATED ? 32 : 256, PRODUCT_FMA = 1 << 28 };

static size_t panel_rows(size_t n, size_t k) {
  size_t rows = MOST_ROWS;
  while (rows > LEAST_ROWS && rows * n * k > PRODUCT_FMA) rows /= 2;
  while (rows > 0 && rows * (n + k + 64) * sizeof(float) > OSS_CUDA_SCRATCH_BYTES) rows /= 2;
  return rows;
}

static oss_status release(oss_backend *be, oss_packed *packed) {
  oss_cuda_dense_layer *layer = reinterpret_cast<oss_cuda_dense_layer *>(packed);
  oss_status status = oss_cuda_release(be, layer->weight);
  free(layer);
  return status;
}

static oss_status fill(oss_backend *be, oss_cuda_dense_layer *layer, const float *weight, const float *bias) {
  const size_t n = layer->n, k = layer->k;
  void *memory;
  OSS_TRY(oss_cuda_allocate(be, (n * k + n) * sizeof(float), &memory));
  layer->weight = static_cast<float *>(memory);
  OSS_TRY(oss_cuda_upload(be, n * k * sizeof(float), weight, layer->weight));
  if (bias == NULL) return OSS_OK;
  layer->bias = layer->weight + n * k;
  return oss_cuda_upload(be, n * sizeof(float), bias, layer->bias);
}

oss_status oss_cuda_dense_pack(oss_backend *be, size_t n, size_t k, oss_compute compute, const float *weight, const float *bias,
                               oss_layer *out) {
  *out = oss_layer{};
  OSS_TRY(oss_check_dense_pack(n, k));
  OSS_TRY(oss_cuda_check_compute(be, compute));
  if (panel_rows(n, k) == 0)
    return oss_fail(OSS_ERR_UNSUPPORTED, "dense_pack: %zu outputs of %zu inputs are more than scratch holds", n, k);
  oss_cuda_dense_layer *layer = static_cast<oss_cuda_dense_layer *>(calloc(1, sizeof *layer));
  if (layer == NULL) return oss_fail(OSS_ERR_MEMORY, "no memory");
  layer->head.kind = OSS_LAYER_DENSE;
  layer->head.release = release;
  layer->n = n;
  layer->k = k;
  layer->panel = panel_rows(n, k);
  layer->compute = compute;
  oss_status status = fill(be, layer, weight, bias);
  if (status != OSS_OK) {
    release(be, &layer->head);
    return status;
  }
  out->packed = layer;
  out->bytes = (n * k + n) * sizeof(float);
  return OSS_OK;
}

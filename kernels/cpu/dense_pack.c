// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <string.h>

#include "kernels/checks.h"
#include "kernels/cpu/cpu.h"
#include "kernels/cpu/dense.h"

enum { LINE = 64 / sizeof(float) };

static oss_status release(oss_backend *be, oss_packed *packed) {
  return oss_cpu_release(be, packed);
}

/* The layer with room behind it for the bias and the weights. */
static size_t layer_bytes(const oss_dense_layer *l) {
  const size_t head = (sizeof *l + 63) / 64 * 64;
  return head + (l->panels * l->width * (l->k + 1) + LINE) * sizeof(float);
}

oss_status oss_cpu_dense_pack(oss_backend *be, size_t n, size_t k, oss_compute compute, const float *weight, const float *bias,
                              oss_layer *out) {
  void *memory;
  oss_dense_layer l = {.head = {OSS_LAYER_DENSE, release}, .block = oss_dense_block_generic, .n = n, .k = k, .tile = OSS_DENSE_TILE};
  size_t lanes = 4;
  *out = (oss_layer){0};
  OSS_TRY(oss_check_dense_pack(n, k));
  if (compute != OSS_COMPUTE_FP32) return oss_fail(OSS_ERR_UNSUPPORTED, "the processor computes products in fp32 only");
#if OSS_ISA_X86
  const oss_isa isa = oss_isa_chosen();
  if (isa == OSS_ISA_AVX2) l.block = oss_dense_block_avx2, lanes = 8;
  if (isa == OSS_ISA_AVX512) l.block = oss_dense_block_avx512, lanes = 16, l.tile = OSS_DENSE_TILE_512;
#endif
  l.width = lanes * OSS_DENSE_VECTORS;
  l.panels = (n + l.width - 1) / l.width;
  OSS_TRY(oss_cpu_allocate(be, layer_bytes(&l), &memory));
  const size_t padded = (l.panels * l.width + LINE - 1) / LINE * LINE;
  l.bias = (float *)memory + (sizeof l + 63) / 64 * LINE;
  l.weight = l.bias + padded;
  memcpy(memory, &l, sizeof l);
  if (bias != NULL) memcpy(l.bias, bias, n * sizeof *bias);
#pragma omp parallel for schedule(static) num_threads(be->threads) if (n * k > OSS_CPU_SERIAL)
  for (size_t p = 0; p < l.panels; p++) {
    float *panel = l.weight + p * k * l.width;
    for (size_t i = p * l.width; i < n && i < (p + 1) * l.width; i++)
      for (size_t e = 0; e < k; e++) panel[e * l.width + i % l.width] = weight[i * k + e];
  }
  *out = (oss_layer){memory, layer_bytes(&l)};
  return OSS_OK;
}

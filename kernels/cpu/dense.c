// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cpu/dense.h"

#include "kernels/checks.h"
#include "kernels/cpu/cpu.h"

enum {
  CHUNK_BYTES = 512 << 10, /* of weights that rows pass by: half of a second-level cache */
  TASKS = 4                /* a thread, where there is work enough: they do not all run at the same speed */
};

oss_status oss_cpu_dense(oss_backend *be, size_t rows, const oss_layer *layer, oss_activation activation, const float *in, float *out) {
  OSS_TRY(oss_check_layer(layer, OSS_LAYER_DENSE, "dense"));
  const oss_dense_layer *l = layer->packed;
  OSS_TRY(oss_check_dense(rows, l->n, l->k, activation));
  if (rows == 0) return OSS_OK;
  const oss_dense_job job = {l, activation, in, out};
  const size_t tiles = (rows + l->tile - 1) / l->tile, threads = (size_t)be->threads;
  size_t chunk = CHUNK_BYTES / (l->k * l->width * sizeof(float)), groups = tiles;
  if (chunk < 1) chunk = 1;
  if (tiles < threads && chunk > (l->panels * tiles + threads - 1) / threads) chunk = (l->panels * tiles + threads - 1) / threads;
  if (chunk > l->panels) chunk = l->panels;
  const size_t chunks = (l->panels + chunk - 1) / chunk;
  if (groups > (TASKS * threads + chunks - 1) / chunks) groups = (TASKS * threads + chunks - 1) / chunks;
    /* Blocks that share their weights follow each other. */
#pragma omp parallel for schedule(dynamic, 1) num_threads(be->threads) if (rows * l->n * l->k > OSS_CPU_SERIAL * 16)
  for (size_t task = 0; task < chunks * groups; task++) {
    const size_t panel = task / groups * chunk, group = task % groups;
    const size_t first = tiles * group / groups * l->tile, last = tiles * (group + 1) / groups * l->tile;
    l->block(&job, first, (last < rows ? last : rows) - first, panel, l->panels - panel < chunk ? l->panels - panel : chunk);
  }
  return OSS_OK;
}

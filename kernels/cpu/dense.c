// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cpu/dense.h"

#include "kernels/checks.h"
#include "kernels/cpu/cpu.h"

enum {
  WEIGHT_BYTES = 512 << 10, /* of the panels that rows pass by together, */
  INPUT_BYTES = 320 << 10,  /* and of these rows: both stay in a second-level cache */
  LEAST_PANELS = 4,         /* that share the copy of their inputs */
  TASKS = 4,                /* a thread, where there is work enough: they do not all run at the same speed */
  SERIAL_FMA = 1 << 18      /* a few microseconds */
};

/* How rows and panels are cut into blocks. Nothing in a result depends on it. */
typedef struct cut {
  size_t tiles, groups; /* of rows; each group has tiles / groups of them or one more */
  size_t chunk, chunks; /* panels in a chunk; the last one may have less */
} cut;

static size_t ceil_of(size_t count, size_t size) {
  return (count + size - 1) / size;
}

static size_t between(size_t least, size_t value, size_t most) {
  value = value < least ? least : value;
  return value < most ? value : most;
}

static cut cut_for(const oss_dense_layer *l, size_t rows, size_t threads) {
  const size_t tiles = ceil_of(rows, l->tile), line = between(1, l->k, OSS_DENSE_DEEP) * sizeof(float);
  cut c = {.tiles = tiles, .chunk = between(LEAST_PANELS, WEIGHT_BYTES / (line * l->width), l->panels)};
  if (tiles < threads) c.chunk = between(1, c.chunk, ceil_of(l->panels * tiles, threads));
  c.chunks = ceil_of(l->panels, c.chunk);
  c.groups = ceil_of(tiles, between(1, INPUT_BYTES / (line * l->tile), tiles));
  c.groups = between(c.groups, ceil_of(TASKS * threads, c.chunks), tiles);
  return c;
}

static void run_block(const oss_dense_job *job, size_t rows, const cut *c, size_t task) {
  const oss_dense_layer *l = job->layer;
  const size_t panel = task % c->chunks * c->chunk, group = task / c->chunks;
  const size_t first = c->tiles * group / c->groups * l->tile, last = c->tiles * (group + 1) / c->groups * l->tile;
  l->block(job, first, (last < rows ? last : rows) - first, panel, between(1, l->panels - panel, c->chunk));
}

oss_status oss_cpu_dense(oss_backend *be, size_t rows, const oss_layer *layer, oss_activation activation, const float *in, float *out) {
  OSS_TRY(oss_check_layer(layer, OSS_LAYER_DENSE, "dense"));
  const oss_dense_layer *l = layer->packed;
  OSS_TRY(oss_check_dense(rows, l->n, l->k, activation));
  if (rows == 0) return OSS_OK;
  const oss_dense_job job = {l, activation, in, out};
  const int serial = be->threads == 1 || (double)rows * (double)l->n * (double)l->k < SERIAL_FMA;
  const cut c = cut_for(l, rows, serial ? 1 : (size_t)be->threads);
  if (serial) {
    for (size_t task = 0; task < c.groups * c.chunks; task++) run_block(&job, rows, &c, task);
    return OSS_OK;
  }
  /* Blocks that share their rows follow each other. */
#pragma omp parallel for schedule(dynamic, 1) num_threads(be->threads)
  for (size_t task = 0; task < c.groups * c.chunks; task++) run_block(&job, rows, &c, task);
  return OSS_OK;
}

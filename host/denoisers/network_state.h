// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What a network's denoiser holds: shared by network.c, which opens it, network_load.c and network_run.c, which calls it. */
#ifndef OSS_DENOISERS_NETWORK_STATE_H
#define OSS_DENOISERS_NETWORK_STATE_H

#include "host/denoisers/classes.h"
#include "host/denoisers/network.h"
#include "kernels/buffer.h"

enum { OSS_NETWORK_SOURCES = 3 };

typedef struct oss_network {
  oss_backend *be;
  const oss_architecture *architecture;
  oss_safetensors *file;                         /* NULL: random weights; closed when they are loaded */
  oss_arguments *arguments[OSS_NETWORK_SOURCES]; /* each below the one before; NULL behind the last */
  uint64_t seed;                                 /* of random weights */
  void *config;
  oss_network_shape shape;
  oss_compute compute;
  oss_net *net; /* only planned until loaded */
  oss_precondition how;
  double *log_sigma; /* host, of eps */
  int64_t choice;    /* OSS_CLASS_* or a class */
  int32_t *given;    /* (given_count) classes of a file */
  size_t given_count;
  double guidance; /* 1: none */
  size_t guided;   /* channels, 0: all */
  size_t chunk;
  oss_buffer read_index, write_index; /* of the network's input and output */
  oss_buffer sigmas, coef, scaled, input, predicted;
  oss_buffer table, condition, none; /* none: [chunk] of -1 */
  oss_buffer conditional, unconditional, guide;
} oss_network;

size_t oss_network_pixels(const oss_network *network);

/* File and arguments, which a loaded network does not need. */
void oss_network_close_sources(oss_network *network);

/* Of the vectors of all conditions (oss_architecture.table). */
size_t oss_network_table_floats(const oss_network *network);

/* Builds the net: its weights are looked up, and when loading packed, and the table filled (else NULL). elements: of a sample. */
oss_status oss_network_build(oss_network *network, size_t elements, oss_weights *weights, int loading, float *table);

#endif

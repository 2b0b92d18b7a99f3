// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* A network as a list of operations, planned once and replayed.
 *
 * An architecture's build function calls the builders of layers.h, which add steps and return views of the tensors that those write. The
 * same function runs twice: for the plan alone (weights are looked up, counted and checked, nothing is allocated on the backend), and
 * with `loading` set, when each builder packs its weights as it comes by. Tensors share one work space: oss_net_finish gives each a place
 * that no other has while it is needed. A run then issues operations and nothing else, for at most `chunk` samples at a time.
 *
 * Builders keep their first failure in the net and do nothing after it, so that a network reads as its formula; oss_net_finish returns it.
 */
#ifndef OSS_NETS_PLAN_H
#define OSS_NETS_PLAN_H

#include "host/nets/weights.h"
#include "kernels/buffer.h"

/* A tensor, [sample][elements], from an element on. tensor < 0: none. */
typedef struct oss_net_view {
  int tensor;
  size_t offset;
} oss_net_view;

#define OSS_NET_NONE ((oss_net_view){-1, 0})

enum { OSS_NET_NAMES = 8, OSS_NET_NAME_BYTES = 128 };

/* The tensors that come from outside. */
enum { OSS_NET_INPUT, OSS_NET_CONDITION, OSS_NET_OUTSIDE };

typedef struct oss_net_tensor {
  size_t elements;    /* of a sample */
  size_t first, last; /* the step that writes it, the last that reads it */
  size_t place;       /* in the work space of one sample, in floats */
} oss_net_tensor;

typedef struct oss_net oss_net;
typedef struct oss_net_step oss_net_step;

/* What every step begins with; what follows is its builder's. */
struct oss_net_step {
  oss_status (*run)(const oss_net *net, const oss_net_step *step, size_t rows);
};

/* What a run is given, in the backend's memory. */
typedef struct oss_net_inputs {
  const float *tensor[OSS_NET_OUTSIDE]; /* [rows][elements]: the sample, channels last; the condition, NULL where there is none */
  const double *time;                   /* time[r * time_stride] is what the network is told of the noise */
  size_t time_stride;
} oss_net_inputs;

struct oss_net {
  oss_backend *be;      /* borrowed */
  oss_weights *weights; /* borrowed, until oss_net_finish */
  oss_compute compute;
  int loading;
  oss_status status;
  size_t chunk;
  oss_net_tensor *tensors;
  oss_net_step **steps;
  oss_layer *layers;
  oss_buffer *constants;
  size_t tensor_count, step_count, layer_count, constant_count;
  size_t row_floats;   /* work space of one sample */
  size_t weight_bytes; /* of the backend's memory: an estimate until loaded, then what it is */
  size_t staging;      /* host memory that loading takes for its largest layer */
  double flops;        /* of one sample: products, convolutions and attention */
  oss_net_view output;
  char names[OSS_NET_NAMES][OSS_NET_NAME_BYTES]; /* oss_net_name, in turn */
  size_t named;
  oss_net_inputs inputs; /* of the run in progress */
  oss_buffer arena;
};

/* input and condition: elements of a sample; condition 0: none. */
oss_status oss_net_create(oss_backend *be, oss_weights *weights, oss_compute compute, int loading, size_t input, size_t condition,
                          oss_net **out);
void oss_net_destroy(oss_net *net); /* NULL-safe */

/* Ends the building: output is what oss_net_run leaves. Places the tensors; when loading, allocates the work space of chunk samples. */
oss_status oss_net_finish(oss_net *net, oss_net_view output, size_t chunk);

/* rows <= chunk. *output: [rows][elements of the output] in the work space, until the next run. */
oss_status oss_net_run(oss_net *net, size_t rows, const oss_net_inputs *inputs, const float **output);

/* ---- for builders ---- */

/* A new step of `bytes` (its struct, which begins with an oss_net_step), zeroed; NULL after a failure. */
void *oss_net_add(oss_net *net, size_t bytes, oss_status (*run)(const oss_net *, const oss_net_step *, size_t));

/* The newest step reads view; writes a new tensor. */
oss_net_view oss_net_reads(oss_net *net, oss_net_view view);
oss_net_view oss_net_writes(oss_net *net, size_t elements);

/* Keeps the first failure: of a call, which the caller makes only where there is none yet; or one of its own, with its message. */
void oss_net_fail(oss_net *net, oss_status status);
void oss_net_refuse(oss_net *net, oss_status code, const char *fmt, ...) OSS_PRINTF(3, 4);

/* Room for a layer, empty; for a constant of `bytes`, uploaded when loading (host may be NULL when it is not). Their numbers. */
size_t oss_net_layer(oss_net *net);
size_t oss_net_constant(oss_net *net, size_t bytes, const void *host);

/* While running: where a view begins; NULL for none. Elements of a sample of its tensor. */
float *oss_net_at(const oss_net *net, oss_net_view view);
size_t oss_net_stride(const oss_net *net, oss_net_view view);

#endif

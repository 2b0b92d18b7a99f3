// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/nets/plan.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "host/nets/arena.h"
#include "kernels/sizes.h"

/* Room for one more of `size` bytes behind count of them: arrays grow in powers of two. */
static int grow(void **array, size_t count, size_t size) {
  if ((count & (count - 1)) != 0) return 1;
  void *grown = realloc(*array, (count == 0 ? 1 : 2 * count) * size);
  if (grown == NULL) return 0;
  *array = grown;
  return 1;
}

void oss_net_fail(oss_net *net, oss_status status) {
  if (net->status == OSS_OK) net->status = status;
}

void oss_net_refuse(oss_net *net, oss_status code, const char *fmt, ...) {
  char text[512];
  va_list args;
  if (net->status != OSS_OK) return;
  va_start(args, fmt);
  vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  net->status = oss_fail(code, "%s", text);
}

static int add_tensor(oss_net *net, size_t elements) {
  if (net->status != OSS_OK) return -1;
  if (net->tensor_count >= INT32_MAX || !oss_fits(elements, 1, 1, sizeof(float))) {
    oss_net_refuse(net, OSS_ERR_CONFIG, "a network with a tensor of %zu elements a sample", elements);
    return -1;
  }
  if (!grow((void **)&net->tensors, net->tensor_count, sizeof *net->tensors)) {
    oss_net_refuse(net, OSS_ERR_MEMORY, "plan of a network");
    return -1;
  }
  net->tensors[net->tensor_count] = (oss_net_tensor){.elements = elements};
  return (int)net->tensor_count++;
}

oss_status oss_net_create(oss_backend *be, oss_weights *weights, oss_compute compute, int loading, size_t input, size_t condition,
                          oss_net **out) {
  oss_net *net = calloc(1, sizeof *net);
  *out = net;
  if (net == NULL) return oss_fail(OSS_ERR_MEMORY, "plan of a network");
  *net = (oss_net){.be = be, .weights = weights, .compute = compute, .loading = loading};
  add_tensor(net, input);
  add_tensor(net, condition);
  if (net->status == OSS_OK) return OSS_OK;
  oss_status status = net->status;
  oss_net_destroy(net);
  *out = NULL;
  return status;
}

void oss_net_destroy(oss_net *net) {
  if (net == NULL) return;
  for (size_t i = 0; i < net->step_count; i++) free(net->steps[i]);
  for (size_t i = 0; i < net->layer_count; i++) net->be->ops->layer_free(net->be, &net->layers[i]);
  for (size_t i = 0; i < net->constant_count; i++) oss_buffer_destroy(&net->constants[i]);
  oss_buffer_destroy(&net->arena);
  free(net->steps);
  free(net->layers);
  free(net->constants);
  free(net->tensors);
  free(net);
}

void *oss_net_add(oss_net *net, size_t bytes, oss_status (*run)(const oss_net *, const oss_net_step *, size_t)) {
  if (net->status != OSS_OK) return NULL;
  oss_net_step *step = calloc(1, bytes);
  if (step == NULL || !grow((void **)&net->steps, net->step_count, sizeof(oss_net_step *))) {
    free(step);
    oss_net_refuse(net, OSS_ERR_MEMORY, "plan of a network");
    return NULL;
  }
  step->run = run;
  net->steps[net->step_count++] = step;
  return step;
}

oss_net_view oss_net_reads(oss_net *net, oss_net_view view) {
  if (view.tensor >= 0) net->tensors[view.tensor].last = net->step_count - 1;
  return view;
}

oss_net_view oss_net_writes(oss_net *net, size_t elements) {
  int tensor = add_tensor(net, elements);
  if (tensor >= 0) net->tensors[tensor].first = net->tensors[tensor].last = net->step_count - 1;
  return (oss_net_view){tensor, 0};
}

size_t oss_net_layer(oss_net *net) {
  if (net->status != OSS_OK) return 0;
  if (!grow((void **)&net->layers, net->layer_count, sizeof *net->layers)) {
    oss_net_refuse(net, OSS_ERR_MEMORY, "plan of a network");
    return 0;
  }
  net->layers[net->layer_count] = (oss_layer){0};
  return net->layer_count++;
}

size_t oss_net_constant(oss_net *net, size_t bytes, const void *host) {
  if (net->status != OSS_OK) return 0;
  if (!grow((void **)&net->constants, net->constant_count, sizeof *net->constants)) {
    oss_net_refuse(net, OSS_ERR_MEMORY, "plan of a network");
    return 0;
  }
  oss_buffer *constant = &net->constants[net->constant_count];
  *constant = (oss_buffer){0};
  net->weight_bytes += bytes;
  if (net->loading) {
    oss_net_fail(net, oss_buffer_create(net->be, "constants of a network", bytes, 1, constant));
    if (net->status == OSS_OK) oss_net_fail(net, oss_buffer_upload(constant, 0, bytes, host));
  }
  return net->constant_count++;
}

float *oss_net_at(const oss_net *net, oss_net_view view) {
  if (view.tensor < 0) return NULL;
  /* What comes from outside is never written: oss_net_writes makes new tensors only. */
  if (view.tensor < OSS_NET_OUTSIDE) return (float *)(uintptr_t)net->inputs.tensor[view.tensor] + view.offset;
  return (float *)net->arena.data + net->tensors[view.tensor].place * net->chunk + view.offset;
}

size_t oss_net_stride(const oss_net *net, oss_net_view view) {
  return view.tensor < 0 ? 0 : net->tensors[view.tensor].elements;
}

oss_status oss_net_finish(oss_net *net, oss_net_view output, size_t chunk) {
  OSS_TRY(net->status);
  net->output = output;
  net->chunk = chunk;
  net->tensors[output.tensor].last = net->step_count;
  net->weights = NULL;
  OSS_TRY(oss_arena_place(net->tensors + OSS_NET_OUTSIDE, net->tensor_count - OSS_NET_OUTSIDE, &net->row_floats));
  if (!net->loading) return OSS_OK;
  net->weight_bytes = 0;
  for (size_t i = 0; i < net->layer_count; i++) net->weight_bytes += net->layers[i].bytes;
  for (size_t i = 0; i < net->constant_count; i++) net->weight_bytes += net->constants[i].bytes;
  if (!oss_fits(net->row_floats, chunk, 1, sizeof(float)))
    return oss_fail(OSS_ERR_MEMORY, "work space of a network: %zu samples of %zu floats", chunk, net->row_floats);
  return oss_buffer_create(net->be, "work space of a network", net->row_floats * chunk, sizeof(float), &net->arena);
}

oss_status oss_net_run(oss_net *net, size_t rows, const oss_net_inputs *inputs, const float **output) {
  if (rows > net->chunk) return oss_fail(OSS_ERR_INTERNAL, "network: %zu rows in a work space for %zu", rows, net->chunk);
  net->inputs = *inputs;
  for (size_t i = 0; i < net->step_count; i++) OSS_TRY(net->steps[i]->run(net, net->steps[i], rows));
  *output = oss_net_at(net, net->output);
  return OSS_OK;
}

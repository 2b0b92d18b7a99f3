// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/metrics/classifier.h"

#include <stdlib.h>
#include <string.h>

#include "host/nets/arguments.h"
#include "host/nets/layers.h"

enum { CHUNK = 64, CONVOLUTIONS = 2 };

struct oss_classifier {
  oss_backend *be;
  oss_safetensors *file;
  size_t resolution, in_channels, channels[CONVOLUTIONS], features, classes;
  oss_net *net; /* only planned until loaded */
  int loaded;
  oss_buffer input;
  float *host; /* [CHUNK][elements], then [CHUNK][features] */
};

static size_t elements_of(const oss_classifier *c) {
  return c->in_channels * c->resolution * c->resolution;
}

static oss_status read_size(const oss_arguments *arguments, const char *key, size_t *out) {
  int64_t value = 0;
  OSS_TRY(oss_arguments_require(arguments, key));
  OSS_TRY(oss_arguments_int(arguments, key, 1, 4096, &value));
  *out = (size_t)value;
  return OSS_OK;
}

static oss_status read_arguments(oss_classifier *c, const oss_arguments *arguments) {
  const char *path = oss_safetensors_path(c->file), *class = oss_safetensors_metadata(c->file, "class");
  int64_t channels[CONVOLUTIONS] = {0};
  size_t count = 0;
  if (class == NULL || strcmp(class, "DigitsClassifier") != 0)
    return oss_fail(OSS_ERR_INPUT, "%s: the weights of a %s; a DigitsClassifier is needed", path,
                    class != NULL ? class : "network without a class");
  OSS_TRY(read_size(arguments, "img_resolution", &c->resolution));
  OSS_TRY(read_size(arguments, "in_channels", &c->in_channels));
  OSS_TRY(read_size(arguments, "features", &c->features));
  OSS_TRY(read_size(arguments, "num_classes", &c->classes));
  OSS_TRY(oss_arguments_require(arguments, "channels"));
  OSS_TRY(oss_arguments_ints(arguments, "channels", 1, 4096, CONVOLUTIONS, channels, &count));
  for (size_t i = 0; i < CONVOLUTIONS; i++) c->channels[i] = (size_t)channels[i];
  if (count != CONVOLUTIONS || c->resolution % 4 != 0)
    return oss_fail(OSS_ERR_INPUT, "%s: %zu numbers of channels and pictures %zu wide: two and a multiple of 4 are needed", path, count,
                    c->resolution);
  return OSS_OK;
}

static oss_net_view build(const oss_classifier *c, oss_net *net) {
  static const oss_filter mean = {.taps = 2, .at = {0.5f, 0.5f}};
  oss_net_view x = {OSS_NET_INPUT, 0};
  size_t size = c->resolution, channels = c->in_channels;
  for (int i = 0; i < CONVOLUTIONS; i++) {
    x = oss_net_conv(net, x, size, channels, c->channels[i], 3, 1, oss_net_name(net, "conv%d", i));
    channels = c->channels[i];
    x = oss_net_activate(net, x, size * size * channels, OSS_ACT_SILU);
    x = oss_net_resample(net, x, size, channels, 0, 0, &mean);
    size /= 2;
  }
  return oss_net_dense(net, x, 1, size * size * channels, c->features, "dense0", NULL, OSS_ACT_SILU);
}

/* The last layer belongs to the classes: it is there and not needed. */
static oss_status pass_over_classes(const oss_classifier *c, oss_weights *weights) {
  const size_t dims[2] = {c->classes, c->features};
  OSS_TRY(oss_weights_take(weights, "dense1.weight", OSS_WEIGHT_PARAMETER, 2, dims, NULL));
  return oss_weights_take(weights, "dense1.bias", OSS_WEIGHT_PARAMETER, 1, dims, NULL);
}

static oss_status plan(oss_classifier *c, int loading) {
  oss_weights weights;
  oss_status status;
  oss_net_destroy(c->net);
  c->net = NULL;
  OSS_TRY(oss_weights_open(c->file, 0, &weights));
  OSS_TRY_TO(done, oss_net_create(c->be, &weights, OSS_COMPUTE_FP32, loading, elements_of(c), 0, &c->net));
  OSS_TRY_TO(done, oss_net_finish(c->net, build(c, c->net), CHUNK));
  OSS_TRY_TO(done, pass_over_classes(c, &weights));
  status = oss_weights_finish(&weights);
done:
  oss_weights_close(&weights);
  return status;
}

oss_status oss_classifier_open(oss_backend *be, const char *path, oss_classifier **out) {
  oss_classifier *c = calloc(1, sizeof *c);
  oss_arguments *arguments = NULL;
  *out = NULL;
  if (c == NULL) return oss_fail(OSS_ERR_MEMORY, "classifier");
  c->be = be;
  oss_status status = oss_safetensors_open(path, &c->file);
  if (status == OSS_OK) status = oss_arguments_from_file(c->file, &arguments);
  if (status == OSS_OK) status = read_arguments(c, arguments);
  if (status == OSS_OK) status = plan(c, 0);
  oss_arguments_free(arguments);
  if (status == OSS_OK)
    *out = c;
  else
    oss_classifier_close(c);
  return status;
}

void oss_classifier_close(oss_classifier *c) {
  if (c == NULL) return;
  oss_net_destroy(c->net);
  oss_buffer_destroy(&c->input);
  oss_safetensors_close(c->file);
  free(c->host);
  free(c);
}

oss_status oss_classifier_check(const oss_classifier *c, int rank, const size_t *dims) {
  size_t n = c->resolution;
  if (rank == 3 && dims[0] == c->in_channels && dims[1] == n && dims[2] == n) return OSS_OK;
  return oss_fail(OSS_ERR_UNSUPPORTED, "features: digits are those of pictures (%zu, %zu, %zu), and these samples are none", c->in_channels,
                  n, n);
}

size_t oss_classifier_features(const oss_classifier *c) {
  return c->features;
}

oss_bytes oss_classifier_bytes(const oss_classifier *c) {
  size_t elements = elements_of(c), device = c->net->weight_bytes + CHUNK * (c->net->row_floats + elements) * sizeof(float);
  return oss_bytes_of(device, c->net->staging + CHUNK * (elements + c->features) * sizeof(float));
}

static oss_status load(oss_classifier *c) {
  size_t elements = elements_of(c);
  if (c->loaded) return OSS_OK;
  OSS_TRY(plan(c, 1));
  c->host = malloc(CHUNK * (elements + c->features) * sizeof *c->host);
  if (c->host == NULL) return oss_fail(OSS_ERR_MEMORY, "pictures of a classifier");
  OSS_TRY(oss_buffer_create(c->be, "pictures of a classifier", CHUNK * elements, sizeof(float), &c->input));
  c->loaded = 1;
  return OSS_OK;
}

/* Channels last, as networks take them. */
static void turn(const oss_classifier *c, size_t rows, const float *samples, float *out) {
  size_t pixels = c->resolution * c->resolution, channels = c->in_channels;
  for (size_t r = 0; r < rows; r++)
    for (size_t ch = 0; ch < channels; ch++)
      for (size_t p = 0; p < pixels; p++) out[(r * pixels + p) * channels + ch] = samples[(r * channels + ch) * pixels + p];
}

oss_status oss_classifier_run(oss_classifier *c, size_t rows, const float *samples, double *out) {
  size_t elements = elements_of(c);
  OSS_TRY(load(c));
  float *found = c->host + CHUNK * elements;
  for (size_t first = 0; first < rows; first += CHUNK) {
    size_t count = rows - first < CHUNK ? rows - first : CHUNK;
    const oss_net_inputs inputs = {.tensor = {c->input.data}};
    const float *output;
    turn(c, count, samples + first * elements, c->host);
    OSS_TRY(oss_buffer_upload(&c->input, 0, count * elements * sizeof(float), c->host));
    OSS_TRY(oss_net_run(c->net, count, &inputs, &output));
    OSS_TRY(c->be->ops->download(c->be, count * c->features * sizeof(float), output, found));
    for (size_t i = 0; i < count * c->features; i++) out[first * c->features + i] = found[i];
  }
  return OSS_OK;
}

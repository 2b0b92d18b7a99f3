// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>

#include "host/denoisers/network.h"
#include "host/nets/unet.h"

typedef struct dhariwal {
  oss_unet_shape shape;
  oss_unet_style style;
} dhariwal;

static const oss_preset presets[] = {{"edm-imagenet64",
                                      "{\"img_resolution\": 64, \"in_channels\": 3, \"out_channels\": 3, \"label_dim\": 1000, "
                                      "\"model_channels\": 192, \"channel_mult\": [1, 2, 3, 4]}"},
                                     {NULL, NULL}};

static const oss_option options[] = {OSS_NETWORK_OPTIONS("edm-imagenet64"), OSS_NETWORK_CLASS_OPTIONS};

static oss_status read(const oss_member *member, const oss_arguments *arguments, void *config, oss_network_shape *out) {
  dhariwal *s = config;
  (void)member;
  *s = (dhariwal){.shape = {.model_channels = 192, .blocks = 3, .levels = 4, .mult = {1, 2, 3, 4}, .attended = 3, .attention = {32, 16, 8}},
                  .style = {.eps = 1e-5, .skip_scale = 1.0, .adaptive = 1, .head_channels = 64, .filter = {.taps = 2, .at = {0.5f, 0.5f}}}};
  OSS_TRY(oss_unet_read(arguments, &s->shape));
  if (s->shape.model_channels % 2 != 0) return oss_fail(OSS_ERR_CONFIG, "model_channels %zu: an even number", s->shape.model_channels);
  oss_unet_sample(&s->shape, s->shape.embedding_channels, out);
  return OSS_OK;
}

static oss_net_view map(const dhariwal *s, oss_unet *u) {
  const oss_unet_shape *shape = &s->shape;
  size_t width = shape->model_channels, half = width / 2, to = shape->embedding_channels;
  oss_net *net = u->net;
  float *frequency = malloc(half * sizeof *frequency);
  if (frequency == NULL) {
    oss_net_refuse(net, OSS_ERR_MEMORY, "embedding");
    return OSS_NET_NONE;
  }
  for (size_t i = 0; i < half; i++) frequency[i] = powf((float)1e-4, (float)i / (float)half); /* in float, as the official code does */
  oss_net_view emb = oss_net_embed(net, half, 0, frequency);
  free(frequency);
  oss_unet_skip_augmentation(u, width);
  emb = oss_net_dense(net, emb, 1, width, to, "map_layer0", NULL, OSS_ACT_SILU);
  emb = oss_net_dense(net, emb, 1, to, to, "map_layer1", NULL, OSS_ACT_NONE);
  if (shape->label_dim > 0) emb = oss_net_sum(net, emb, (oss_net_view){OSS_NET_CONDITION, 0}, 1, to, 1.0, OSS_NET_NONE);
  return oss_net_activate(net, emb, to, OSS_ACT_SILU);
}

static oss_net_view build(const void *config, oss_net *net) {
  const dhariwal *s = config;
  const oss_unet_shape *shape = &s->shape;
  oss_unet *u = oss_unet_begin(net, shape, &s->style);
  if (u == NULL) return OSS_NET_NONE;
  u->modulation = oss_modulation_begin(net, map(s, u), shape->embedding_channels);
  oss_unet_image x = {{OSS_NET_INPUT, 0}, shape->resolution, shape->in_channels};
  for (size_t level = 0; level < shape->levels; level++) {
    size_t size = shape->resolution >> level, channels = shape->model_channels * shape->mult[level];
    int n = (int)size;
    if (level == 0)
      x = oss_unet_convolve(u, x, oss_net_name(net, "enc.%dx%d_conv", n, n), channels, 3);
    else
      x = oss_unet_block(u, x, oss_net_name(net, "enc.%dx%d_down", n, n), x.channels, OSS_UNET_DOWN, 0);
    oss_unet_push(u, x);
    x = oss_unet_encode_blocks(u, x, size, channels);
  }
  for (size_t level = shape->levels; level-- > 0;) x = oss_unet_decode(u, x, level);
  x = oss_unet_output(u, x, "out_norm", "out_conv");
  oss_unet_end(u);
  return x.view;
}

/* map_label of a one-hot vector, and of zeros. */
static oss_status table(const void *config, oss_weights *weights, float *out) {
  const dhariwal *s = config;
  size_t labels = s->shape.label_dim, width = s->shape.embedding_channels;
  const size_t dims[2] = {width, labels};
  float *weight = NULL;
  if (out != NULL && (weight = malloc(width * labels * sizeof *weight)) == NULL) return oss_fail(OSS_ERR_MEMORY, "map_label");
  oss_status status = oss_weights_take(weights, "map_label.weight", OSS_WEIGHT_PARAMETER, 2, dims, weight);
  for (size_t i = 0; out != NULL && status == OSS_OK && i <= labels; i++)
    for (size_t c = 0; c < width; c++) out[i * width + c] = i < labels ? weight[c * labels + i] : 0.0f;
  free(weight);
  return status;
}

static const oss_architecture architecture = {.name = "DhariwalUNet",
                                              .precondition = "edm",
                                              .betas = "linear",
                                              .presets = presets,
                                              .config_bytes = sizeof(dhariwal),
                                              .words = oss_unet_words,
                                              .read = read,
                                              .build = build,
                                              .table = table};

static oss_status dhariwal_open(const oss_member *member, oss_denoiser *denoiser) {
  return oss_network_open(member, denoiser, &architecture);
}

const oss_denoiser_desc oss_denoiser_dhariwal = {
    .base = {.name = "dhariwal",
             .summary = "U-Net of ADM, from a checkpoint",
             .source = "Dhariwal and Nichol 2021 (arXiv 2105.05233); Karras et al. 2022 (arXiv 2206.00364), class DhariwalUNet",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    OSS_NETWORK_DENOISER(dhariwal_open),
};

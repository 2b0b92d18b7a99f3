// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/denoisers/network.h"
#include "host/nets/unet.h"

typedef struct songunet {
  oss_unet_shape shape;
  oss_unet_style style;
  size_t noise_channels;
  int fourier, encoder_skip, encoder_residual, decoder_skip;
} songunet;

#define DDPMPP                                                                                                                      \
  "\"embedding_type\": \"positional\", \"encoder_type\": \"standard\", \"decoder_type\": \"standard\", \"channel_mult_noise\": 1, " \
  "\"resample_filter\": [1, 1], \"model_channels\": 128"
#define NCSNPP                                                                                                                   \
  "\"embedding_type\": \"fourier\", \"encoder_type\": \"residual\", \"decoder_type\": \"standard\", \"channel_mult_noise\": 2, " \
  "\"resample_filter\": [1, 3, 3, 1], \"model_channels\": 128"
#define CIFAR10 "\"img_resolution\": 32, \"in_channels\": 3, \"out_channels\": 3, \"augment_dim\": 9, \"channel_mult\": [2, 2, 2]"
#define FACES "\"img_resolution\": 64, \"in_channels\": 3, \"out_channels\": 3, \"augment_dim\": 9, \"channel_mult\": [1, 2, 2, 2]"

static const oss_preset presets[] = {{"edm-cifar10-ddpmpp", "{" DDPMPP ", " CIFAR10 "}"},
                                     {"edm-cifar10-cond-ddpmpp", "{" DDPMPP ", " CIFAR10 ", \"label_dim\": 10}"},
                                     {"edm-cifar10-ncsnpp", "{" NCSNPP ", " CIFAR10 "}"},
                                     {"edm-cifar10-cond-ncsnpp", "{" NCSNPP ", " CIFAR10 ", \"label_dim\": 10}"},
                                     {"edm-ffhq64-ddpmpp", "{" DDPMPP ", " FACES "}"},
                                     {"edm-ffhq64-ncsnpp", "{" NCSNPP ", " FACES "}"},
                                     {"edm-afhqv2-64-ddpmpp", "{" DDPMPP ", " FACES "}"},
                                     {"edm-afhqv2-64-ncsnpp", "{" NCSNPP ", " FACES "}"},
                                     {NULL, NULL}};

static const oss_option options[] = {
    OSS_NETWORK_OPTIONS("edm-cifar10-ddpmpp edm-cifar10-cond-ddpmpp edm-cifar10-ncsnpp edm-cifar10-cond-ncsnpp edm-ffhq64-ddpmpp "
                        "edm-ffhq64-ncsnpp edm-afhqv2-64-ddpmpp edm-afhqv2-64-ncsnpp"),
    OSS_NETWORK_CLASS_OPTIONS};

static void add_words(oss_words *words) {
  oss_unet_words(words);
  oss_words_add(words, "embedding_type");
  oss_words_add(words, "channel_mult_noise");
  oss_words_add(words, "encoder_type");
  oss_words_add(words, "decoder_type");
  oss_words_add(words, "resample_filter");
}

/* *is: whether the argument is `other`; anything but that or `usual` is an error. */
static oss_status read_word(const oss_arguments *arguments, const char *key, const char *usual, const char *other, int *is) {
  const char *text = usual;
  OSS_TRY(oss_arguments_text(arguments, key, &text));
  *is = strcmp(text, other) == 0;
  if (*is || strcmp(text, usual) == 0) return OSS_OK;
  return oss_fail(OSS_ERR_CONFIG, "%s is '%s': %s or %s", key, text, usual, other);
}

static oss_status read_encoder(const oss_arguments *arguments, songunet *s) {
  const char *text = "standard";
  OSS_TRY(oss_arguments_text(arguments, "encoder_type", &text));
  s->encoder_skip = strcmp(text, "skip") == 0;
  s->encoder_residual = strcmp(text, "residual") == 0;
  if (s->encoder_skip || s->encoder_residual || strcmp(text, "standard") == 0) return OSS_OK;
  return oss_fail(OSS_ERR_CONFIG, "encoder_type is '%s': standard, skip or residual", text);
}

/* One axis of f (x) f / sum(f)^2. A residual encoder's convolution is padded by the filter's margin too, which leaves room for four taps.
 */
static oss_status read_filter(const oss_arguments *arguments, int residual, oss_filter *filter) {
  int64_t taps[OSS_MAX_TAPS] = {1, 1}, sum = 0;
  size_t count = 2;
  OSS_TRY(oss_arguments_ints(arguments, "resample_filter", -1000, 1000, OSS_MAX_TAPS, taps, &count));
  for (size_t i = 0; i < count; i++) sum += taps[i];
  if (count == 0 || count % 2 != 0 || sum == 0)
    return oss_fail(OSS_ERR_CONFIG, "resample_filter has %zu taps of sum %lld: an even number and a sum are needed", count, (long long)sum);
  if (residual && count > 4) return oss_fail(OSS_ERR_CONFIG, "resample_filter has %zu taps: at most 4 with encoder_type residual", count);
  filter->taps = (int)count;
  for (size_t i = 0; i < count; i++) filter->at[i] = (float)taps[i] / (float)sum;
  return OSS_OK;
}

static oss_status read(const oss_member *member, const oss_arguments *arguments, void *config, oss_network_shape *out) {
  songunet *s = config;
  oss_unet_shape *shape = &s->shape;
  int64_t noise = 1;
  (void)member;
  *s = (songunet){.shape = {.model_channels = 128, .blocks = 4, .levels = 4, .mult = {1, 2, 2, 2}, .attended = 1, .attention = {16}},
                  .style = {.eps = 1e-6, .skip_scale = sqrt(0.5), .project = 1, .attend_last = 1}};
  OSS_TRY(oss_unet_read(arguments, shape));
  OSS_TRY(oss_arguments_int(arguments, "channel_mult_noise", 1, 64, &noise));
  s->noise_channels = shape->model_channels * (size_t)noise;
  if (s->noise_channels % 2 != 0 || s->noise_channels < 4)
    return oss_fail(OSS_ERR_CONFIG, "%zu channels of noise (model_channels channel_mult_noise): an even number of at least 4",
                    s->noise_channels);
  OSS_TRY(read_word(arguments, "embedding_type", "positional", "fourier", &s->fourier));
  OSS_TRY(read_encoder(arguments, s));
  OSS_TRY(read_word(arguments, "decoder_type", "standard", "skip", &s->decoder_skip));
  OSS_TRY(read_filter(arguments, s->encoder_residual, &s->style.filter));
  oss_unet_sample(shape, s->noise_channels, out);
  return OSS_OK;
}

/* ---- building ---- */

/* Sines first. Frequencies of the file are multiplied by 2 pi; all in float, as the official code does. */
static oss_net_view embed(const songunet *s, oss_net *net) {
  size_t half = s->noise_channels / 2;
  float *frequency = malloc(half * sizeof *frequency);
  oss_net_view out = OSS_NET_NONE;
  if (frequency == NULL) {
    oss_net_refuse(net, OSS_ERR_MEMORY, "embedding");
    return out;
  }
  for (size_t i = 0; i < half; i++) frequency[i] = powf((float)1e-4, (float)i / (float)(half - 1));
  if (s->fourier && net->status == OSS_OK) {
    oss_net_fail(net, oss_weights_take(net->weights, "map_noise.freqs", OSS_WEIGHT_BUFFER, 1, &half, net->loading ? frequency : NULL));
    for (size_t i = 0; i < half; i++) frequency[i] *= (float)(2.0 * 3.14159265358979323846);
  }
  out = oss_net_embed(net, half, 1, frequency);
  free(frequency);
  return out;
}

static oss_net_view map(const songunet *s, oss_unet *u) {
  const oss_unet_shape *shape = &s->shape;
  oss_net *net = u->net;
  size_t noise = s->noise_channels, width = shape->embedding_channels;
  oss_net_view emb = embed(s, net);
  if (shape->label_dim > 0) emb = oss_net_sum(net, emb, (oss_net_view){OSS_NET_CONDITION, 0}, 1, noise, 1.0, OSS_NET_NONE);
  oss_unet_skip_augmentation(u, noise);
  emb = oss_net_dense(net, emb, 1, noise, width, "map_layer0", NULL, OSS_ACT_SILU);
  return oss_net_dense(net, emb, 1, width, width, "map_layer1", NULL, OSS_ACT_SILU);
}

/* x + aux, which is the newest of the encoder's outputs from now on. */
static oss_unet_image add_aux(oss_unet *u, oss_unet_image x, oss_unet_image aux, double factor) {
  x.view = oss_net_sum(u->net, x.view, aux.view, x.size * x.size, x.channels, factor, OSS_NET_NONE);
  u->skips[u->skip_count - 1] = x;
  return x;
}

/* The convolution at full size with the filter's margin, then the filter at every other pixel. */
static oss_unet_image residual(oss_unet *u, oss_unet_image aux, size_t channels, const char *name) {
  const oss_filter *filter = &u->style->filter;
  int margin = (filter->taps - 1) / 2;
  oss_unet_take_filter(u, name);
  aux.view = oss_net_conv(u->net, aux.view, aux.size, aux.channels, channels, 3, 1 + margin, name);
  aux.view = oss_net_resample(u->net, aux.view, aux.size + 2 * (size_t)margin, channels, 0, 0, filter);
  return (oss_unet_image){aux.view, aux.size / 2, channels};
}

/* The smaller images beside the encoder: of the input, or of what came of it. */
static oss_unet_image encode_aux(const songunet *s, oss_unet *u, oss_unet_image x, oss_unet_image *aux) {
  int n = (int)x.size;
  if (s->encoder_skip) {
    *aux = oss_unet_resample(u, *aux, oss_net_name(u->net, "enc.%dx%d_aux_down", n, n), OSS_UNET_DOWN);
    oss_unet_image y = *aux;
    y.view = oss_net_conv(u->net, y.view, y.size, y.channels, x.channels, 1, 0, oss_net_name(u->net, "enc.%dx%d_aux_skip", n, n));
    return add_aux(u, x, y, 1.0);
  }
  if (!s->encoder_residual) return x;
  *aux = residual(u, *aux, x.channels, oss_net_name(u->net, "enc.%dx%d_aux_residual", n, n));
  *aux = add_aux(u, x, *aux, 1.0 / sqrt(2.0));
  return *aux;
}

static oss_unet_image encode(const songunet *s, oss_unet *u, oss_unet_image x) {
  const oss_unet_shape *shape = &s->shape;
  oss_unet_image aux = x;
  oss_net *net = u->net;
  for (size_t level = 0; level < shape->levels; level++) {
    size_t size = shape->resolution >> level, channels = shape->model_channels * shape->mult[level];
    int n = (int)size;
    if (level == 0)
      x = oss_unet_convolve(u, x, oss_net_name(net, "enc.%dx%d_conv", n, n), shape->model_channels, 3);
    else
      x = oss_unet_block(u, x, oss_net_name(net, "enc.%dx%d_down", n, n), x.channels, OSS_UNET_DOWN, 0);
    oss_unet_push(u, x);
    if (level > 0) x = encode_aux(s, u, x, &aux);
    x = oss_unet_encode_blocks(u, x, size, channels);
  }
  return x;
}

/* The output of a level, added to the enlarged one of the level below. */
static oss_unet_image decode_aux(oss_unet *u, oss_unet_image x, const oss_unet_image *below) {
  int n = (int)x.size;
  oss_net *net = u->net;
  oss_unet_image out, larger = {OSS_NET_NONE, 0, 0};
  if (below != NULL) larger = oss_unet_resample(u, *below, oss_net_name(net, "dec.%dx%d_aux_up", n, n), OSS_UNET_UP);
  out = oss_unet_output(u, x, oss_net_name(net, "dec.%dx%d_aux_norm", n, n), oss_net_name(net, "dec.%dx%d_aux_conv", n, n));
  if (below != NULL) out.view = oss_net_sum(net, out.view, larger.view, out.size * out.size, out.channels, 1.0, OSS_NET_NONE);
  return out;
}

static oss_net_view build(const void *config, oss_net *net) {
  const songunet *s = config;
  const oss_unet_shape *shape = &s->shape;
  oss_unet *u = oss_unet_begin(net, shape, &s->style);
  if (u == NULL) return OSS_NET_NONE;
  u->modulation = oss_modulation_begin(net, map(s, u), shape->embedding_channels);
  oss_unet_image x = encode(s, u, (oss_unet_image){{OSS_NET_INPUT, 0}, shape->resolution, shape->in_channels}), out = {OSS_NET_NONE, 0, 0};
  for (size_t level = shape->levels; level-- > 0;) {
    x = oss_unet_decode(u, x, level);
    if (s->decoder_skip || level == 0) out = decode_aux(u, x, out.size > 0 ? &out : NULL);
  }
  oss_unet_end(u);
  return out.view;
}

/* map_label of a one-hot vector of length sqrt(label_dim), and of zeros. */
static oss_status table(const void *config, oss_weights *weights, float *out) {
  const songunet *s = config;
  size_t labels = s->shape.label_dim, width = s->noise_channels;
  const size_t dims[2] = {width, labels};
  float *weight = NULL, *bias = out != NULL ? out + labels * width : NULL, length = (float)sqrt((double)labels);
  oss_status status;
  if (out != NULL && (weight = malloc(width * labels * sizeof *weight)) == NULL) return oss_fail(OSS_ERR_MEMORY, "map_label");
  OSS_TRY_TO(done, oss_weights_take(weights, "map_label.weight", OSS_WEIGHT_PARAMETER, 2, dims, weight));
  OSS_TRY_TO(done, oss_weights_take(weights, "map_label.bias", OSS_WEIGHT_PARAMETER, 1, dims, bias));
  for (size_t i = 0; out != NULL && i < labels; i++)
    for (size_t c = 0; c < width; c++) out[i * width + c] = length * weight[c * labels + i] + bias[c];
done:
  free(weight);
  return status;
}

static const oss_architecture architecture = {.name = "SongUNet",
                                              .precondition = "edm",
                                              .betas = "linear",
                                              .presets = presets,
                                              .config_bytes = sizeof(songunet),
                                              .words = add_words,
                                              .read = read,
                                              .build = build,
                                              .table = table};

static oss_status songunet_open(const oss_member *member, oss_denoiser *denoiser) {
  return oss_network_open(member, denoiser, &architecture);
}

const oss_denoiser_desc oss_denoiser_songunet = {
    .base = {.name = "songunet",
             .summary = "U-Net of EDM and score SDE (DDPM++, NCSN++ and what lies between), from a checkpoint",
             .source = "Song et al. 2021 (arXiv 2011.13456); Karras et al. 2022 (arXiv 2206.00364), class SongUNet",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    OSS_NETWORK_DENOISER(songunet_open),
};

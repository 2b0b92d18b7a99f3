// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/nets/unet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

oss_status oss_unet_read(const oss_arguments *arguments, oss_unet_shape *shape) {
  const int64_t most = 1 << 20;
  int64_t resolution = 0, in = 0, out = 0, labels = 0, augment = 0, channels = (int64_t)shape->model_channels, emb = 4,
          blocks = (int64_t)shape->blocks, mult[OSS_UNET_LEVELS], attention[OSS_UNET_LEVELS];
  for (size_t i = 0; i < shape->levels; i++) mult[i] = (int64_t)shape->mult[i];
  for (size_t i = 0; i < shape->attended; i++) attention[i] = (int64_t)shape->attention[i];
  OSS_TRY(oss_arguments_require(arguments, "img_resolution"));
  OSS_TRY(oss_arguments_require(arguments, "in_channels"));
  OSS_TRY(oss_arguments_require(arguments, "out_channels"));
  OSS_TRY(oss_arguments_int(arguments, "img_resolution", 1, 4096, &resolution));
  OSS_TRY(oss_arguments_int(arguments, "in_channels", 1, 4096, &in));
  OSS_TRY(oss_arguments_int(arguments, "out_channels", 1, 4096, &out));
  OSS_TRY(oss_arguments_int(arguments, "label_dim", 0, most, &labels));
  OSS_TRY(oss_arguments_int(arguments, "augment_dim", 0, most, &augment));
  OSS_TRY(oss_arguments_int(arguments, "model_channels", 4, 65536, &channels));
  OSS_TRY(oss_arguments_int(arguments, "channel_mult_emb", 1, 64, &emb));
  OSS_TRY(oss_arguments_int(arguments, "num_blocks", 0, OSS_UNET_MOST_BLOCKS, &blocks));
  OSS_TRY(oss_arguments_ints(arguments, "channel_mult", 1, 64, OSS_UNET_LEVELS, mult, &shape->levels));
  OSS_TRY(oss_arguments_ints(arguments, "attn_resolutions", 0, 4096, OSS_UNET_LEVELS, attention, &shape->attended));
  if (shape->levels == 0) return oss_fail(OSS_ERR_CONFIG, "channel_mult is empty: a network has a level at least");
  if ((resolution >> (shape->levels - 1)) << (shape->levels - 1) != resolution)
    return oss_fail(OSS_ERR_CONFIG, "img_resolution %lld can't be halved %zu times (channel_mult)", (long long)resolution,
                    shape->levels - 1);
  shape->resolution = (size_t)resolution;
  shape->in_channels = (size_t)in;
  shape->out_channels = (size_t)out;
  shape->label_dim = (size_t)labels;
  shape->augment_dim = (size_t)augment;
  shape->model_channels = (size_t)channels;
  shape->embedding_channels = (size_t)(channels * emb);
  shape->blocks = (size_t)blocks;
  for (size_t i = 0; i < shape->levels; i++) shape->mult[i] = (size_t)mult[i];
  for (size_t i = 0; i < shape->attended; i++) shape->attention[i] = (size_t)attention[i];
  return OSS_OK;
}

void oss_unet_words(oss_words *words) {
  static const char *const all[] = {"img_resolution", "in_channels",      "out_channels", "label_dim",
                                    "augment_dim",    "model_channels",   "channel_mult", "channel_mult_emb",
                                    "num_blocks",     "attn_resolutions", "dropout",      "label_dropout"};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) oss_words_add(words, all[i]);
}

static int attends(const oss_unet_shape *shape, size_t resolution) {
  for (size_t i = 0; i < shape->attended; i++)
    if (shape->attention[i] == resolution) return 1;
  return 0;
}

void oss_unet_sample(const oss_unet_shape *shape, size_t condition, oss_network_shape *out) {
  *out = (oss_network_shape){.channels = shape->in_channels,
                             .height = shape->resolution,
                             .width = shape->resolution,
                             .patch = 1,
                             .out_channels = shape->out_channels,
                             .condition = shape->label_dim > 0 ? condition : 0,
                             .classes = shape->label_dim,
                             .unconditional = 1};
}

oss_unet *oss_unet_begin(oss_net *net, const oss_unet_shape *shape, const oss_unet_style *style) {
  oss_unet *u = net->status == OSS_OK ? calloc(1, sizeof *u) : NULL;
  if (u == NULL) {
    oss_net_refuse(net, OSS_ERR_MEMORY, "plan of a network");
    return NULL;
  }
  *u = (oss_unet){.net = net, .shape = shape, .style = style};
  return u;
}

void oss_unet_end(oss_unet *u) {
  oss_modulation_end(u->net, &u->modulation);
  free(u);
}

static size_t groups_of(size_t channels) {
  return channels / 4 < 32 ? channels / 4 : 32;
}

/* What a layer's buffer holds has to be the filter of the arguments, to half precision. */
static void compare_filter(oss_unet *u, const char *name, const float *found) {
  const oss_filter *filter = &u->style->filter;
  for (int i = 0; i < filter->taps; i++)
    for (int j = 0; j < filter->taps; j++) {
      double is = (double)found[i * filter->taps + j], wanted = (double)filter->at[i] * (double)filter->at[j];
      if (!(fabs(is - wanted) <= fabs(wanted) / 128.0))
        oss_net_refuse(u->net, OSS_ERR_INPUT, "%s: the tensor '%s' holds %g at [0, 0, %d, %d]; the argument resample_filter makes that %g",
                       oss_safetensors_path(u->net->weights->file), name, is, i, j, wanted);
    }
}

/* The filter of a layer is in the file too, where the official code put it. */
void oss_unet_take_filter(oss_unet *u, const char *name) {
  const size_t taps = (size_t)u->style->filter.taps, dims[4] = {1, 1, taps, taps};
  float found[OSS_MAX_TAPS * OSS_MAX_TAPS];
  oss_net *net = u->net;
  const char *buffer = oss_net_name(net, "%s.resample_filter", name);
  if (net->status != OSS_OK || !oss_weights_has(net->weights, buffer)) return;
  oss_net_fail(net, oss_weights_take(net->weights, buffer, OSS_WEIGHT_BUFFER, 4, dims, found));
  if (net->status == OSS_OK) compare_filter(u, buffer, found);
}

oss_unet_image oss_unet_resample(oss_unet *u, oss_unet_image x, const char *name, oss_unet_move move) {
  const oss_filter *filter = &u->style->filter;
  if (move == OSS_UNET_SAME) return x;
  oss_unet_take_filter(u, name);
  x.view = oss_net_resample(u->net, x.view, x.size, x.channels, move == OSS_UNET_UP, (filter->taps - 1) / 2, filter);
  x.size = move == OSS_UNET_UP ? 2 * x.size : x.size / 2;
  return x;
}

oss_unet_image oss_unet_convolve(oss_unet *u, oss_unet_image x, const char *name, size_t channels, int kernel) {
  x.view = oss_net_conv(u->net, x.view, x.size, x.channels, channels, kernel, kernel / 2, name);
  x.channels = channels;
  return x;
}

static oss_net_view norm(oss_unet *u, oss_unet_image x, const char *name, oss_activation activation) {
  return oss_net_group_norm(u->net, x.view, x.size * x.size, x.channels, groups_of(x.channels), u->style->eps, name, OSS_NET_NONE,
                            OSS_NET_NONE, OSS_NET_NONE, activation);
}

/* norm1 and the embedding: added before it, or scale (first) and shift behind it; then SiLU. */
static oss_net_view condition(oss_unet *u, oss_unet_image x, const char *name) {
  const oss_unet_style *style = u->style;
  oss_net *net = u->net;
  oss_net_view first =
      oss_modulation_add(net, &u->modulation, x.channels * (style->adaptive ? 2 : 1), oss_net_name(net, "%s.affine", name));
  oss_net_view add = style->adaptive ? OSS_NET_NONE : first, scale = OSS_NET_NONE, shift = OSS_NET_NONE;
  if (style->adaptive) {
    scale = first;
    shift = (oss_net_view){first.tensor, first.offset + x.channels};
  }
  return oss_net_group_norm(net, x.view, x.size * x.size, x.channels, groups_of(x.channels), style->eps,
                            oss_net_name(net, "%s.norm1", name), add, shift, scale, OSS_ACT_SILU);
}

static oss_unet_image attend(oss_unet *u, oss_unet_image x, const char *name, size_t heads) {
  oss_net *net = u->net;
  size_t pixels = x.size * x.size, width = x.channels / heads;
  if (width * heads != x.channels)
    oss_net_refuse(net, OSS_ERR_CONFIG, "%s: %zu channels in %zu heads of attention", name, x.channels, heads);
  const oss_dense_layout qkv = {.rank = 4, .dims = {1, 1}, .heads = heads}, proj = {.rank = 4, .dims = {1, 1}};
  oss_net_view y = norm(u, x, oss_net_name(net, "%s.norm2", name), OSS_ACT_NONE);
  y = oss_net_dense(net, y, pixels, x.channels, 3 * x.channels, oss_net_name(net, "%s.qkv", name), &qkv, OSS_ACT_NONE);
  y = oss_net_attention(net, y, pixels, heads, width, 1.0 / sqrt((double)width));
  y = oss_net_dense(net, y, pixels, x.channels, x.channels, oss_net_name(net, "%s.proj", name), &proj, OSS_ACT_NONE);
  x.view = oss_net_sum(net, x.view, y, pixels, x.channels, u->style->skip_scale, OSS_NET_NONE);
  return x;
}

/* Past the two convolutions: as it is, resampled, or through a 1x1 convolution. */
static oss_unet_image skip(oss_unet *u, oss_unet_image x, const char *name, size_t channels, oss_unet_move move) {
  const char *layer = oss_net_name(u->net, "%s.skip", name);
  int project = channels != x.channels || (move != OSS_UNET_SAME && u->style->project);
  x = oss_unet_resample(u, x, layer, move);
  return project ? oss_unet_convolve(u, x, layer, channels, 1) : x;
}

oss_unet_image oss_unet_block(oss_unet *u, oss_unet_image x, const char *block, size_t channels, oss_unet_move move, int attention) {
  const oss_unet_style *style = u->style;
  oss_net *net = u->net;
  char name[OSS_NET_NAME_BYTES]; /* block may be of oss_net_name, which does not keep it for so long */
  snprintf(name, sizeof name, "%s", block);
  size_t heads = !attention ? 0 : style->head_channels == 0 ? 1 : channels / style->head_channels;
  oss_unet_image y = x;
  y.view = norm(u, x, oss_net_name(net, "%s.norm0", name), OSS_ACT_SILU);
  y = oss_unet_resample(u, y, oss_net_name(net, "%s.conv0", name), move);
  y = oss_unet_convolve(u, y, oss_net_name(net, "%s.conv0", name), channels, 3);
  y.view = condition(u, y, name);
  y = oss_unet_convolve(u, y, oss_net_name(net, "%s.conv1", name), channels, 3);
  x = skip(u, x, name, channels, move);
  y.view = oss_net_sum(net, y.view, x.view, y.size * y.size, channels, style->skip_scale, OSS_NET_NONE);
  return heads > 0 ? attend(u, y, name, heads) : y;
}

void oss_unet_push(oss_unet *u, oss_unet_image x) {
  u->skips[u->skip_count++] = x;
}

/* A block takes the newest of the encoder's outputs along. */
static oss_unet_image join(oss_unet *u, oss_unet_image x) {
  const oss_unet_image *with = &u->skips[--u->skip_count];
  x.view = oss_net_concat(u->net, x.view, x.channels, with->view, with->channels, x.size * x.size);
  x.channels += with->channels;
  return x;
}

oss_unet_image oss_unet_encode_blocks(oss_unet *u, oss_unet_image x, size_t size, size_t channels) {
  int n = (int)size, attention = attends(u->shape, size);
  for (size_t i = 0; i < u->shape->blocks; i++) {
    x = oss_unet_block(u, x, oss_net_name(u->net, "enc.%dx%d_block%zu", n, n, i), channels, OSS_UNET_SAME, attention);
    oss_unet_push(u, x);
  }
  return x;
}

oss_unet_image oss_unet_decode(oss_unet *u, oss_unet_image x, size_t level) {
  const oss_unet_shape *shape = u->shape;
  size_t size = shape->resolution >> level, channels = shape->model_channels * shape->mult[level];
  int n = (int)size, may = attends(shape, size);
  oss_net *net = u->net;
  if (level + 1 == shape->levels) {
    x = oss_unet_block(u, x, oss_net_name(net, "dec.%dx%d_in0", n, n), x.channels, OSS_UNET_SAME, 1);
    x = oss_unet_block(u, x, oss_net_name(net, "dec.%dx%d_in1", n, n), x.channels, OSS_UNET_SAME, 0);
  } else {
    x = oss_unet_block(u, x, oss_net_name(net, "dec.%dx%d_up", n, n), x.channels, OSS_UNET_UP, 0);
  }
  for (size_t i = 0; i <= shape->blocks; i++) {
    int attention = may && (!u->style->attend_last || i == shape->blocks);
    x = oss_unet_block(u, join(u, x), oss_net_name(net, "dec.%dx%d_block%zu", n, n, i), channels, OSS_UNET_SAME, attention);
  }
  return x;
}

oss_unet_image oss_unet_output(oss_unet *u, oss_unet_image x, const char *norm_name, const char *conv) {
  x.view = norm(u, x, norm_name, OSS_ACT_SILU);
  return oss_unet_convolve(u, x, conv, u->shape->out_channels, 3);
}

void oss_unet_skip_augmentation(oss_unet *u, size_t width) {
  const size_t dims[2] = {width, u->shape->augment_dim};
  if (u->shape->augment_dim == 0 || u->net->status != OSS_OK) return;
  oss_net_fail(u->net, oss_weights_take(u->net->weights, "map_augment.weight", OSS_WEIGHT_PARAMETER, 2, dims, NULL));
}

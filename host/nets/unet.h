// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What the U-Nets SongUNet and DhariwalUNet share: blocks, the ladder of resolutions, how the encoder's outputs wait for the decoder. */
#ifndef OSS_NETS_UNET_H
#define OSS_NETS_UNET_H

#include "host/nets/arguments.h"
#include "host/nets/layers.h"
#include "host/nets/modulation.h"
#include "host/nets/shape.h"

enum { OSS_UNET_LEVELS = 16, OSS_UNET_MOST_BLOCKS = 64 };

/* The constructor arguments that both have. */
typedef struct oss_unet_shape {
  size_t resolution, in_channels, out_channels, label_dim, augment_dim;
  size_t model_channels, embedding_channels, blocks; /* blocks: of a level */
  size_t levels, mult[OSS_UNET_LEVELS];              /* channel_mult */
  size_t attended, attention[OSS_UNET_LEVELS];       /* attn_resolutions */
} oss_unet_shape;

/* How the blocks of one architecture differ from those of the other. */
typedef struct oss_unet_style {
  double eps, skip_scale;
  int adaptive;         /* the embedding scales and shifts behind norm1 instead of being added before it */
  int project;          /* a skip past a change of size is always a convolution */
  size_t head_channels; /* of an attention head; 0: one head */
  int attend_last;      /* in the decoder only the last block of a resolution attends */
  oss_filter filter;    /* of changes of size */
} oss_unet_style;

/* An image on its way: [size][size][channels]. */
typedef struct oss_unet_image {
  oss_net_view view;
  size_t size, channels;
} oss_unet_image;

typedef struct oss_unet {
  oss_net *net;
  const oss_unet_shape *shape;
  const oss_unet_style *style;
  oss_modulation modulation;
  oss_unet_image skips[OSS_UNET_LEVELS * (OSS_UNET_MOST_BLOCKS + 1)];
  size_t skip_count;
} oss_unet;

/* The arguments model_channels, channel_mult, channel_mult_emb, num_blocks and attn_resolutions are as given here where they are missing.
 */
oss_status oss_unet_read(const oss_arguments *arguments, oss_unet_shape *shape);

/* The words of both constructors. */
void oss_unet_words(oss_words *words);

/* A sample of such a network; condition: the width of its labels' vectors. */
void oss_unet_sample(const oss_unet_shape *shape, size_t condition, oss_network_shape *out);

/* shape and style are borrowed. NULL where the net has failed. */
oss_unet *oss_unet_begin(oss_net *net, const oss_unet_shape *shape, const oss_unet_style *style);
void oss_unet_end(oss_unet *u); /* packs the modulation and frees u */

typedef enum oss_unet_move { OSS_UNET_SAME, OSS_UNET_DOWN, OSS_UNET_UP } oss_unet_move;

oss_unet_image oss_unet_block(oss_unet *u, oss_unet_image x, const char *block, size_t channels, oss_unet_move move, int attention);
oss_unet_image oss_unet_convolve(oss_unet *u, oss_unet_image x, const char *name, size_t channels, int kernel);

/* The filter alone. name: of the layer that holds it as a buffer. */
oss_unet_image oss_unet_resample(oss_unet *u, oss_unet_image x, const char *name, oss_unet_move move);

/* Takes the filter of a layer from the weights, where it is there: it has to be that of the style. */
void oss_unet_take_filter(oss_unet *u, const char *name);

/* Keeps an output of the encoder for the decoder. */
void oss_unet_push(oss_unet *u, oss_unet_image x);

/* The blocks of one level of the encoder, each kept. */
oss_unet_image oss_unet_encode_blocks(oss_unet *u, oss_unet_image x, size_t size, size_t channels);

/* One level of the decoder: in0 and in1, or up, and the blocks, each with the next of the encoder's outputs. */
oss_unet_image oss_unet_decode(oss_unet *u, oss_unet_image x, size_t level);

/* norm, SiLU, 3x3 convolution to the output's channels. */
oss_unet_image oss_unet_output(oss_unet *u, oss_unet_image x, const char *norm, const char *conv);

/* Takes the weights of augmentation labels, which sampling does not use. */
void oss_unet_skip_augmentation(oss_unet *u, size_t width);

#endif

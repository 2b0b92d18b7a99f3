// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The builders of a network's steps (plan.h). Each adds one operation of ops.def, takes the weights that belong to it and returns the view
 * of what it writes. Tensors are [sample][pixel or token][channel], contiguous. Names are the official module's: the weights of `name` are
 * name.weight and name.bias. */
#ifndef OSS_NETS_LAYERS_H
#define OSS_NETS_LAYERS_H

#include "host/nets/plan.h"

/* printf into memory that lives until the next call but seven; "" after a failure. For the names of layers. */
const char *oss_net_name(oss_net *net, const char *fmt, ...) OSS_PRINTF(2, 3);

/* ---- with weights ---- */

/* How the rows of a weight matrix are taken from the file. */
typedef struct oss_dense_layout {
  int rank;       /* of the tensor: 2, or 4 for a convolution that is a product of patches or pixels */
  size_t dims[2]; /* rank 4: the two last dimensions; [k / (dims[0] dims[1])] channels before them */
  size_t heads;   /* above 0: rows (head, channel, part of 3) become (part, head, channel), as attention takes them */
  int no_bias;
} oss_dense_layout;

/* in: [sample][tokens][k]; writes [sample][tokens][n]. layout NULL: a matrix [n][k] and a bias [n]. */
oss_net_view oss_net_dense(oss_net *net, oss_net_view in, size_t tokens, size_t k, size_t n, const char *name,
                           const oss_dense_layout *layout, oss_activation activation);

/* in: [sample][size][size][in]; a kernel of 1 is a product. */
oss_net_view oss_net_conv(oss_net *net, oss_net_view in, size_t size, size_t channels, size_t out, int kernel, int pad, const char *name);

/* in: [sample][tokens][3][heads][width]; writes [sample][tokens][heads][width]. */
oss_net_view oss_net_attention(oss_net *net, oss_net_view in, size_t tokens, size_t heads, size_t width, double scale);

/* add, shift, scale: views of a modulation, or none. */
oss_net_view oss_net_group_norm(oss_net *net, oss_net_view in, size_t pixels, size_t channels, size_t groups, double eps, const char *name,
                                oss_net_view add, oss_net_view shift, oss_net_view scale, oss_activation activation);

/* name NULL: neither gain nor bias. */
oss_net_view oss_net_layer_norm(oss_net *net, oss_net_view in, size_t tokens, size_t width, double eps, const char *name,
                                oss_net_view shift, oss_net_view scale, oss_activation activation);

/* in + a tensor [tokens][width] of the weights (in the file [1][tokens][width]). */
oss_net_view oss_net_add_table(oss_net *net, oss_net_view in, size_t tokens, size_t width, const char *name);

/* ---- without ---- */

/* in: [sample][size][size][channels]; writes half or twice the size. */
oss_net_view oss_net_resample(oss_net *net, oss_net_view in, size_t size, size_t channels, int up, int pad, const oss_filter *filter);

/* factor (x + gate y); gate: a view of a modulation, or none. */
oss_net_view oss_net_sum(oss_net *net, oss_net_view x, oss_net_view y, size_t tokens, size_t width, double factor, oss_net_view gate);

oss_net_view oss_net_activate(oss_net *net, oss_net_view in, size_t elements, oss_activation activation);

/* [sample][pixel][n] and [sample][pixel][m] to [sample][pixel][n + m]. */
oss_net_view oss_net_concat(oss_net *net, oss_net_view a, size_t n, oss_net_view b, size_t m, size_t pixels);

/* Cosines and sines of the time: [sample][2 half]. frequency: host, [half]. */
oss_net_view oss_net_embed(oss_net *net, size_t half, int sin_first, const float *frequency);

/* The embedding of DiT and MAR (256 wide, cosines first) and its two layers name.0 and name.2. */
oss_net_view oss_net_timestep(oss_net *net, size_t width, const char *name);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>

#include "host/denoisers/network.h"
#include "host/nets/layers.h"
#include "host/nets/modulation.h"

static const double eps = 1e-6; /* of every norm */

typedef struct dit {
  size_t size, patch, channels, out_channels, width, depth, heads, hidden, classes;
  int null_class;
} dit;

#define SIZE_S "\"hidden_size\": 384, \"depth\": 12, \"num_heads\": 6"
#define SIZE_B "\"hidden_size\": 768, \"depth\": 12, \"num_heads\": 12"
#define SIZE_L "\"hidden_size\": 1024, \"depth\": 24, \"num_heads\": 16"
#define SIZE_XL "\"hidden_size\": 1152, \"depth\": 28, \"num_heads\": 16"
#define PRESETS(letter, size)                                                          \
  {"dit-" letter "-2-256", "{" size ", \"patch_size\": 2, \"input_size\": 32}"},       \
      {"dit-" letter "-4-256", "{" size ", \"patch_size\": 4, \"input_size\": 32}"},   \
      {"dit-" letter "-8-256", "{" size ", \"patch_size\": 8, \"input_size\": 32}"},   \
      {"dit-" letter "-2-512", "{" size ", \"patch_size\": 2, \"input_size\": 64}"},   \
      {"dit-" letter "-4-512", "{" size ", \"patch_size\": 4, \"input_size\": 64}"}, { \
    "dit-" letter "-8-512", "{" size ", \"patch_size\": 8, \"input_size\": 64}"        \
  }
#define NAMES(letter) \
  "dit-" letter "-2-256 dit-" letter "-4-256 dit-" letter "-8-256 dit-" letter "-2-512 dit-" letter "-4-512 dit-" letter "-8-512"

static const oss_preset presets[] = {
    PRESETS("s", SIZE_S), PRESETS("b", SIZE_B), PRESETS("l", SIZE_L), PRESETS("xl", SIZE_XL), {NULL, NULL}};

static const oss_option options[] = {OSS_NETWORK_OPTIONS(NAMES("s") " " NAMES("b") " " NAMES("l") " " NAMES("xl")),
                                     OSS_NETWORK_CLASS_OPTIONS};

static void add_words(oss_words *words) {
  static const char *const all[] = {"input_size", "patch_size", "in_channels",        "hidden_size", "depth",
                                    "num_heads",  "mlp_ratio",  "class_dropout_prob", "num_classes", "learn_sigma"};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) oss_words_add(words, all[i]);
}

static oss_status read(const oss_member *member, const oss_arguments *arguments, void *config, oss_network_shape *out) {
  int64_t size = 32, patch = 2, channels = 4, width = 1152, depth = 28, heads = 16, classes = 1000;
  double ratio = 4.0, dropout = 0.1;
  int learn_sigma = 1;
  /* The one argument that no shape tells: the usual number would make another network of the file's weights. */
  if (oss_member_value(member, "file")->given) OSS_TRY(oss_arguments_require(arguments, "num_heads"));
  OSS_TRY(oss_arguments_int(arguments, "input_size", 1, 4096, &size));
  OSS_TRY(oss_arguments_int(arguments, "patch_size", 1, 4096, &patch));
  OSS_TRY(oss_arguments_int(arguments, "in_channels", 1, 4096, &channels));
  OSS_TRY(oss_arguments_int(arguments, "hidden_size", 1, 65536, &width));
  OSS_TRY(oss_arguments_int(arguments, "depth", 0, 4096, &depth));
  OSS_TRY(oss_arguments_int(arguments, "num_heads", 1, 4096, &heads));
  OSS_TRY(oss_arguments_int(arguments, "num_classes", 1, 1 << 20, &classes));
  OSS_TRY(oss_arguments_real(arguments, "mlp_ratio", 1e-3, 1e3, &ratio));
  OSS_TRY(oss_arguments_real(arguments, "class_dropout_prob", 0.0, 1.0, &dropout));
  OSS_TRY(oss_arguments_bool(arguments, "learn_sigma", &learn_sigma));
  if (size % patch != 0)
    return oss_fail(OSS_ERR_CONFIG, "input_size %lld is no multiple of patch_size %lld", (long long)size, (long long)patch);
  if (width % heads != 0)
    return oss_fail(OSS_ERR_CONFIG, "hidden_size %lld is no multiple of num_heads %lld", (long long)width, (long long)heads);
  dit *s = config;
  *s = (dit){.size = (size_t)size,
             .patch = (size_t)patch,
             .channels = (size_t)channels,
             .out_channels = (size_t)(learn_sigma ? 2 * channels : channels),
             .width = (size_t)width,
             .depth = (size_t)depth,
             .heads = (size_t)heads,
             .hidden = (size_t)((double)width * ratio),
             .classes = (size_t)classes,
             .null_class = dropout > 0.0};
  *out = (oss_network_shape){.channels = s->channels,
                             .height = s->size,
                             .width = s->size,
                             .patch = s->patch,
                             .out_channels = s->out_channels,
                             .condition = s->width,
                             .classes = s->classes,
                             .unconditional = s->null_class};
  return OSS_OK;
}

/* The modulations of a block or of the end, in the official order; each is s->width wide. */
static oss_net_view chunk(const dit *s, oss_net_view all, size_t i) {
  return (oss_net_view){all.tensor, all.offset + i * s->width};
}

static oss_net_view attend(const dit *s, oss_net *net, oss_net_view x, size_t tokens, size_t block) {
  const oss_dense_layout parts = {.rank = 2}; /* (part, head, channel) already */
  size_t w = s->width, head = w / s->heads;
  x = oss_net_dense(net, x, tokens, w, 3 * w, oss_net_name(net, "blocks.%zu.attn.qkv", block), &parts, OSS_ACT_NONE);
  x = oss_net_attention(net, x, tokens, s->heads, head, 1.0 / sqrt((double)head));
  return oss_net_dense(net, x, tokens, w, w, oss_net_name(net, "blocks.%zu.attn.proj", block), NULL, OSS_ACT_NONE);
}

static oss_net_view block(const dit *s, oss_net *net, oss_modulation *modulation, oss_net_view x, size_t tokens, size_t i) {
  size_t w = s->width;
  oss_net_view m = oss_modulation_add(net, modulation, 6 * w, oss_net_name(net, "blocks.%zu.adaLN_modulation.1", i));
  oss_net_view y = oss_net_layer_norm(net, x, tokens, w, eps, NULL, chunk(s, m, 0), chunk(s, m, 1), OSS_ACT_NONE);
  x = oss_net_sum(net, x, attend(s, net, y, tokens, i), tokens, w, 1.0, chunk(s, m, 2));
  y = oss_net_layer_norm(net, x, tokens, w, eps, NULL, chunk(s, m, 3), chunk(s, m, 4), OSS_ACT_NONE);
  y = oss_net_dense(net, y, tokens, w, s->hidden, oss_net_name(net, "blocks.%zu.mlp.fc1", i), NULL, OSS_ACT_GELU);
  y = oss_net_dense(net, y, tokens, s->hidden, w, oss_net_name(net, "blocks.%zu.mlp.fc2", i), NULL, OSS_ACT_NONE);
  return oss_net_sum(net, x, y, tokens, w, 1.0, chunk(s, m, 5));
}

static oss_net_view build(const void *config, oss_net *net) {
  const dit *s = config;
  size_t w = s->width, p = s->patch, tokens = (s->size / p) * (s->size / p);
  const oss_dense_layout patches = {.rank = 4, .dims = {p, p}};
  oss_net_view c = oss_net_timestep(net, w, "t_embedder.mlp");
  c = oss_net_sum(net, c, (oss_net_view){OSS_NET_CONDITION, 0}, 1, w, 1.0, OSS_NET_NONE);
  c = oss_net_activate(net, c, w, OSS_ACT_SILU);
  oss_modulation modulation = oss_modulation_begin(net, c, w);
  oss_net_view x = {OSS_NET_INPUT, 0};
  x = oss_net_dense(net, x, tokens, s->channels * p * p, w, "x_embedder.proj", &patches, OSS_ACT_NONE);
  x = oss_net_add_table(net, x, tokens, w, "pos_embed");
  for (size_t i = 0; i < s->depth; i++) x = block(s, net, &modulation, x, tokens, i);
  oss_net_view m = oss_modulation_add(net, &modulation, 2 * w, "final_layer.adaLN_modulation.1");
  x = oss_net_layer_norm(net, x, tokens, w, eps, NULL, chunk(s, m, 0), chunk(s, m, 1), OSS_ACT_NONE);
  x = oss_net_dense(net, x, tokens, w, p * p * s->out_channels, "final_layer.linear", NULL, OSS_ACT_NONE);
  oss_modulation_end(net, &modulation);
  return x;
}

/* A last row for no class is there where the network was trained with one. */
static oss_status table(const void *config, oss_weights *weights, float *out) {
  const dit *s = config;
  const size_t dims[2] = {s->classes + (size_t)s->null_class, s->width};
  for (size_t i = 0; out != NULL && i < s->width; i++) out[s->classes * s->width + i] = 0.0f;
  return oss_weights_take(weights, "y_embedder.embedding_table.weight", OSS_WEIGHT_PARAMETER, 2, dims, out);
}

static const oss_architecture architecture = {.name = "DiT",
                                              .precondition = "eps",
                                              .betas = "linear",
                                              .presets = presets,
                                              .config_bytes = sizeof(dit),
                                              .words = add_words,
                                              .read = read,
                                              .build = build,
                                              .table = table};

static oss_status dit_open(const oss_member *member, oss_denoiser *denoiser) {
  return oss_network_open(member, denoiser, &architecture);
}

const oss_denoiser_desc oss_denoiser_dit = {
    .base = {.name = "dit",
             .summary = "diffusion transformer DiT, from a checkpoint",
             .source = "Peebles and Xie 2022 (arXiv 2212.09748), class DiT",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    OSS_NETWORK_DENOISER(dit_open),
};

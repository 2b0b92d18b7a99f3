// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <stdlib.h>
#include <string.h>

#include "host/denoisers/network.h"
#include "host/io/reader.h"
#include "host/nets/layers.h"
#include "host/nets/modulation.h"

static const double eps = 1e-6; /* of every norm */

typedef struct mar_mlp {
  size_t channels, out_channels, width, z_channels, blocks;
  const char *path, *dataset, *null; /* of the conditions; borrowed from the member; "": none */
  size_t conditions, nulls;
} mar_mlp;

static const oss_preset presets[] = {
    {"mar-base", "{\"in_channels\": 16, \"model_channels\": 1024, \"out_channels\": 32, \"z_channels\": 768, \"num_res_blocks\": 6}"},
    {"mar-large", "{\"in_channels\": 16, \"model_channels\": 1280, \"out_channels\": 32, \"z_channels\": 1024, \"num_res_blocks\": 8}"},
    {"mar-huge", "{\"in_channels\": 16, \"model_channels\": 1536, \"out_channels\": 32, \"z_channels\": 1280, \"num_res_blocks\": 12}"},
    {NULL, NULL}};

static const oss_option options[] = {
    OSS_NETWORK_OPTIONS("mar-base mar-large mar-huge"),
    {.name = "conditions",
     .type = OSS_OPTION_FILE,
     .fallback = "",
     .help = "HDF5 file with the vectors that the transformer gives; sample s has row s modulo their number; left out: zeros"},
    {.name = "dataset", .type = OSS_OPTION_TEXT, .fallback = "conditions", .help = "where in that file: (n, z_channels)"},
    {.name = "null",
     .type = OSS_OPTION_TEXT,
     .fallback = "",
     .help = "where in that file, for guidance: the vectors for no condition, (1, z_channels) or (n, z_channels)"},
};

static void add_words(oss_words *words) {
  static const char *const all[] = {"in_channels", "model_channels", "out_channels", "z_channels", "num_res_blocks", "grad_checkpointing"};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) oss_words_add(words, all[i]);
}

static oss_status rows_of(const mar_mlp *s, const char *dataset, size_t *rows) {
  oss_array shape = {0};
  OSS_TRY(oss_io_shape(s->path, dataset, &shape));
  *rows = shape.dims[0];
  if (shape.rank == 2 && shape.dims[1] == s->z_channels && *rows <= INT32_MAX) return OSS_OK;
  return oss_fail(OSS_ERR_INPUT, "%s: '%s' has rank %d, %zu rows: conditions are (n, %zu)", s->path, dataset, shape.rank, *rows,
                  s->z_channels);
}

static oss_status read_conditions(const oss_member *member, mar_mlp *s) {
  s->path = oss_member_path(member, "conditions");
  s->dataset = oss_member_text(member, "dataset");
  s->null = oss_member_text(member, "null");
  if (s->path[0] == '\0')
    return s->null[0] == '\0' ? OSS_OK : oss_member_fail(member, "null '%s' needs conditions, the file it is in", s->null);
  OSS_TRY(rows_of(s, s->dataset, &s->conditions));
  if (s->null[0] == '\0') return OSS_OK;
  OSS_TRY(rows_of(s, s->null, &s->nulls));
  if (s->nulls == 1 || s->nulls == s->conditions) return OSS_OK;
  return oss_fail(OSS_ERR_INPUT, "%s: '%s' has %zu rows: 1, or one for each of the %zu conditions", s->path, s->null, s->nulls,
                  s->conditions);
}

static oss_status read(const oss_member *member, const oss_arguments *arguments, void *config, oss_network_shape *out) {
  static const char *const needed[] = {"in_channels", "model_channels", "out_channels", "z_channels", "num_res_blocks"};
  int64_t value[5] = {0};
  for (size_t i = 0; i < 5; i++) {
    OSS_TRY(oss_arguments_require(arguments, needed[i]));
    OSS_TRY(oss_arguments_int(arguments, needed[i], i < 4, 65536, &value[i]));
  }
  mar_mlp *s = config;
  *s = (mar_mlp){.channels = (size_t)value[0],
                 .width = (size_t)value[1],
                 .out_channels = (size_t)value[2],
                 .z_channels = (size_t)value[3],
                 .blocks = (size_t)value[4]};
  OSS_TRY(read_conditions(member, s));
  *out = (oss_network_shape){.channels = s->channels,
                             .height = 1,
                             .width = 1,
                             .patch = 1,
                             .flat = 1,
                             .out_channels = s->out_channels,
                             .condition = s->z_channels,
                             .classes = s->conditions,
                             .each = 1,
                             .unconditional = s->conditions == 0 || s->nulls > 0,
                             .paired = s->nulls > 1};
  return OSS_OK;
}

/* The modulations of a block or of the end, in the official order; each is s->width wide. */
static oss_net_view chunk(const mar_mlp *s, oss_net_view all, size_t i) {
  return (oss_net_view){all.tensor, all.offset + i * s->width};
}

static oss_net_view block(const mar_mlp *s, oss_net *net, oss_modulation *modulation, oss_net_view x, size_t i) {
  size_t w = s->width;
  oss_net_view m = oss_modulation_add(net, modulation, 3 * w, oss_net_name(net, "res_blocks.%zu.adaLN_modulation.1", i));
  const char *norm = oss_net_name(net, "res_blocks.%zu.in_ln", i);
  oss_net_view y = oss_net_layer_norm(net, x, 1, w, eps, norm, chunk(s, m, 0), chunk(s, m, 1), OSS_ACT_NONE);
  y = oss_net_dense(net, y, 1, w, w, oss_net_name(net, "res_blocks.%zu.mlp.0", i), NULL, OSS_ACT_SILU);
  y = oss_net_dense(net, y, 1, w, w, oss_net_name(net, "res_blocks.%zu.mlp.2", i), NULL, OSS_ACT_NONE);
  return oss_net_sum(net, x, y, 1, w, 1.0, chunk(s, m, 2));
}

static oss_net_view build(const void *config, oss_net *net) {
  const mar_mlp *s = config;
  size_t w = s->width;
  oss_net_view t = oss_net_timestep(net, w, "time_embed.mlp");
  oss_net_view c = oss_net_dense(net, (oss_net_view){OSS_NET_CONDITION, 0}, 1, s->z_channels, w, "cond_embed", NULL, OSS_ACT_NONE);
  c = oss_net_activate(net, oss_net_sum(net, t, c, 1, w, 1.0, OSS_NET_NONE), w, OSS_ACT_SILU);
  oss_modulation modulation = oss_modulation_begin(net, c, w);
  oss_net_view x = oss_net_dense(net, (oss_net_view){OSS_NET_INPUT, 0}, 1, s->channels, w, "input_proj", NULL, OSS_ACT_NONE);
  for (size_t i = 0; i < s->blocks; i++) x = block(s, net, &modulation, x, i);
  oss_net_view m = oss_modulation_add(net, &modulation, 2 * w, "final_layer.adaLN_modulation.1");
  x = oss_net_layer_norm(net, x, 1, w, eps, NULL, chunk(s, m, 0), chunk(s, m, 1), OSS_ACT_NONE);
  x = oss_net_dense(net, x, 1, w, s->out_channels, "final_layer.linear", NULL, OSS_ACT_NONE);
  oss_modulation_end(net, &modulation);
  return x;
}

static oss_status copy_rows(const mar_mlp *s, const char *dataset, size_t rows, float *out) {
  oss_array array = {0};
  OSS_TRY(oss_io_read_rows(s->path, dataset, OSS_F32, 0, rows, &array));
  memcpy(out, array.data, rows * s->z_channels * sizeof *out);
  oss_array_free(&array);
  return OSS_OK;
}

/* The conditions; behind them those for none, of which a single one is the last row. */
static oss_status table(const void *config, oss_weights *weights, float *out) {
  const mar_mlp *s = config;
  size_t rows = s->conditions + (s->nulls > 1 ? s->nulls : 0) + 1;
  (void)weights;
  if (out == NULL) return OSS_OK;
  for (size_t i = 0; i < rows * s->z_channels; i++) out[i] = 0.0f;
  if (s->conditions > 0) OSS_TRY(copy_rows(s, s->dataset, s->conditions, out));
  return s->nulls > 0 ? copy_rows(s, s->null, s->nulls, out + s->conditions * s->z_channels) : OSS_OK;
}

static const oss_architecture architecture = {.name = "SimpleMLPAdaLN",
                                              .precondition = "eps",
                                              .betas = "cosine",
                                              .presets = presets,
                                              .config_bytes = sizeof(mar_mlp),
                                              .words = add_words,
                                              .read = read,
                                              .build = build,
                                              .table = table};

static oss_status mar_mlp_open(const oss_member *member, oss_denoiser *denoiser) {
  return oss_network_open(member, denoiser, &architecture);
}

const oss_denoiser_desc oss_denoiser_mar_mlp = {
    .base = {.name = "mar_mlp",
             .summary = "diffusion head of MAR: a token's values given a vector, from a checkpoint",
             .source = "Li et al. 2024 (arXiv 2406.11838), class SimpleMLPAdaLN",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    OSS_NETWORK_DENOISER(mar_mlp_open),
};

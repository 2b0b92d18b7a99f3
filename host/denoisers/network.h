// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Denoisers that are neural networks: what the members songunet, dhariwal, dit and mar_mlp share. A member says how its constructor
 * arguments give shapes and how the network is built; weights, preconditioning, conditions, guidance and chunks are here. */
#ifndef OSS_DENOISERS_NETWORK_H
#define OSS_DENOISERS_NETWORK_H

#include "host/denoisers/denoiser.h"
#include "host/nets/arguments.h"
#include "host/nets/plan.h"
#include "host/nets/shape.h"

/* Arguments of a published network, under its name in the option `preset`. */
typedef struct oss_preset {
  const char *name, *arguments; /* JSON */
} oss_preset;

typedef struct oss_architecture {
  const char *name;          /* of the official class */
  const char *precondition;  /* what such networks are usually trained as */
  const char *betas;         /* of eps */
  const oss_preset *presets; /* ends with {NULL, NULL} */
  size_t config_bytes;
  void (*words)(oss_words *words); /* the names of the constructor's arguments */
  /* Reads the arguments into config (zeroed, config_bytes) and shape (zeroed). */
  oss_status (*read)(const oss_member *member, const oss_arguments *arguments, void *config, oss_network_shape *shape);
  oss_net_view (*build)(const void *config, oss_net *net);
  /* The vectors of all conditions: [classes], with `paired` as many for none, and a last one for none, [condition] each. table NULL: what
   * it takes of the weights is only checked and counted. */
  oss_status (*table)(const void *config, oss_weights *weights, float *table);
} oss_architecture;

/* For descriptors. */
oss_status oss_network_open(const oss_member *member, oss_denoiser *denoiser, const oss_architecture *architecture);
oss_status oss_network_load(oss_denoiser *denoiser);
void oss_network_close(oss_denoiser *denoiser);
oss_status oss_network_call(oss_denoiser *denoiser, size_t rows, const double *t, const int32_t *label, const float *x, float *out);
oss_status oss_network_labels(oss_denoiser *denoiser, uint64_t seed, size_t first, size_t count, int32_t *out);

/* The network itself, guidance included: the first `channels` channels of its output [rows][channels][height][width], for x as the network
 * takes it, [rows][channels of a sample][height][width], at time[r * stride] as the network counts it. Backend memory; rows are at most the
 * denoiser's chunk. */
oss_status oss_network_forward(oss_denoiser *denoiser, size_t rows, const double *time, size_t stride, const int32_t *label,
                               size_t channels, const float *x, float *out);

/* Options of every network; then those of networks that have classes. choices: the names of the presets. */
#define OSS_NETWORK_OPTIONS(presets_of_it)                                                                                                 \
  {.name = "file",                                                                                                                         \
   .type = OSS_OPTION_FILE,                                                                                                                \
   .fallback = "",                                                                                                                         \
   .help = "safetensors file with the weights under their official names; left out: random weights of the preset or the arguments"},       \
      {.name = "preset", .type = OSS_OPTION_CHOICE, .fallback = "", .choices = presets_of_it, .help = "a published network's arguments"},  \
      {.name = "arguments",                                                                                                                \
       .type = OSS_OPTION_TEXT,                                                                                                            \
       .fallback = "",                                                                                                                     \
       .help = "JSON object with constructor arguments by their official names, before the file's metadata and the preset's"},             \
      {.name = "weights_seed", .type = OSS_OPTION_INT, .fallback = "0", .min = 0, .max = 1e15, .help = "of random weights"},               \
      {.name = "precondition",                                                                                                             \
       .type = OSS_OPTION_CHOICE,                                                                                                          \
       .fallback = "",                                                                                                                     \
       .choices = "edm vp ve eps v",                                                                                                       \
       .help = "what the network predicts; default from the file's metadata, else what is usual for it"},                                  \
      {.name = "sigma_data", .type = OSS_OPTION_REAL, .fallback = "", .open_min = 1, .help = "edm: deviation of the data; default 0.5"},   \
      {.name = "sigma_max",                                                                                                                \
       .type = OSS_OPTION_REAL,                                                                                                            \
       .fallback = "",                                                                                                                     \
       .open_min = 1,                                                                                                                      \
       .help = "stands for an infinite sigma (t = 1); default 80 (edm), 100 (ve), the end of its schedule (vp, eps)"},                     \
      {.name = "beta_d", .type = OSS_OPTION_REAL, .fallback = "", .open_min = 1, .help = "vp: default 19.9"},                              \
      {.name = "beta_min", .type = OSS_OPTION_REAL, .fallback = "", .open_min = 1, .help = "vp: default 0.1"},                             \
      {.name = "betas",                                                                                                                    \
       .type = OSS_OPTION_CHOICE,                                                                                                          \
       .fallback = "",                                                                                                                     \
       .choices = "linear cosine scaled_linear",                                                                                           \
       .help = "eps: the schedule of its training"},                                                                                       \
      {.name = "beta_start",                                                                                                               \
       .type = OSS_OPTION_REAL,                                                                                                            \
       .fallback = "",                                                                                                                     \
       .open_min = 1,                                                                                                                      \
       .help = "first beta; default 1e-4 (linear), 8.5e-4 (scaled_linear)"},                                                               \
      {.name = "beta_end",                                                                                                                 \
       .type = OSS_OPTION_REAL,                                                                                                            \
       .fallback = "",                                                                                                                     \
       .open_min = 1,                                                                                                                      \
       .help = "last beta; default 0.02 (linear), 0.012 (scaled_linear)"},                                                                 \
      {.name = "train_steps",                                                                                                              \
       .type = OSS_OPTION_INT,                                                                                                             \
       .fallback = "",                                                                                                                     \
       .min = 2,                                                                                                                           \
       .max = 1e6,                                                                                                                         \
       .help = "eps, vp: times that the network was trained at; default 1000"},                                                            \
      {.name = "timestep",                                                                                                                 \
       .type = OSS_OPTION_CHOICE,                                                                                                          \
       .fallback = "fractional",                                                                                                           \
       .choices = "fractional nearest",                                                                                                    \
       .help = "eps: times between those of the training as they are, or the nearest"},                                                    \
      {.name = "time_scale", .type = OSS_OPTION_REAL, .fallback = "", .open_min = 1, .help = "v: the network's time at t = 1; default 1"}, \
      {.name = "guidance",                                                                                                                 \
       .type = OSS_OPTION_REAL,                                                                                                            \
       .fallback = "1",                                                                                                                    \
       .min = 0,                                                                                                                           \
       .max = 100,                                                                                                                         \
       .help = "classifier-free guidance w: F = F(none) + w (F(condition) - F(none)); 1: conditional only"},                               \
      {.name = "guide_channels",                                                                                                           \
       .type = OSS_OPTION_COUNT,                                                                                                           \
       .fallback = "all",                                                                                                                  \
       .min = 1,                                                                                                                           \
       .max = 1e6,                                                                                                                         \
       .help = "guide the first channels only (3: DiT's official code)"},                                                                  \
      {.name = "compute",                                                                                                                  \
       .type = OSS_OPTION_CHOICE,                                                                                                          \
       .fallback = "fp32",                                                                                                                 \
       .choices = "fp32 tf32 bf16",                                                                                                        \
       .help = "products and convolutions; tf32 and bf16 on a GPU only"},                                                                  \
      {.name = "chunk",                                                                                                                    \
       .type = OSS_OPTION_TEXT,                                                                                                            \
       .fallback = "auto",                                                                                                                 \
       .help = "samples at a time: auto or a number; no result depends on it"},                                                            \
  {                                                                                                                                        \
    .name = "data_range", .type = OSS_OPTION_REAL, .fallback = "", .open_min = 1, .help = "R of PSNR; default from the metadata, else 2"   \
  }

#define OSS_NETWORK_CLASS_OPTIONS                                                                                                 \
  {.name = "class",                                                                                                               \
   .type = OSS_OPTION_TEXT,                                                                                                       \
   .fallback = "none",                                                                                                            \
   .help = "condition: none, drawn (a class a sample, all alike, from the seed), the number of one class, or given (in labels)"}, \
      {.name = "labels",                                                                                                          \
       .type = OSS_OPTION_FILE,                                                                                                   \
       .fallback = "",                                                                                                            \
       .help = "HDF5 file with the classes for class: given; sample s has entry s modulo their number"},                          \
  {                                                                                                                               \
    .name = "dataset", .type = OSS_OPTION_TEXT, .fallback = "data/labels", .help = "where in labels: (n) whole numbers"           \
  }

#define OSS_NETWORK_DENOISER(open_of_it)                                                                               \
  .open = open_of_it, .load = oss_network_load, .close = oss_network_close, .call = oss_network_call, .repeatable = 1, \
  .labels = oss_network_labels

#endif

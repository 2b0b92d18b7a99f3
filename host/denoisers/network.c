// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/denoisers/network.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/log.h"
#include "host/core/value.h"
#include "host/denoisers/network_state.h"
#include "host/denoisers/prediction.h"
#include "host/io/reader.h"
#include "kernels/sizes.h"

enum { CHUNK_MOST = 256 };
static const size_t work_bytes = (size_t)128 << 20, work_bytes_thread = (size_t)32 << 20; /* what chunk: auto fills on the processor */

/* ---- where arguments and weights come from ---- */

static oss_status preset_arguments(const oss_member *member, oss_network *s, oss_arguments **out) {
  const oss_preset *preset = s->architecture->presets;
  char where[64];
  while (preset->name != NULL && !oss_member_is(member, "preset", preset->name)) preset++;
  if (preset->name == NULL) return oss_fail(OSS_ERR_INTERNAL, "no preset '%s'", oss_member_text(member, "preset"));
  snprintf(where, sizeof where, "preset %s", preset->name);
  return oss_arguments_from_json(where, preset->arguments, out);
}

/* What was written comes before what the file says, the preset last. */
static oss_status open_sources(const oss_member *member, oss_network *s) {
  oss_words known = {0};
  size_t count = 0;
  s->architecture->words(&known);
  if (oss_member_value(member, "arguments")->given) {
    OSS_TRY(oss_arguments_from_json("arguments", oss_member_text(member, "arguments"), &s->arguments[count]));
    OSS_TRY(oss_arguments_check(s->arguments[count++], &known));
  }
  if (oss_member_value(member, "file")->given) {
    OSS_TRY(oss_safetensors_open(oss_member_path(member, "file"), &s->file));
    OSS_TRY(oss_arguments_from_file(s->file, &s->arguments[count++]));
  }
  if (oss_member_value(member, "preset")->given) OSS_TRY(preset_arguments(member, s, &s->arguments[count++]));
  if (count == 0) return oss_member_fail(member, "file, preset or arguments: one of them has to say what the network is");
  for (size_t i = 0; i + 1 < count; i++) oss_arguments_set_below(s->arguments[i], s->arguments[i + 1]);
  return OSS_OK;
}

void oss_network_close_sources(oss_network *s) {
  for (size_t i = 0; i < OSS_NETWORK_SOURCES; i++) {
    oss_arguments_free(s->arguments[i]);
    s->arguments[i] = NULL;
  }
  oss_safetensors_close(s->file);
  s->file = NULL;
}

static oss_status check_class_name(const oss_network *s) {
  const char *found = s->file != NULL ? oss_safetensors_metadata(s->file, "class") : NULL, *name = s->architecture->name;
  if (found == NULL || strcmp(found, name) == 0) return OSS_OK;
  return oss_fail(OSS_ERR_INPUT, "%s: the weights of a %s; a %s is needed", oss_safetensors_path(s->file), found, name);
}

/* What a file says and nobody asks for is no error, files say what they like; but it may be a key that was meant to matter. */
static void warn_of_metadata(const oss_network *s) {
  static const char *const others[] = {"class",    "precondition", "sigma_data", "sigma_min", "sigma_max",   "beta_d",
                                       "beta_min", "betas",        "beta_start", "beta_end",  "train_steps", "time_scale",
                                       "format",   "origin",       "license",    "classes",   "data_range",  "seed"};
  oss_words known = {0};
  oss_text unknown = {0};
  s->architecture->words(&known);
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) oss_words_add(&known, others[i]);
  for (size_t i = 0; s->file != NULL && i < oss_safetensors_metadata_count(s->file); i++) {
    const char *key, *value;
    char shown[OSS_FOUND_BYTES];
    size_t k = 0;
    oss_safetensors_metadata_at(s->file, i, &key, &value);
    while (k < known.count && strcmp(known.at[k], key) != 0) k++;
    if (k == known.count) oss_text_add(&unknown, "%s'%s'", unknown.length > 0 ? ", " : "", oss_shown(key, shown));
  }
  if (unknown.length > 0 && unknown.chars != NULL)
    oss_log_warning("%s: metadata that mean nothing to a %s are passed over: %s", oss_safetensors_path(s->file), s->architecture->name,
                    unknown.chars);
  oss_text_free(&unknown);
}

/* ---- options ---- */

static oss_status read_compute(const oss_member *member, oss_network *s) {
  static const char *const words[] = {[OSS_COMPUTE_FP32] = "fp32", [OSS_COMPUTE_TF32] = "tf32", [OSS_COMPUTE_BF16] = "bf16"};
  const float one = 1.0f;
  oss_layer layer = {0};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    if (oss_member_is(member, "compute", words[i])) s->compute = (oss_compute)i;
  oss_status status = s->be->ops->dense_pack(s->be, 1, 1, s->compute, &one, NULL, &layer); /* whether the backend can */
  if (status == OSS_OK) return s->be->ops->layer_free(s->be, &layer);
  if (status != OSS_ERR_UNSUPPORTED) return status;
  return oss_member_fail(member, "compute: %s is not for the backend %s", words[s->compute], s->be->name);
}

static oss_status read_given(const oss_member *member, oss_network *s) {
  const char *path = oss_member_path(member, "labels"), *dataset = oss_member_text(member, "dataset");
  oss_array array = {0};
  if (path[0] == '\0') return oss_member_fail(member, "class: given needs labels, a file");
  OSS_TRY(oss_io_read(path, dataset, OSS_I32, 1, 1, &array));
  s->given = array.data;
  s->given_count = array.dims[0];
  for (size_t i = 0; i < s->given_count; i++)
    if (s->given[i] < 0 || (size_t)s->given[i] >= s->shape.classes)
      return oss_fail(OSS_ERR_INPUT, "%s: '%s'[%zu] is %d: classes are 0 to %zu", path, dataset, i, s->given[i], s->shape.classes - 1);
  return OSS_OK;
}

static oss_status read_class(const oss_member *member, oss_network *s) {
  const oss_network_shape *shape = &s->shape;
  s->choice = OSS_CLASS_NONE;
  if (shape->each && shape->classes > 0)
    s->choice = OSS_CLASS_GIVEN;
  else if (!shape->each)
    OSS_TRY(oss_class_parse(member, 1, &s->choice));
  if (!shape->each && s->choice != OSS_CLASS_GIVEN && oss_member_path(member, "labels")[0] != '\0')
    return oss_member_fail(member, "labels are for class: given; class is '%s'", oss_member_text(member, "class"));
  if (s->choice == OSS_CLASS_NONE && shape->condition > 0 && !shape->unconditional)
    return oss_member_fail(member, "class: none has no meaning to this network, which has no row for it");
  if (s->choice != OSS_CLASS_NONE && shape->classes == 0) return oss_member_fail(member, "class: this network has no classes");
  if (s->choice >= 0 && (size_t)s->choice >= shape->classes)
    return oss_member_fail(member, "class %lld: this network has 0 to %zu", (long long)s->choice, shape->classes - 1);
  return s->choice == OSS_CLASS_GIVEN && !shape->each ? read_given(member, s) : OSS_OK;
}

static oss_status read_guidance(const oss_member *member, oss_network *s) {
  s->guidance = oss_member_real(member, "guidance");
  s->guided = (size_t)oss_member_int(member, "guide_channels");
  if (s->guided > s->shape.channels)
    return oss_member_fail(member, "guide_channels %zu: samples have %zu channels", s->guided, s->shape.channels);
  if (s->guidance == 1.0) return OSS_OK;
  if (s->choice == OSS_CLASS_NONE) return oss_member_fail(member, "guidance %g needs a condition", s->guidance);
  if (!s->shape.unconditional) return oss_member_fail(member, "guidance %g: this network has nothing for no condition", s->guidance);
  return OSS_OK;
}

/* The work space of as many samples as fit what is set aside; no result depends on it. */
static oss_status read_chunk(const oss_member *member, oss_network *s, size_t row_bytes) {
  const char *text = oss_member_text(member, "chunk");
  const oss_backend *be = s->be;
  if (strcmp(text, "auto") == 0) {
    size_t most = be->space == OSS_SPACE_DEVICE ? be->memory / 8 : work_bytes + work_bytes_thread * (size_t)be->threads;
    s->chunk = most / row_bytes;
    s->chunk = s->chunk < 1 ? 1 : s->chunk > CHUNK_MOST ? CHUNK_MOST : s->chunk;
    return OSS_OK;
  }
  char *end;
  long value = strtol(text, &end, 10);
  if (end == text || *end != '\0' || value < 1 || value > 1000000)
    return oss_member_fail(member, "chunk '%s': auto or a number of samples", text);
  s->chunk = (size_t)value;
  return OSS_OK;
}

/* ---- planning ---- */

size_t oss_network_table_floats(const oss_network *network) {
  const oss_network_shape *shape = &network->shape;
  return shape->condition * (shape->classes * (shape->paired ? 2 : 1) + 1);
}

/* Beside the net's own work space. */
static size_t own_row_bytes(const oss_network *s, size_t elements) {
  size_t outputs = s->guidance != 1.0 ? 2 * s->shape.out_channels * oss_network_pixels(s) : 0;
  return 4 * sizeof(double) + sizeof(int32_t) + (3 * elements + s->shape.condition + outputs) * sizeof(float);
}

oss_status oss_network_build(oss_network *s, size_t elements, oss_weights *weights, int loading, float *table) {
  oss_net_destroy(s->net);
  s->net = NULL;
  oss_weights_rewind(weights);
  OSS_TRY(oss_net_create(s->be, weights, s->compute, loading, elements, s->shape.condition, &s->net));
  OSS_TRY(oss_net_finish(s->net, s->architecture->build(s->config, s->net), loading ? s->chunk : 1));
  if (s->shape.condition > 0) OSS_TRY(s->architecture->table(s->config, weights, table));
  return oss_weights_finish(weights);
}

static oss_status describe(const oss_network *s, size_t parameters, oss_denoiser *denoiser) {
  const double mib = 1048576.0;
  size_t weights = s->net->weight_bytes + oss_network_table_floats(s) * sizeof(float);
  denoiser->about =
      oss_format("%zu parameters (%.1f M)%s, weights %.1f MiB, work space %.1f MiB for %zu samples at a time, %.4g GFLOP an evaluation",
                 parameters, (double)parameters / 1e6, s->file != NULL ? "" : ", random", (double)weights / mib,
                 (double)(denoiser->bytes - weights) / mib, s->chunk, s->net->flops / 1e9);
  return denoiser->about != NULL ? OSS_OK : oss_fail(OSS_ERR_MEMORY, "network");
}

static oss_status plan(const oss_member *member, oss_network *s, oss_denoiser *denoiser) {
  oss_weights weights;
  oss_status status;
  OSS_TRY(oss_weights_open(s->file, s->seed, &weights));
  OSS_TRY_TO(done, oss_network_build(s, denoiser->elements, &weights, 0, NULL));
  size_t own = own_row_bytes(s, denoiser->elements), row = own + s->net->row_floats * sizeof(float);
  OSS_TRY_TO(done, read_chunk(member, s, row));
  size_t indices = (s->shape.channels + s->shape.out_channels) * oss_network_pixels(s) * sizeof(int32_t);
  if (!oss_fits(row, s->chunk, 1, 2)) {
    status = oss_fail(OSS_ERR_MEMORY, "work space of %zu samples of %zu bytes", s->chunk, row);
    goto done;
  }
  denoiser->bytes =
      s->net->weight_bytes + oss_network_table_floats(s) * sizeof(float) + indices + s->how.entries * sizeof(double) + row * s->chunk;
  size_t mapped = s->file != NULL ? weights.parameters * sizeof(float) : 0; /* the file's pages, until it is closed */
  denoiser->opening = mapped + s->net->staging + oss_network_table_floats(s) * sizeof(float);
  denoiser->evaluations = s->guidance != 1.0 ? 2 : 1;
  denoiser->flops = s->net->flops * (double)denoiser->evaluations;
  status = describe(s, weights.parameters, denoiser);
done:
  oss_weights_close(&weights);
  return status;
}

/* What D depends on: the weights and every option but the chunk. */
static oss_status content_key(const oss_member *member, char out[OSS_HASH_BYTES]) {
  oss_text text = {0};
  char number[OSS_NUMBER_BYTES], hash[OSS_HASH_BYTES], *chars;
  for (size_t i = 0; i < member->desc->option_count; i++) {
    const oss_option *option = &member->desc->options[i];
    const oss_value *value = &member->values[i];
    if (!value->given || strcmp(option->name, "chunk") == 0) continue;
    if (value->path != NULL) {
      oss_status status = oss_hash_file(value->path, hash);
      if (status != OSS_OK) {
        oss_text_free(&text);
        return status;
      }
      oss_text_add(&text, "%s %s\n", option->name, hash);
    } else if (value->text != NULL) {
      oss_text_add(&text, "%s '%s'\n", option->name, value->text);
    } else {
      oss_text_add(&text, "%s %lld %s\n", option->name, (long long)value->integer, oss_number_text(value->real, number));
    }
  }
  OSS_TRY(oss_text_take(&text, &chars));
  oss_hash_text(chars, out);
  free(chars);
  return OSS_OK;
}

static oss_status set_dims(const oss_network *s, oss_denoiser *denoiser) {
  const oss_network_shape *shape = &s->shape;
  if (shape->out_channels < shape->channels)
    return oss_fail(OSS_ERR_CONFIG, "out_channels %zu: a denoiser has at least its %zu channels", shape->out_channels, shape->channels);
  if (!oss_fits(shape->out_channels, shape->height, shape->width, sizeof(float)) ||
      shape->out_channels * shape->height * shape->width > INT32_MAX)
    return oss_fail(OSS_ERR_CONFIG, "samples of %zu x %zu x %zu", shape->out_channels, shape->height, shape->width);
  denoiser->rank = shape->flat ? 1 : 3;
  denoiser->dims[0] = shape->channels;
  denoiser->dims[1] = shape->height;
  denoiser->dims[2] = shape->width;
  denoiser->elements = shape->channels * shape->height * shape->width;
  return OSS_OK;
}

static oss_status open_all(const oss_member *member, oss_network *s, oss_denoiser *denoiser) {
  const oss_architecture *a = s->architecture;
  OSS_TRY(open_sources(member, s));
  OSS_TRY(check_class_name(s));
  warn_of_metadata(s);
  s->config = calloc(1, a->config_bytes);
  if (s->config == NULL) return oss_fail(OSS_ERR_MEMORY, "network");
  OSS_TRY(a->read(member, s->arguments[0], s->config, &s->shape));
  OSS_TRY(set_dims(s, denoiser));
  OSS_TRY(read_compute(member, s));
  OSS_TRY(read_class(member, s));
  OSS_TRY(read_guidance(member, s));
  OSS_TRY(oss_prediction_read(member, s->arguments[0], a->precondition, a->betas, &s->how, &s->log_sigma));
  OSS_TRY(oss_option_real(member, s->arguments[0], "data_range", 2.0, &denoiser->data_range));
  OSS_TRY(content_key(member, denoiser->content));
  return plan(member, s, denoiser);
}

oss_status oss_network_open(const oss_member *member, oss_denoiser *denoiser, const oss_architecture *architecture) {
  oss_network *s = calloc(1, sizeof *s);
  if (s == NULL) return oss_fail(OSS_ERR_MEMORY, "network");
  s->be = denoiser->be;
  s->architecture = architecture;
  s->seed = (uint64_t)oss_member_int(member, "weights_seed");
  denoiser->state = s;
  oss_status status = open_all(member, s, denoiser);
  if (status != OSS_OK) oss_network_close(denoiser);
  return status;
}

void oss_network_close(oss_denoiser *denoiser) {
  oss_network *s = denoiser->state;
  if (s == NULL) return;
  oss_buffer *all[] = {&s->read_index, &s->write_index, &s->sigmas,      &s->coef,          &s->scaled, &s->input, &s->predicted,
                       &s->table,      &s->condition,   &s->conditional, &s->unconditional, &s->none,   &s->guide};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) oss_buffer_destroy(all[i]);
  oss_net_destroy(s->net);
  oss_network_close_sources(s);
  free(s->config);
  free(s->log_sigma);
  free(s->given);
  free(s);
  denoiser->state = NULL;
}

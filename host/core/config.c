// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/core/config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/config_axes.h"
#include "host/core/config_report.h"
#include "host/core/path.h"
#include "host/core/registries.h"
#include "host/core/value.h"
#include "host/core/words.h"

enum { MAX_STEPS = 100000 };

static const char *const root_keys[] = {"name",    "seed",    "denoiser", "noise",  "samples", "initial",
                                        "teacher", "student", "metrics",  "output", "report",  NULL};
static const char *const noise_keys[] = {"file", "dataset", NULL};
static const char *const samples_keys[] = {"search", "evaluate", "batch", NULL};
static const char *const teacher_keys[] = {"solver", "grid", "steps", "reference", "cache", NULL};
static const char *const student_keys[] = {"solver", "steps", "schedule", "calibration", "quantiles", NULL};
static const char *const output_keys[] = {"file", "save", NULL};
static const char *const save_words[] = {"tables", "samples", "trajectory"};
static const unsigned save_bits[] = {OSS_SAVE_TABLES, OSS_SAVE_SAMPLES, OSS_SAVE_TRAJECTORY};
enum { SAVE_WORDS = 3 };

static const oss_number_rule any_seed = {.min = 0, .max = INT64_MAX};
static const oss_number_rule any_steps = {.min = 1, .max = MAX_STEPS};
static const oss_number_rule any_samples = {.min = 1, .max = INT32_MAX};
static const oss_number_rule samples_or_same = {.min = 1, .max = INT32_MAX, .word = "same", .word_value = OSS_SAME};

static oss_status no_memory(const oss_config *config) {
  return oss_fail(OSS_ERR_MEMORY, "%s: no memory to read it", config->path ? config->path : "config");
}

static oss_status check_keys(const oss_node *map, const char *key, const char *const *allowed) {
  oss_words words = {0};
  for (size_t i = 0; allowed[i]; i++) oss_words_add(&words, allowed[i]);
  for (size_t k = 0; k < map->count; k++) {
    size_t i = 0;
    while (allowed[i] && strcmp(allowed[i], map->keys[k]) != 0) i++;
    if (allowed[i]) continue;
    char shown[OSS_FOUND_BYTES];
    oss_node at = *map->items[k];
    at.line = map->key_lines[k];
    char *hint = oss_words_hint(&words, map->keys[k]);
    oss_status status = oss_node_fail(&at, key, "unknown key '%s'%s", oss_shown(map->keys[k], shown), hint ? hint : "");
    free(hint);
    return status;
  }
  return OSS_OK;
}

/* A map below the root; *out stays NULL where it was left out. */
static oss_status section(const oss_node *root, const char *key, const char *const *allowed, const oss_node **out) {
  char found[OSS_FOUND_BYTES];
  const oss_node *node = oss_node_get(root, key);
  *out = NULL;
  if (!node) return OSS_OK;
  if (node->kind != OSS_NODE_MAP) {
    oss_words words = {0};
    for (size_t i = 0; allowed[i]; i++) oss_words_add(&words, allowed[i]);
    char *hint = oss_words_hint(&words, "");
    oss_status status = oss_node_fail(node, key, "must be a map, found %s%s", oss_node_found(node, found), hint ? hint : "");
    free(hint);
    return status;
  }
  *out = node;
  return check_keys(node, key, allowed);
}

static oss_status missing(const oss_node *root, const oss_node *parent, const char *key, const char *example) {
  return oss_node_fail(parent ? parent : root, key, "is required, but missing: give, for example, %s", example);
}

static oss_status read_members(const oss_registry *registry, const oss_node *node, const char *key, const char *fallback,
                               const oss_config *config, oss_members *out) {
  const oss_registry *const registries[] = {registry, NULL};
  return node ? oss_axis_parse(registries, node, key, config->directory, out) : oss_axis_default(registry, fallback, key, out);
}

/* ---- name, noise, samples ---- */

static oss_status read_name(const oss_node *root, oss_config *out) {
  const oss_node *node = oss_node_get(root, "name");
  const char *name = NULL;
  if (!node) {
    const char *slash = strrchr(out->path, '/'), *base = slash ? slash + 1 : out->path, *dot = strrchr(base, '.');
    out->name = oss_format("%.*s", (int)(dot && dot > base ? (size_t)(dot - base) : strlen(base)), base);
    return out->name ? OSS_OK : no_memory(out);
  }
  OSS_TRY(oss_node_text(node, "name", "a text", &name));
  int odd = strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strlen(name) > 200;
  for (const char *c = name; *c; c++) odd |= (unsigned char)*c < 0x20 || *c == '/' || *c == 0x7F;
  if (odd) return oss_node_fail(node, "name", "must be at most 200 bytes without '/' and control characters: the result is named after it");
  out->name = oss_strdup(name);
  return out->name ? OSS_OK : no_memory(out);
}

static oss_status read_noise(const oss_node *root, oss_config *out) {
  const oss_node *noise = NULL;
  const char *file = NULL, *dataset = NULL;
  OSS_TRY(section(root, "noise", noise_keys, &noise));
  if (!noise) return OSS_OK;
  const oss_node *file_node = oss_node_get(noise, "file"), *dataset_node = oss_node_get(noise, "dataset");
  if (!file_node) return missing(root, noise, "noise.file", "file: noise.h5");
  if (!dataset_node) return missing(root, noise, "noise.dataset", "dataset: noise");
  OSS_TRY(oss_node_text(file_node, "noise.file", "the path of a file", &file));
  OSS_TRY(oss_node_text(dataset_node, "noise.dataset", "the name of a dataset", &dataset));
  out->noise_file = oss_path_resolve(out->directory, file);
  out->noise_dataset = oss_strdup(dataset);
  return out->noise_file && out->noise_dataset ? OSS_OK : no_memory(out);
}

static oss_status read_samples(const oss_node *root, oss_config *out) {
  const oss_node *samples = NULL;
  OSS_TRY(section(root, "samples", samples_keys, &samples));
  OSS_TRY(oss_numbers_parse(oss_node_get(samples, "search"), "samples.search", &any_samples, 16, &out->samples_search));
  OSS_TRY(oss_numbers_parse(oss_node_get(samples, "evaluate"), "samples.evaluate", &samples_or_same, OSS_SAME, &out->samples_evaluate));
  const oss_node *batch = oss_node_get(samples, "batch");
  if (!batch || oss_node_is_word(batch, "auto")) return OSS_OK;
  return oss_node_int(batch, "samples.batch", 1, INT32_MAX, "'auto'", &out->batch);
}

/* ---- teacher, student ---- */

static oss_status read_cache(const oss_node *teacher, oss_config *out) {
  const oss_node *node = oss_node_get(teacher, "cache");
  const char *cache = "auto";
  if (node) OSS_TRY(oss_node_text(node, "teacher.cache", "'auto', 'none' or a folder", &cache));
  int word = strcmp(cache, "auto") == 0 || strcmp(cache, "none") == 0;
  out->cache = word ? oss_strdup(cache) : oss_path_resolve(out->directory, cache);
  return out->cache ? OSS_OK : no_memory(out);
}

/* One teacher for the metrics of all cells. */
static oss_status read_reference(const oss_node *teacher, int files, oss_config *out) {
  const oss_node *node = oss_node_get(teacher, "reference");
  if (!node) return OSS_OK;
  if (files) return oss_node_fail(node, "teacher.reference", "is not for a grid from a file, which has its own number of steps");
  return oss_node_int(node, "teacher.reference", 1, MAX_STEPS, NULL, &out->reference);
}

static oss_status read_teacher(const oss_node *root, oss_config *out) {
  const oss_node *teacher = NULL;
  OSS_TRY(section(root, "teacher", teacher_keys, &teacher));
  const oss_node *grid = oss_node_get(teacher, "grid");
  if (!grid) return missing(root, teacher, "teacher.grid", "grid: edm");
  OSS_TRY(read_members(&oss_solvers, oss_node_get(teacher, "solver"), "teacher.solver", "euler", out, &out->teacher_solvers));
  OSS_TRY(read_members(&oss_grids, grid, "teacher.grid", NULL, out, &out->teacher_grids));
  int files = 0;
  for (size_t i = 0; i < out->teacher_grids.count; i++) files |= out->teacher_grids.at[i]->desc->own_steps;
  OSS_TRY(oss_numbers_parse(oss_node_get(teacher, "steps"), "teacher.steps", &any_steps, files ? OSS_FROM_FILE : OSS_DEFAULT_TEACHER_STEPS,
                            &out->teacher_steps));
  OSS_TRY(read_reference(teacher, files, out));
  return read_cache(teacher, out);
}

/* Most schedules take the student's times from the teacher's, so no cell at all could be made. */
static oss_status check_steps(const oss_node *root, const oss_config *config) {
  if (config->teacher_steps.at[0] == OSS_FROM_FILE) return OSS_OK;
  for (size_t i = 0; i < config->teacher_grids.count; i++)
    if (config->teacher_grids.at[i]->desc->own_steps) return OSS_OK; /* known once the file is read */
  int64_t least = config->steps.at[0], most = config->teacher_steps.at[0];
  for (size_t i = 0; i < config->steps.count; i++)
    if (config->steps.at[i] < least) least = config->steps.at[i];
  for (size_t i = 0; i < config->teacher_steps.count; i++)
    if (config->teacher_steps.at[i] > most) most = config->teacher_steps.at[i];
  if (least <= most) return OSS_OK;
  return oss_node_fail(oss_node_get(oss_node_get(root, "student"), "steps"), "student.steps",
                       "must be at most teacher.steps, which is %" PRId64 ", found %" PRId64 "%s", most, least,
                       config->steps.count > 1 ? " as the smallest" : "");
}

/* A pair, no axis. */
static oss_status read_quantiles(const oss_node *node, double out[2]) {
  static const char key[] = "student.quantiles",
                    what[] = "must be two numbers in ascending order, above 0 and below 1, such as [0.05, 0.95]";
  char found[OSS_FOUND_BYTES];
  out[0] = 0.05;
  out[1] = 0.95;
  if (!node) return OSS_OK;
  if (node->kind != OSS_NODE_LIST) return oss_node_fail(node, key, "%s, found %s", what, oss_node_found(node, found));
  if (node->count != 2) return oss_node_fail(node, key, "%s, found a list of %zu", what, node->count);
  for (size_t i = 0; i < 2; i++) {
    const oss_node *item = node->items[i];
    OSS_TRY(oss_node_real(item, i == 0 ? "student.quantiles.0" : "student.quantiles.1", 0, 0, 0, &out[i]));
    if (!(out[i] > 0.0 && out[i] < 1.0)) return oss_node_fail(item, key, "%s, found %s", what, oss_node_found(item, found));
  }
  if (out[0] < out[1]) return OSS_OK;
  return oss_node_fail(node, key, "%s, found %s and %s", what, node->items[0]->text, node->items[1]->text);
}

static oss_status read_student(const oss_node *root, oss_config *out) {
  static const oss_registry *const schedules[] = {&oss_schedules, &oss_searches, NULL};
  const oss_node *student = NULL;
  OSS_TRY(section(root, "student", student_keys, &student));
  const oss_node *steps = oss_node_get(student, "steps"), *schedule = oss_node_get(student, "schedule");
  if (!steps) return missing(root, student, "student.steps", "steps: [5, 10]");
  if (!schedule) return missing(root, student, "student.schedule", "schedule: [uniform, oss]");
  OSS_TRY(read_members(&oss_solvers, oss_node_get(student, "solver"), "student.solver", "euler", out, &out->solvers));
  OSS_TRY(oss_axis_parse(schedules, schedule, "student.schedule", out->directory, &out->schedules));
  OSS_TRY(read_members(&oss_calibrations, oss_node_get(student, "calibration"), "student.calibration", "none", out, &out->calibrations));
  OSS_TRY(read_quantiles(oss_node_get(student, "quantiles"), out->quantiles));
  OSS_TRY(oss_numbers_parse(steps, "student.steps", &any_steps, 0, &out->steps));
  return check_steps(root, out);
}

/* ---- output ---- */

static oss_status read_save_word(const oss_node *node, const char *key, unsigned *save) {
  oss_words words = {0};
  char found[OSS_FOUND_BYTES];
  for (size_t i = 0; i < SAVE_WORDS; i++) {
    oss_words_add(&words, save_words[i]);
    if (!oss_node_is_word(node, save_words[i])) continue;
    if (*save & save_bits[i]) return oss_node_fail(node, key, "'%s' is given twice", save_words[i]);
    *save |= save_bits[i];
    return OSS_OK;
  }
  oss_words_add(&words, "all or none (alone)");
  char *hint = oss_words_hint(&words, node->kind == OSS_NODE_SCALAR ? node->text : "");
  oss_status status = oss_node_fail(node, key, "found %s%s", oss_node_found(node, found), hint ? hint : "");
  free(hint);
  return status;
}

static oss_status read_save(const oss_node *node, oss_config *out) {
  if (!node || oss_node_is_word(node, "none")) return OSS_OK;
  if (oss_node_is_word(node, "all")) {
    out->save = OSS_SAVE_TABLES | OSS_SAVE_SAMPLES | OSS_SAVE_TRAJECTORY;
    return OSS_OK;
  }
  if (node->kind != OSS_NODE_LIST) return read_save_word(node, "output.save", &out->save);
  for (size_t i = 0; i < node->count; i++) OSS_TRY(read_save_word(node->items[i], "output.save", &out->save));
  return OSS_OK;
}

/* Beside the config if that folder exists, else below the current one. */
static oss_status resolve_output(const char *file, oss_config *out) {
  char *beside = oss_path_join(out->directory, file), *folder = beside ? oss_path_directory(beside) : NULL;
  int there = folder && oss_path_is_directory(folder);
  const char *chosen = there ? beside : file;
  if (beside && folder)
    out->output = strstr(chosen, "../") ? oss_path_absolute(chosen) : oss_strdup(chosen); /* configs/../results reads badly */
  free(folder);
  free(beside);
  return out->output ? OSS_OK : no_memory(out);
}

static oss_status read_output(const oss_node *root, oss_config *out) {
  const oss_node *output = NULL;
  const char *file = NULL;
  OSS_TRY(section(root, "output", output_keys, &output));
  OSS_TRY(read_save(oss_node_get(output, "save"), out));
  const oss_node *node = oss_node_get(output, "file");
  if (node) {
    OSS_TRY(oss_node_text(node, "output.file", "the path of a file", &file));
    OSS_TRY(resolve_output(file, out));
  } else {
    char *usual = oss_format("results/%s.h5", out->name);
    oss_status status = usual ? resolve_output(usual, out) : no_memory(out);
    free(usual);
    OSS_TRY(status);
  }
  if (out->output[strlen(out->output) - 1] != '/' && !oss_path_is_directory(out->output)) return OSS_OK;
  return oss_node_fail(node ? node : root, "output.file", "'%s' is a folder: name a file, such as results/%s.h5", out->output, out->name);
}

/* ---- all of it ---- */

static oss_status read_all(const oss_document *document, oss_config *out) {
  const oss_node *root = document->root, *denoiser = oss_node_get(root, "denoiser"), *seed = oss_node_get(root, "seed"), *report = NULL;
  size_t cells = 0;
  out->path = oss_strdup(document->file);
  out->directory = oss_path_directory(document->file);
  if (!out->path || !out->directory) return no_memory(out);
  OSS_TRY(check_keys(root, NULL, root_keys));
  OSS_TRY(read_name(root, out));
  OSS_TRY(oss_numbers_parse(seed, "seed", &any_seed, 0, &out->seeds));
  if (!denoiser) return missing(root, NULL, "denoiser", "denoiser: {kind: gmm, file: problem.h5}");
  OSS_TRY(read_members(&oss_denoisers, denoiser, "denoiser", NULL, out, &out->denoisers));
  OSS_TRY(read_noise(root, out));
  OSS_TRY(read_samples(root, out));
  OSS_TRY(read_members(&oss_initials, oss_node_get(root, "initial"), "initial", "t", out, &out->initials));
  OSS_TRY(read_teacher(root, out));
  OSS_TRY(read_student(root, out));
  OSS_TRY(read_members(&oss_metrics, oss_node_get(root, "metrics"), "metrics", "[mse, psnr]", out, &out->metrics));
  OSS_TRY(read_output(root, out));
  OSS_TRY(section(root, "report", oss_report_keys, &report));
  OSS_TRY(oss_report_read(report, out));
  return oss_config_cell_count(out, &cells);
}

oss_status oss_config_parse(const oss_document *document, oss_config *out) {
  memset(out, 0, sizeof *out);
  oss_status status = read_all(document, out);
  if (status != OSS_OK) oss_config_free(out);
  return status;
}

oss_status oss_config_load(const char *path, const char *const *assignments, size_t assignment_count, oss_config *out) {
  oss_document document;
  memset(out, 0, sizeof *out);
  OSS_TRY(oss_yaml_load(path, &document));
  oss_status status = OSS_OK;
  for (size_t i = 0; i < assignment_count && status == OSS_OK; i++) status = oss_yaml_set(&document, assignments[i]);
  if (status == OSS_OK) status = oss_config_parse(&document, out);
  oss_document_free(&document);
  return status;
}

void oss_config_free(oss_config *config) {
  if (!config) return;
  char *texts[] = {config->path,          config->directory, config->name,   config->noise_file,
                   config->noise_dataset, config->cache,     config->output, config->report};
  oss_members *members[] = {&config->metrics,       &config->denoisers, &config->initials,  &config->teacher_solvers,
                            &config->teacher_grids, &config->solvers,   &config->schedules, &config->calibrations};
  oss_numbers *numbers[] = {&config->seeds, &config->teacher_steps, &config->samples_search, &config->samples_evaluate, &config->steps};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) free(texts[i]);
  for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) oss_members_free(members[i]->at, members[i]->count);
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) free(numbers[i]->at);
  memset(config, 0, sizeof *config);
}

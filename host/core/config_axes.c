// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/core/config_axes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/calibration.h"
#include "host/core/registries.h"
#include "host/core/value.h"
#include "host/core/yaml_node.h"

enum { MAX_CELLS = 1000000 };

/* ---- two equal values ---- */

typedef struct entry {
  const char *text;
  size_t position;
  const char *file;
  int line;
} entry;

static int by_text(const void *a, const void *b) {
  const entry *x = a, *y = b;
  int order = strcmp(x->text, y->text);
  return order ? order : (x->position > y->position) - (x->position < y->position);
}

/* Sorts the entries. */
static oss_status check_different(entry *entries, size_t count, const char *key) {
  qsort(entries, count, sizeof *entries, by_text);
  for (size_t i = 1; i < count; i++) {
    const entry *first = &entries[i - 1], *second = &entries[i];
    if (strcmp(first->text, second->text) != 0) continue;
    oss_node at = {.file = second->file, .line = second->line};
    char lines[2][32] = {"", ""};
    if (first->line > 0) snprintf(lines[0], sizeof lines[0], " (line %d)", first->line);
    if (second->line > 0) snprintf(lines[1], sizeof lines[1], " (line %d)", second->line);
    return oss_node_fail(&at, key, "%s is given twice: as number %zu%s and as number %zu%s of the list", first->text, first->position + 1,
                         lines[0], second->position + 1, lines[1]);
  }
  return OSS_OK;
}

/* ---- numbers ---- */

static oss_status parse_number(const oss_node *node, const char *key, const oss_number_rule *rule, int64_t *out) {
  if (rule->word && oss_node_is_word(node, rule->word)) {
    *out = rule->word_value;
    return OSS_OK;
  }
  char quoted[32];
  snprintf(quoted, sizeof quoted, "'%s'", rule->word ? rule->word : "");
  return oss_node_int(node, key, rule->min, rule->max, rule->word ? quoted : NULL, out);
}

static oss_status different_numbers(const oss_node *list, const char *key) {
  entry *entries = calloc(list->count, sizeof *entries);
  if (!entries) return oss_fail(OSS_ERR_MEMORY, "%s: no memory", key);
  for (size_t i = 0; i < list->count; i++) {
    const oss_node *item = list->items[i];
    int signless = item->text[0] == '+' || strcmp(item->text, "-0") == 0; /* other spellings of a number do not exist */
    const char *text = item->text + signless;
    entries[i] = (entry){.text = text, .position = i, .file = item->file, .line = item->line};
  }
  oss_status status = check_different(entries, list->count, key);
  free(entries);
  return status;
}

oss_status oss_numbers_parse(const oss_node *node, const char *key, const oss_number_rule *rule, int64_t fallback, oss_numbers *out) {
  int list = node && node->kind == OSS_NODE_LIST;
  size_t count = list ? node->count : 1;
  *out = (oss_numbers){0};
  if (count == 0) return oss_node_fail(node, key, "an empty list: give at least one value");
  out->at = calloc(count, sizeof *out->at);
  if (!out->at) return oss_fail(OSS_ERR_MEMORY, "%s: no memory", key);
  out->count = count;
  if (!list && !node) out->at[0] = fallback;
  if (!list) return node ? parse_number(node, key, rule, &out->at[0]) : OSS_OK;
  for (size_t i = 0; i < count; i++) {
    char place[128];
    snprintf(place, sizeof place, "%s.%zu", key, i);
    OSS_TRY(parse_number(node->items[i], place, rule, &out->at[i]));
  }
  return different_numbers(node, key);
}

/* ---- members ---- */

oss_status oss_axis_parse(const oss_registry *const *registries, const oss_node *node, const char *key, const char *dir, oss_members *out) {
  OSS_TRY(oss_members_parse(registries, node, key, dir, &out->at, &out->count));
  entry *entries = calloc(out->count, sizeof *entries);
  if (!entries) return oss_fail(OSS_ERR_MEMORY, "%s: no memory", key);
  for (size_t i = 0; i < out->count; i++)
    entries[i] = (entry){.text = out->at[i]->yaml, .position = i, .file = out->at[i]->file, .line = out->at[i]->line};
  oss_status status = check_different(entries, out->count, key);
  free(entries);
  return status;
}

oss_status oss_axis_default(const oss_registry *registry, const char *fallback, const char *key, oss_members *out) {
  const oss_registry *const registries[] = {registry, NULL};
  oss_node *node = NULL;
  OSS_TRY(oss_yaml_value("built-in default", fallback, strlen(fallback), 1, &node));
  oss_status status = oss_axis_parse(registries, node, key, ".", out);
  oss_node_free(node);
  return status;
}

/* ---- cells ---- */

void oss_config_axes(const oss_config *config, oss_axis out[OSS_AXES]) {
  static const oss_registry *const denoisers[] = {&oss_denoisers, NULL}, *const initials[] = {&oss_initials, NULL},
                                   *const solvers[] = {&oss_solvers, NULL}, *const grids[] = {&oss_grids, NULL},
                                   *const schedules[] = {&oss_schedules, &oss_searches, NULL},
                                   *const calibrations[] = {&oss_calibrations, NULL};
  const oss_axis all[OSS_AXES] = {
      {.name = "seed", .numbers = &config->seeds},
      {.name = "denoiser", .members = &config->denoisers, .registries = denoisers},
      {.name = "initial", .members = &config->initials, .registries = initials},
      {.name = "teacher_solver", .members = &config->teacher_solvers, .registries = solvers},
      {.name = "teacher_grid", .members = &config->teacher_grids, .registries = grids},
      {.name = "teacher_steps", .numbers = &config->teacher_steps},
      {.name = "samples_search", .numbers = &config->samples_search},
      {.name = "samples_evaluate", .numbers = &config->samples_evaluate},
      {.name = "solver", .members = &config->solvers, .registries = solvers},
      {.name = "schedule", .members = &config->schedules, .registries = schedules},
      {.name = "calibration", .members = &config->calibrations, .registries = calibrations},
      {.name = "steps", .numbers = &config->steps},
  };
  memcpy(out, all, sizeof all);
}

static void axis_counts(const oss_config *config, size_t counts[OSS_AXES]) {
  oss_axis axes[OSS_AXES];
  oss_config_axes(config, axes);
  for (int i = 0; i < OSS_AXES; i++) counts[i] = axes[i].members ? axes[i].members->count : axes[i].numbers->count;
}

oss_status oss_config_cell_count(const oss_config *config, size_t *count) {
  size_t counts[OSS_AXES], product = 1;
  axis_counts(config, counts);
  for (int i = 0; i < OSS_AXES; i++) {
    product *= counts[i]; /* below 1e6 * 1e5 */
    if (product > MAX_CELLS) return oss_fail(OSS_ERR_CONFIG, "%s: the lists give more than %d cells", config->path, MAX_CELLS);
  }
  *count = product;
  return OSS_OK;
}

int oss_config_calibrates(const oss_config *config) {
  for (size_t i = 0; i < config->calibrations.count; i++)
    if (oss_calibration_of(config->calibrations.at[i]) != OSS_CALIBRATION_NONE) return 1;
  return 0;
}

/* Then teacher.steps is for those, and lists beside them are left alone by it. */
static int has_formula_grid(const oss_config *config) {
  for (size_t i = 0; i < config->teacher_grids.count; i++)
    if (!config->teacher_grids.at[i]->desc->own_steps) return 1;
  return 0;
}

oss_cell oss_config_cell(const oss_config *config, size_t number) {
  size_t counts[OSS_AXES], at[OSS_AXES], rest = number;
  axis_counts(config, counts);
  for (int i = OSS_AXES - 1; i >= 0; i--) {
    at[i] = rest % counts[i];
    rest /= counts[i];
  }
  oss_cell cell = {.number = number,
                   .seed = (uint64_t)config->seeds.at[at[0]],
                   .denoiser = config->denoisers.at[at[1]],
                   .initial = config->initials.at[at[2]],
                   .teacher_solver = config->teacher_solvers.at[at[3]],
                   .teacher_grid = config->teacher_grids.at[at[4]],
                   .teacher_steps = config->teacher_steps.at[at[5]],
                   .samples_search = config->samples_search.at[at[6]],
                   .samples_evaluate = config->samples_evaluate.at[at[7]],
                   .solver = config->solvers.at[at[8]],
                   .schedule = config->schedules.at[at[9]],
                   .calibration = config->calibrations.at[at[10]],
                   .steps = config->steps.at[at[11]]};
  if (cell.teacher_grid->desc->own_steps && has_formula_grid(config)) {
    cell.repeats = at[5] > 0;
    cell.teacher_steps = OSS_FROM_FILE;
  } else if (cell.teacher_grid->desc->own_steps) {
    return cell; /* what teacher.steps says must agree with the list */
  } else if (cell.teacher_steps == OSS_FROM_FILE) {
    cell.teacher_steps = OSS_DEFAULT_TEACHER_STEPS;
  }
  return cell;
}

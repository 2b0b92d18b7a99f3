// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/config.h"
#include "host/core/member_build.h"
#include "host/core/path.h"
#include "host/core/value.h"

static void add_numbers(oss_text *text, const oss_numbers *numbers) {
  oss_text_add(text, numbers->count > 1 ? "[" : "");
  for (size_t i = 0; i < numbers->count; i++) {
    if (numbers->at[i] == OSS_SAME)
      oss_text_add(text, "%ssame", i ? ", " : "");
    else
      oss_text_add(text, "%s%" PRId64, i ? ", " : "", numbers->at[i]);
  }
  oss_text_add(text, numbers->count > 1 ? "]" : "");
}

/* One member beside its key, several on lines of their own. indent: spaces before the key. */
static void add_members(oss_text *text, const char *key, int indent, const oss_members *members) {
  oss_text_add(text, "%*s%s:", indent, "", key);
  for (size_t i = 0; i < members->count; i++) {
    if (members->count > 1)
      oss_text_add(text, "\n%*s- ", indent + 2, "");
    else
      oss_text_add(text, " ");
    oss_member_add_yaml(text, members->at[i], 1);
  }
  oss_text_add(text, "\n");
}

static void add_path(oss_text *text, const char *path) {
  char *absolute = oss_path_absolute(path);
  if (absolute)
    oss_text_add_yaml(text, absolute);
  else
    text->failed = 1;
  free(absolute);
}

static void add_teacher(oss_text *text, const oss_config *config) {
  oss_text_add(text, "teacher:\n");
  add_members(text, "solver", 2, &config->teacher_solvers);
  add_members(text, "grid", 2, &config->teacher_grids);
  if (config->teacher_steps.at[0] != OSS_FROM_FILE) {
    oss_text_add(text, "  steps: ");
    add_numbers(text, &config->teacher_steps);
    oss_text_add(text, "\n");
  }
  if (config->reference > 0) oss_text_add(text, "  reference: %" PRId64 "\n", config->reference);
  oss_text_add(text, "  cache: ");
  if (strcmp(config->cache, "auto") == 0 || strcmp(config->cache, "none") == 0)
    oss_text_add(text, "%s", config->cache);
  else
    add_path(text, config->cache);
  oss_text_add(text, "\n");
}

static void add_output(oss_text *text, const oss_config *config) {
  static const char *const words[] = {"tables", "samples", "trajectory"};
  static const unsigned bits[] = {OSS_SAVE_TABLES, OSS_SAVE_SAMPLES, OSS_SAVE_TRAJECTORY};
  oss_text_add(text, "output: {file: ");
  add_path(text, config->output);
  oss_text_add(text, ", save: [");
  const char *between = "";
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    if (!(config->save & bits[i])) continue;
    oss_text_add(text, "%s%s", between, words[i]);
    between = ", ";
  }
  oss_text_add(text, "]}\n");
}

oss_status oss_config_yaml(const oss_config *config, char **out) {
  oss_text text = {0};
  char low[OSS_NUMBER_BYTES], high[OSS_NUMBER_BYTES];
  oss_text_add(&text, "name: ");
  oss_text_add_yaml(&text, config->name);
  oss_text_add(&text, "\nseed: ");
  add_numbers(&text, &config->seeds);
  oss_text_add(&text, "\n");
  add_members(&text, "denoiser", 0, &config->denoisers);
  if (config->noise_file) {
    oss_text_add(&text, "noise: {file: ");
    add_path(&text, config->noise_file);
    oss_text_add(&text, ", dataset: ");
    oss_text_add_yaml(&text, config->noise_dataset);
    oss_text_add(&text, "}\n");
  }
  oss_text_add(&text, "samples: {search: ");
  add_numbers(&text, &config->samples_search);
  oss_text_add(&text, ", evaluate: ");
  add_numbers(&text, &config->samples_evaluate);
  if (config->batch > 0)
    oss_text_add(&text, ", batch: %" PRId64 "}\n", config->batch);
  else
    oss_text_add(&text, ", batch: auto}\n");
  add_members(&text, "initial", 0, &config->initials);
  add_teacher(&text, config);
  oss_text_add(&text, "student:\n");
  add_members(&text, "solver", 2, &config->solvers);
  oss_text_add(&text, "  steps: ");
  add_numbers(&text, &config->steps);
  oss_text_add(&text, "\n");
  add_members(&text, "schedule", 2, &config->schedules);
  add_members(&text, "calibration", 2, &config->calibrations);
  oss_text_add(&text, "  quantiles: [%s, %s]\n", oss_number_text(config->quantiles[0], low), oss_number_text(config->quantiles[1], high));
  add_members(&text, "metrics", 0, &config->metrics);
  add_output(&text, config);
  if (config->report) oss_text_add(&text, "report: %s\n", config->report);
  return oss_text_take(&text, out);
}

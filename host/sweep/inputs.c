// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/sweep/inputs.h"

#include <stdio.h>

#include "host/io/place.h"

static oss_status check_file(const oss_config *config, const char *option, const char *of, const char *path) {
  if (path == NULL || !oss_place_same(config->output, path)) return OSS_OK;
  return oss_fail(OSS_ERR_CONFIG, "output %s: this is the %s%s, which the result would replace; give another output.file or --output",
                  config->output, option, of);
}

static oss_status check_member(const oss_config *config, const oss_member *member) {
  char of[64];
  snprintf(of, sizeof of, " of %s", member->desc->name);
  for (size_t i = 0; i < member->desc->option_count; i++) {
    const oss_value *value = &member->values[i];
    if (value->nested != NULL) OSS_TRY(check_member(config, value->nested));
    OSS_TRY(check_file(config, member->desc->options[i].name, of, value->path));
  }
  return OSS_OK;
}

oss_status oss_inputs_check(const oss_config *config) {
  const oss_members *lists[] = {&config->denoisers, &config->initials,  &config->teacher_solvers, &config->teacher_grids,
                                &config->solvers,   &config->schedules, &config->calibrations,    &config->metrics};
  OSS_TRY(check_file(config, "config", "", config->path));
  OSS_TRY(check_file(config, "noise", "", config->noise_file));
  for (size_t l = 0; l < sizeof lists / sizeof lists[0]; l++)
    for (size_t i = 0; i < lists[l]->count; i++) OSS_TRY(check_member(config, lists[l]->at[i]));
  return OSS_OK;
}

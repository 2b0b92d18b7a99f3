// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Reading the axes of a config: one value or a list of different values. */
#ifndef OSS_CORE_CONFIG_AXES_H
#define OSS_CORE_CONFIG_AXES_H

#include "host/core/config.h"

/* The range of a number, and a word that may stand for one. word NULL: none. */
typedef struct oss_number_rule {
  int64_t min, max;
  const char *word;
  int64_t word_value;
} oss_number_rule;

/* Without a node, the one value fallback. */
oss_status oss_numbers_parse(const oss_node *node, const char *key, const oss_number_rule *rule, int64_t fallback, oss_numbers *out);

/* node must not be NULL. */
oss_status oss_axis_parse(const oss_registry *const *registries, const oss_node *node, const char *key, const char *dir, oss_members *out);

/* As if the YAML text fallback had been written. */
oss_status oss_axis_default(const oss_registry *registry, const char *fallback, const char *key, oss_members *out);

enum { OSS_DEFAULT_TEACHER_STEPS = 200 };

/* An axis of the sweep under its name in results: members or numbers, the other is NULL. registries: of the members, NULL-terminated. */
typedef struct oss_axis {
  const char *name;
  const oss_members *members;
  const oss_registry *const *registries;
  const oss_numbers *numbers;
} oss_axis;

/* All axes in the order of the product, last fastest; borrowed from the config. */
enum { OSS_AXES = 12 };
void oss_config_axes(const oss_config *config, oss_axis out[OSS_AXES]);

#endif

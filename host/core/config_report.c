// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/core/config_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/config_axes.h"
#include "host/core/member_build.h"
#include "host/core/value.h"
#include "host/core/words.h"

const char *const oss_report_keys[] = {"rows", "columns", "metrics", "relative", NULL};

enum { PLACE_BYTES = 64, NAME_BYTES = 48 };
static const char metric_axis[] = "metric"; /* no axis of the sweep: the metrics side by side */

/* What is being read: the layout as it will be printed, and the axes that have a place in it. */
typedef struct layout {
  const oss_config *config;
  oss_axis axes[OSS_AXES];
  int placed[OSS_AXES + 1]; /* the last one is metric_axis */
  oss_text text;
} layout;

/* Fails with the words that are allowed, the nearest first. */
static oss_status refuse(const oss_node *node, const char *key, const char *what, const oss_words *allowed) {
  char found[OSS_FOUND_BYTES];
  char *hint = oss_words_hint(allowed, node->kind == OSS_NODE_SCALAR ? node->text : "");
  oss_status status = oss_node_fail(node, key, "must be %s, found %s%s", what, oss_node_found(node, found), hint ? hint : "");
  free(hint);
  return status;
}

static int axis_of(const layout *l, const char *name) {
  for (int i = 0; i < OSS_AXES; i++)
    if (strcmp(l->axes[i].name, name) == 0) return i;
  return strcmp(name, metric_axis) == 0 ? OSS_AXES : -1;
}

static oss_status read_axis(layout *l, const oss_node *node, const char *key) {
  oss_words words = {0};
  int axis = node->kind == OSS_NODE_SCALAR && !oss_node_is_null(node) ? axis_of(l, node->text) : -1;
  for (int i = 0; i < OSS_AXES; i++) oss_words_add(&words, l->axes[i].name);
  oss_words_add(&words, metric_axis);
  if (axis < 0) return refuse(node, key, "an axis of the sweep", &words);
  if (l->placed[axis]) return oss_node_fail(node, key, "'%s' has a place in the table already", node->text);
  l->placed[axis] = 1;
  oss_text_add(&l->text, "%s", node->text);
  return OSS_OK;
}

/* The name of a metric in results: its kind, of the second of a kind with _1, ... */
static void metric_name(const oss_members *metrics, size_t m, char out[NAME_BYTES]) {
  size_t repeat = 0;
  for (size_t i = 0; i < m; i++) repeat += metrics->at[i]->desc == metrics->at[m]->desc;
  snprintf(out, NAME_BYTES, repeat ? "%s_%zu" : "%s", metrics->at[m]->desc->name, repeat);
}

static oss_status read_metric(layout *l, const oss_node *node, const char *key) {
  const oss_members *metrics = &l->config->metrics;
  oss_words words = {0};
  char names[OSS_MAX_WORDS][NAME_BYTES];
  for (size_t i = 0; i < metrics->count && i < OSS_MAX_WORDS; i++) {
    metric_name(metrics, i, names[i]);
    if (oss_node_is_word(node, names[i])) {
      oss_text_add(&l->text, "%s", names[i]);
      return OSS_OK;
    }
    oss_words_add(&words, names[i]);
  }
  return refuse(node, key, "one of the config's metrics", &words);
}

/* One word or a list of them, printed as a list. */
static oss_status read_list(layout *l, const oss_node *node, const char *key,
                            oss_status (*read)(layout *, const oss_node *, const char *)) {
  if (!node) return OSS_OK;
  oss_text_add(&l->text, "%s%s: [", l->text.length > 1 ? ", " : "", key);
  char place[PLACE_BYTES];
  snprintf(place, sizeof place, "report.%s", key);
  if (node->kind == OSS_NODE_LIST) {
    if (node->count == 0) return oss_node_fail(node, place, "an empty list: give at least one, or leave it out");
    for (size_t i = 0; i < node->count; i++) {
      snprintf(place, sizeof place, "report.%s.%zu", key, i);
      oss_text_add(&l->text, i ? ", " : "");
      OSS_TRY(read(l, node->items[i], place));
      for (size_t j = 0; j < i; j++)
        if (strcmp(node->items[i]->text, node->items[j]->text) == 0)
          return oss_node_fail(node->items[i], place, "'%s' is given twice", node->items[i]->text);
    }
  } else {
    OSS_TRY(read(l, node, place));
  }
  oss_text_add(&l->text, "]");
  return OSS_OK;
}

/* ---- relative: {axis: value} ---- */

static oss_status number_of(const oss_axis *axis, const oss_node *node, const char *key, oss_text *text) {
  oss_words words = {0};
  char texts[OSS_MAX_WORDS][24];
  for (size_t i = 0; i < axis->numbers->count && i < OSS_MAX_WORDS; i++) {
    int64_t number = axis->numbers->at[i];
    snprintf(texts[i], sizeof texts[i], "%" PRId64, number);
    const char *word = number == OSS_SAME ? "same" : texts[i];
    if (oss_node_is_word(node, word)) {
      oss_text_add(text, "%s", word);
      return OSS_OK;
    }
    oss_words_add(&words, word);
  }
  return refuse(node, key, "a value of that axis", &words);
}

static char *long_form(const oss_member *member) {
  oss_text text = {0};
  char *out = NULL;
  oss_member_add_yaml(&text, member, 1);
  return oss_text_take(&text, &out) == OSS_OK ? out : NULL;
}

/* A bare name may stand for the only value of that kind, whatever its options. */
static const oss_member *only_one(const oss_members *members, const oss_node *node) {
  const oss_member *found = NULL;
  for (size_t i = 0; i < members->count; i++) {
    if (!oss_node_is_word(node, members->at[i]->desc->name)) continue;
    if (found) return NULL;
    found = members->at[i];
  }
  return found;
}

static oss_status member_of(const layout *l, const oss_axis *axis, const oss_node *node, const char *key, oss_text *text) {
  const oss_member *found = only_one(axis->members, node);
  oss_members wanted = {0};
  oss_words words = {0};
  if (!found) {
    OSS_TRY(oss_axis_parse(axis->registries, node, key, l->config->directory, &wanted));
    char *form = wanted.count == 1 ? long_form(wanted.at[0]) : NULL;
    for (size_t i = 0; i < axis->members->count && form && !found; i++) {
      char *other = long_form(axis->members->at[i]);
      if (other && strcmp(other, form) == 0) found = axis->members->at[i];
      free(other);
    }
    free(form);
    oss_members_free(wanted.at, wanted.count);
  }
  if (found) {
    oss_member_add_yaml(text, found, 1);
    return OSS_OK;
  }
  for (size_t i = 0; i < axis->members->count; i++) oss_words_add(&words, axis->members->at[i]->yaml);
  return refuse(node, key, "one value of that axis", &words);
}

static oss_status read_relative(layout *l, const oss_node *node) {
  if (!node) return OSS_OK;
  if (node->kind != OSS_NODE_MAP || node->count != 1)
    return oss_node_fail(node, "report.relative", "must be a map of one axis to one of its values, such as {schedule: uniform}");
  const char *name = node->keys[0];
  int axis = axis_of(l, name);
  if (axis < 0 || axis == OSS_AXES) {
    oss_words words = {0};
    for (int i = 0; i < OSS_AXES; i++) oss_words_add(&words, l->axes[i].name);
    char shown[OSS_FOUND_BYTES], *hint = oss_words_hint(&words, name);
    oss_status status = oss_node_fail(node, "report.relative", "'%s' is no axis of the sweep%s", oss_shown(name, shown), hint ? hint : "");
    free(hint);
    return status;
  }
  char place[PLACE_BYTES];
  snprintf(place, sizeof place, "report.relative.%s", name);
  oss_text_add(&l->text, "%srelative: {%s: ", l->text.length > 1 ? ", " : "", name);
  if (l->axes[axis].numbers)
    OSS_TRY(number_of(&l->axes[axis], node->items[0], place, &l->text));
  else
    OSS_TRY(member_of(l, &l->axes[axis], node->items[0], place, &l->text));
  oss_text_add(&l->text, "}");
  return OSS_OK;
}

static oss_status read_layout(layout *l, const oss_node *node) {
  oss_text_add(&l->text, "{");
  OSS_TRY(read_list(l, oss_node_get(node, "rows"), "rows", read_axis));
  OSS_TRY(read_list(l, oss_node_get(node, "columns"), "columns", read_axis));
  OSS_TRY(read_list(l, oss_node_get(node, "metrics"), "metrics", read_metric));
  OSS_TRY(read_relative(l, oss_node_get(node, "relative")));
  oss_text_add(&l->text, "}");
  return OSS_OK;
}

oss_status oss_report_read(const oss_node *node, oss_config *config) {
  if (!node) return OSS_OK;
  layout l = {.config = config};
  oss_config_axes(config, l.axes);
  oss_status status = read_layout(&l, node);
  if (status == OSS_OK) return oss_text_take(&l.text, &config->report);
  oss_text_free(&l.text);
  return status;
}

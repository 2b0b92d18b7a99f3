// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/member_build.h"
#include "host/core/value.h"
#include "host/core/words.h"
#include "host/core/yaml_node.h"

/* What an option may be: one value, or several where a list was written. */
typedef struct choices {
  oss_value *at;
  size_t count;
} choices;

typedef struct members {
  oss_member **at;
  size_t count, capacity;
} members;

static oss_status no_memory(void) {
  return oss_fail(OSS_ERR_MEMORY, "no memory for the options of the config");
}

static void choices_free(choices *set) {
  for (size_t i = 0; i < set->count; i++) oss_value_clear(&set->at[i]);
  free(set->at);
  *set = (choices){0};
}

/* Takes ownership of member. */
static oss_status members_add(members *list, oss_member *member) {
  if (list->count == list->capacity) {
    size_t capacity = list->capacity ? 2 * list->capacity : 4;
    oss_member **at = realloc(list->at, capacity * sizeof(oss_member *));
    if (!at) {
      oss_member_free(member);
      return no_memory();
    }
    list->at = at;
    list->capacity = capacity;
  }
  list->at[list->count++] = member;
  return OSS_OK;
}

/* ---- one value ---- */

static oss_status parse_choice(const oss_option *option, const oss_node *node, const char *key, oss_value *out) {
  oss_words words = {0};
  char found[OSS_FOUND_BYTES];
  char *copy = oss_strdup(option->choices ? option->choices : ""), *rest = NULL;
  if (!copy) return no_memory();
  for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) oss_words_add(&words, word);
  size_t i = 0;
  while (i < words.count && !oss_node_is_word(node, words.at[i])) i++;
  oss_status status = OSS_OK;
  if (i < words.count) {
    out->text = oss_strdup(words.at[i]);
    if (!out->text) status = no_memory();
  } else {
    char *hint = oss_words_hint(&words, node->kind == OSS_NODE_SCALAR ? node->text : "");
    status = oss_node_fail(node, key, "found %s%s", oss_node_found(node, found), hint ? hint : "");
    free(hint);
  }
  free(copy);
  return status;
}

static oss_status parse_int(const oss_option *option, const oss_node *node, const char *key, oss_value *out) {
  int64_t min = INT64_MIN, max = INT64_MAX;
  int count = option->type == OSS_OPTION_COUNT;
  if (option->min != 0 || option->max != 0) {
    if (option->min > -9.2e18) min = (int64_t)ceil(option->min) + (option->open_min && option->min == ceil(option->min));
    if (option->max < 9.2e18) max = (int64_t)floor(option->max);
  }
  if (count && min < 1) min = 1;
  if (!(count && oss_node_is_word(node, "all"))) OSS_TRY(oss_node_int(node, key, min, max, count ? "'all'" : NULL, &out->integer));
  out->real = (double)out->integer;
  return OSS_OK;
}

static oss_status parse_text(const oss_option *option, const oss_node *node, const char *key, const char *dir, oss_value *out) {
  const char *text = NULL;
  OSS_TRY(oss_node_text(node, key, option->type == OSS_OPTION_FILE ? "the path of a file" : "a text", &text));
  out->text = oss_strdup(text);
  if (option->type == OSS_OPTION_FILE) out->path = oss_path_resolve(dir, text);
  if (out->text && (out->path || option->type != OSS_OPTION_FILE)) return OSS_OK;
  return no_memory();
}

static oss_status parse_one(const oss_option *option, const oss_node *node, const char *key, const char *dir, oss_value *out) {
  oss_status status = OSS_OK;
  *out = (oss_value){.given = 1};
  switch (option->type) {
    case OSS_OPTION_INT:
    case OSS_OPTION_COUNT:
      status = parse_int(option, node, key, out);
      break;
    case OSS_OPTION_REAL:
      status = oss_node_real(node, key, option->min, option->max, option->open_min, &out->real);
      break;
    case OSS_OPTION_BOOL:
      status = oss_node_bool(node, key, &out->integer);
      out->real = (double)out->integer;
      break;
    case OSS_OPTION_CHOICE:
      status = parse_choice(option, node, key, out);
      break;
    case OSS_OPTION_TEXT:
    case OSS_OPTION_FILE:
      status = parse_text(option, node, key, dir, out);
      break;
    case OSS_OPTION_NESTED: /* has alternatives of its own: see parse_nested */
      status = oss_fail(OSS_ERR_INTERNAL, "%s: a nested option was read as one value", key);
      break;
  }
  if (status != OSS_OK) oss_value_clear(out);
  return status;
}

/* ---- the alternatives of an option ---- */

static oss_status parse_product(const oss_member_desc *desc, const oss_node *node, const char *key, const char *dir, members *list);

/* A map that leaves the kind to the option's default: {p: 1} for {kind: xt, p: 1}. NULL when that is not what node is. */
static const oss_member_desc *default_kind(const oss_option *option, const oss_node *node) {
  if (node->kind != OSS_NODE_MAP || oss_node_get(node, "kind") != NULL || option->fallback == NULL) return NULL;
  const oss_member_desc *first = oss_registry_find(option->nested, option->fallback);
  return first != NULL || option->nested_too == NULL ? first : oss_registry_find(option->nested_too, option->fallback);
}

static oss_status parse_nested(const oss_option *option, const oss_node *node, const char *key, const char *dir, choices *out) {
  const oss_registry *const registries[] = {option->nested, option->nested_too, NULL};
  oss_member **found = NULL;
  size_t count = 0;
  const oss_member_desc *implied = default_kind(option, node);
  if (implied != NULL) {
    members list = {0};
    oss_status status = parse_product(implied, node, key, dir, &list);
    if (status != OSS_OK) {
      oss_members_free(list.at, list.count);
      return status;
    }
    found = list.at;
    count = list.count;
  } else {
    OSS_TRY(oss_members_parse(registries, node, key, dir, &found, &count));
  }
  out->at = calloc(count, sizeof *out->at);
  if (!out->at) {
    oss_members_free(found, count);
    return no_memory();
  }
  out->count = count;
  for (size_t i = 0; i < count; i++) out->at[i] = (oss_value){.given = 1, .nested = found[i]};
  free(found);
  return OSS_OK;
}

static oss_status parse_list(const oss_option *option, const oss_node *list, const char *key, const char *dir, choices *out) {
  if (list->count == 0) return oss_node_fail(list, key, "an empty list: give at least one value");
  out->at = calloc(list->count, sizeof *out->at);
  if (!out->at) return no_memory();
  for (size_t i = 0; i < list->count; i++) {
    char *place = oss_format("%s.%zu", key, i);
    if (!place) return no_memory();
    oss_status status = list->items[i]->kind == OSS_NODE_LIST ? oss_node_fail(list->items[i], place, "a list inside a list: write one list")
                                                              : parse_one(option, list->items[i], place, dir, &out->at[i]);
    free(place);
    OSS_TRY(status);
    out->count++;
  }
  return OSS_OK;
}

static oss_status parse_given(const oss_option *option, const oss_node *node, const char *key, const char *dir, choices *out) {
  if (option->type == OSS_OPTION_NESTED) return parse_nested(option, node, key, dir, out);
  if (node->kind == OSS_NODE_LIST) return parse_list(option, node, key, dir, out);
  out->at = calloc(1, sizeof *out->at);
  if (!out->at) return no_memory();
  OSS_TRY(parse_one(option, node, key, dir, &out->at[0]));
  out->count = 1;
  return OSS_OK;
}

static oss_status parse_option(const oss_member_desc *desc, const oss_option *option, const oss_node *where, const oss_node *node,
                               const char *key, const char *dir, choices *out) {
  if (node) return parse_given(option, node, key, dir, out);
  if (!option->fallback) return oss_node_fail(where, key, "'%s' needs it: %s", desc->name, option->help ? option->help : option->name);
  if (option->fallback[0] == '\0') {
    out->at = calloc(1, sizeof *out->at);
    if (!out->at) return no_memory();
    out->count = 1;
    return OSS_OK;
  }
  oss_node *fallback = NULL;
  OSS_TRY(oss_yaml_value("built-in default", option->fallback, strlen(option->fallback), 1, &fallback));
  oss_status status = parse_given(option, fallback, key, dir, out);
  oss_node_free(fallback);
  return status;
}

/* ---- members ---- */

static oss_status check_keys(const oss_member_desc *desc, const oss_node *map, const char *key) {
  oss_words words = {0};
  for (size_t i = 0; i < desc->option_count; i++) oss_words_add(&words, desc->options[i].name);
  for (size_t i = 0; i < map->count; i++) {
    int known = strcmp(map->keys[i], "kind") == 0;
    for (size_t o = 0; o < desc->option_count; o++) known |= strcmp(map->keys[i], desc->options[o].name) == 0;
    if (known) continue;
    char shown[OSS_FOUND_BYTES];
    oss_node at = *map->items[i];
    at.line = map->key_lines[i];
    char *hint = oss_words_hint(&words, map->keys[i]);
    oss_status status = oss_node_fail(&at, key, "'%s' has no option '%s'%s", desc->name, oss_shown(map->keys[i], shown), hint ? hint : "");
    free(hint);
    return status;
  }
  return OSS_OK;
}

/* Member number c of the product of the sets, last option fastest. */
static oss_status build(const oss_member_desc *desc, const oss_node *node, const choices *sets, size_t c, members *list) {
  oss_member *member = oss_member_create(desc, node->file, node->line);
  if (!member) return no_memory();
  for (size_t o = desc->option_count; o-- > 0; c /= sets[o].count) {
    if (oss_value_copy(&sets[o].at[c % sets[o].count], &member->values[o])) continue;
    oss_member_free(member);
    return no_memory();
  }
  oss_text text = {0};
  oss_member_add_yaml(&text, member, 0);
  oss_status status = oss_text_take(&text, &member->yaml);
  if (status == OSS_OK) return members_add(list, member);
  oss_member_free(member);
  return status;
}

static oss_status parse_product(const oss_member_desc *desc, const oss_node *node, const char *key, const char *dir, members *list) {
  oss_status status = OSS_OK;
  size_t product = 1;
  if (node->kind == OSS_NODE_MAP) OSS_TRY(check_keys(desc, node, key));
  choices *sets = calloc(desc->option_count + 1, sizeof *sets);
  if (!sets) return no_memory();
  for (size_t o = 0; o < desc->option_count && status == OSS_OK; o++) {
    char *place = oss_format("%s.%s", key, desc->options[o].name);
    if (place)
      status = parse_option(desc, &desc->options[o], node, oss_node_get(node, desc->options[o].name), place, dir, &sets[o]);
    else
      status = no_memory();
    free(place);
    if (status != OSS_OK) break;
    product *= sets[o].count; /* both are at most OSS_MAX_MEMBERS, or nodes of a document: no overflow */
    if (list->count + product > OSS_MAX_MEMBERS) status = oss_node_fail(node, key, "more than %d combinations of options", OSS_MAX_MEMBERS);
  }
  for (size_t c = 0; c < product && status == OSS_OK; c++) status = build(desc, node, sets, c, list);
  for (size_t o = 0; o < desc->option_count; o++) choices_free(&sets[o]);
  free(sets);
  return status;
}

/* "schedule or search": what the registries hold. */
static void add_singulars(const oss_registry *const *registries, char *out, size_t bytes) {
  size_t used = 0;
  out[0] = '\0';
  for (size_t r = 0; registries[r] && used < bytes; r++)
    used += (size_t)snprintf(out + used, bytes - used, "%s%s", r ? " or " : "", registries[r]->singular);
}

static oss_status unknown(const oss_registry *const *registries, const oss_node *node, const char *key, const char *said,
                          const char *name) {
  oss_words words = {0};
  char what[128];
  add_singulars(registries, what, sizeof what);
  for (size_t r = 0; registries[r]; r++)
    for (size_t i = 0; i < registries[r]->count(); i++) oss_words_add(&words, registries[r]->at(i)->name);
  char *hint = oss_words_hint(&words, name);
  oss_status status = oss_node_fail(node, key, "expected %s, %s%s", what, said, hint ? hint : "");
  free(hint);
  return status;
}

static oss_status parse_item(const oss_registry *const *registries, const oss_node *node, const char *key, const char *dir, members *list) {
  char found[OSS_FOUND_BYTES], said[OSS_FOUND_BYTES + 64];
  const oss_node *name = node;
  if (node->kind == OSS_NODE_MAP) {
    name = oss_node_get(node, "kind");
    if (!name) return unknown(registries, node, key, "found a map without 'kind'", "");
  }
  const char *place = name->kind != OSS_NODE_LIST ? "" : name == node ? " inside a list" : " as 'kind'";
  snprintf(said, sizeof said, "found %s%s", oss_node_found(name, found), place);
  if (name->kind != OSS_NODE_SCALAR || oss_node_is_null(name)) return unknown(registries, name, key, said, "");
  for (size_t r = 0; registries[r]; r++) {
    const oss_member_desc *desc = oss_registry_find(registries[r], name->text);
    if (desc) return parse_product(desc, node, key, dir, list);
  }
  return unknown(registries, name, key, said, name->text);
}

oss_status oss_members_parse(const oss_registry *const *registries, const oss_node *node, const char *key, const char *config_dir,
                             oss_member ***out, size_t *count) {
  members list = {0};
  oss_status status = OSS_OK;
  *out = NULL;
  *count = 0;
  if (node->kind == OSS_NODE_LIST) {
    if (node->count == 0) return oss_node_fail(node, key, "an empty list: give at least one");
    for (size_t i = 0; i < node->count && status == OSS_OK; i++) {
      char *place = oss_format("%s.%zu", key, i);
      status = place ? parse_item(registries, node->items[i], place, config_dir, &list) : no_memory();
      free(place);
    }
  } else {
    status = parse_item(registries, node, key, config_dir, &list);
  }
  if (status != OSS_OK) {
    oss_members_free(list.at, list.count);
    return status;
  }
  *out = list.at;
  *count = list.count;
  return OSS_OK;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/text.h"
#include "host/core/value.h"
#include "host/core/yaml.h"
#include "host/core/yaml_node.h"

static const char set_file[] = "--set"; /* what messages call the place of such nodes */

static oss_status no_memory(void) {
  return oss_fail(OSS_ERR_MEMORY, "no memory");
}

/* Where a segment of the path leads: the slot of an existing list item or map value, or NULL for a map's new key. */
static oss_status step(oss_node *parent, const char *path, const char *segment, oss_node ***slot, size_t *position) {
  char found[OSS_FOUND_BYTES];
  *slot = NULL;
  if (parent->kind == OSS_NODE_SCALAR)
    return oss_fail(OSS_ERR_USAGE, "%s is %s, which has no '%s' below it", path, oss_node_found(parent, found), segment);
  if (parent->kind == OSS_NODE_LIST) {
    if (parent->count == 0) return oss_fail(OSS_ERR_USAGE, "%s is an empty list", path);
    size_t index = 0, digits = strspn(segment, "0123456789");
    if (segment[digits] != '\0')
      return oss_fail(OSS_ERR_USAGE, "%s is a list: '%s' must be a position from 0 to %zu", path, segment, parent->count - 1);
    for (const char *c = segment; *c && index < parent->count; c++) index = 10 * index + (size_t)(*c - '0');
    if (index >= parent->count)
      return oss_fail(OSS_ERR_USAGE, "position %s is past the end of %s, which has %zu item%s", segment, path, parent->count,
                      parent->count == 1 ? "" : "s");
    *position = index;
    *slot = &parent->items[index];
    return OSS_OK;
  }
  for (size_t i = 0; i < parent->count; i++) {
    if (strcmp(parent->keys[i], segment) != 0) continue;
    *position = i;
    *slot = &parent->items[i];
  }
  return OSS_OK;
}

static void replace(oss_node *parent, size_t position, oss_node *value) {
  oss_node_free(parent->items[position]);
  parent->items[position] = value;
  if (parent->kind == OSS_NODE_MAP) parent->key_lines[position] = 0;
}

/* Walks path (its dots become ends of strings one after the other) and puts value there. Takes ownership of value. */
static oss_status put(const char *assignment, oss_node *root, char *path, oss_node *value) {
  oss_node *parent = root;
  char *segment = path;
  oss_status status = OSS_OK;
  for (;;) {
    char *dot = strchr(segment, '.');
    if (dot) *dot = '\0';
    oss_node **slot = NULL;
    size_t position = 0;
    char *above = segment > path ? oss_format("%.*s", (int)(segment - 1 - path), assignment) : oss_strdup("the config");
    status = above ? step(parent, above, segment, &slot, &position) : no_memory();
    free(above);
    if (status != OSS_OK) break;
    if (!dot) {
      if (!slot) return oss_node_append(parent, segment, 0, value);
      replace(parent, position, value);
      return OSS_OK;
    }
    if (!slot || oss_node_is_null(*slot)) {
      oss_node *map = oss_node_create(OSS_NODE_MAP, set_file, 0, 0);
      if (!map) {
        status = no_memory();
        break;
      }
      if (slot) {
        replace(parent, position, map);
      } else {
        status = oss_node_append(parent, segment, 0, map);
        if (status != OSS_OK) break;
      }
      parent = map;
    } else {
      parent = *slot;
    }
    segment = dot + 1;
  }
  oss_node_free(value);
  return status;
}

static oss_status check_path(const char *path, int *depth) {
  *depth = 1;
  if (path[0] == '\0') return oss_fail(OSS_ERR_USAGE, "no key before '=': write key=value, such as teacher.steps=50");
  for (const char *c = path; *c; c++) {
    if (isspace((unsigned char)*c)) return oss_fail(OSS_ERR_USAGE, "a space in the key: write key=value");
    if (*c != '.') continue;
    ++*depth;
    if (c == path || c[1] == '.' || c[1] == '\0') return oss_fail(OSS_ERR_USAGE, "an empty word in the key");
  }
  if (*depth >= OSS_YAML_MAX_DEPTH) return oss_fail(OSS_ERR_USAGE, "the key is nested too deep: at most 64 levels");
  return OSS_OK;
}

oss_status oss_yaml_set(oss_document *document, const char *assignment) {
  const char *equals = strchr(assignment, '=');
  char shown[OSS_FOUND_BYTES];
  oss_shown(assignment, shown);
  if (!equals) return oss_fail(OSS_ERR_USAGE, "--set %s: no '=': write key=value, such as teacher.steps=50", shown);
  char *path = oss_format("%.*s", (int)(equals - assignment), assignment);
  if (!path) return no_memory();
  int depth = 0;
  oss_node *value = NULL;
  oss_status status = check_path(path, &depth);
  if (status == OSS_OK) {
    status = oss_yaml_value(set_file, equals + 1, strlen(equals + 1), depth + 1, &value);
    if (status == OSS_ERR_CONFIG) status = oss_fail(OSS_ERR_USAGE, "%s", oss_message());
  }
  if (status == OSS_OK) status = put(assignment, document->root, path, value);
  if (status == OSS_OK && oss_node_total(document->root) > OSS_YAML_MAX_NODES)
    status = oss_fail(OSS_ERR_USAGE, "the config gets too large: at most 100,000 values");
  free(path);
  return oss_fail_context(status, "--set %s", shown);
}

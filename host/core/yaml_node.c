// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/core/yaml_node.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/text.h"

oss_node *oss_node_create(oss_node_kind kind, const char *file, int line, int column) {
  oss_node *node = calloc(1, sizeof *node);
  if (!node) return NULL;
  node->kind = kind;
  node->file = file;
  node->line = line;
  node->column = column;
  return node;
}

void oss_node_free(oss_node *node) {
  if (!node) return;
  for (size_t i = 0; i < node->count; i++) {
    oss_node_free(node->items[i]);
    if (node->keys) free(node->keys[i]);
  }
  free(node->items);
  free(node->keys);
  free(node->key_lines);
  free(node->text);
  free(node);
}

/* Room for one more; a power of two at a time, so the capacity needs no field of its own. */
static int reserve(oss_node *parent) {
  size_t count = parent->count;
  if (count & (count - 1)) return 1;
  size_t capacity = count ? 2 * count : 1;
  oss_node **items = realloc(parent->items, capacity * sizeof *items);
  if (!items) return 0;
  parent->items = items;
  if (parent->kind != OSS_NODE_MAP) return 1;
  char **keys = realloc(parent->keys, capacity * sizeof *keys);
  if (!keys) return 0;
  parent->keys = keys;
  int *lines = realloc(parent->key_lines, capacity * sizeof *lines);
  if (!lines) return 0;
  parent->key_lines = lines;
  return 1;
}

oss_status oss_node_append(oss_node *parent, const char *key, int key_line, oss_node *value) {
  char *copy = key ? oss_strdup(key) : NULL;
  if ((key && !copy) || !reserve(parent)) {
    free(copy);
    oss_node_free(value);
    return oss_fail(OSS_ERR_MEMORY, "no memory for a YAML node");
  }
  parent->items[parent->count] = value;
  if (parent->kind == OSS_NODE_MAP) {
    parent->keys[parent->count] = copy;
    parent->key_lines[parent->count] = key_line;
  }
  parent->count++;
  return OSS_OK;
}

size_t oss_node_total(const oss_node *node) {
  size_t total = 1;
  for (size_t i = 0; i < node->count; i++) total += oss_node_total(node->items[i]);
  return total;
}

void oss_document_free(oss_document *document) {
  if (!document) return;
  oss_node_free(document->root);
  free(document->file);
  memset(document, 0, sizeof *document);
}

const oss_node *oss_node_get(const oss_node *map, const char *key) {
  if (!map || map->kind != OSS_NODE_MAP) return NULL;
  for (size_t i = 0; i < map->count; i++)
    if (strcmp(map->keys[i], key) == 0) return map->items[i];
  return NULL;
}

oss_status oss_node_fail(const oss_node *node, const char *key, const char *fmt, ...) {
  char text[1024], line[16] = "";
  va_list args;
  va_start(args, fmt);
  vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  if (node->line > 0) snprintf(line, sizeof line, ":%d", node->line);
  return oss_fail(OSS_ERR_CONFIG, "%s%s: %s%s%s", node->file, line, key && key[0] ? key : "", key && key[0] ? ": " : "", text);
}

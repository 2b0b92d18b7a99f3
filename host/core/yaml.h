// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* A YAML document as a tree that remembers where each node stands, for messages that name file, line and key. */
#ifndef OSS_CORE_YAML_H
#define OSS_CORE_YAML_H

#include <stddef.h>

#include "kernels/status.h"

typedef enum oss_node_kind { OSS_NODE_SCALAR, OSS_NODE_LIST, OSS_NODE_MAP } oss_node_kind;

typedef struct oss_node oss_node;
struct oss_node {
  oss_node_kind kind;
  int line, column; /* 1-based; 0 for a node that --set made */
  const char *file; /* what messages call the document; borrowed from the tree's root document */
  char *text;       /* scalar: its characters */
  int quoted;       /* scalar: written in quotes, so text rather than number or null */
  size_t count;     /* list: items; map: pairs */
  oss_node **items; /* list items or map values, owned */
  char **keys;      /* map keys, in order, unique */
  int *key_lines;   /* map: the line of each key; 0 for one that --set made */
};

typedef struct oss_document {
  char *file;
  oss_node *root; /* a map */
} oss_document;

/* Reads one YAML document. Errors (OSS_ERR_CONFIG; OSS_ERR_INPUT when the file can't be read) name file, line and what is wrong: not a
 * file, not UTF-8, duplicate key, nesting deeper than 64, more than 100,000 nodes (aliases count each time), several documents, root not a
 * map. */
oss_status oss_yaml_load(const char *path, oss_document *out);
oss_status oss_yaml_parse(const char *name, const char *chars, size_t length, oss_document *out);
void oss_document_free(oss_document *document);

/* Applies one "key=value" of --set: a dotted path ("teacher.steps", "student.schedule.0.variant": numbers index lists), a YAML value.
 * Missing maps on the way are made. OSS_ERR_USAGE names the text when it is malformed or the path runs through a scalar or past a list. */
oss_status oss_yaml_set(oss_document *document, const char *assignment);

/* The value of key in a map, or NULL. */
const oss_node *oss_node_get(const oss_node *map, const char *key);

/* Fails with OSS_ERR_CONFIG and a message "FILE:LINE: KEY: ..." (key is the dotted path as the user would write it). */
oss_status oss_node_fail(const oss_node *node, const char *key, const char *fmt, ...) OSS_PRINTF(3, 4);

#endif

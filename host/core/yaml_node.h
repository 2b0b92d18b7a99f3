// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Building and changing trees of nodes: shared by the files that make them. */
#ifndef OSS_CORE_YAML_NODE_H
#define OSS_CORE_YAML_NODE_H

#include <stddef.h>

#include "host/core/yaml.h"

enum { OSS_YAML_MAX_DEPTH = 64, OSS_YAML_MAX_NODES = 100000, OSS_YAML_MAX_ANCHORS = 1000, OSS_YAML_MAX_BYTES = 16 * 1024 * 1024 };

/* A node without content, or NULL without memory. */
oss_node *oss_node_create(oss_node_kind kind, const char *file, int line, int column);
void oss_node_free(oss_node *node);

/* Appends to a list (key NULL) or a map. Takes ownership of value, in failure too. */
oss_status oss_node_append(oss_node *parent, const char *key, int key_line, oss_node *value);

size_t oss_node_total(const oss_node *node); /* it and all below */

/* Parses a YAML value that may be of any kind and whose nodes get line 0: an option's default, the right side of --set. file must outlive
 * the nodes. depth: how deep in a document the value will be. The message of a failure (OSS_ERR_CONFIG) names no place. */
oss_status oss_yaml_value(const char *file, const char *chars, size_t length, int depth, oss_node **out);

#endif

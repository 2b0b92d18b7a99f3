// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* From a YAML scalar to a value, with messages that say what was found and what is allowed.
 *
 * The rules, the same everywhere: a whole number is decimal digits with an optional sign, without leading zeros, quotes, point, exponent
 * or base. A real is that, with an optional fraction and exponent, or .inf where infinity is allowed. A boolean is true or false. */
#ifndef OSS_CORE_VALUE_H
#define OSS_CORE_VALUE_H

#include <stdint.h>

#include "host/core/text.h"
#include "host/core/yaml.h"

/* What a node is, for messages: "a list", "nothing", "the text 'abc'", "3". Returns out. */
enum { OSS_FOUND_BYTES = 96 };
const char *oss_node_found(const oss_node *node, char out[OSS_FOUND_BYTES]);

/* s shortened and without control characters, for messages. Returns out. */
const char *oss_shown(const char *s, char out[OSS_FOUND_BYTES]);

/* Nothing was written: "key:", "~" or "null" without quotes. */
int oss_node_is_null(const oss_node *node);

/* A scalar that is exactly word, without quotes or with them. */
int oss_node_is_word(const oss_node *node, const char *word);

/* also: a word that the caller accepts as well and has checked already, to be named in the message ("auto"); or NULL. */
oss_status oss_node_int(const oss_node *node, const char *key, int64_t min, int64_t max, const char *also, int64_t *out);

/* min and max both 0: any finite number. open_min: above min, without a maximum if max is 0 too. */
oss_status oss_node_real(const oss_node *node, const char *key, double min, double max, int open_min, double *out);

oss_status oss_node_bool(const oss_node *node, const char *key, int64_t *out);

/* Text that is not empty; borrowed from the node. what: for the message, such as "a path". */
oss_status oss_node_text(const oss_node *node, const char *key, const char *what, const char **out);

/* Adds s as a YAML scalar that reads back as the same text, inside [] and {} too; in quotes only where it must be. */
void oss_text_add_yaml(oss_text *text, const char *s);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/core/yaml.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <yaml.h>

#include "host/core/text.h"
#include "host/core/value.h"
#include "host/core/yaml_node.h"

/* One text on its way to a tree. */
typedef struct source {
  const char *file;
  const char *chars;
  size_t length;
  int placed;   /* messages and nodes have lines */
  size_t nodes; /* made so far */
  yaml_document_t *document;
} source;

static const char too_deep[] = "nested too deep: at most 64 levels";
static const char too_large[] = "too large: at most 100,000 values (an alias counts each time)";

static oss_status fail_at(const source *from, size_t line, const char *what, const char *detail) {
  if (!from->placed) return oss_fail(OSS_ERR_CONFIG, "%s%s", what, detail);
  return oss_fail(OSS_ERR_CONFIG, "%s:%zu: %s%s", from->file, line + 1, what, detail);
}

static size_t line_of(const source *from, size_t offset) {
  size_t line = 0;
  for (size_t i = 0; i < offset && i < from->length; i++) line += from->chars[i] == '\n';
  return line;
}

static int indented_by_tab(const source *from, size_t line) {
  size_t i = 0;
  for (; i < from->length && line > 0; i++) line -= from->chars[i] == '\n';
  for (; i < from->length && (from->chars[i] == ' ' || from->chars[i] == '\t'); i++)
    if (from->chars[i] == '\t') return 1;
  return 0;
}

/* The length of the character at s, or 0 where it is not UTF-8 (overlong forms and surrogates are not). */
static size_t utf8_length(const unsigned char *s, size_t left) {
  if (s[0] < 0x80) return 1;
  size_t length = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
  if (s[0] < 0xC2 || s[0] > 0xF4 || left < length) return 0;
  for (size_t i = 1; i < length; i++)
    if ((s[i] & 0xC0) != 0x80) return 0;
  if (s[0] == 0xE0 && s[1] < 0xA0) return 0;
  if (s[0] == 0xED && s[1] > 0x9F) return 0;
  if (s[0] == 0xF0 && s[1] < 0x90) return 0;
  if (s[0] == 0xF4 && s[1] > 0x8F) return 0;
  return length;
}

static oss_status check_utf8(const source *from) {
  for (size_t i = 0; i < from->length;) {
    size_t step = utf8_length((const unsigned char *)from->chars + i, from->length - i);
    if (step == 0) return fail_at(from, line_of(from, i), "not UTF-8 text", "");
    i += step;
  }
  return OSS_OK;
}

static oss_status parser_error(const source *from, const yaml_parser_t *parser) {
  const char *problem = parser->problem ? parser->problem : "unknown problem";
  if (parser->error == YAML_MEMORY_ERROR) return oss_fail(OSS_ERR_MEMORY, "%s: no memory to read it", from->file);
  if (parser->error == YAML_READER_ERROR) return fail_at(from, line_of(from, parser->problem_offset), "not valid YAML: ", problem);
  size_t line = parser->problem_mark.line;
  if (indented_by_tab(from, line)) return fail_at(from, line, "a tab is not allowed as indentation: use spaces", "");
  char detail[256];
  if (parser->context && from->placed)
    snprintf(detail, sizeof detail, "%s (%s that began on line %zu)", problem, parser->context, parser->context_mark.line + 1);
  else
    snprintf(detail, sizeof detail, "%s", problem);
  return fail_at(from, line, "not valid YAML: ", detail);
}

static oss_status convert(source *from, int index, int depth, oss_node **out);

static oss_status convert_scalar(const source *from, const yaml_node_t *node, oss_node *out) {
  const char *value = (const char *)node->data.scalar.value;
  if (strlen(value) != node->data.scalar.length) return fail_at(from, node->start_mark.line, "a text can't hold the character NUL", "");
  out->text = oss_strdup(value);
  if (!out->text) return oss_fail(OSS_ERR_MEMORY, "%s: no memory to read it", from->file);
  out->quoted = node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
  return OSS_OK;
}

typedef struct placed_key {
  const char *key;
  int line;
  size_t position;
} placed_key;

static int by_key(const void *a, const void *b) {
  const placed_key *x = a, *y = b;
  int order = strcmp(x->key, y->key);
  return order ? order : (x->position > y->position) - (x->position < y->position);
}

/* Sorted, since a hostile map can have tens of thousands of keys. */
static oss_status check_unique(const source *from, const oss_node *map) {
  oss_status status = OSS_OK;
  if (map->count < 2) return OSS_OK;
  placed_key *sorted = malloc(map->count * sizeof *sorted);
  if (!sorted) return oss_fail(OSS_ERR_MEMORY, "%s: no memory to read it", from->file);
  for (size_t i = 0; i < map->count; i++) sorted[i] = (placed_key){.key = map->keys[i], .line = map->key_lines[i], .position = i};
  qsort(sorted, map->count, sizeof *sorted, by_key);
  for (size_t i = 1; i < map->count && status == OSS_OK; i++) {
    if (strcmp(sorted[i - 1].key, sorted[i].key) != 0) continue;
    char shown[OSS_FOUND_BYTES], detail[OSS_FOUND_BYTES + 64], first[40] = "";
    if (from->placed) snprintf(first, sizeof first, " (first on line %d)", sorted[i - 1].line);
    snprintf(detail, sizeof detail, "'%s' is given twice%s", oss_shown(sorted[i].key, shown), first);
    status = fail_at(from, (size_t)sorted[i].line - (from->placed != 0), "duplicate key: ", detail);
  }
  free(sorted);
  return status;
}

static oss_status convert_map(source *from, const yaml_node_t *node, int depth, oss_node *out) {
  for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++) {
    const yaml_node_t *key = yaml_document_get_node(from->document, pair->key);
    if (!key || key->type != YAML_SCALAR_NODE || key->data.scalar.length == 0)
      return fail_at(from, key ? key->start_mark.line : node->start_mark.line, "a key must be a word", "");
    if (strlen((const char *)key->data.scalar.value) != key->data.scalar.length)
      return fail_at(from, key->start_mark.line, "a key can't hold the character NUL", "");
    oss_node *value = NULL;
    OSS_TRY(convert(from, pair->value, depth + 1, &value));
    OSS_TRY(oss_node_append(out, (const char *)key->data.scalar.value, from->placed ? (int)key->start_mark.line + 1 : 0, value));
  }
  return check_unique(from, out);
}

static oss_status convert_list(source *from, const yaml_node_t *node, int depth, oss_node *out) {
  for (const yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++) {
    oss_node *value = NULL;
    OSS_TRY(convert(from, *item, depth + 1, &value));
    OSS_TRY(oss_node_append(out, NULL, 0, value));
  }
  return OSS_OK;
}

/* An alias is the index of what it names, so it is copied here, and an alias of what it lies in goes on until the depth stops it. */
static oss_status convert(source *from, int index, int depth, oss_node **out) {
  const yaml_node_t *node = yaml_document_get_node(from->document, index);
  if (!node) return oss_fail(OSS_ERR_INTERNAL, "%s: a YAML node is missing", from->file);
  size_t line = node->start_mark.line;
  if (depth > OSS_YAML_MAX_DEPTH) return fail_at(from, line, too_deep, "");
  if (++from->nodes > OSS_YAML_MAX_NODES) return fail_at(from, line, too_large, "");
  const char *tag = (const char *)node->tag;
  const char *usual = node->type == YAML_SCALAR_NODE     ? YAML_DEFAULT_SCALAR_TAG
                      : node->type == YAML_SEQUENCE_NODE ? YAML_DEFAULT_SEQUENCE_TAG
                                                         : YAML_DEFAULT_MAPPING_TAG;
  if (tag && strcmp(tag, usual) != 0) {
    char shown[OSS_FOUND_BYTES];
    return fail_at(from, line, "tags are not supported: ", oss_shown(tag, shown));
  }
  oss_node_kind kind = node->type == YAML_SCALAR_NODE ? OSS_NODE_SCALAR : node->type == YAML_SEQUENCE_NODE ? OSS_NODE_LIST : OSS_NODE_MAP;
  oss_node *made = oss_node_create(kind, from->file, from->placed ? (int)line + 1 : 0, from->placed ? (int)node->start_mark.column + 1 : 0);
  if (!made) return oss_fail(OSS_ERR_MEMORY, "%s: no memory to read it", from->file);
  oss_status status = kind == OSS_NODE_SCALAR ? convert_scalar(from, node, made)
                      : kind == OSS_NODE_LIST ? convert_list(from, node, depth, made)
                                              : convert_map(from, node, depth, made);
  if (status != OSS_OK) {
    oss_node_free(made);
    return status;
  }
  *out = made;
  return OSS_OK;
}

/* What a first pass over the events counts. */
typedef struct tally {
  int depth, documents;
  size_t nodes, anchors;
} tally;

static oss_status count_event(const source *from, const yaml_event_t *event, tally *seen) {
  size_t line = event->start_mark.line;
  const yaml_char_t *anchor = NULL;
  switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
      if (++seen->documents > 1) return fail_at(from, line, "a second document begins here: one is allowed", "");
      return OSS_OK;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
      seen->depth--;
      return OSS_OK;
    case YAML_SEQUENCE_START_EVENT:
      anchor = event->data.sequence_start.anchor;
      seen->depth++;
      break;
    case YAML_MAPPING_START_EVENT:
      anchor = event->data.mapping_start.anchor;
      seen->depth++;
      break;
    case YAML_SCALAR_EVENT:
      anchor = event->data.scalar.anchor;
      break;
    case YAML_ALIAS_EVENT:
      break;
    default:
      return OSS_OK;
  }
  seen->anchors += anchor != NULL;
  if (seen->depth > OSS_YAML_MAX_DEPTH) return fail_at(from, line, too_deep, "");
  if (++seen->nodes > 2 * OSS_YAML_MAX_NODES) return fail_at(from, line, too_large, ""); /* keys are nodes here */
  if (seen->anchors > OSS_YAML_MAX_ANCHORS) return fail_at(from, line, "too many anchors: at most 1,000", "");
  return OSS_OK;
}

static oss_status start_parser(const source *from, yaml_parser_t *parser) {
  if (!yaml_parser_initialize(parser)) return oss_fail(OSS_ERR_MEMORY, "%s: no memory to read it", from->file);
  yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(parser, (const unsigned char *)from->chars, from->length);
  return OSS_OK;
}

/* libyaml's time grows with the square of the nesting and of the anchors, so both are limited before it builds a document. */
static oss_status check_events(const source *from) {
  yaml_parser_t parser;
  tally seen = {0};
  oss_status status = OSS_OK;
  int end = 0;
  OSS_TRY(start_parser(from, &parser));
  while (!end && status == OSS_OK) {
    yaml_event_t event;
    if (!yaml_parser_parse(&parser, &event)) {
      status = parser_error(from, &parser);
      break;
    }
    end = event.type == YAML_STREAM_END_EVENT;
    status = count_event(from, &event, &seen);
    yaml_event_delete(&event);
  }
  yaml_parser_delete(&parser);
  return status;
}

/* Exactly one document; *out stays NULL for an empty one. */
static oss_status parse(source *from, int depth, oss_node **out) {
  yaml_parser_t parser;
  yaml_document_t document;
  oss_status status = OSS_OK;
  OSS_TRY(check_utf8(from));
  OSS_TRY(check_events(from));
  OSS_TRY(start_parser(from, &parser));
  if (yaml_parser_load(&parser, &document)) {
    from->document = &document;
    if (yaml_document_get_root_node(&document)) status = convert(from, 1, depth, out); /* libyaml counts from 1, the root first */
    yaml_document_delete(&document);
  } else {
    status = parser_error(from, &parser);
  }
  yaml_parser_delete(&parser);
  return status;
}

oss_status oss_yaml_value(const char *file, const char *chars, size_t length, int depth, oss_node **out) {
  source from = {.file = file, .chars = chars, .length = length};
  *out = NULL;
  OSS_TRY(parse(&from, depth, out));
  if (*out) return OSS_OK;
  oss_node *nothing = oss_node_create(OSS_NODE_SCALAR, file, 0, 0);
  if (nothing) nothing->text = oss_strdup("");
  if (!nothing || !nothing->text) {
    oss_node_free(nothing);
    return oss_fail(OSS_ERR_MEMORY, "no memory for a YAML node");
  }
  *out = nothing;
  return OSS_OK;
}

oss_status oss_yaml_parse(const char *name, const char *chars, size_t length, oss_document *out) {
  oss_document document = {.file = oss_strdup(name)};
  memset(out, 0, sizeof *out);
  if (!document.file) return oss_fail(OSS_ERR_MEMORY, "%s: no memory to read it", name);
  source from = {.file = document.file, .chars = chars, .length = length, .placed = 1};
  oss_status status = parse(&from, 1, &document.root);
  if (status == OSS_OK && !document.root) status = fail_at(&from, 0, "empty: a config is a map, such as 'teacher: {...}'", "");
  if (status == OSS_OK && document.root->kind != OSS_NODE_MAP) {
    char found[OSS_FOUND_BYTES];
    status = oss_node_fail(document.root, NULL, "the document must be a map of keys, found %s", oss_node_found(document.root, found));
  }
  if (status != OSS_OK) {
    oss_document_free(&document);
    return status;
  }
  *out = document;
  return OSS_OK;
}

static oss_status read_all(const char *path, char **out, size_t *length) {
  struct stat about;
  oss_status status = OSS_OK;
  char *chars = NULL;
  size_t used = 0, capacity = 1 << 14;
  if (stat(path, &about) == 0 && S_ISDIR(about.st_mode)) return oss_fail(OSS_ERR_INPUT, "%s: a folder, not a file", path);
  FILE *file = fopen(path, "rb");
  if (!file) return oss_fail(OSS_ERR_INPUT, "%s: can't be read: %s", path, strerror(errno));
  for (;;) {
    char *larger = realloc(chars, capacity);
    if (!larger) {
      status = oss_fail(OSS_ERR_MEMORY, "%s: no memory to read it", path);
      break;
    }
    chars = larger;
    used += fread(chars + used, 1, capacity - used, file);
    if (used < capacity) break;
    capacity *= 2;
    if (capacity > OSS_YAML_MAX_BYTES) {
      status = oss_fail(OSS_ERR_CONFIG, "%s: too large for a config: at most 16 MiB", path);
      break;
    }
  }
  if (status == OSS_OK && ferror(file)) status = oss_fail(OSS_ERR_INPUT, "%s: can't be read: %s", path, strerror(errno));
  fclose(file);
  if (status != OSS_OK) {
    free(chars);
    return status;
  }
  *out = chars;
  *length = used;
  return OSS_OK;
}

oss_status oss_yaml_load(const char *path, oss_document *out) {
  char *chars = NULL;
  size_t length = 0;
  memset(out, 0, sizeof *out);
  OSS_TRY(read_all(path, &chars, &length));
  oss_status status = oss_yaml_parse(path, chars, length, out);
  free(chars);
  return status;
}

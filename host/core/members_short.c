// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Members in short: "oss paper" for {kind: oss, variant: paper, start: free} beside {kind: oss, variant: carry, start: free}; numbers keep
 * their names ("edm rho=5"), files lose their folders. */
#include <stdlib.h>
#include <string.h>

#include "host/core/table.h"
#include "host/core/text.h"

/* A piece of a text. */
typedef struct piece {
  const char *at;
  size_t length;
} piece;

/* An option; of a nested member under the name of that ("cost.p"), whose kind is the value of the plain name. */
typedef struct option {
  piece outer, name, value;
} option;

enum { MOST_OPTIONS = 32 };

typedef struct member {
  piece kind;
  size_t count;
  option options[MOST_OPTIONS];
} member;

static int equal(piece a, piece b) {
  return a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
}

static piece trim(const char *from, const char *to) {
  while (from < to && *from == ' ') from++;
  while (to > from && to[-1] == ' ') to--;
  return (piece){from, (size_t)(to - from)};
}

/* The end of a value or name: the next stop at depth 0 outside quotes. */
static const char *skip_to(const char *at, const char *end, char stop) {
  int depth = 0, begins = 1; /* begins: a quote here opens a quoted text; inside a plain one it is a character */
  char quote = '\0';
  for (; at < end; at++) {
    int was_begin = begins;
    begins = *at == ' ' ? begins : strchr(",:{[", *at) != NULL;
    if (quote) {
      if (quote == '"' && *at == '\\' && at + 1 < end) {
        at++;
      } else if (*at == quote) {
        quote = '\0';
      }
    } else if (depth == 0 && *at == stop) {
      return at;
    } else if (was_begin && (*at == '\'' || *at == '"')) {
      quote = *at;
    } else if (*at == '{' || *at == '[') {
      depth++;
    } else if (*at == '}' || *at == ']') {
      depth--;
    }
  }
  return end;
}

static int is_map(piece text) {
  return text.length >= 2 && text.at[0] == '{' && text.at[text.length - 1] == '}';
}

static void add(member *m, piece outer, piece name, piece value) {
  if (m->count < MOST_OPTIONS) m->options[m->count++] = (option){outer, name, value};
}

/* Takes a map apart; *kind is left alone where it has none. */
static void parse_map(piece map, piece outer, member *m, piece *kind) {
  const char *at = map.at + 1, *end = map.at + map.length - 1;
  while (at < end) {
    const char *stop = skip_to(at, end, ','), *colon = skip_to(at, stop, ':');
    piece name = trim(at, colon), value = trim(colon < stop ? colon + 1 : stop, stop);
    at = stop < end ? stop + 1 : end;
    if (equal(name, (piece){"kind", 4})) {
      *kind = value;
    } else if (is_map(value) && outer.length == 0) {
      size_t before = m->count;
      add(m, outer, name, value);
      if (m->count > before) parse_map(value, name, m, &m->options[before].value);
    } else {
      add(m, outer, name, value);
    }
  }
}

/* Takes one line of YAML apart; anything that is no map is all kind. */
static member parse(const char *text) {
  member m = {.kind = trim(text, text + strlen(text))};
  if (is_map(m.kind)) parse_map(m.kind, (piece){"", 0}, &m, &m.kind);
  return m;
}

static const piece *value_of(const member *m, const option *o) {
  for (size_t i = 0; i < m->count; i++) {
    if (equal(m->options[i].outer, o->outer) && equal(m->options[i].name, o->name)) return &m->options[i].value;
  }
  return NULL;
}

/* Whether another member of the same kind has another value, or none, for this option. */
static int differs(const member *members, size_t count, const member *m, const option *o) {
  for (size_t i = 0; i < count; i++) {
    if (!equal(members[i].kind, m->kind)) continue;
    const piece *value = value_of(&members[i], o);
    if (!value || !equal(*value, o->value)) return 1;
  }
  return 0;
}

/* A word says by itself what it is about; a number does not. */
static int says_enough(piece value) {
  static const char *const vague[] = {"true", "false", "all", "none"};
  for (size_t i = 0; i < sizeof vague / sizeof vague[0]; i++)
    if (equal(value, (piece){vague[i], strlen(vague[i])})) return 0;
  return value.length > 0 && strchr("0123456789+-.[{", value.at[0]) == NULL;
}

static piece without_folder(piece value) {
  for (size_t i = value.length; i-- > 0;)
    if (value.at[i] == '/' && i + 1 < value.length) return (piece){value.at + i + 1, value.length - i - 1};
  return value;
}

static void add_option(oss_text *text, const option *shown) {
  piece value = without_folder(shown->value);
  if (says_enough(value)) {
    oss_text_add(text, " %.*s", (int)value.length, value.at);
  } else {
    oss_text_add(text, " %.*s%s%.*s=%.*s", (int)shown->outer.length, shown->outer.at, shown->outer.length ? "." : "",
                 (int)shown->name.length, shown->name.at, (int)value.length, value.at);
  }
}

void oss_members_short(size_t count, char *const *values, char **out) {
  member *members = calloc(count ? count : 1, sizeof *members);
  for (size_t i = 0; i < count; i++) {
    out[i] = NULL;
    if (members) members[i] = parse(values[i]);
  }
  for (size_t i = 0; members && i < count; i++) {
    oss_text text = {0};
    const member *m = &members[i];
    oss_text_add(&text, "%.*s", (int)m->kind.length, m->kind.at);
    for (size_t o = 0; o < m->count; o++) {
      if (!differs(members, count, m, &m->options[o])) continue;
      add_option(&text, &m->options[o]);
    }
    if (oss_text_take(&text, &out[i]) != OSS_OK) out[i] = NULL;
  }
  free(members);
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/core/value.h"

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *oss_shown(const char *s, char out[OSS_FOUND_BYTES]) {
  enum { SHOWN = 60 };
  size_t length = strlen(s), kept = length;
  if (length > SHOWN) {
    kept = SHOWN;
    while (kept > 0 && ((unsigned char)s[kept] & 0xC0) == 0x80) kept--; /* never half a character */
  }
  for (size_t i = 0; i < kept; i++) out[i] = (unsigned char)s[i] < 0x20 || s[i] == 0x7F ? '?' : s[i];
  snprintf(out + kept, OSS_FOUND_BYTES - kept, "%s", kept < length ? "..." : "");
  return out;
}

int oss_node_is_null(const oss_node *node) {
  static const char *const words[] = {"", "~", "null", "Null", "NULL"};
  if (node->kind != OSS_NODE_SCALAR || node->quoted) return 0;
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    if (strcmp(node->text, words[i]) == 0) return 1;
  return 0;
}

int oss_node_is_word(const oss_node *node, const char *word) {
  return node->kind == OSS_NODE_SCALAR && strcmp(node->text, word) == 0;
}

static const char *digits(const char *s) {
  while (isdigit((unsigned char)*s)) s++;
  return s;
}

static int is_infinity(const char *s) {
  if (*s == '+' || *s == '-') s++;
  return strcmp(s, ".inf") == 0 || strcmp(s, ".Inf") == 0 || strcmp(s, ".INF") == 0;
}

static int is_int(const char *s) {
  if (*s == '+' || *s == '-') s++;
  const char *end = digits(s);
  return end > s && *end == '\0' && !(s[0] == '0' && end > s + 1);
}

static int is_real(const char *s) {
  if (is_infinity(s)) return 1;
  if (*s == '+' || *s == '-') s++;
  const char *whole = digits(s);
  size_t count = (size_t)(whole - s);
  if (count > 1 && s[0] == '0') return 0;
  s = whole;
  if (*s == '.') {
    const char *fraction = digits(s + 1);
    count += (size_t)(fraction - s - 1);
    s = fraction;
  }
  if (count == 0) return 0;
  if (*s == 'e' || *s == 'E') {
    s++;
    if (*s == '+' || *s == '-') s++;
    const char *end = digits(s);
    if (end == s) return 0;
    s = end;
  }
  return *s == '\0';
}

const char *oss_node_found(const oss_node *node, char out[OSS_FOUND_BYTES]) {
  char shown[OSS_FOUND_BYTES];
  if (node->kind == OSS_NODE_LIST)
    snprintf(out, OSS_FOUND_BYTES, "%s", node->count ? "a list" : "an empty list");
  else if (node->kind == OSS_NODE_MAP)
    snprintf(out, OSS_FOUND_BYTES, "a map");
  else if (oss_node_is_null(node))
    snprintf(out, OSS_FOUND_BYTES, "nothing");
  else if (!node->quoted && is_real(node->text))
    snprintf(out, OSS_FOUND_BYTES, "%.*s", OSS_FOUND_BYTES - 1, oss_shown(node->text, shown));
  else
    snprintf(out, OSS_FOUND_BYTES, "the text '%.*s'%s", OSS_FOUND_BYTES - 24, oss_shown(node->text, shown),
             node->quoted ? " in quotes" : "");
  return out;
}

/* "a whole number from 1 to 5": what oss_node_int allows. */
static void allowed_int(int64_t min, int64_t max, const char *also, char *out, size_t bytes) {
  char range[64] = "";
  if (min > INT64_MIN && max < INT64_MAX)
    snprintf(range, sizeof range, " from %" PRId64 " to %" PRId64, min, max);
  else if (min > INT64_MIN)
    snprintf(range, sizeof range, " >= %" PRId64, min);
  else if (max < INT64_MAX)
    snprintf(range, sizeof range, " <= %" PRId64, max);
  snprintf(out, bytes, "a whole number%s%s%s", range, also ? " or " : "", also ? also : "");
}

oss_status oss_node_int(const oss_node *node, const char *key, int64_t min, int64_t max, const char *also, int64_t *out) {
  char allowed[128], found[OSS_FOUND_BYTES];
  allowed_int(min, max, also, allowed, sizeof allowed);
  oss_node_found(node, found);
  if (node->kind != OSS_NODE_SCALAR || node->quoted || !is_int(node->text)) {
    const char *hint = "";
    if (node->kind == OSS_NODE_SCALAR && !node->quoted && is_real(node->text)) hint = " (no point or exponent)";
    if (node->kind == OSS_NODE_SCALAR && node->quoted && is_int(node->text)) hint = " (without quotes)";
    return oss_node_fail(node, key, "must be %s%s, found %s", allowed, hint, found);
  }
  errno = 0;
  long long value = strtoll(node->text, NULL, 10);
  if (errno == ERANGE || value < min || value > max) return oss_node_fail(node, key, "must be %s, found %s", allowed, found);
  *out = value;
  return OSS_OK;
}

static void allowed_real(double min, double max, int open_min, char *out, size_t bytes) {
  char low[OSS_NUMBER_BYTES], high[OSS_NUMBER_BYTES], least[64] = "", most[64] = "";
  if (min > -DBL_MAX) snprintf(least, sizeof least, " %s %s", open_min ? ">" : ">=", oss_number_text(min, low));
  if (max < DBL_MAX) snprintf(most, sizeof most, " <= %s", oss_number_text(max, high));
  snprintf(out, bytes, "a number%s%s%s%s", least, least[0] && most[0] ? " and" : "", most, isinf(max) ? " (or .inf)" : "");
}

oss_status oss_node_real(const oss_node *node, const char *key, double min, double max, int open_min, double *out) {
  if (min == 0 && max == 0) {
    min = open_min ? 0 : -DBL_MAX;
    max = DBL_MAX;
  }
  char allowed[192], found[OSS_FOUND_BYTES];
  allowed_real(min, max, open_min, allowed, sizeof allowed);
  oss_node_found(node, found);
  if (node->kind != OSS_NODE_SCALAR || node->quoted || !is_real(node->text)) {
    const char *hint = "";
    if (node->kind == OSS_NODE_SCALAR && node->quoted && is_real(node->text)) hint = " (without quotes)";
    return oss_node_fail(node, key, "must be %s%s, found %s", allowed, hint, found);
  }
  double value;
  if (is_infinity(node->text)) {
    value = node->text[0] == '-' ? -INFINITY : INFINITY;
  } else {
    value = strtod(node->text, NULL);
    if (isinf(value)) return oss_node_fail(node, key, "%s is too large for a double: must be %s", found, allowed);
  }
  if (value < min || value > max || (open_min && value == min)) return oss_node_fail(node, key, "must be %s, found %s", allowed, found);
  *out = value + 0.0; /* one zero: -0 and 0 are the same option */
  return OSS_OK;
}

oss_status oss_node_bool(const oss_node *node, const char *key, int64_t *out) {
  char found[OSS_FOUND_BYTES];
  if (node->kind == OSS_NODE_SCALAR && !node->quoted) {
    *out = strcmp(node->text, "true") == 0;
    if (*out || strcmp(node->text, "false") == 0) return OSS_OK;
  }
  return oss_node_fail(node, key, "must be true or false, found %s", oss_node_found(node, found));
}

oss_status oss_node_text(const oss_node *node, const char *key, const char *what, const char **out) {
  char found[OSS_FOUND_BYTES];
  if (node->kind != OSS_NODE_SCALAR || oss_node_is_null(node) || node->text[0] == '\0')
    return oss_node_fail(node, key, "must be %s, found %s", what, oss_node_found(node, found));
  *out = node->text;
  return OSS_OK;
}

/* Letters of other languages stay as they are; what YAML takes for a line break or forbids has to be escaped. */
static int decode(const char *s, size_t left, unsigned *code) {
  const unsigned char *b = (const unsigned char *)s;
  int length = b[0] < 0x80 ? 1 : b[0] < 0xE0 ? 2 : b[0] < 0xF0 ? 3 : 4;
  *code = length == 1 ? b[0] : b[0] & (0xFFu >> (length + 1));
  for (int i = 1; i < length; i++) {
    if ((size_t)i >= left || (b[i] & 0xC0) != 0x80) {
      *code = b[0];
      return 1;
    }
    *code = *code << 6 | (b[i] & 0x3Fu);
  }
  return length;
}

static int must_escape(unsigned code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 || code == 0xFEFF || code == 0xFFFE ||
         code == 0xFFFF;
}

static int plain(const char *s) {
  static const char *const words[] = {"~",   "null", "Null", "NULL", "true", "True", "TRUE", "false", "False", "FALSE",
                                      "yes", "Yes",  "YES",  "no",   "No",   "NO",   "on",   "On",    "ON",    "off",
                                      "Off", "OFF",  "y",    "Y",    "n",    "N",    ".nan", ".NaN",  ".NAN"};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    if (strcmp(s, words[i]) == 0) return 0;
  unsigned char first = (unsigned char)s[0];
  if (!isalpha(first) && first < 0x80 && first != '/' && first != '.' && first != '_') return 0; /* digits too: others may read a date */
  if (is_real(s) || strcmp(s, "...") == 0) return 0;
  for (const char *c = s; *c; c++) {
    if (*c == ' ' && (c[1] == '\0' || c[1] == ' ')) return 0;
    if ((unsigned char)*c < 0x80 && !isalnum((unsigned char)*c) && !strchr(" /._-+@=~", *c)) return 0;
  }
  return 1;
}

void oss_text_add_yaml(oss_text *text, const char *s) {
  size_t length = strlen(s), step;
  int escape = 0;
  unsigned code;
  for (size_t i = 0; i < length; i += step) {
    step = (size_t)decode(s + i, length - i, &code);
    escape |= must_escape(code);
  }
  if (!escape && plain(s)) {
    oss_text_add(text, "%s", s);
    return;
  }
  oss_text_add(text, "\"");
  for (size_t i = 0; i < length; i += step) {
    step = (size_t)decode(s + i, length - i, &code);
    if (code == '"' || code == '\\')
      oss_text_add(text, "\\%c", (char)code);
    else if (must_escape(code))
      oss_text_add(text, code < 0x100 ? "\\x%02x" : "\\u%04x", code);
    else
      oss_text_add(text, "%.*s", (int)step, s + i);
  }
  oss_text_add(text, "\"");
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/core/json.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

oss_status oss_json_fail(const oss_json *json, const char *fmt, ...) {
  char text[512];
  va_list args;
  va_start(args, fmt);
  vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  return oss_fail(json->code, "%s: %s at byte %zu", json->where, text, json->at);
}

/* What stands here, for messages: a byte, or the end. */
static oss_status fail_expected(oss_json *json, const char *what) {
  char c = oss_json_peek(json);
  if (json->at == json->bytes) return oss_json_fail(json, "expected %s, found the end", what);
  if (c > ' ' && c < 0x7F) return oss_json_fail(json, "expected %s, found '%c'", what, c);
  return oss_json_fail(json, "expected %s, found 0x%02x", what, (unsigned)(unsigned char)c);
}

char oss_json_peek(oss_json *json) {
  while (json->at < json->bytes) {
    char c = json->text[json->at];
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return c;
    json->at++;
  }
  return '\0';
}

static oss_status take(oss_json *json, char c) {
  char what[4] = {'\'', c, '\'', '\0'};
  if (oss_json_peek(json) != c || json->at == json->bytes) return fail_expected(json, what);
  json->at++;
  return OSS_OK;
}

oss_status oss_json_open(oss_json *json, char bracket) {
  return take(json, bracket);
}

oss_status oss_json_next(oss_json *json, char bracket, int *first, int *more) {
  *more = 1;
  if (oss_json_peek(json) == bracket) {
    json->at++;
    *more = 0;
    return OSS_OK;
  }
  if (*first) {
    *first = 0;
    return OSS_OK;
  }
  if (oss_json_peek(json) != ',') return fail_expected(json, bracket == '}' ? "',' or '}'" : "',' or ']'");
  json->at++;
  return OSS_OK;
}

/* The length of the valid UTF-8 sequence that starts at s, of at most room bytes; 0: none. No overlong forms, no surrogates. */
static size_t sequence(const unsigned char *s, size_t room) {
  if (s[0] < 0x80) return 1;
  size_t length = s[0] >= 0xC2 && s[0] < 0xE0 ? 2 : s[0] >= 0xE0 && s[0] < 0xF0 ? 3 : s[0] >= 0xF0 && s[0] < 0xF5 ? 4 : 0;
  if (length == 0 || length > room) return 0;
  for (size_t i = 1; i < length; i++)
    if ((s[i] & 0xC0) != 0x80) return 0;
  if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] >= 0xA0) || (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] >= 0x90))
    return 0;
  return length;
}

/* The four digits after \u. */
static oss_status take_unit(oss_json *json, uint32_t *out) {
  *out = 0;
  for (int i = 0; i < 4; i++, json->at++) {
    char c = json->at < json->bytes ? json->text[json->at] : '\0';
    uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                     : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
                     : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10
                                            : 16;
    if (digit == 16) return oss_json_fail(json, "a text with a broken \\u");
    *out = *out * 16 + digit;
  }
  return OSS_OK;
}

/* What follows \u, as UTF-8 at json->text + *to: never longer than what was read. */
static oss_status take_unicode(oss_json *json, size_t *to) {
  uint32_t code, low;
  OSS_TRY(take_unit(json, &code));
  if (code >= 0xDC00 && code < 0xE000) return oss_json_fail(json, "a text with half of a surrogate pair");
  if (code >= 0xD800 && code < 0xDC00) {
    if (json->bytes - json->at < 6 || json->text[json->at] != '\\' || json->text[json->at + 1] != 'u')
      return oss_json_fail(json, "a text with half of a surrogate pair");
    json->at += 2;
    OSS_TRY(take_unit(json, &low));
    if (low < 0xDC00 || low >= 0xE000) return oss_json_fail(json, "a text with half of a surrogate pair");
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  if (code == 0) return oss_json_fail(json, "a text with a NUL in it");
  char *out = json->text + *to;
  if (code < 0x80) {
    out[0] = (char)code;
    *to += 1;
  } else if (code < 0x800) {
    out[0] = (char)(0xC0 | code >> 6);
    out[1] = (char)(0x80 | (code & 0x3F));
    *to += 2;
  } else if (code < 0x10000) {
    out[0] = (char)(0xE0 | code >> 12);
    out[1] = (char)(0x80 | (code >> 6 & 0x3F));
    out[2] = (char)(0x80 | (code & 0x3F));
    *to += 3;
  } else {
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    *to += 4;
  }
  return OSS_OK;
}

/* What follows a backslash. */
static oss_status take_escape(oss_json *json, size_t *to) {
  static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  char c = json->at < json->bytes ? json->text[json->at] : '\0';
  const char *found = c ? strchr(names, c) : NULL;
  if (c != 'u' && !found) return oss_json_fail(json, "a text with an unknown escape");
  json->at++;
  if (!found) return take_unicode(json, to);
  json->text[(*to)++] = meanings[found - names];
  return OSS_OK;
}

oss_status oss_json_text(oss_json *json, const char *what, char **out) {
  *out = NULL;
  if (oss_json_peek(json) != '"') return fail_expected(json, what);
  size_t start = ++json->at, to = start;
  for (;;) {
    if (json->at == json->bytes) return oss_json_fail(json, "a text without its end");
    unsigned char c = (unsigned char)json->text[json->at];
    if (c == '"') break;
    if (c < 0x20) return oss_json_fail(json, "a text with the control character 0x%02x", (unsigned)c);
    if (c == '\\') {
      json->at++;
      OSS_TRY(take_escape(json, &to));
      continue;
    }
    size_t length = sequence((const unsigned char *)json->text + json->at, json->bytes - json->at);
    if (length == 0) return oss_json_fail(json, "a text that is not UTF-8");
    memmove(json->text + to, json->text + json->at, length);
    to += length;
    json->at += length;
  }
  json->text[to] = '\0'; /* at most on the closing quote */
  json->at++;
  *out = json->text + start;
  return OSS_OK;
}

oss_status oss_json_key(oss_json *json, char **out) {
  OSS_TRY(oss_json_text(json, "a key in quotes", out));
  return take(json, ':');
}

static size_t digits(const oss_json *json, size_t at) {
  size_t count = 0;
  while (at + count < json->bytes && json->text[at + count] >= '0' && json->text[at + count] <= '9') count++;
  return count;
}

static int is_at(const oss_json *json, size_t at, char c) {
  return at < json->bytes && json->text[at] == c;
}

/* Copies the number that stands here, by JSON's grammar, without taking it; *whole: no point and no exponent. */
enum { NUMBER_BYTES = 64 };
static oss_status number(oss_json *json, const char *what, char out[NUMBER_BYTES], size_t *length, int *whole) {
  (void)oss_json_peek(json);
  size_t at = json->at + is_at(json, json->at, '-'), count = digits(json, at);
  if (count == 0) return fail_expected(json, what);
  if (count > 1 && json->text[at] == '0') return oss_json_fail(json, "a number with a leading zero");
  at += count;
  *whole = 1;
  if (is_at(json, at, '.')) {
    *whole = 0;
    count = digits(json, at + 1);
    if (count == 0) return oss_json_fail(json, "a number without digits after its point");
    at += 1 + count;
  }
  if (is_at(json, at, 'e') || is_at(json, at, 'E')) {
    *whole = 0;
    at++;
    at += is_at(json, at, '+') || is_at(json, at, '-');
    count = digits(json, at);
    if (count == 0) return oss_json_fail(json, "a number without digits in its exponent");
    at += count;
  }
  *length = at - json->at;
  if (*length >= NUMBER_BYTES) return oss_json_fail(json, "a number of %zu characters, at most %d are taken", *length, NUMBER_BYTES - 1);
  memcpy(out, json->text + json->at, *length);
  out[*length] = '\0';
  return OSS_OK;
}

oss_status oss_json_int(oss_json *json, int64_t *out) {
  char text[NUMBER_BYTES];
  size_t length;
  int whole;
  OSS_TRY(number(json, "a whole number", text, &length, &whole));
  if (!whole) return oss_json_fail(json, "%s, where a whole number is expected,", text);
  errno = 0;
  intmax_t value = strtoimax(text, NULL, 10);
  if (errno == ERANGE || value > INT64_MAX || value < INT64_MIN) return oss_json_fail(json, "%s, which is beyond 64 bits with sign,", text);
  *out = (int64_t)value;
  json->at += length;
  return OSS_OK;
}

oss_status oss_json_real(oss_json *json, double *out) {
  char text[NUMBER_BYTES];
  size_t length;
  int whole;
  OSS_TRY(number(json, "a number", text, &length, &whole));
  double value = strtod(text, NULL);
  if (isinf(value)) return oss_json_fail(json, "%s, which is beyond double precision,", text);
  *out = value;
  json->at += length;
  return OSS_OK;
}

oss_status oss_json_bool(oss_json *json, int *out) {
  static const char *const words[] = {"false", "true"};
  (void)oss_json_peek(json);
  for (int i = 0; i < 2; i++) {
    size_t length = strlen(words[i]);
    if (json->bytes - json->at < length || memcmp(json->text + json->at, words[i], length) != 0) continue;
    json->at += length;
    *out = i;
    return OSS_OK;
  }
  return fail_expected(json, "true or false");
}

oss_status oss_json_end(oss_json *json) {
  (void)oss_json_peek(json);
  return json->at == json->bytes ? OSS_OK : fail_expected(json, "the end");
}

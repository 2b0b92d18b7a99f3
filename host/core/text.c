// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/core/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int grow(oss_text *text, size_t bytes) {
  if (bytes <= text->capacity) return 1;
  size_t capacity = text->capacity ? text->capacity : 64;
  while (capacity < bytes) {
    if (capacity > (size_t)-1 / 2) return 0;
    capacity *= 2;
  }
  char *chars = realloc(text->chars, capacity);
  if (!chars) return 0;
  text->chars = chars;
  text->capacity = capacity;
  return 1;
}

void oss_text_add(oss_text *text, const char *fmt, ...) {
  if (text->failed) return;
  va_list args;
  va_start(args, fmt);
  int length = vsnprintf(NULL, 0, fmt, args);
  va_end(args);
  if (length < 0 || !grow(text, text->length + (size_t)length + 1)) {
    text->failed = 1;
    return;
  }
  va_start(args, fmt);
  vsnprintf(text->chars + text->length, (size_t)length + 1, fmt, args);
  va_end(args);
  text->length += (size_t)length;
}

void oss_text_free(oss_text *text) {
  if (!text) return;
  free(text->chars);
  memset(text, 0, sizeof *text);
}

oss_status oss_text_take(oss_text *text, char **out) {
  *out = NULL;
  if (text->failed || !grow(text, text->length + 1)) {
    oss_text_free(text);
    return oss_fail(OSS_ERR_MEMORY, "no memory for a text");
  }
  text->chars[text->length] = '\0';
  *out = text->chars;
  memset(text, 0, sizeof *text);
  return OSS_OK;
}

char *oss_strdup(const char *s) {
  size_t bytes = strlen(s) + 1;
  char *copy = malloc(bytes);
  if (copy) memcpy(copy, s, bytes);
  return copy;
}

char *oss_format(const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  int length = vsnprintf(NULL, 0, fmt, args);
  va_end(args);
  char *out = length < 0 ? NULL : malloc((size_t)length + 1);
  if (!out) return NULL;
  va_start(args, fmt);
  vsnprintf(out, (size_t)length + 1, fmt, args);
  va_end(args);
  return out;
}

char *oss_number_text(double value, char out[OSS_NUMBER_BYTES]) {
  if (isnan(value) || isinf(value)) {
    snprintf(out, OSS_NUMBER_BYTES, "%s", isnan(value) ? ".nan" : value > 0 ? ".inf" : "-.inf");
    return out;
  }
  int digits = 1;
  do {
    snprintf(out, OSS_NUMBER_BYTES, "%.*g", digits, value);
  } while (strtod(out, NULL) != value && ++digits <= 17);
  /* One digit of 80 is "8e+01": whole numbers of ordinary size are written out. */
  int exponent = value == 0 ? 0 : (int)floor(log10(fabs(value)));
  if (exponent >= digits && exponent < 15) snprintf(out, OSS_NUMBER_BYTES, "%.*g", exponent + 1, value);
  return out;
}

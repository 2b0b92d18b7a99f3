// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* A strict reader of JSON text that takes no memory: the caller asks for what it expects, one token after the other. A tree of values takes
 * up to 70 times the size of a hostile text (measured with Jansson 2.14); here the caller keeps what it needs and nothing else exists.
 *
 * Texts are decoded in place, so the text must be the caller's own. Refused: invalid UTF-8, control characters, \u0000 and half surrogate
 * pairs inside texts, and all that JSON does not have (comments, NaN, leading zeros, a comma before a bracket). */
#ifndef OSS_CORE_JSON_H
#define OSS_CORE_JSON_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/status.h"

typedef struct oss_json {
  char *text;
  size_t bytes, at;
  const char *where; /* in front of messages: a file's header, a key */
  oss_status code;   /* of failures */
} oss_json;

/* oss_fail with where and the byte in front. */
oss_status oss_json_fail(const oss_json *json, const char *fmt, ...) OSS_PRINTF(2, 3);

/* The next byte that is no space, not taken; '\0' at the end. */
char oss_json_peek(oss_json *json);

/* Takes the opening bracket '{' or '['. */
oss_status oss_json_open(oss_json *json, char bracket);

/* Between the members: *more is 0 once the closing bracket '}' or ']' was taken, else 1 and the comma was. *first starts as 1. */
oss_status oss_json_next(oss_json *json, char bracket, int *first, int *more);

/* A text, NUL-terminated, inside json->text. what: for the message, such as "a name". */
oss_status oss_json_text(oss_json *json, const char *what, char **out);

/* A text and the colon after it. */
oss_status oss_json_key(oss_json *json, char **out);

/* A whole number without point or exponent. */
oss_status oss_json_int(oss_json *json, int64_t *out);

/* A finite number. */
oss_status oss_json_real(oss_json *json, double *out);

/* true or false. */
oss_status oss_json_bool(oss_json *json, int *out);

/* Nothing but space is left. */
oss_status oss_json_end(oss_json *json);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* A growing string. */
#ifndef OSS_CORE_TEXT_H
#define OSS_CORE_TEXT_H

#include <stddef.h>

#include "kernels/status.h"

/* {0} is an empty text. chars is NULL or NUL-terminated and owned; failed is set once memory ran out (later calls do nothing). */
typedef struct oss_text {
  char *chars;
  size_t length, capacity;
  int failed;
} oss_text;

void oss_text_add(oss_text *text, const char *fmt, ...) OSS_PRINTF(2, 3);
void oss_text_free(oss_text *text);

/* Takes the characters out (caller frees; never NULL on OSS_OK) and leaves the text empty; OSS_ERR_MEMORY if any addition failed. */
oss_status oss_text_take(oss_text *text, char **out);

/* A new copy of s, or NULL without memory. */
char *oss_strdup(const char *s);

/* printf into new memory: caller frees; NULL without memory. */
char *oss_format(const char *fmt, ...) OSS_PRINTF(1, 2);

/* The shortest decimal that reads back as the same double: "0.1", "80", "1e-05"; "inf", "nan" as YAML's .inf, .nan. Returns out. */
enum { OSS_NUMBER_BYTES = 40 };
char *oss_number_text(double value, char out[OSS_NUMBER_BYTES]);

#endif

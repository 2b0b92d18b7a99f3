// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* A network's constructor arguments, by their official names. They come from the metadata of a safetensors file or from a JSON object (what
 * a user writes, a preset); one source may stand above another, whose values then serve where the upper one has none.
 *
 * Values are JSON: 16, 0.1, true, [1, 2]; text is as it is in metadata, in quotes in JSON. Errors name the source and the key. */
#ifndef OSS_NETS_ARGUMENTS_H
#define OSS_NETS_ARGUMENTS_H

#include <stddef.h>
#include <stdint.h>

#include "host/core/words.h"
#include "host/io/safetensors.h"

typedef struct oss_arguments oss_arguments;

/* The metadata of an open file, which must outlive *out. OSS_ERR_INPUT from the getters. The caller owns *out. */
oss_status oss_arguments_from_file(const oss_safetensors *file, oss_arguments **out);

/* A JSON object of numbers, true and false, texts, and lists of numbers: copied. where: in front of messages, such as "preset ddpmpp".
 * OSS_ERR_CONFIG, also from the getters. The caller owns *out. */
oss_status oss_arguments_from_json(const char *where, const char *json, oss_arguments **out);

/* What arguments lack is taken from below, which must outlive them; NULL: from nowhere. */
void oss_arguments_set_below(oss_arguments *arguments, const oss_arguments *below);

void oss_arguments_free(oss_arguments *arguments); /* NULL-safe */

int oss_arguments_has(const oss_arguments *arguments, const char *key);

/* Fails, naming the key, unless it is there. */
oss_status oss_arguments_require(const oss_arguments *arguments, const char *key);

/* The value of a key. Where it is missing *out stays as it is: put the fallback there. min and max are allowed themselves. */
oss_status oss_arguments_int(const oss_arguments *arguments, const char *key, int64_t min, int64_t max, int64_t *out);
oss_status oss_arguments_real(const oss_arguments *arguments, const char *key, double min, double max, double *out);
oss_status oss_arguments_bool(const oss_arguments *arguments, const char *key, int *out);
oss_status oss_arguments_text(const oss_arguments *arguments, const char *key, const char **out); /* the source's memory */

/* A list of at most capacity whole numbers, out[0] to out[*count - 1]; both stay as they are where the key is missing. */
oss_status oss_arguments_ints(const oss_arguments *arguments, const char *key, int64_t min, int64_t max, size_t capacity, int64_t *out,
                              size_t *count);

/* Fails for the first key that known does not hold, in these arguments and in those below: the message lists what is known. */
oss_status oss_arguments_check(const oss_arguments *arguments, const oss_words *known);

#endif

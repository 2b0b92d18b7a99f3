// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/nets/arguments.h"

#include <float.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/json.h"
#include "host/core/text.h"
#include "host/core/value.h"

enum { MAX_ARGUMENTS = OSS_MAX_WORDS };

typedef struct argument {
  const char *key, *value; /* the value not NUL-terminated where it is JSON alone */
  size_t bytes;
  int text, json; /* what the value may be read as; metadata does not tell */
} argument;

struct oss_arguments {
  char *where;
  oss_status code;
  const oss_safetensors *file; /* its metadata; NULL: the list, whose texts lie in json */
  char *json;
  argument *at;
  size_t count;
  const oss_arguments *below;
};

static oss_status start(const char *where, oss_status code, oss_arguments **out) {
  *out = calloc(1, sizeof **out);
  if (*out) (*out)->where = oss_strdup(where);
  if (*out && (*out)->where) {
    (*out)->code = code;
    return OSS_OK;
  }
  free(*out);
  *out = NULL;
  return oss_fail(OSS_ERR_MEMORY, "%s: no memory for arguments", where);
}

void oss_arguments_free(oss_arguments *arguments) {
  if (!arguments) return;
  free(arguments->where);
  free(arguments->json);
  free(arguments->at);
  free(arguments);
}

void oss_arguments_set_below(oss_arguments *arguments, const oss_arguments *below) {
  arguments->below = below;
}

oss_status oss_arguments_from_file(const oss_safetensors *file, oss_arguments **out) {
  OSS_TRY(start(oss_safetensors_path(file), OSS_ERR_INPUT, out));
  (*out)->file = file;
  return OSS_OK;
}

/* A number, a boolean or a list of numbers, taken and forgotten: the getters read it again as what they want. */
static oss_status skip_value(oss_json *json) {
  double real;
  int boolean, more, first = 1;
  char next = oss_json_peek(json);
  if (next == 't' || next == 'f') return oss_json_bool(json, &boolean);
  if (next != '[') return oss_json_real(json, &real);
  OSS_TRY(oss_json_open(json, '['));
  for (;;) {
    OSS_TRY(oss_json_next(json, ']', &first, &more));
    if (!more) return OSS_OK;
    OSS_TRY(oss_json_real(json, &real));
  }
}

static oss_status take_all(oss_arguments *made, oss_json *json) {
  OSS_TRY(oss_json_open(json, '{'));
  for (int first = 1, more;;) {
    char *key, *text, shown[OSS_FOUND_BYTES];
    OSS_TRY(oss_json_next(json, '}', &first, &more));
    if (!more) return oss_json_end(json);
    OSS_TRY(oss_json_key(json, &key));
    for (size_t i = 0; i < made->count; i++)
      if (strcmp(made->at[i].key, key) == 0) return oss_json_fail(json, "'%s' a second time", oss_shown(key, shown));
    if (made->count == MAX_ARGUMENTS) return oss_json_fail(json, "more than %d arguments", MAX_ARGUMENTS);
    argument *to = &made->at[made->count++];
    if (oss_json_peek(json) == '"') {
      OSS_TRY(oss_json_text(json, "a value", &text));
      *to = (argument){.key = key, .value = text, .bytes = strlen(text), .text = 1};
    } else {
      size_t begin = json->at;
      OSS_TRY(skip_value(json));
      *to = (argument){.key = key, .value = json->text + begin, .bytes = json->at - begin, .json = 1};
    }
  }
}

oss_status oss_arguments_from_json(const char *where, const char *json, oss_arguments **out) {
  OSS_TRY(start(where, OSS_ERR_CONFIG, out));
  oss_arguments *made = *out;
  made->json = oss_strdup(json);
  made->at = calloc(MAX_ARGUMENTS, sizeof *made->at);
  oss_json reader = {.text = made->json, .bytes = strlen(json), .where = made->where, .code = made->code};
  oss_status status = made->json && made->at ? take_all(made, &reader) : oss_fail(OSS_ERR_MEMORY, "%s: no memory for arguments", where);
  if (status == OSS_OK) return OSS_OK;
  oss_arguments_free(made);
  *out = NULL;
  return status;
}

/* The topmost value of a key and whose it is; NULL where there is none. */
static const oss_arguments *find(const oss_arguments *arguments, const char *key, argument *out) {
  for (const oss_arguments *in = arguments; in; in = in->below) {
    const char *value = in->file ? oss_safetensors_metadata(in->file, key) : NULL;
    if (value) {
      *out = (argument){.key = key, .value = value, .bytes = strlen(value), .text = 1, .json = 1};
      return in;
    }
    for (size_t i = 0; i < in->count; i++) {
      if (strcmp(in->at[i].key, key) != 0) continue;
      *out = in->at[i];
      return in;
    }
  }
  return NULL;
}

int oss_arguments_has(const oss_arguments *arguments, const char *key) {
  argument found;
  return find(arguments, key, &found) != NULL;
}

oss_status oss_arguments_require(const oss_arguments *arguments, const char *key) {
  if (oss_arguments_has(arguments, key)) return OSS_OK;
  return oss_fail(arguments->code, "%s: the argument '%s' is missing", arguments->where, key);
}

/* "WHERE: argument 'key' is VALUE, where EXPECTED is expected". */
static oss_status fail_value(const oss_arguments *in, const argument *found, const char *expected, ...) OSS_PRINTF(3, 4);
static oss_status fail_value(const oss_arguments *in, const argument *found, const char *expected, ...) {
  char words[128], value[OSS_FOUND_BYTES], shown[OSS_FOUND_BYTES];
  va_list args;
  va_start(args, expected);
  vsnprintf(words, sizeof words, expected, args);
  va_end(args);
  snprintf(value, sizeof value, "%.*s", found->bytes < sizeof value ? (int)found->bytes : (int)sizeof value - 1, found->value);
  const char *quote = found->text ? "'" : "";
  return oss_fail(in->code, "%s: argument '%s' is %s%s%s, where %s is expected", in->where, found->key, quote, oss_shown(value, shown),
                  quote, words);
}

/* A reader of the value alone. Reading numbers changes nothing in the text. */
static oss_json reader_of(const oss_arguments *in, const argument *found) {
  return (oss_json){.text = (char *)(uintptr_t)found->value, .bytes = found->bytes, .where = in->where, .code = in->code};
}

/* Takes one whole number of a range; 0: there is none. */
static int take_int(oss_json *json, int64_t min, int64_t max, int64_t *out) {
  return oss_json_int(json, out) == OSS_OK && *out >= min && *out <= max;
}

oss_status oss_arguments_int(const oss_arguments *arguments, const char *key, int64_t min, int64_t max, int64_t *out) {
  argument found;
  int64_t value;
  const oss_arguments *in = find(arguments, key, &found);
  if (!in) return OSS_OK;
  oss_json json = reader_of(in, &found);
  if (!found.json || !take_int(&json, min, max, &value) || oss_json_end(&json) != OSS_OK)
    return fail_value(in, &found, "a whole number from %" PRId64 " to %" PRId64, min, max);
  *out = value;
  return OSS_OK;
}

oss_status oss_arguments_real(const oss_arguments *arguments, const char *key, double min, double max, double *out) {
  argument found;
  double value;
  const oss_arguments *in = find(arguments, key, &found);
  if (!in) return OSS_OK;
  oss_json json = reader_of(in, &found);
  char low[OSS_NUMBER_BYTES], high[OSS_NUMBER_BYTES];
  if (!found.json || oss_json_real(&json, &value) != OSS_OK || oss_json_end(&json) != OSS_OK || value < min || value > max)
    return min == DBL_MIN && max == DBL_MAX
               ? fail_value(in, &found, "a number above 0")
               : fail_value(in, &found, "a number from %s to %s", oss_number_text(min, low), oss_number_text(max, high));
  *out = value;
  return OSS_OK;
}

oss_status oss_arguments_bool(const oss_arguments *arguments, const char *key, int *out) {
  argument found;
  int value;
  const oss_arguments *in = find(arguments, key, &found);
  if (!in) return OSS_OK;
  oss_json json = reader_of(in, &found);
  if (!found.json || oss_json_bool(&json, &value) != OSS_OK || oss_json_end(&json) != OSS_OK)
    return fail_value(in, &found, "true or false");
  *out = value;
  return OSS_OK;
}

oss_status oss_arguments_text(const oss_arguments *arguments, const char *key, const char **out) {
  argument found;
  const oss_arguments *in = find(arguments, key, &found);
  if (!in) return OSS_OK;
  if (!found.text) return fail_value(in, &found, "a text in quotes");
  *out = found.value;
  return OSS_OK;
}

oss_status oss_arguments_ints(const oss_arguments *arguments, const char *key, int64_t min, int64_t max, size_t capacity, int64_t *out,
                              size_t *count) {
  argument found;
  const oss_arguments *in = find(arguments, key, &found);
  if (!in) return OSS_OK;
  /* Twice: the first time to know that all are good, so that a failure leaves out and *count alone. */
  size_t taken = 0;
  for (int keep = 0; keep < 2; keep++) {
    oss_json json = reader_of(in, &found);
    int first = 1, more = 1, good = found.json && oss_json_open(&json, '[') == OSS_OK;
    for (taken = 0; good; taken++) {
      int64_t value;
      good = oss_json_next(&json, ']', &first, &more) == OSS_OK;
      if (!good || !more) break;
      good = taken < capacity && take_int(&json, min, max, &value);
      if (good && keep) out[taken] = value;
    }
    if (!good || oss_json_end(&json) != OSS_OK)
      return fail_value(in, &found, "a list of at most %zu whole numbers from %" PRId64 " to %" PRId64 ", such as [1, 2],", capacity, min,
                        max);
  }
  *count = taken;
  return OSS_OK;
}

static oss_status check_key(const oss_arguments *in, const char *key, const oss_words *known) {
  for (size_t i = 0; i < known->count; i++)
    if (strcmp(known->at[i], key) == 0) return OSS_OK;
  char shown[OSS_FOUND_BYTES], *hint = oss_words_hint(known, key);
  oss_status status = oss_fail(in->code, "%s: unknown argument '%s'%s", in->where, oss_shown(key, shown), hint ? hint : "");
  free(hint);
  return status;
}

oss_status oss_arguments_check(const oss_arguments *arguments, const oss_words *known) {
  for (const oss_arguments *in = arguments; in; in = in->below) {
    for (size_t i = 0; i < in->count; i++) OSS_TRY(check_key(in, in->at[i].key, known));
    for (size_t i = 0; in->file && i < oss_safetensors_metadata_count(in->file); i++) {
      const char *key, *value;
      oss_safetensors_metadata_at(in->file, i, &key, &value);
      OSS_TRY(check_key(in, key, known));
    }
  }
  return OSS_OK;
}

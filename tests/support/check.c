// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "tests/support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  GUARD_BYTES = 256,  /* a multiple of the alignment of buffers, which therefore holds inside the guards too */
  GUARD_INPUT = 0xff, /* reads as NaN, or as index -1 */
  POISON = 0xfe       /* reads as -1.7e38 or -5.3e303: wrong, and not NaN, which a case may expect */
};

uint64_t check_bits(check_rng *rng) {
  /* A counter times an odd number, its bits then mixed by two multiply-and-fold rounds. */
  rng->state += 0x9e3779b97f4a7c15ULL;
  uint64_t z = rng->state;
  z = (z ^ (z >> 32)) * 0xd6e8feb86659fd93ULL;
  z = (z ^ (z >> 32)) * 0xd6e8feb86659fd93ULL;
  return z ^ (z >> 32);
}

double check_uniform(check_rng *rng, double low, double high) {
  return low + (high - low) * ((double)(check_bits(rng) >> 11) + 0.5) / 9007199254740992.0;
}

double check_normal(check_rng *rng) {
  double u = check_uniform(rng, 0.0, 1.0), v = check_uniform(rng, 0.0, 1.0);
  return sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
}

void *check_alloc(size_t count, size_t size) {
  void *memory = calloc(count == 0 ? 1 : count, size);
  if (memory == NULL) fail_msg("no memory for %zu x %zu bytes", count, size);
  return memory;
}

float *check_floats(check_rng *rng, size_t count, double scale) {
  float *out = check_alloc(count, sizeof *out);
  for (size_t i = 0; i < count; i++) out[i] = (float)(scale * check_normal(rng));
  return out;
}

double *check_doubles(check_rng *rng, size_t count, double scale) {
  double *out = check_alloc(count, sizeof *out);
  for (size_t i = 0; i < count; i++) out[i] = scale * check_normal(rng);
  return out;
}

static int close_enough(double got, double want, double relative, double absolute) {
  if (isnan(want) || isnan(got)) return isnan(want) && isnan(got);
  if (isinf(want) || isinf(got)) return want == got;
  return fabs(got - want) <= relative * fabs(want) + absolute;
}

static void fail_at(const char *what, size_t i, size_t count, double got, double want, double relative, double absolute) {
  fail_msg("%s: element %zu of %zu is %.17g, expected %.17g (differs by %.3g relative; allowed %.3g relative + %.3g)", what, i, count, got,
           want, fabs(got - want) / fabs(want), relative, absolute);
}

void check_close(const char *what, size_t count, const double *got, const double *want, double relative, double absolute) {
  for (size_t i = 0; i < count; i++)
    if (!close_enough(got[i], want[i], relative, absolute)) fail_at(what, i, count, got[i], want[i], relative, absolute);
}

void check_close_float(const char *what, size_t count, const float *got, const double *want, double relative, double absolute) {
  for (size_t i = 0; i < count; i++)
    if (!close_enough((double)got[i], want[i], relative, absolute)) fail_at(what, i, count, (double)got[i], want[i], relative, absolute);
}

void check_same_bits(const char *what, size_t bytes, const void *got, const void *want) {
  const unsigned char *g = got, *w = want;
  for (size_t i = 0; i < bytes; i++)
    if (g[i] != w[i]) fail_msg("%s: byte %zu of %zu differs", what, i, bytes);
}

void check_no_nan(const char *what, size_t count, const double *values) {
  for (size_t i = 0; i < count; i++)
    if (isnan(values[i])) fail_msg("%s: element %zu of %zu is NaN", what, i, count);
}

void check_ok(oss_status status) {
  if (status != OSS_OK) fail_msg("%s: %s", oss_status_name(status), oss_message());
}

void check_fails(oss_status got, oss_status want, const char *part) {
  if (got != want) fail_msg("status '%s', expected '%s'", oss_status_name(got), oss_status_name(want));
  if (strstr(oss_message(), part) == NULL) fail_msg("message '%s' lacks '%s'", oss_message(), part);
}

oss_status check_finished(oss_backend *backend, oss_status status) {
  return status == OSS_OK ? backend->ops->finish(backend) : status;
}

void check_call_fails(oss_backend *backend, oss_status status, oss_status want, const char *part) {
  check_fails(check_finished(backend, status), want, part);
}

void check_call_begin(oss_backend *backend, check_call *call) {
  memset(call, 0, sizeof *call);
  call->backend = backend;
}

/* Makes [guard][content or poison][guard] in the backend's memory and returns where the middle starts. */
static void *add_array(check_call *call, const void *content, const void *input, void *output, size_t bytes) {
  assert_true(call->count < CHECK_CALL_ARRAYS);
  check_array *array = &call->arrays[call->count++];
  array->bytes = bytes;
  array->input = input;
  array->output = output;
  size_t total = bytes + 2 * (size_t)GUARD_BYTES;
  char *image = check_alloc(total, 1);
  memset(image, GUARD_INPUT, total);
  if (content != NULL)
    memcpy(image + GUARD_BYTES, content, bytes);
  else
    memset(image + GUARD_BYTES, POISON, bytes);
  check_ok(oss_buffer_create(call->backend, "test array", total, 1, &array->buffer));
  check_ok(oss_buffer_upload(&array->buffer, 0, total, image));
  free(image);
  return (char *)array->buffer.data + GUARD_BYTES;
}

void *check_in(check_call *call, const void *host, size_t bytes) {
  return add_array(call, host, host, NULL, bytes);
}

void *check_out(check_call *call, void *host, size_t bytes) {
  return add_array(call, NULL, NULL, host, bytes);
}

void *check_inout(check_call *call, void *host, size_t bytes) {
  return add_array(call, host, NULL, host, bytes);
}

void check_call_end(check_call *call) {
  for (int a = 0; a < call->count; a++) {
    check_array *array = &call->arrays[a];
    size_t total = array->bytes + 2 * (size_t)GUARD_BYTES;
    unsigned char *image = check_alloc(total, 1);
    check_ok(oss_buffer_download(&array->buffer, 0, total, image));
    for (size_t i = 0; i < GUARD_BYTES; i++) {
      if (image[i] != GUARD_INPUT) fail_msg("array %d of the call: written %zu bytes before its start", a, GUARD_BYTES - i);
      if (image[GUARD_BYTES + array->bytes + i] != GUARD_INPUT) fail_msg("array %d of the call: written %zu bytes past its end", a, i);
    }
    if (array->input != NULL && memcmp(image + GUARD_BYTES, array->input, array->bytes) != 0)
      fail_msg("array %d of the call: an input was changed", a);
    if (array->output != NULL) memcpy(array->output, image + GUARD_BYTES, array->bytes);
    free(image);
    oss_buffer_destroy(&array->buffer);
  }
  call->count = 0;
}

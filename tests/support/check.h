// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Helpers of the tests: deterministic random data, memory that notices being written where it must not, comparisons that see NaN. */
#ifndef OSS_TESTS_SUPPORT_CHECK_H
#define OSS_TESTS_SUPPORT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those four first */
#include <cmocka.h>

#include "kernels/backend.h"
#include "kernels/buffer.h"

/* ---- random data: the same in every build. Seed it with anything. */
typedef struct check_rng {
  uint64_t state;
} check_rng;

uint64_t check_bits(check_rng *rng);
double check_uniform(check_rng *rng, double low, double high);
double check_normal(check_rng *rng);

/* Zeroed host memory that the caller frees; the test fails when there is none. count 0 gives one element. */
void *check_alloc(size_t count, size_t size);

/* New arrays of normals times scale. */
float *check_floats(check_rng *rng, size_t count, double scale);
double *check_doubles(check_rng *rng, size_t count, double scale);

/* ---- comparisons. what names the case. NaN equals NaN alone, an infinity its like alone; a finite value may differ from want by
 * relative * |want| + absolute. The first element that is wrong fails the test with its index. */
void check_close(const char *what, size_t count, const double *got, const double *want, double relative, double absolute);
void check_close_float(const char *what, size_t count, const float *got, const double *want, double relative, double absolute);
void check_same_bits(const char *what, size_t bytes, const void *got, const void *want);
void check_no_nan(const char *what, size_t count, const double *values);

/* ---- status. check_ok fails the test with the kept message; check_fails wants that code and a message holding part. */
void check_ok(oss_status status);
void check_fails(oss_status got, oss_status want, const char *part);
/* What comes of an operation that returned status: a device tells only at the next finish what is wrong in the contents of its inputs. */
oss_status check_finished(oss_backend *backend, oss_status status);
/* check_fails of that. */
void check_call_fails(oss_backend *backend, oss_status status, oss_status want, const char *part);

/* ---- one call of an operation. Every array given to it lies between guard zones in the backend's memory. Inputs are surrounded by
 * bytes that read as NaN or -1, outputs start poisoned. check_call_end downloads the outputs to their host arrays, fails the test when
 * a guard zone or an input changed, and frees everything. The device pointers are for the operation alone. */
enum { CHECK_CALL_ARRAYS = 24 };

typedef struct check_array {
  oss_buffer buffer;
  size_t bytes;
  const void *input; /* NULL for an output */
  void *output;      /* NULL for an input */
} check_array;

typedef struct check_call {
  oss_backend *backend;
  int count;
  check_array arrays[CHECK_CALL_ARRAYS];
} check_call;

void check_call_begin(oss_backend *backend, check_call *call);
void *check_in(check_call *call, const void *host, size_t bytes);
void *check_out(check_call *call, void *host, size_t bytes);
/* An output that starts as host holds it: accumulators, aliased arguments. */
void *check_inout(check_call *call, void *host, size_t bytes);
void check_call_end(check_call *call);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The frame of the parity programs: every test of a program runs on every backend of the build.
 *
 * tests/support/tested.h lists which operations a program covers; the program defines parity_<op>() for each. A new line in ops.def
 * does not compile (tests/parity/test_coverage.c) until some list has it, and a list does not compile until the test is written. */
#ifndef OSS_TESTS_SUPPORT_PARITY_H
#define OSS_TESTS_SUPPORT_PARITY_H

#include "tests/support/check.h"
#include "tests/support/tested.h"

/* The backend under test, with 1, 2 or 3 threads: a backend whose results depend on that is wrong. */
enum { PARITY_THREADS = 3 };
oss_backend *parity_backend(int threads);

/* Whether a test leaves out sizes that only take long: the device is emulated, or OSS_TEST_SMALL in the environment asks for it (a tool
 * watches every access). */
int parity_small(void);
int parity_watched(void); /* the second of the two alone */

/* Whether the backend has TF32 and BF16: a card from compute capability 8.0 on. */
int parity_rounds_factors(void);

/* Runs the tests once on each backend of the build; one that is unavailable here is skipped with the reason printed, or is a failure
 * under OSS_REQUIRE_GPU, which also needs one of them to be a GPU. Returns main's exit status: no test run is a failure. */
int parity_run(const char *family, const struct CMUnitTest *tests, size_t count);

/* The same, on "cpu" once for each vector unit its kernels are compiled for (kernels/cpu/isa.h, OSS_ISA), or for the one that OSS_ISA
 * names already. OSS_TEST_BACKEND in the environment leaves out all backends but that one. */
int parity_run_each_isa(const char *family, const struct CMUnitTest *tests, size_t count);

#define PARITY_TEST(op) cmocka_unit_test(parity_##op),
#define PARITY_MAIN(run, family, OPS)                          \
  int main(void) {                                             \
    const struct CMUnitTest tests[] = {OPS(PARITY_TEST)};      \
    return run(family, tests, sizeof tests / sizeof tests[0]); \
  }

/* out[n1][count][d] = samples first .. first + count - 1 of in[n1][b][d]. */
void parity_slice(size_t n1, size_t b, size_t d, size_t first, size_t count, const float *in, float *out);

#endif

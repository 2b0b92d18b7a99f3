// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "tests/support/parity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static oss_backend *current[PARITY_THREADS];

oss_backend *parity_backend(int threads) {
  assert_in_range(threads, 1, PARITY_THREADS);
  return current[threads - 1];
}

int parity_watched(void) {
  const char *asked = getenv("OSS_TEST_SMALL");
  return asked != NULL && asked[0] != '\0' && strcmp(asked, "0") != 0;
}

int parity_small(void) {
  return current[0]->emulated || parity_watched();
}

int parity_rounds_factors(void) {
  int sm = 0;
  return sscanf(current[0]->numerics, "cuda sm_%d", &sm) == 1 && sm >= 80;
}

static oss_status open_backends(const char *name) {
  for (int i = 0; i < PARITY_THREADS; i++) OSS_TRY(oss_backend_create(name, i + 1, &current[i]));
  return OSS_OK;
}

static void close_backends(void) {
  for (int i = 0; i < PARITY_THREADS; i++) {
    oss_backend_destroy(current[i]);
    current[i] = NULL;
  }
}

static int run_group(const char *family, const char *backend, const char *isa, const struct CMUnitTest *tests, size_t count) {
  char group[128];
  snprintf(group, sizeof group, "%s on %s%s%s", family, backend, isa == NULL ? "" : " ", isa == NULL ? "" : isa);
  if (isa != NULL) setenv("OSS_ISA", isa, 1);
  print_message("%s, %zu tests\n", group, count); /* cmocka does not name the group */
  /* the function under cmocka_run_group_tests, whose macro counts the tests of an array in its own scope */
  int failed = _cmocka_run_group_tests(group, tests, count, NULL, NULL);
  if (isa != NULL) unsetenv("OSS_ISA");
  return failed;
}

static int run(const char *family, int each_isa, const struct CMUnitTest *tests, size_t count) {
  static const char *const units[] = {"generic", "avx2", "avx512"};
  const char *only = getenv("OSS_TEST_BACKEND");
  int failed = 0, backends = 0, gpus = 0;
  if (getenv("OSS_ISA") != NULL) each_isa = 0;
  for (const char *const *name = oss_backend_names(); *name != NULL; name++) {
    if (only != NULL && strcmp(only, *name) != 0) continue;
    oss_status status = open_backends(*name);
    if (status == OSS_ERR_UNAVAILABLE && !oss_backend_gpu_required()) {
      printf("%s: backend %s skipped: %s\n", family, *name, oss_message());
    } else if (status != OSS_OK) {
      fprintf(stderr, "%s: backend %s: %s\n", family, *name, oss_message());
      failed++;
    } else if (each_isa && strcmp(*name, "cpu") == 0) {
      for (int i = 0; i < 3; i++) failed += run_group(family, *name, units[i], tests, count);
      backends++;
    } else {
      failed += run_group(family, *name, NULL, tests, count);
      backends++;
    }
    gpus += current[0] != NULL && oss_backend_check_required(current[0]) == OSS_OK;
    close_backends();
  }
  if (oss_backend_gpu_required() && gpus == 0) {
    fprintf(stderr, "%s: OSS_REQUIRE_GPU is set, and no backend here is a GPU\n", family);
    return 1;
  }
  if (backends == 0 || count == 0) {
    fprintf(stderr, "%s: no test was run\n", family);
    return 1;
  }
  return failed != 0;
}

int parity_run(const char *family, const struct CMUnitTest *tests, size_t count) {
  return run(family, 0, tests, count);
}

int parity_run_each_isa(const char *family, const struct CMUnitTest *tests, size_t count) {
  return run(family, 1, tests, count);
}

void parity_slice(size_t n1, size_t b, size_t d, size_t first, size_t count, const float *in, float *out) {
  for (size_t i = 0; i < n1; i++) memcpy(out + i * count * d, in + (i * b + first) * d, count * d * sizeof *out);
}

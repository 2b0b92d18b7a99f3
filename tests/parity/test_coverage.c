// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Every operation of ops.def has a parity test: this file does not compile otherwise. What runs is a last look that the lists name
 * each operation once and nothing else. */
#include <string.h>

#include "tests/support/parity.h"

enum {
#define TESTED(op) tested_##op = 1,
  PARITY_ALL(TESTED)
#undef TESTED
      tested_end
};

static const char *const operations[] = {
#define OSS_OP(name, params) tested_##name ? #name : "",
#include "kernels/ops.def"
#undef OSS_OP
};

static const char *const tested[] = {
#define TESTED(op) #op,
    PARITY_ALL(TESTED)
#undef TESTED
};

static void each_operation_once(void **state) {
  (void)state;
  size_t count = sizeof operations / sizeof operations[0];
  assert_int_equal(count, sizeof tested / sizeof tested[0]);
  for (size_t i = 0; i < count; i++) {
    int seen = 0;
    for (size_t t = 0; t < count; t++) seen += strcmp(operations[i], tested[t]) == 0;
    if (seen != 1) fail_msg("%s is listed %d times", operations[i], seen);
  }
}

static void every_backend_is_complete(void **state) {
  (void)state;
  for (const char *const *name = oss_backend_names(); *name != NULL; name++) {
    oss_backend *be = NULL;
    oss_status status = oss_backend_create(*name, 1, &be);
    if (status == OSS_ERR_UNAVAILABLE) continue;
    check_ok(status);
    assert_string_equal(be->name, *name);
    assert_true(be->device[0] != '\0');
#define OSS_OP(name, params) assert_non_null(be->ops->name);
#include "kernels/ops.def"
#undef OSS_OP
    oss_backend_destroy(be);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_operation_once), cmocka_unit_test(every_backend_is_complete)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

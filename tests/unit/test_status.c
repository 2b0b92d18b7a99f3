// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <string.h>

#include "tests/support/check.h"

static void fail_keeps_code_and_message(void **state) {
  (void)state;
  assert_int_equal(oss_fail(OSS_ERR_INPUT, "file '%s' has %d rows", "a.h5", 3), OSS_ERR_INPUT);
  assert_string_equal(oss_message(), "file 'a.h5' has 3 rows");
  assert_int_equal(oss_fail(OSS_ERR_IO, "%s again", oss_message()), OSS_ERR_IO); /* its own message as an argument */
  assert_string_equal(oss_message(), "file 'a.h5' has 3 rows again");
}

static void context_goes_in_front(void **state) {
  (void)state;
  oss_fail(OSS_ERR_MEMORY, "none left");
  assert_int_equal(oss_fail_context(OSS_ERR_MEMORY, "cell %d", 7), OSS_ERR_MEMORY);
  assert_string_equal(oss_message(), "cell 7: none left");
  assert_int_equal(oss_fail_context(OSS_OK, "nothing"), OSS_OK);
  assert_string_equal(oss_message(), "cell 7: none left");
}

static void long_messages_are_cut(void **state) {
  (void)state;
  char text[8192];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  oss_fail(OSS_ERR_INPUT, "%s", text);
  size_t length = strlen(oss_message());
  assert_true(length > 500 && length < sizeof text);
  for (int i = 0; i < 5; i++) oss_fail_context(OSS_ERR_INPUT, "%s", text);
  assert_true(strlen(oss_message()) <= length);
}

static oss_status step(oss_status result, int *steps) {
  ++*steps;
  return result == OSS_OK ? OSS_OK : oss_fail(result, "step %d", *steps);
}

static oss_status three_steps(oss_status second, int *steps) {
  OSS_TRY(step(OSS_OK, steps));
  OSS_TRY(step(second, steps));
  OSS_TRY(step(OSS_OK, steps));
  return OSS_OK;
}

static oss_status three_steps_with_an_end(oss_status second, int *steps, int *ended) {
  oss_status status = OSS_OK;
  OSS_TRY_TO(end, step(OSS_OK, steps));
  OSS_TRY_TO(end, step(second, steps));
  OSS_TRY_TO(end, step(OSS_OK, steps));
end:
  *ended = 1;
  return status;
}

static void try_stops_at_the_first_failure(void **state) {
  (void)state;
  int steps = 0, ended = 0;
  assert_int_equal(three_steps(OSS_OK, &steps), OSS_OK);
  assert_int_equal(steps, 3);
  steps = 0;
  check_fails(three_steps(OSS_ERR_NUMERIC, &steps), OSS_ERR_NUMERIC, "step 2");
  assert_int_equal(steps, 2);
  steps = 0;
  assert_int_equal(three_steps_with_an_end(OSS_ERR_CONFIG, &steps, &ended), OSS_ERR_CONFIG);
  assert_int_equal(steps, 2);
  assert_int_equal(ended, 1);
}

static void every_code_has_its_own_name(void **state) {
  (void)state;
  for (int a = OSS_OK; a <= OSS_ERR_INTERNAL; a++) {
    assert_string_not_equal(oss_status_name((oss_status)a), "unknown error");
    for (int b = OSS_OK; b < a; b++) assert_string_not_equal(oss_status_name((oss_status)a), oss_status_name((oss_status)b));
  }
  assert_string_equal(oss_status_name((oss_status)99), "unknown error");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(fail_keeps_code_and_message), cmocka_unit_test(context_goes_in_front),
      cmocka_unit_test(long_messages_are_cut),       cmocka_unit_test(try_stops_at_the_first_failure),
      cmocka_unit_test(every_code_has_its_own_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <string.h>

#include "tests/support/check.h"

static int open_backend(void **state) {
  oss_backend *be = NULL;
  if (oss_backend_create("cpu", 1, &be) != OSS_OK) return -1;
  *state = be;
  return 0;
}

static int close_backend(void **state) {
  oss_backend_destroy(*state);
  return 0;
}

static void a_new_buffer_is_zeroed(void **state) {
  oss_buffer buffer;
  unsigned char host[300], zero[300] = {0};
  memset(host, 1, sizeof host);
  check_ok(oss_buffer_create(*state, "numbers", 100, 3, &buffer));
  assert_int_equal(buffer.bytes, 300);
  assert_ptr_equal(buffer.owner, *state);
  check_ok(oss_buffer_download(&buffer, 0, 300, host));
  assert_memory_equal(host, zero, 300);
  oss_buffer_destroy(&buffer);
  assert_null(buffer.data);
  assert_int_equal(buffer.bytes, 0);
}

static void parts_go_up_and_down(void **state) {
  oss_buffer buffer;
  char host[8] = "";
  check_ok(oss_buffer_create(*state, "text", 8, 1, &buffer));
  check_ok(oss_buffer_upload(&buffer, 2, 3, "abc"));
  check_ok(oss_buffer_upload(&buffer, 7, 1, "z"));
  check_ok(oss_buffer_download(&buffer, 0, 8, host));
  assert_memory_equal(host, "\0\0abc\0\0z", 8);
  check_ok(oss_buffer_download(&buffer, 3, 2, host));
  assert_memory_equal(host, "bc", 2);
  oss_buffer_destroy(&buffer);
}

static void ranges_are_checked(void **state) {
  oss_buffer buffer;
  char host[16] = "";
  check_ok(oss_buffer_create(*state, "text", 8, 1, &buffer));
  check_fails(oss_buffer_upload(&buffer, 0, 9, host), OSS_ERR_INTERNAL, "outside");
  check_fails(oss_buffer_upload(&buffer, 8, 1, host), OSS_ERR_INTERNAL, "outside");
  check_fails(oss_buffer_download(&buffer, 9, 0, host), OSS_ERR_INTERNAL, "outside");
  check_fails(oss_buffer_download(&buffer, 4, (size_t)-2, host), OSS_ERR_INTERNAL, "outside"); /* 4 - 2 would wrap to 2 */
  check_ok(oss_buffer_upload(&buffer, 8, 0, NULL));
  check_ok(oss_buffer_download(&buffer, 8, 0, NULL));
  oss_buffer_destroy(&buffer);
}

static void too_much_is_named(void **state) {
  oss_buffer buffer = {.bytes = 1};
  check_fails(oss_buffer_create(*state, "trajectory", (size_t)1 << 60, 1, &buffer), OSS_ERR_MEMORY, "trajectory");
  assert_null(buffer.data);
  check_fails(oss_buffer_create(*state, "trajectory", (size_t)1 << 40, (size_t)1 << 40, &buffer), OSS_ERR_MEMORY, "trajectory");
  assert_null(buffer.data);
}

static void nothing_can_be_destroyed(void **state) {
  oss_buffer empty = {0};
  oss_buffer_destroy(NULL);
  oss_buffer_destroy(&empty);
  oss_backend_destroy(NULL);
  check_ok(oss_buffer_create(*state, "nothing", 0, 8, &empty)); /* an empty range of something */
  assert_non_null(empty.data);
  assert_int_equal(empty.bytes, 0);
  oss_buffer_destroy(&empty);
  oss_buffer_destroy(&empty);
}

static void backends_are_named(void **state) {
  (void)state;
  oss_backend *be = (oss_backend *)&be;
  check_fails(oss_backend_create("abacus", 0, &be), OSS_ERR_USAGE, "abacus");
  assert_null(be);
  check_fails(oss_backend_create("cpu", -1, &be), OSS_ERR_USAGE, "-1");
  check_fails(oss_backend_create("cpu", 1000000, &be), OSS_ERR_USAGE, "1000000"); /* no abort of the OpenMP runtime */
  assert_null(be);
  check_ok(oss_backend_create("cpu", 0, &be));
  assert_string_equal(be->name, "cpu");
  assert_int_equal(be->space, OSS_SPACE_HOST);
  assert_true(be->threads >= 1);
  oss_backend_destroy(be);
  check_ok(oss_backend_create("auto", 2, &be));
  oss_backend_destroy(be);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_new_buffer_is_zeroed), cmocka_unit_test(parts_go_up_and_down),     cmocka_unit_test(ranges_are_checked),
      cmocka_unit_test(too_much_is_named),      cmocka_unit_test(nothing_can_be_destroyed), cmocka_unit_test(backends_are_named),
  };
  return cmocka_run_group_tests(tests, open_backend, close_backend);
}

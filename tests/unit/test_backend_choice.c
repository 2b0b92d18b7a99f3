// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Which backend is taken, with a made-up cuda in front of the processor: the source is compiled here once more, in a build that has one. */
#undef OSS_WITH_CUDA
#define OSS_WITH_CUDA 1
#define oss_cuda_open made_up_open
#define oss_cuda_close made_up_close
#include "kernels/backend.c"

#include "tests/support/check.h"

static struct made_up {
  oss_status status;
  int emulated, opened, closed;
} device;

oss_status made_up_open(int threads, oss_backend *be) {
  (void)threads;
  if (device.status != OSS_OK) return oss_fail(device.status, "the reason");
  device.opened++;
  *be = (oss_backend){.name = "cuda", .space = OSS_SPACE_DEVICE, .emulated = device.emulated, .device = "a card"};
  return OSS_OK;
}

void made_up_close(oss_backend *be) {
  (void)be;
  device.closed++;
}

static void require(const char *value) {
  assert_int_equal(value != NULL ? setenv("OSS_REQUIRE_GPU", value, 1) : unsetenv("OSS_REQUIRE_GPU"), 0);
}

static int reset(void **state) {
  (void)state;
  device = (struct made_up){0};
  require(NULL);
  return 0;
}

/* Creates a backend that must be `name`, with words in its notice ("": none at all), and destroys it. */
static void takes(const char *asked, const char *name, const char *notice) {
  oss_backend *be;
  check_ok(oss_backend_create(asked, 1, &be));
  assert_string_equal(be->name, name);
  if (notice[0] == '\0') assert_string_equal(be->notice, "");
  assert_non_null(strstr(be->notice, notice));
  oss_backend_destroy(be);
  assert_int_equal(device.opened, device.closed);
}

static void refuses(const char *asked, oss_status status, const char *words) {
  oss_backend *be = (oss_backend *)&be;
  check_fails(oss_backend_create(asked, 1, &be), status, words);
  assert_null(be);
  assert_int_equal(device.opened, device.closed);
}

static void a_device_is_taken(void **state) {
  (void)state;
  takes("auto", "cuda", "");
  takes("cuda", "cuda", "");
  takes("cpu", "cpu", "");
  assert_int_equal(device.opened, 2);
}

static void auto_says_why_not(void **state) {
  (void)state;
  device.status = OSS_ERR_UNAVAILABLE;
  takes("auto", "cpu", "cuda: the reason");
  takes("cpu", "cpu", "");
  refuses("cuda", OSS_ERR_UNAVAILABLE, "backend cuda: the reason");
}

/* A card that is there and is full does not make the processor compute in silence. */
static void other_failures_end_it(void **state) {
  (void)state;
  device.status = OSS_ERR_MEMORY;
  refuses("auto", OSS_ERR_MEMORY, "backend cuda: the reason");
  device.status = OSS_ERR_INTERNAL;
  refuses("auto", OSS_ERR_INTERNAL, "the reason");
}

static void an_imitation_is_taken_by_name_only(void **state) {
  (void)state;
  device.emulated = 1;
  takes("auto", "cpu", "cuda: an emulation");
  takes("cuda", "cuda", "");
}

static void a_gpu_can_be_required(void **state) {
  (void)state;
  oss_backend *be;
  require("1");
  takes("auto", "cuda", "");
  device.emulated = 1;
  refuses("auto", OSS_ERR_UNAVAILABLE, "OSS_REQUIRE_GPU");
  refuses("auto", OSS_ERR_UNAVAILABLE, "cuda: an emulation");
  check_ok(oss_backend_create("cuda", 1, &be));
  check_fails(oss_backend_check_required(be), OSS_ERR_UNAVAILABLE, "not a GPU (a card)");
  oss_backend_destroy(be);
  device.status = OSS_ERR_UNAVAILABLE;
  refuses("auto", OSS_ERR_UNAVAILABLE, "the reason");
  check_ok(oss_backend_create("cpu", 1, &be)); /* the tests' reference */
  check_fails(oss_backend_check_required(be), OSS_ERR_UNAVAILABLE, "backend cpu");
  require("0");
  check_ok(oss_backend_check_required(be));
  require("");
  check_ok(oss_backend_check_required(be));
  oss_backend_destroy(be);
  takes("auto", "cpu", "the reason");
}

static void names_are_those_of_the_build(void **state) {
  (void)state;
  assert_string_equal(oss_backend_names()[0], "cuda");
  assert_string_equal(oss_backend_names()[1], "cpu");
  assert_null(oss_backend_absent_names()[0]);
  refuses("abacus", OSS_ERR_USAGE, "auto, cuda, cpu");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(a_device_is_taken, reset),     cmocka_unit_test_setup(auto_says_why_not, reset),
      cmocka_unit_test_setup(other_failures_end_it, reset), cmocka_unit_test_setup(an_imitation_is_taken_by_name_only, reset),
      cmocka_unit_test_setup(a_gpu_can_be_required, reset), cmocka_unit_test_setup(names_are_those_of_the_build, reset),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

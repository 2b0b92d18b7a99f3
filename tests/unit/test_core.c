// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The small parts of host/core: text, numbers, words, hashes, arrays, initial states. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/core/array.h"
#include "host/core/bytes.h"
#include "host/core/hash.h"
#include "host/core/initial.h"
#include "host/core/log.h"
#include "host/core/path.h"
#include "host/core/text.h"
#include "host/core/words.h"
#include "tests/support/check.h"

static void text_grows(void **state) {
  (void)state;
  oss_text text = {0};
  char *out = NULL;
  check_ok(oss_text_take(&text, &out));
  assert_string_equal(out, "");
  free(out);
  for (int i = 0; i < 1000; i++) oss_text_add(&text, "%d,", i % 10);
  assert_int_equal(text.length, 2000);
  check_ok(oss_text_take(&text, &out));
  assert_int_equal(strlen(out), 2000);
  assert_memory_equal(out, "0,1,2,", 6);
  assert_null(text.chars);
  free(out);
  text.failed = 1;
  oss_text_add(&text, "ignored");
  assert_int_equal(oss_text_take(&text, &out), OSS_ERR_MEMORY);
  oss_text_free(&text);
  oss_text_free(NULL);
}

static void numbers_are_short_and_exact(void **state) {
  (void)state;
  static const struct {
    double value;
    const char *text;
  } known[] = {{0, "0"},
               {80, "80"},
               {0.1, "0.1"},
               {1e-5, "1e-05"},
               {0.002, "0.002"},
               {1000000, "1000000"},
               {-12.5, "-12.5"},
               {1e22, "1e+22"},
               {100, "100"},
               {INFINITY, ".inf"},
               {-INFINITY, "-.inf"},
               {NAN, ".nan"},
               {1e14, "100000000000000"},
               {1e15, "1e+15"},
               {7, "7"},
               {0.30000000000000004, "0.30000000000000004"}};
  char out[OSS_NUMBER_BYTES];
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) assert_string_equal(oss_number_text(known[i].value, out), known[i].text);
  check_rng rng = {5};
  for (int i = 0; i < 20000; i++) {
    uint64_t bits = check_bits(&rng);
    double value;
    memcpy(&value, &bits, sizeof value);
    if (i % 2) value = floor(check_uniform(&rng, -1e9, 1e9)) * (i % 4 == 1 ? 1 : 1000);
    if (!isfinite(value)) continue;
    oss_number_text(value, out);
    assert_true(strlen(out) < OSS_NUMBER_BYTES - 1);
    assert_true(strtod(out, NULL) == value);
  }
}

static void words_are_suggested(void **state) {
  (void)state;
  static const char *const list[] = {"steps", "solver", "schedule", "as", "grid"};
  static const char *const cases[][2] = {{"step", "steps"},    {"stpes", "steps"},
                                         {"sovler", "solver"}, {"schedulle", "schedule"},
                                         {"gird", "grid"},     {"skedule", "schedule"},
                                         {"as", "as"},         {"is", NULL},
                                         {"banana", NULL},     {"", NULL},
                                         {"gr", NULL},         {"STEPS", NULL}};
  oss_words words = {0};
  for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) oss_words_add(&words, list[i]);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *nearest = oss_words_nearest(&words, cases[i][0]);
    if (cases[i][1] ? !nearest || strcmp(nearest, cases[i][1]) != 0 : nearest != NULL)
      fail_msg("'%s' suggests %s", cases[i][0], nearest ? nearest : "nothing");
  }
  char lengthy[300];
  memset(lengthy, 's', sizeof lengthy - 1);
  lengthy[sizeof lengthy - 1] = '\0';
  assert_null(oss_words_nearest(&words, lengthy));
  char *hint = oss_words_hint(&words, "slover");
  assert_string_equal(hint, "; did you mean 'solver'? allowed: steps, solver, schedule, as, grid");
  free(hint);
  for (int i = 0; i < 1000; i++) oss_words_add(&words, "more");
  assert_int_equal(words.count, OSS_MAX_WORDS);
  oss_words none = {0};
  hint = oss_words_hint(&none, "x");
  assert_string_equal(hint, "; allowed: nothing");
  free(hint);
}

static void hashes(void **state) {
  (void)state;
  char a[OSS_HASH_BYTES], b[OSS_HASH_BYTES];
  oss_hash_text("", a);
  assert_string_equal(a, "99aa06d3014798d86001c324468d497f"); /* published value of XXH3-128 of nothing */
  oss_hash_text("abc", a);
  oss_hash_memory("abc", 3, b);
  assert_string_equal(a, b);
  char path[] = "/tmp/oss_hash_XXXXXX";
  int file = mkstemp(path);
  assert_true(file >= 0);
  size_t bytes = 200001;
  char *data = check_alloc(bytes, 1);
  for (size_t i = 0; i < bytes; i++) data[i] = (char)(i * 7 + i / 256);
  assert_int_equal(write(file, data, bytes), bytes);
  close(file);
  check_ok(oss_hash_file(path, a));
  oss_hash_memory(data, bytes, b);
  assert_string_equal(a, b);
  free(data);
  unlink(path);
  check_fails(oss_hash_file(path, a), OSS_ERR_INPUT, path);
  check_fails(oss_hash_file("/tmp", a), OSS_ERR_INPUT, "/tmp");
}

static void arrays(void **state) {
  (void)state;
  oss_array array = {.type = OSS_F64, .rank = 3, .dims = {2, 3, 4}, .data = check_alloc(24, 8)};
  assert_int_equal(oss_array_count(&array), 24);
  assert_int_equal(oss_type_bytes(array.type), 8);
  assert_int_equal(oss_type_bytes(OSS_I32), 4);
  oss_array_free(&array);
  assert_null(array.data);
  assert_int_equal(oss_array_count(&array), 1);
  oss_array_free(NULL);
}

static void initial_states(void **state) {
  (void)state;
  assert_int_equal(oss_initials.count(), 2);
  oss_member t = {.desc = oss_registry_find(&oss_initials, "t")}, one = {.desc = oss_registry_find(&oss_initials, "one")};
  assert_true(oss_initial_factor(&t, 0.75) == 0.75);
  assert_true(oss_initial_factor(&one, 0.75) == 1.0);
}

static void folders(void **state) {
  (void)state;
  static const char *const cases[][2] = {{"a.yaml", "."}, {"a/b.yaml", "a"}, {"/b.yaml", "/"}, {"/a/b", "/a"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char *folder = oss_path_directory(cases[i][0]);
    assert_string_equal(folder, cases[i][1]);
    free(folder);
  }
  char *absolute = oss_path_absolute("/tmp/../tmp/no such file.h5");
  assert_string_equal(absolute, "/tmp/no such file.h5");
  free(absolute);
  absolute = oss_path_absolute("no/such/folder");
  assert_true(absolute[0] == '/');
  free(absolute);
}

static void clock_goes_on(void **state) {
  (void)state;
  double before = oss_now();
  assert_true(oss_now() >= before);
}

/* Two phases, one large on the device, the other on the host: together they never take what their peaks add up to. */
static void peaks_need_not_fall_together(void **state) {
  (void)state;
  oss_bytes most = oss_bytes_most(oss_bytes_of(100, 10), oss_bytes_of(20, 50));
  assert_int_equal(most.device, 100);
  assert_int_equal(most.host, 50);
  assert_int_equal(most.both, 110);
  most = oss_bytes_add(most, oss_bytes_of(1, 2));
  assert_int_equal(most.device, 101);
  assert_int_equal(most.host, 52);
  assert_int_equal(most.both, 113);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(text_grows),
      cmocka_unit_test(numbers_are_short_and_exact),
      cmocka_unit_test(words_are_suggested),
      cmocka_unit_test(hashes),
      cmocka_unit_test(arrays),
      cmocka_unit_test(peaks_need_not_fall_together),
      cmocka_unit_test(initial_states),
      cmocka_unit_test(folders),
      cmocka_unit_test(clock_goes_on),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

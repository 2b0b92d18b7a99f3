// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Constructor arguments of networks: from a file's metadata, from JSON, one above the other. */
#include <math.h>

#include "host/nets/arguments.h"
#include "tests/unit/io_folder.h"

static oss_arguments *from_json(const char *json) {
  oss_arguments *made;
  ASSERT_OK(oss_arguments_from_json("arguments", json, &made));
  return made;
}

static oss_safetensors *open_metadata(void **state, const char *metadata) {
  char path[PATH_BYTES], header[1024];
  oss_safetensors *file;
  int length = snprintf(header + 8, sizeof header - 8, "{\"__metadata__\":%s}", metadata);
  for (int i = 0; i < 8; i++) header[i] = (char)(i < 4 ? length >> (8 * i) & 0xFF : 0);
  write_file(in_folder(state, "w.safetensors", path), header, (size_t)length + 8);
  ASSERT_OK(oss_safetensors_open(path, &file));
  return file;
}

static void gives_values(void **state) {
  oss_safetensors *file = open_metadata(state,
                                        "{\"depth\": \"28\", \"mlp_ratio\": \"4.0\", \"learn_sigma\": \"true\", \"encoder_type\": "
                                        "\"standard\", \"channel_mult\": \"[1, 2, 2]\", \"none\": \"[]\", \"odd\": \"3 \"}");
  oss_arguments *metadata, *json = from_json(
                               " {\"depth\": 2, \"dropout\" : -1.5e-1, \"learn_sigma\":false, \"decoder_type\": \"sk\\u0069p\", "
                               "\"attn\":[ 16,8 ] , \"whole\": 3} ");
  int64_t whole = 7, list[3] = {9, 9, 9};
  double real = 0.25;
  int flag = 5;
  size_t count = 77;
  const char *text = "fallback";
  ASSERT_OK(oss_arguments_from_file(file, &metadata));
  for (int above = 0; above < 2; above++) { /* alone, then with JSON above it */
    const oss_arguments *a = above ? json : metadata;
    if (above) oss_arguments_set_below(json, metadata);
    ASSERT_OK(oss_arguments_int(a, "depth", 1, 28, &whole));
    assert_int_equal(whole, above ? 2 : 28);
    ASSERT_OK(oss_arguments_bool(a, "learn_sigma", &flag));
    assert_int_equal(flag, above ? 0 : 1);
    ASSERT_OK(oss_arguments_text(a, "encoder_type", &text));
    assert_string_equal(text, "standard");
    ASSERT_OK(oss_arguments_real(a, "mlp_ratio", 0, 4, &real));
    assert_true(real == 4);
    ASSERT_OK(oss_arguments_ints(a, "channel_mult", 1, 2, 3, list, &count));
    assert_true(count == 3 && list[0] == 1 && list[1] == 2 && list[2] == 2);
    ASSERT_OK(oss_arguments_ints(a, "none", 0, 0, 0, NULL, &count));
    assert_int_equal(count, 0);
    ASSERT_OK(oss_arguments_int(a, "odd", 3, 3, &whole));
    ASSERT_OK(oss_arguments_require(a, "odd"));
    assert_true(oss_arguments_has(a, "none") && !oss_arguments_has(a, "non") && oss_arguments_has(a, "whole") == above);
  }
  ASSERT_OK(oss_arguments_text(json, "decoder_type", &text));
  assert_string_equal(text, "skip");
  ASSERT_OK(oss_arguments_real(json, "dropout", -1, 1, &real));
  assert_true(real == -0.15);
  ASSERT_OK(oss_arguments_real(json, "whole", -INFINITY, INFINITY, &real));
  assert_true(real == 3);
  ASSERT_OK(oss_arguments_ints(json, "attn", 8, 16, 2, list, &count));
  assert_true(count == 2 && list[0] == 16 && list[1] == 8);
  /* Missing: everything stays as it was. */
  ASSERT_OK(oss_arguments_int(json, "x", 0, 0, &whole));
  ASSERT_OK(oss_arguments_real(json, "x", 0, 0, &real));
  ASSERT_OK(oss_arguments_bool(json, "x", &flag));
  ASSERT_OK(oss_arguments_text(json, "x", &text));
  ASSERT_OK(oss_arguments_ints(json, "x", 0, 0, 0, list, &count));
  assert_true(whole == 3 && real == 3 && flag == 0 && strcmp(text, "skip") == 0 && count == 2 && list[0] == 16);
  oss_arguments_free(json);
  oss_arguments_free(metadata);
  oss_arguments_free(NULL);
  oss_safetensors_close(file);
}

static void refuses_other_values(void **state) {
  oss_safetensors *file = open_metadata(state, "{\"depth\": \"2.0\", \"mult\": \"[1, x]\", \"text\": \"a\\u0007b\"}");
  oss_arguments *metadata,
      *json = from_json("{\"depth\": \"2\", \"one\": 1, \"half\": 0.5, \"mult\": [1, 2.5], \"long\": [1, 2, 3], \"yes\": true}");
  int64_t whole = 7, list[2] = {9, 9};
  double real = 7;
  int flag = 7;
  size_t count = 7;
  const char *text = "kept";
  ASSERT_OK(oss_arguments_from_file(file, &metadata));
  ASSERT_FAILS(OSS_ERR_INPUT, "w.safetensors: argument 'depth' is '2.0', where a whole number from 1 to 9 is expected",
               oss_arguments_int(metadata, "depth", 1, 9, &whole));
  ASSERT_FAILS(OSS_ERR_INPUT, "'mult' is '[1, x]', where a list of at most 2 whole numbers from 0 to 9, such as [1, 2], is expected",
               oss_arguments_ints(metadata, "mult", 0, 9, 2, list, &count));
  ASSERT_FAILS(OSS_ERR_INPUT, "'text' is 'a?b', where a number from 0 to 1 is expected", oss_arguments_real(metadata, "text", 0, 1, &real));
  ASSERT_FAILS(OSS_ERR_INPUT, "the argument 'none' is missing", oss_arguments_require(metadata, "none"));
  ASSERT_FAILS(OSS_ERR_CONFIG, "arguments: argument 'depth' is '2', where a whole number", oss_arguments_int(json, "depth", 1, 9, &whole));
  ASSERT_FAILS(OSS_ERR_CONFIG, "argument 'one' is 1, where a whole number from 2 to 9", oss_arguments_int(json, "one", 2, 9, &whole));
  ASSERT_FAILS(OSS_ERR_CONFIG, "argument 'one' is 1, where a whole number from -9 to 0", oss_arguments_int(json, "one", -9, 0, &whole));
  ASSERT_FAILS(OSS_ERR_CONFIG, "argument 'half' is 0.5, where a whole number", oss_arguments_int(json, "half", 0, 9, &whole));
  ASSERT_FAILS(OSS_ERR_CONFIG, "argument 'half' is 0.5, where a number from 1 to 2", oss_arguments_real(json, "half", 1, 2, &real));
  ASSERT_FAILS(OSS_ERR_CONFIG, "argument 'half' is 0.5, where a number from 0 to 0.1", oss_arguments_real(json, "half", 0, 0.1, &real));
  ASSERT_FAILS(OSS_ERR_CONFIG, "argument 'one' is 1, where true or false", oss_arguments_bool(json, "one", &flag));
  ASSERT_FAILS(OSS_ERR_CONFIG, "argument 'one' is 1, where a text in quotes", oss_arguments_text(json, "one", &text));
  ASSERT_FAILS(OSS_ERR_CONFIG, "argument 'yes' is true, where a number", oss_arguments_real(json, "yes", 0, 1, &real));
  ASSERT_FAILS(OSS_ERR_CONFIG, "argument 'mult' is [1, 2.5], where", oss_arguments_ints(json, "mult", 0, 9, 2, list, &count));
  ASSERT_FAILS(OSS_ERR_CONFIG, "argument 'long' is [1, 2, 3], where", oss_arguments_ints(json, "long", 0, 9, 2, list, &count));
  ASSERT_FAILS(OSS_ERR_CONFIG, "argument 'one' is 1, where", oss_arguments_ints(json, "one", 0, 9, 2, list, &count));
  assert_true(whole == 7 && real == 7 && flag == 7 && count == 7 && list[0] == 9 && list[1] == 9 && strcmp(text, "kept") == 0);
  oss_arguments_free(json);
  oss_arguments_free(metadata);
  oss_safetensors_close(file);
}

static void refuses_other_json(void **state) {
  static const struct {
    const char *json, *words;
  } cases[] = {
      {"", "arguments: expected '{', found the end at byte 0"},
      {"depth: 2", "expected '{', found 'd'"},
      {"{\"depth\": 2", "expected ',' or '}', found the end"},
      {"{\"depth\": 2} 3", "expected the end, found '3' at byte 13"},
      {"{\"depth\": 2, \"depth\": 3}", "'depth' a second time"},
      {"{\"depth\": null}", "expected a number, found 'n'"},
      {"{\"depth\": {}}", "expected a number, found '{'"},
      {"{\"depth\": [[1]]}", "expected a number, found '['"},
      {"{\"depth\": [1 2]}", "expected ',' or ']', found '2'"},
      {"{\"depth\": 1e999}", "1e999, which is beyond double precision"},
      {"{\"depth\": 1.}", "a number without digits after its point"},
      {"{\"depth\": 1e}", "a number without digits in its exponent"},
      {"{\"depth\": -}", "expected a number, found '-'"},
      {"{\"depth\": +1}", "expected a number, found '+'"},
      {"{\"depth\": truth}", "expected true or false, found 't'"},
      {"{\"depth\": NaN}", "expected a number, found 'N'"},
      {"{'depth': 1}", "expected a key in quotes, found '''"},
  };
  oss_arguments *made;
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    ASSERT_FAILS(OSS_ERR_CONFIG, cases[i].words, oss_arguments_from_json("arguments", cases[i].json, &made));
    assert_null(made);
  }
  char many[129 * 8 + 2] = "{";
  for (int i = 0; i < 129; i++) snprintf(many + strlen(many), 9, "%s\"%03d\":1", i ? "," : "", i);
  many[128 * 8] = '}';
  many[128 * 8 + 1] = '\0';
  oss_arguments_free(from_json(many));
  snprintf(many + 128 * 8, sizeof many - 128 * 8, ",\"x\":1}");
  ASSERT_FAILS(OSS_ERR_CONFIG, "more than 128 arguments", oss_arguments_from_json("arguments", many, &made));
}

static void names_unknown_keys(void **state) {
  oss_safetensors *file = open_metadata(state, "{\"depth\": \"2\", \"hiden_size\": \"4\"}");
  oss_arguments *metadata, *json = from_json("{\"depth\": 2}");
  oss_words known = {0};
  oss_words_add(&known, "depth");
  oss_words_add(&known, "hidden_size");
  ASSERT_OK(oss_arguments_from_file(file, &metadata));
  ASSERT_OK(oss_arguments_check(json, &known));
  ASSERT_FAILS(OSS_ERR_INPUT, "w.safetensors: unknown argument 'hiden_size'; did you mean 'hidden_size'? allowed: depth, hidden_size",
               oss_arguments_check(metadata, &known));
  oss_arguments_set_below(json, metadata);
  ASSERT_FAILS(OSS_ERR_INPUT, "unknown argument 'hiden_size'", oss_arguments_check(json, &known));
  oss_arguments_set_below(json, NULL);
  oss_words none = {0};
  ASSERT_FAILS(OSS_ERR_CONFIG, "arguments: unknown argument 'depth'", oss_arguments_check(json, &none));
  oss_arguments_free(json);
  oss_arguments_free(metadata);
  oss_safetensors_close(file);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, folder_setup, folder_teardown)
int main(void) {
  const struct CMUnitTest tests[] = {TEST(gives_values), TEST(refuses_other_values), TEST(refuses_other_json), TEST(names_unknown_keys)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

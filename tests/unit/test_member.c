// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Members of a private registry: every type of option with good and bad values, products, canonical YAML. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/core/registries.h"
#include "host/core/text.h"
#include "tests/support/check.h"

typedef struct thing_desc {
  oss_member_desc base;
} thing_desc;

static const oss_option power_options[] = {
    {.name = "p", .type = OSS_OPTION_INT, .fallback = "2", .min = 1, .max = 8},
    {.name = "channels", .type = OSS_OPTION_COUNT, .fallback = "all"},
};
static const thing_desc power = {{.name = "power", .options = power_options, .option_count = 2}};
static const thing_desc feature = {{.name = "feature"}};
static const thing_desc *const costs[] = {&power, &feature};
OSS_DEFINE_REGISTRY(test_costs, costs, "costs", "cost", "for the test")

static const oss_option full_options[] = {
    {.name = "int", .type = OSS_OPTION_INT, .fallback = "3", .min = -5, .max = 5},
    {.name = "wide", .type = OSS_OPTION_INT, .fallback = ""},
    {.name = "real", .type = OSS_OPTION_REAL, .fallback = "0.5", .min = 0, .max = 10, .open_min = 1},
    {.name = "free", .type = OSS_OPTION_REAL, .fallback = ""},
    {.name = "endless", .type = OSS_OPTION_REAL, .fallback = "", .min = 0, .max = INFINITY},
    {.name = "flag", .type = OSS_OPTION_BOOL, .fallback = "true"},
    {.name = "word", .type = OSS_OPTION_CHOICE, .fallback = "official", .choices = "official paper carry"},
    {.name = "text", .type = OSS_OPTION_TEXT, .fallback = ""},
    {.name = "file", .type = OSS_OPTION_FILE, .fallback = ""},
    {.name = "count", .type = OSS_OPTION_COUNT, .fallback = "all", .min = 1, .max = 9},
    {.name = "cost", .type = OSS_OPTION_NESTED, .fallback = "power", .nested = &test_costs},
};
static const thing_desc full = {{.name = "full", .options = full_options, .option_count = sizeof full_options / sizeof full_options[0]}};
static const oss_option needy_options[] = {{.name = "must", .type = OSS_OPTION_INT, .help = "how many"}};
static const thing_desc needy = {{.name = "needy", .options = needy_options, .option_count = 1}};
static const thing_desc bare = {{.name = "bare"}};
static const thing_desc *const things[] = {&full, &needy, &bare};
OSS_DEFINE_REGISTRY(test_things, things, "things", "thing", "for the test")

/* An option whose kinds are in two registries. */
static const oss_option either_options[] = {
    {.name = "init", .type = OSS_OPTION_NESTED, .fallback = "power", .nested = &test_things, .nested_too = &test_costs}};
static const thing_desc either = {{.name = "either", .options = either_options, .option_count = 1}};
static const thing_desc *const eithers[] = {&either};
OSS_DEFINE_REGISTRY(test_eithers, eithers, "eithers", "either", "for the test")
static const oss_registry *const only_eithers[] = {&test_eithers, NULL};

static const oss_registry *const only_things[] = {&test_things, NULL};
static const oss_registry *const both[] = {&test_things, &test_costs, NULL};

static oss_document document;
static oss_member **found;
static size_t count;

/* The members of the key "x" of the text. */
static oss_status parse(const oss_registry *const *registries, const char *text) {
  check_ok(oss_yaml_parse("t.yaml", text, strlen(text), &document));
  return oss_members_parse(registries, oss_node_get(document.root, "x"), "a.x", ".", &found, &count);
}

static void parse_ok(const char *text) {
  if (parse(only_things, text) != OSS_OK) fail_msg("%s: %s", text, oss_message());
  oss_document_free(&document); /* members must not need it any more */
}

static void done(void) {
  oss_members_free(found, count);
  oss_document_free(&document);
  found = NULL;
  count = 0;
}

static void two_registries(void **state) {
  (void)state;
  check_ok(
      parse(only_eithers, "x: [either, {kind: either, init: {p: 3}}, {kind: either, init: [bare, {kind: needy, must: 1}, feature]}]\n"));
  static const char *const yaml[] = {"{kind: either, init: {kind: power, p: 2, channels: all}}",
                                     "{kind: either, init: {kind: power, p: 3, channels: all}}", "{kind: either, init: bare}",
                                     "{kind: either, init: {kind: needy, must: 1}}", "{kind: either, init: feature}"};
  assert_int_equal(count, 5);
  for (size_t i = 0; i < count; i++) assert_string_equal(found[i]->yaml, yaml[i]);
  done();
  assert_int_equal(parse(only_eithers, "x: {kind: either, init: none}\n"), OSS_ERR_CONFIG);
  assert_non_null(strstr(oss_message(), "expected thing or cost"));
  done();
}

static void defaults_and_lookups(void **state) {
  (void)state;
  parse_ok("x: full\n");
  const oss_member *m = found[0];
  assert_int_equal(count, 1);
  assert_string_equal(m->yaml,
                      "{kind: full, int: 3, real: 0.5, flag: true, word: official, count: all, cost: {kind: power, p: 2, channels: all}}");
  assert_int_equal(oss_member_int(m, "int"), 3);
  check_close("int as real", 1, &(double){oss_member_real(m, "int")}, &(double){3}, 0, 0);
  assert_true(oss_member_real(m, "real") == 0.5);
  assert_int_equal(oss_member_int(m, "flag"), 1);
  assert_true(oss_member_is(m, "word", "official"));
  assert_false(oss_member_is(m, "word", "paper"));
  assert_int_equal(oss_member_int(m, "count"), 0);
  assert_int_equal(oss_member_value(m, "free")->given, 0);
  assert_string_equal(oss_member_text(m, "text"), "");
  assert_string_equal(oss_member_path(m, "file"), "");
  assert_ptr_equal(oss_member_value(m, "cost")->nested->desc, &power.base);
  assert_int_equal(oss_member_value(m, "no such")->given, 0);
  assert_string_equal(m->file, "t.yaml");
  assert_int_equal(m->line, 1);
  assert_int_equal(oss_member_fail(m, "is %d", 5), OSS_ERR_CONFIG);
  assert_string_equal(oss_message(), "t.yaml:1: full: is 5");
  assert_ptr_equal(oss_registry_find(&test_things, "bare"), &bare.base);
  assert_null(oss_registry_find(&test_things, "none"));
  done();
  parse_ok("x: [bare, {kind: bare}, 'bare']\n");
  assert_int_equal(count, 3);
  for (size_t i = 0; i < count; i++) assert_string_equal(found[i]->yaml, "bare");
  done();
  assert_int_equal(parse(both, "x: [power, needy, feature]\n"), OSS_ERR_CONFIG); /* needy wants its option */
  done();
  check_ok(parse(both, "x: [power, bare, feature]\n"));
  assert_int_equal(count, 3);
  done();
  oss_member_free(NULL);
  oss_members_free(NULL, 0);
}

static void good_values(void **state) {
  (void)state;
  static const struct {
    const char *option, *canonical;
  } good[] = {
      {"int: -5", "int: -5"},
      {"int: +5", "int: 5"},
      {"int: 0", "int: 0"},
      {"wide: 9223372036854775807", "wide: 9223372036854775807"},
      {"wide: -9223372036854775808", "wide: -9223372036854775808"},
      {"real: 10", "real: 10"},
      {"real: 1e-4", "real: 0.0001"},
      {"real: 1E+1", "real: 10"},
      {"real: .5", "real: 0.5"},
      {"real: 5.", "real: 5"},
      {"real: 0.1", "real: 0.1"},
      {"free: -0.0", "free: 0"},
      {"free: -1.7976931348623157e308", "free: -1.7976931348623157e+308"},
      {"free: 123456789.125", "free: 123456789.125"},
      {"free: 200000", "free: 200000"},
      {"free: 1e-320", "free: 1e-320"},
      {"endless: .inf", "endless: .inf"},
      {"endless: .INF", "endless: .inf"},
      {"flag: false", "flag: false"},
      {"word: carry", "word: carry"},
      {"word: 'paper'", "word: paper"},
      {"text: plain/name-1_x.y", "text: plain/name-1_x.y"},
      {"text: 5", "text: \"5\""},
      {"text: 'null'", "text: \"null\""},
      {"text: 'yes'", "text: \"yes\""},
      {"text: '.inf'", "text: \".inf\""},
      {"text: 'a: b'", "text: \"a: b\""},
      {"text: 'a #b'", "text: \"a #b\""},
      {"text: 'a, b}'", "text: \"a, b}\""},
      {"text: '- x'", "text: \"- x\""},
      {"text: 'two words'", "text: two words"},
      {"text: ' led'", "text: \" led\""},
      {"text: \"q\\\"b\\\\n\\nt\\t\"", "text: \"q\\\"b\\\\n\\x0at\\x09\""},
      {"text: \"\\u2028\\u0085\\ufeff\"", "text: \"\\u2028\\x85\\ufeff\""},
      {"text: \xC3\xA9t\xC3\xA9", "text: \xC3\xA9t\xC3\xA9"},
      {"file: no/such.h5", "file: no/such.h5"},
      {"count: 1", "count: 1"},
      {"count: all", "count: all"},
      {"cost: feature", "cost: feature"},
      {"cost: {kind: power, p: 1, channels: 3}", "cost: {kind: power, p: 1, channels: 3}"},
  };
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    char *text = oss_format("x: {kind: full, %s}\n", good[i].option);
    parse_ok(text);
    if (!strstr(found[0]->yaml, good[i].canonical)) fail_msg("%s gives %s", text, found[0]->yaml);
    char *first = oss_strdup(found[0]->yaml);
    free(text);
    done();
    text = oss_format("x: %s\n", first); /* the canonical line reads back as itself */
    parse_ok(text);
    assert_string_equal(found[0]->yaml, first);
    free(first);
    free(text);
    done();
  }
}

static void bad_values(void **state) {
  (void)state;
  static const struct {
    const char *yaml, *words;
  } bad[] = {
      {"x: full2", ":1|a.x|thing|full2|mean 'full'|full, needy, bare"},
      {"x: zzzzzz", "'zzzzzz'; allowed: full"},
      {"x: 5", "thing|found 5"},
      {"x:", "thing|nothing|allowed: full"},
      {"x: ''", "thing|''"},
      {"x: []", "a.x|empty list"},
      {"x: [bare, [bare]]", "a.x.1|list inside a list"},
      {"x: {}", "without 'kind'|full, needy, bare"},
      {"x: {int: 3}", "without 'kind'"},
      {"x: {kind: [full, bare]}", "a list as 'kind'"},
      {"x: {kind: {kind: full}}", "a map"},
      {"x: {kind: }", "nothing"},
      {"x: {kind: bare, int: 1}", "'bare' has no option 'int'|allowed: nothing"},
      {"x:\n- bare\n- kind: full\n  real: 1\n  itn: 4", ":5|a.x.1|'full' has no option 'itn'|did you mean 'int'?|wide"},
      {"x: needy", ":1|a.x.must|'needy' needs it|how many"},
      {"x: {kind: needy, must: }", "a.x.must|whole number|nothing"},
      {"x: {kind: full,\n int: 6}", ":2|a.x.int|whole number from -5 to 5|found 6"},
      {"x: {kind: full, int: 5.5}", "whole number|no point or exponent|found 5.5"},
      {"x: {kind: full, int: 5.0}", "whole number|found 5.0"},
      {"x: {kind: full, int: 1e3}", "whole number|found 1e3"},
      {"x: {kind: full, int: 0x3}", "whole number|'0x3'"},
      {"x: {kind: full, int: 010}", "whole number|'010'"},
      {"x: {kind: full, int: 1_0}", "whole number|'1_0'"},
      {"x: {kind: full, int: '5'}", "whole number|without quotes|'5' in quotes"},
      {"x: {kind: full, int: '5 '}", "whole number|'5 ' in quotes"},
      {"x: {kind: full, int: five}", "whole number|'five'"},
      {"x: {kind: full, int: true}", "whole number|'true'"},
      {"x: {kind: full, int: {a: 1}}", "whole number|a map"},
      {"x: {kind: full, int: []}", "a.x.int|empty list"},
      {"x: {kind: full, int: [1, [2]]}", "a.x.int.1|list inside a list"},
      {"x: {kind: full, int: [1, 99]}", "a.x.int.1|from -5 to 5|99"},
      {"x: {kind: full, wide: 9223372036854775808}", "whole number|9223372036854775808"},
      {"x: {kind: full, real: 0}", "a.x.real|number > 0 and <= 10|found 0"},
      {"x: {kind: full, real: 10.1}", "<= 10|found 10.1"},
      {"x: {kind: full, real: -1}", "> 0|found -1"},
      {"x: {kind: full, real: .inf}", "<= 10|found .inf"},
      {"x: {kind: full, real: .nan}", "number|'.nan'"},
      {"x: {kind: full, real: nan}", "number|'nan'"},
      {"x: {kind: full, real: inf}", "number|'inf'"},
      {"x: {kind: full, real: '1'}", "number|without quotes"},
      {"x: {kind: full, real: 1e}", "number|'1e'"},
      {"x: {kind: full, real: 1.2.3}", "number|'1.2.3'"},
      {"x: {kind: full, real: .}", "number|'.'"},
      {"x: {kind: full, real: 0x1p3}", "number|'0x1p3'"},
      {"x: {kind: full, real: 00.5}", "number|'00.5'"},
      {"x: {kind: full, free: 1e999}", "too large|1e999"},
      {"x: {kind: full, free: .inf}", "must be a number, found .inf"},
      {"x: {kind: full, endless: -.inf}", ">= 0 (or .inf)|-.inf"},
      {"x: {kind: full, flag: yes}", "true or false|'yes'"},
      {"x: {kind: full, flag: 1}", "true or false|found 1"},
      {"x: {kind: full, flag: 'true'}", "true or false|in quotes"},
      {"x: {kind: full, word: papre}", "a.x.word|'papre'|did you mean 'paper'?|official, paper, carry"},
      {"x: {kind: full, word: Official}", "did you mean 'official'?"},
      {"x: {kind: full, word: 3}", "found 3; allowed: official"},
      {"x: {kind: full, word: }", "nothing; allowed"},
      {"x: {kind: full, word: {a: b}}", "a map; allowed"},
      {"x: {kind: full, text: }", "a text|nothing"},
      {"x: {kind: full, text: ''}", "a text|''"},
      {"x: {kind: full, file: {a: b}}", "path of a file|a map"},
      {"x: {kind: full, file: ~}", "path of a file|nothing"},
      {"x: {kind: full, count: 0}", "from 1 to 9 or 'all'|found 0"},
      {"x: {kind: full, count: 10}", "from 1 to 9 or 'all'|found 10"},
      {"x: {kind: full, count: some}", "or 'all'|'some'"},
      {"x: {kind: full, cost: powr}", "a.x.cost|cost|did you mean 'power'?"},
      {"x: {kind: full, cost: {kind: power,\n q: 2}}", ":2|a.x.cost|'power' has no option 'q'|p, channels"},
      {"x: {kind: full, cost: {kind: power, p: 9}}", "a.x.cost.p|from 1 to 8"},
      {"x: {kind: full, cost: []}", "a.x.cost|empty list"},
      {"x: {kind: full, cost: full}", "expected cost"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    assert_int_equal(parse(only_things, bad[i].yaml), OSS_ERR_CONFIG);
    assert_null(found);
    assert_int_equal(count, 0);
    assert_memory_equal(oss_message(), "t.yaml:", 7);
    char words[256], *rest = NULL;
    snprintf(words, sizeof words, "a.x|%s", bad[i].words);
    for (char *word = strtok_r(words, "|", &rest); word; word = strtok_r(NULL, "|", &rest))
      if (!strstr(oss_message(), word)) fail_msg("for '%s' the message lacks '%s': %s", bad[i].yaml, word, oss_message());
    done();
  }
  assert_int_equal(parse(both, "x: powre\n"), OSS_ERR_CONFIG);
  check_fails(OSS_ERR_CONFIG, OSS_ERR_CONFIG, "thing or cost");
  check_fails(OSS_ERR_CONFIG, OSS_ERR_CONFIG, "full, needy, bare, power, feature");
  done();
}

static void product_order(void **state) {
  (void)state;
  parse_ok(
      "x: [bare, {kind: full, real: [1, 2], word: [paper, carry], cost: [feature, {kind: power, p: [1, 2]}]}, {kind: needy, must: 4}]\n");
  assert_int_equal(count, 1 + 2 * 2 * 3 + 1);
  assert_string_equal(found[0]->yaml, "bare");
  assert_string_equal(found[count - 1]->yaml, "{kind: needy, must: 4}");
  static const char *const words[] = {"paper", "carry"}, *const kinds[] = {"feature", "power", "power"};
  for (size_t i = 0; i < 12; i++) {
    const oss_member *m = found[1 + i], *cost = oss_member_value(m, "cost")->nested;
    assert_int_equal((int)oss_member_real(m, "real"), 1 + (int)(i / 6));
    assert_string_equal(oss_member_text(m, "word"), words[i / 3 % 2]);
    assert_string_equal(cost->desc->name, kinds[i % 3]);
    if (i % 3) assert_int_equal(oss_member_int(cost, "p"), i % 3);
    assert_int_equal(m->line, 1);
  }
  done();
  oss_text text = {0};
  oss_text_add(&text, "x: {kind: full");
  for (int o = 0; o < 3; o++) {
    oss_text_add(&text, ", %s: [", o == 0 ? "wide" : o == 1 ? "free" : "text");
    for (int i = 0; i < 1000; i++) oss_text_add(&text, "%d,", i);
    oss_text_add(&text, "]");
  }
  oss_text_add(&text, "}\n");
  assert_int_equal(parse(only_things, text.chars), OSS_ERR_CONFIG);
  check_fails(OSS_ERR_CONFIG, OSS_ERR_CONFIG, "more than 100000 combinations");
  oss_text_free(&text);
  done();
}

static char *touch(const char *folder, const char *name) {
  char *path = oss_format("%s/%s", folder, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fclose(file);
  return path;
}

static void paths(void **state) {
  (void)state;
  char folder[] = "/tmp/oss_member_XXXXXX", here[4096];
  assert_non_null(mkdtemp(folder));
  assert_non_null(getcwd(here, sizeof here));
  char *beside = touch(folder, "beside.h5");
  char *resolved = oss_path_resolve(folder, "beside.h5");
  assert_string_equal(resolved, beside);
  free(resolved);
  resolved = oss_path_resolve(folder, "neither.h5"); /* a message about it names the first place looked at */
  assert_int_equal(strncmp(resolved, folder, strlen(folder)), 0);
  free(resolved);
  resolved = oss_path_resolve(folder, "/absolute.h5");
  assert_string_equal(resolved, "/absolute.h5");
  free(resolved);
  assert_int_equal(chdir(folder), 0);
  resolved = oss_path_resolve("/nowhere", "beside.h5");
  assert_string_equal(resolved, "beside.h5");
  free(resolved);
  resolved = oss_path_resolve(".", "x/y.h5");
  assert_string_equal(resolved, "x/y.h5");
  free(resolved);
  parse_ok("x: {kind: full, file: beside.h5}\n");
  assert_string_equal(oss_member_text(found[0], "file"), "beside.h5");
  assert_string_equal(oss_member_path(found[0], "file"), "beside.h5");
  done();
  assert_int_equal(chdir(here), 0);
  unlink(beside);
  rmdir(folder);
  free(beside);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(defaults_and_lookups), cmocka_unit_test(good_values),   cmocka_unit_test(bad_values),
      cmocka_unit_test(two_registries),       cmocka_unit_test(product_order), cmocka_unit_test(paths),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

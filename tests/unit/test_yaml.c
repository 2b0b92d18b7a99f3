// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The YAML tree: positions, messages, limits and --set. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/core/text.h"
#include "host/core/yaml.h"
#include "tests/support/check.h"

static oss_status parse(const char *text, oss_document *out) {
  return oss_yaml_parse("t.yaml", text, strlen(text), out);
}

/* Each of the words, separated by '|', is in the kept message. */
static void assert_said(const char *words, const char *about) {
  char *copy = oss_strdup(words), *rest = NULL;
  for (char *word = strtok_r(copy, "|", &rest); word; word = strtok_r(NULL, "|", &rest))
    if (!strstr(oss_message(), word)) fail_msg("for '%.60s' the message lacks '%s': %s", about, word, oss_message());
  free(copy);
}

static void test_positions(void **state) {
  (void)state;
  oss_document document;
  assert_int_equal(parse("# first\na: 5\nb:\n  - x\n  - {c: 'd', e: }\n", &document), OSS_OK);
  const oss_node *a = oss_node_get(document.root, "a"), *b = oss_node_get(document.root, "b");
  assert_string_equal(document.file, "t.yaml");
  assert_int_equal(document.root->kind, OSS_NODE_MAP);
  assert_int_equal(a->line, 2);
  assert_int_equal(a->column, 4);
  assert_string_equal(a->text, "5");
  assert_false(a->quoted);
  assert_ptr_equal(a->file, document.file);
  assert_int_equal(document.root->key_lines[1], 3);
  assert_int_equal(b->kind, OSS_NODE_LIST);
  assert_int_equal(b->count, 2);
  assert_int_equal(b->items[0]->line, 4);
  assert_int_equal(b->items[1]->line, 5);
  assert_true(oss_node_get(b->items[1], "c")->quoted);
  assert_string_equal(oss_node_get(b->items[1], "e")->text, "");
  assert_null(oss_node_get(document.root, "z"));
  assert_null(oss_node_get(a, "z"));
  assert_int_equal(oss_node_fail(b->items[0], "b.0", "is %s", "bad"), OSS_ERR_CONFIG);
  assert_string_equal(oss_message(), "t.yaml:4: b.0: is bad");
  oss_document_free(&document);
  oss_document_free(&document); /* harmless */
  oss_document_free(NULL);
}

static void test_forms(void **state) {
  (void)state;
  static const char *const good[] = {
      "\xEF\xBB\xBF\x61: 5\n",         /* byte order mark */
      "a: 5\r\nb: 6\r\n",              /* DOS line ends */
      "---\na: 5\n...\n",              /* marked document */
      "%YAML 1.2\n---\na: 5\n",        /* directive */
      "base: &x {a: 1}\na: *x\n",      /* alias */
      "\xC3\xA9: 1\na: \xE2\x82\xAC\n" /* other languages */
  };
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    oss_document document;
    if (parse(good[i], &document) != OSS_OK) fail_msg("%zu: %s", i, oss_message());
    assert_non_null(oss_node_get(document.root, "a"));
    oss_document_free(&document);
  }
}

static void test_bad_documents(void **state) {
  (void)state;
  static const struct {
    const char *text, *words;
  } bad[] = {
      {"", "t.yaml:1|empty"},
      {"# only a comment\n", "t.yaml:1|empty"},
      {"---\n", "t.yaml:2|map|nothing"},
      {"- a\n- b\n", "t.yaml:1|map|a list"},
      {"\n5\n", "t.yaml:2|map|5"},
      {"a: 1\n---\nb: 2\n", "t.yaml:2|second document"},
      {"a: 1\n---\nb: [\n", "t.yaml:2|second document"},
      {"a: 1\nb: 2\na: 3\n", "t.yaml:3|duplicate key|'a'|line 1"},
      {"x: {q: 1, r: 2,\n q: 3}\n", "t.yaml:2|duplicate key|'q'|line 1"},
      {"a:\n\tb: 1\n", "t.yaml:2|tab|spaces"},
      {"a: 1\n \tb: 1\n", "t.yaml:2|tab"},
      {"a: [1, 2\nb: 3\n", "t.yaml:2|not valid YAML|line 1"},
      {"a: 'open\n", "t.yaml:2|not valid YAML|line 1"},
      {"a: *nowhere\n", "t.yaml:1|not valid YAML|alias"},
      {"a: 1\n? [b]\n: 2\n", "t.yaml:2|key must be a word"},
      {"a: 1\n: 2\n", "t.yaml:2|not valid YAML"},
      {"a: 1\n'': 2\n", "t.yaml:2|key must be a word"},
      {"a: 1\nb: \"x\\0y\"\n", "t.yaml:2|NUL"},
      {"a: 1\n\"x\\0y\": 2\n", "t.yaml:2|NUL"},
      {"a: 1\nb: !odd x\n", "t.yaml:2|tags|!odd"},
      {"a: 1\nb: !!int 3\n", "t.yaml:2|tags"},
      {"a: 1\nb: \xff\n", "t.yaml:2|UTF-8"},
      {"a: 1\n\n\xC0\x80: 1\n", "t.yaml:3|UTF-8"},
      {"a: \xED\xA0\x80\n", "t.yaml:1|UTF-8"},
      {"a: \xF5\x80\x80\x80\n", "t.yaml:1|UTF-8"},
      {"a: \xE2\x82", "t.yaml:1|UTF-8"},
      {"\xFF\xFE\x61", "t.yaml:1|UTF-8"},
      {"a: 1\nb: \x07\n", "t.yaml:2|control characters"},
      {"a: &x [*x]\n", "t.yaml:1|deep"},
      {"a: &x {b: *x}\n", "t.yaml:1|deep"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    oss_document document;
    assert_int_equal(parse(bad[i].text, &document), OSS_ERR_CONFIG);
    assert_null(document.root);
    assert_said(bad[i].words, bad[i].text);
  }
  oss_document document;
  assert_int_equal(oss_yaml_parse("t.yaml", "a: 1\0b", 6, &document), OSS_ERR_CONFIG);
  assert_said("control characters", "NUL");
}

static oss_status nested(size_t levels, const char *open, const char *close) {
  oss_text text = {0};
  oss_document document;
  oss_text_add(&text, "a: ");
  for (size_t i = 0; i < levels; i++) oss_text_add(&text, "%s", open);
  for (size_t i = 0; i < levels; i++) oss_text_add(&text, "%s", close);
  oss_status status = oss_yaml_parse("t.yaml", text.chars, text.length, &document);
  oss_text_free(&text);
  oss_document_free(&document);
  return status;
}

static void test_limits(void **state) {
  (void)state;
  oss_document document;
  assert_int_equal(nested(63, "[", "]"), OSS_OK); /* with the root, 64 levels */
  assert_int_equal(nested(64, "[", "]"), OSS_ERR_CONFIG);
  assert_said("deep|64", "64 lists");
  assert_int_equal(nested(10000, "[", "]"), OSS_ERR_CONFIG);
  assert_int_equal(nested(10000, "{b: ", "}"), OSS_ERR_CONFIG);
  assert_int_equal(nested(1000000, "[", ""), OSS_ERR_CONFIG);

  oss_text block = {0};
  for (int i = 0; i < 1000; i++) oss_text_add(&block, "%*sa:\n", i, "");
  assert_int_equal(parse(block.chars, &document), OSS_ERR_CONFIG);
  assert_said("deep|64|:65", "block maps");
  oss_text_free(&block);

  oss_text laughs = {0};
  oss_text_add(&laughs, "a0: &a0 [lol, lol]\n");
  for (int i = 1; i < 30; i++) oss_text_add(&laughs, "a%d: &a%d [*a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1, i - 1);
  assert_int_equal(parse(laughs.chars, &document), OSS_ERR_CONFIG);
  assert_said("too large|100,000", "aliases");
  oss_text_free(&laughs);

  oss_text anchors = {0};
  for (int i = 0; i <= 1000; i++) oss_text_add(&anchors, "a%d: &a%d 1\n", i, i);
  assert_int_equal(parse(anchors.chars, &document), OSS_ERR_CONFIG);
  assert_said(":1001|anchors", "anchors");
  oss_text_free(&anchors);

  for (int items = 99998; items <= 99999; items++) {
    oss_text many = {0};
    oss_text_add(&many, "a: [");
    for (int i = 0; i < items; i++) oss_text_add(&many, "1,");
    oss_text_add(&many, "]\n");
    assert_int_equal(parse(many.chars, &document), items == 99998 ? OSS_OK : OSS_ERR_CONFIG);
    oss_text_free(&many);
    oss_document_free(&document);
  }
}

static void test_files(void **state) {
  (void)state;
  char folder[] = "/tmp/oss_yaml_XXXXXX";
  oss_document document;
  assert_non_null(mkdtemp(folder));
  assert_int_equal(oss_yaml_load(folder, &document), OSS_ERR_INPUT);
  assert_said("folder", folder);
  assert_said(folder, folder);
  char *path = oss_format("%s/c.yaml", folder);
  assert_int_equal(oss_yaml_load(path, &document), OSS_ERR_INPUT);
  assert_said(path, path);
  FILE *file = fopen(path, "w");
  fputs("a: 1\nb: {c: d}\n", file);
  fclose(file);
  assert_int_equal(oss_yaml_load(path, &document), OSS_OK);
  assert_string_equal(document.file, path);
  oss_document_free(&document);
  assert_int_equal(chmod(path, 0), 0);
  if (access(path, R_OK) != 0) { /* root reads everything */
    assert_int_equal(oss_yaml_load(path, &document), OSS_ERR_INPUT);
    assert_said("denied", path);
  }
  assert_int_equal(oss_yaml_load("/dev/zero", &document), OSS_ERR_CONFIG);
  assert_said("16 MiB", "/dev/zero");
  unlink(path);
  rmdir(folder);
  free(path);
}

static const char *const base = "teacher: {steps: 5, grid: edm}\nstudent:\n  schedule: [uniform, {kind: oss}]\n  none: []\nempty:\n";

static void test_set(void **state) {
  (void)state;
  oss_document document;
  assert_int_equal(parse(base, &document), OSS_OK);
  static const char *const good[] = {"teacher.steps=7",
                                     "seed=[1, 2]",
                                     "student.schedule.1.variant=paper",
                                     "student.schedule.0=ays",
                                     "new.map.here='x'",
                                     "empty.now={a: b}",
                                     "teacher.grid=a=b",
                                     "gone="};
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
    if (oss_yaml_set(&document, good[i]) != OSS_OK) fail_msg("%s: %s", good[i], oss_message());
  const oss_node *teacher = oss_node_get(document.root, "teacher"), *steps = oss_node_get(teacher, "steps");
  const oss_node *list = oss_node_get(oss_node_get(document.root, "student"), "schedule");
  assert_string_equal(steps->text, "7");
  assert_int_equal(steps->line, 0);
  assert_int_equal(teacher->key_lines[0], 0);
  assert_int_equal(document.root->key_lines[0], 1);
  assert_int_equal(oss_node_get(document.root, "seed")->count, 2);
  assert_string_equal(list->items[0]->text, "ays");
  assert_string_equal(oss_node_get(list->items[1], "variant")->text, "paper");
  assert_true(oss_node_get(oss_node_get(oss_node_get(document.root, "new"), "map"), "here")->quoted);
  assert_string_equal(oss_node_get(oss_node_get(oss_node_get(document.root, "empty"), "now"), "a")->text, "b");
  assert_string_equal(oss_node_get(teacher, "grid")->text, "a=b");
  assert_string_equal(oss_node_get(document.root, "gone")->text, "");
  oss_node_fail(steps, "teacher.steps", "is bad");
  assert_string_equal(oss_message(), "--set: teacher.steps: is bad");
  oss_document_free(&document);
}

static void test_bad_set(void **state) {
  (void)state;
  static const struct {
    const char *assignment, *words;
  } bad[] = {
      {"teacher.steps", "teacher.steps|no '='"},
      {"=5", "no key"},
      {".a=5", "empty word"},
      {"a.=5", "empty word"},
      {"a..b=5", "empty word"},
      {"a b=5", "space"},
      {"teacher.steps.x=5", "teacher.steps.x=5|teacher.steps is 5|'x'"},
      {"teacher.grid.rho=5", "teacher.grid is the text 'edm'|'rho'"},
      {"student.schedule.2=x", "position 2|past the end|student.schedule|2 items"},
      {"student.schedule.99999999999999999999999999=x", "past the end"},
      {"student.schedule.kind=x", "student.schedule is a list|'kind'|0 to 1"},
      {"student.schedule.-1=x", "is a list"},
      {"student.none.0=x", "empty list"},
      {"seed=[1, 2", "seed=[1, 2|not valid YAML"},
      {"seed={a: 1, a: 2}", "duplicate key|'a'"},
      {"seed=a: b: c", "not valid YAML"},
      {"seed=1\n---\n2", "second document"},
      {"seed=\xff", "UTF-8"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    oss_document document;
    assert_int_equal(parse(base, &document), OSS_OK);
    assert_int_equal(oss_yaml_set(&document, bad[i].assignment), OSS_ERR_USAGE);
    assert_said("--set", bad[i].assignment);
    assert_said(bad[i].words, bad[i].assignment);
    oss_document_free(&document);
  }
}

static void test_set_limits(void **state) {
  (void)state;
  oss_document document;
  oss_text deep = {0}, wide = {0};
  assert_int_equal(parse(base, &document), OSS_OK);
  for (int i = 0; i < 200; i++) oss_text_add(&deep, "%sa", i ? "." : "");
  oss_text_add(&deep, "=1");
  assert_int_equal(oss_yaml_set(&document, deep.chars), OSS_ERR_USAGE);
  assert_said("deep", "path");
  oss_text_free(&deep);
  oss_text_add(&deep, "a.b.c=");
  for (int i = 0; i < 62; i++) oss_text_add(&deep, "[");
  for (int i = 0; i < 62; i++) oss_text_add(&deep, "]");
  assert_int_equal(oss_yaml_set(&document, deep.chars), OSS_ERR_USAGE);
  assert_said("deep", "value");
  oss_text_add(&wide, "a=[");
  for (int i = 0; i < 60000; i++) oss_text_add(&wide, "1,");
  oss_text_add(&wide, "]");
  assert_int_equal(oss_yaml_set(&document, wide.chars), OSS_OK);
  wide.chars[0] = 'b';
  assert_int_equal(oss_yaml_set(&document, wide.chars), OSS_ERR_USAGE);
  assert_said("too large", "two wide values");
  oss_text_free(&deep);
  oss_text_free(&wide);
  oss_document_free(&document);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_positions), cmocka_unit_test(test_forms),      cmocka_unit_test(test_bad_documents),
      cmocka_unit_test(test_limits),    cmocka_unit_test(test_files),      cmocka_unit_test(test_set),
      cmocka_unit_test(test_bad_set),   cmocka_unit_test(test_set_limits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

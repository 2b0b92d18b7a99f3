// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* One test for every member of every registry: a new member is covered by its line in the .def. */
#include <ctype.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/core/registries.h"
#include "host/grids/grid.h"
#include "host/io/reader.h"
#include "host/search/cost.h"

static const oss_registry *const registries[] = {&oss_grids, &oss_denoisers, &oss_solvers,  &oss_schedules, &oss_searches,
                                                 &oss_costs, &oss_metrics,   &oss_initials, &oss_exports};
enum { REGISTRY_COUNT = sizeof registries / sizeof registries[0] };

/* {kind: NAME, ...} with every required option given something of its type, and extra options. */
static char *minimal(const oss_member_desc *desc, const char *extra) {
  oss_text text = {0};
  char *out;
  oss_text_add(&text, "{kind: %s", desc->name);
  for (size_t i = 0; i < desc->option_count; i++) {
    const oss_option *o = &desc->options[i];
    if (o->fallback != NULL) continue;
    oss_text_add(&text, ", %s: %s", o->name, o->type == OSS_OPTION_FILE || o->type == OSS_OPTION_TEXT ? "something" : "1");
  }
  oss_text_add(&text, "%s}", extra);
  assert_int_equal(oss_text_take(&text, &out), OSS_OK);
  return out;
}

static oss_status parse(const oss_registry *registry, const char *member, oss_member **out) {
  const oss_registry *where[] = {registry, NULL};
  oss_document document = {0};
  oss_member **list = NULL;
  size_t count = 0;
  char *text = oss_format("{it: %s}", member);
  *out = NULL;
  assert_int_equal(oss_yaml_parse("test", text, strlen(text), &document), OSS_OK);
  oss_status status = oss_members_parse(where, oss_node_get(document.root, "it"), "it", ".", &list, &count);
  if (status == OSS_OK) {
    assert_int_equal(count, 1);
    *out = list[0];
    free(list);
  }
  oss_document_free(&document);
  free(text);
  return status;
}

static oss_member *parsed(const oss_registry *registry, const oss_member_desc *desc, const char *extra) {
  oss_member *member;
  char *text = minimal(desc, extra);
  if (parse(registry, text, &member) != OSS_OK) fail_msg("%s: %s: %s", registry->name, text, oss_message());
  free(text);
  return member;
}

static void check_words(const oss_registry *registry, const oss_member_desc *desc) {
  for (const char *c = desc->name; *c != '\0'; c++)
    if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '_') fail_msg("%s: name '%s'", registry->name, desc->name);
  if (desc->summary == NULL || strlen(desc->summary) < 10 || desc->summary[strlen(desc->summary) - 1] == '.')
    fail_msg("%s %s: the summary is one line without a full stop", registry->name, desc->name);
  if (desc->source == NULL || desc->source[0] == '\0') fail_msg("%s %s: no source", registry->name, desc->name);
  for (size_t i = 0; i < desc->option_count; i++)
    if (desc->options[i].help == NULL || desc->options[i].help[0] == '\0')
      fail_msg("%s %s: option %s has no help", registry->name, desc->name, desc->options[i].name);
}

static void every_member_is_described(void **state) {
  (void)state;
  for (size_t r = 0; r < REGISTRY_COUNT; r++) {
    assert_true(registries[r]->count() > 0);
    for (size_t i = 0; i < registries[r]->count(); i++) {
      check_words(registries[r], registries[r]->at(i));
      for (size_t k = 0; k < i; k++) assert_string_not_equal(registries[r]->at(i)->name, registries[r]->at(k)->name);
    }
  }
}

/* Defaults are valid, the canonical line reads back to itself, and an unknown option is refused by name. */
static void every_member_parses(void **state) {
  (void)state;
  for (size_t r = 0; r < REGISTRY_COUNT; r++) {
    for (size_t i = 0; i < registries[r]->count(); i++) {
      const oss_member_desc *desc = registries[r]->at(i);
      oss_member *member = parsed(registries[r], desc, ""), *again;
      for (size_t o = 0; o < desc->option_count; o++)
        if (desc->options[o].fallback == NULL || desc->options[o].fallback[0] != '\0')
          assert_non_null(strstr(member->yaml, desc->options[o].name));
      if (parse(registries[r], member->yaml, &again) != OSS_OK) fail_msg("%s: %s", member->yaml, oss_message());
      assert_string_equal(again->yaml, member->yaml);
      oss_member_free(again);
      oss_member_free(member);
      char *wrong = minimal(desc, ", no_such_option: 1");
      assert_int_equal(parse(registries[r], wrong, &again), OSS_ERR_CONFIG);
      assert_non_null(strstr(oss_message(), "no_such_option"));
      free(wrong);
    }
  }
}

static void every_grid_descends(void **state) {
  static const int64_t steps[] = {1, 2, 3, 10, 77, 500};
  (void)state;
  for (size_t i = 0; i < oss_grids.count(); i++) {
    const oss_grid_desc *desc = (const oss_grid_desc *)oss_grids.at(i);
    for (size_t s = 0; desc->fill != NULL && s < sizeof steps / sizeof steps[0]; s++) {
      for (int to_min = 0; to_min < 2; to_min++) {
        oss_grid grid;
        oss_member *member = parsed(&oss_grids, &desc->base, to_min ? ", end: min" : "");
        if (oss_grid_create(member, steps[s], &grid) != OSS_OK) fail_msg("%s: %s", member->yaml, oss_message());
        assert_int_equal(grid.n, steps[s]);
        assert_true(to_min ? grid.t[0] > 0.0 : grid.t[0] == 0.0);
        for (int64_t k = 1; k <= grid.n; k++) assert_true(grid.t[k] > grid.t[k - 1] && grid.t[k] <= 1.0);
        for (int64_t k = 0; k <= grid.n; k++) assert_int_equal(oss_grid_index(&grid, grid.t[k]), k);
        oss_grid_free(&grid);
        oss_member_free(member);
      }
    }
  }
}

/* The published code's grids, as the golden files hold them. */
static void grids_agree_with_the_goldens(void **state) {
  static const struct {
    const char *member, *dataset;
    int64_t n;
  } cases[] = {{"{kind: edm}", "edm_rho7_N40/t", 40},
               {"{kind: ddim}", "ddim_linear_N24/t", 24},
               {"{kind: flow}", "fm_linear_N12/t", 12},
               {"{kind: flow, shift: 3}", "fm_shift3_N40/t", 40}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    oss_member *member;
    oss_grid grid;
    oss_array golden = {0};
    assert_int_equal(parse(&oss_grids, cases[i].member, &member), OSS_OK);
    assert_int_equal(oss_grid_create(member, cases[i].n, &grid), OSS_OK);
    if (oss_io_read(OSS_GOLDEN_DIR "/oss_search.h5", cases[i].dataset, OSS_F64, 1, 1, &golden) != OSS_OK) fail_msg("%s", oss_message());
    assert_int_equal(golden.dims[0], cases[i].n + 1);
    for (int64_t k = 0; k <= cases[i].n; k++) assert_true(fabs(grid.t[k] - ((double *)golden.data)[k]) <= 1e-12);
    oss_array_free(&golden);
    oss_grid_free(&grid);
    oss_member_free(member);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_member_is_described),
      cmocka_unit_test(every_member_parses),
      cmocka_unit_test(every_grid_descends),
      cmocka_unit_test(grids_agree_with_the_goldens),
  };
  oss_io_init();
  return cmocka_run_group_tests(tests, NULL, NULL);
}

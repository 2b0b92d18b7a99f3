// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "tests/support/solvers.h"

#include <stdlib.h>
#include <string.h>

#include "host/core/registries.h"
#include "tests/support/check.h"
#include "tests/support/members.h"

static oss_member **parse(const char *member, size_t *count) {
  static const oss_registry *const where[] = {&oss_solvers, NULL};
  return members_of(where, member, count);
}

/* A list where a member takes one value makes a member of each. */
static char *with_lists(const oss_member_desc *desc) {
  oss_text text = {0};
  char *out;
  oss_text_add(&text, "{kind: %s", desc->name);
  for (size_t i = 0; i < desc->option_count; i++) {
    const oss_option *o = &desc->options[i];
    if (strcmp(o->name, "afs") == 0) continue;
    if (o->type == OSS_OPTION_BOOL) oss_text_add(&text, ", %s: [true, false]", o->name);
    if (o->type == OSS_OPTION_INT) {
      oss_text_add(&text, ", %s: [", o->name);
      for (double value = o->min; value <= o->max; value++) oss_text_add(&text, "%s%g", value > o->min ? ", " : "", value);
      oss_text_add(&text, "]");
    }
    if (o->type == OSS_OPTION_CHOICE) {
      oss_text_add(&text, ", %s: [", o->name);
      for (const char *c = o->choices; *c != '\0'; c++) oss_text_add(&text, *c == ' ' ? ", " : "%c", *c);
      oss_text_add(&text, "]");
    }
  }
  oss_text_add(&text, "}");
  check_ok(oss_text_take(&text, &out));
  return out;
}

size_t all_solver_variants(oss_member ***out) {
  size_t total = 0;
  *out = NULL;
  for (size_t i = 0; i < oss_solvers.count(); i++) {
    char *text = with_lists(oss_solvers.at(i));
    size_t count;
    oss_member **list = parse(text, &count);
    *out = realloc(*out, (total + count) * sizeof **out);
    assert_non_null(*out);
    memcpy(*out + total, list, count * sizeof *list);
    total += count;
    free(list);
    free(text);
  }
  return total;
}

oss_member *solver_variant(const char *yaml) {
  size_t count;
  oss_member **list = parse(yaml, &count), *one = list[0];
  assert_int_equal(count, 1);
  free(list);
  return one;
}

double apply_row(const oss_row *row, double x, double d, int known, const double *h) {
  double sum = row->a * x + row->b[0] * d;
  for (int m = 1; m < known; m++) sum += row->b[m] * h[m - 1];
  return sum;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "tests/support/members.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"

oss_member **members_of(const oss_registry *const *registries, const char *yaml, size_t *count) {
  oss_document document = {0};
  oss_member **list = NULL;
  char *text = oss_format("{it: %s}", yaml);
  check_ok(oss_yaml_parse("test", text, strlen(text), &document));
  check_ok(oss_members_parse(registries, oss_node_get(document.root, "it"), "it", ".", &list, count));
  oss_document_free(&document);
  free(text);
  return list;
}

oss_member *member_of(const oss_registry *const *registries, const char *yaml) {
  size_t count = 0;
  oss_member **list = members_of(registries, yaml, &count);
  assert_int_equal(count, 1);
  oss_member *member = list[0];
  free(list);
  return member;
}

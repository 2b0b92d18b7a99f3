// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <inttypes.h>
#include <stdlib.h>

#include "host/core/member_build.h"
#include "host/core/path.h"
#include "host/core/value.h"

static void add_path(oss_text *text, const oss_value *value, int resolved) {
  if (!resolved) {
    oss_text_add_yaml(text, value->text);
    return;
  }
  char *absolute = oss_path_absolute(value->path);
  if (absolute)
    oss_text_add_yaml(text, absolute);
  else
    text->failed = 1;
  free(absolute);
}

static void add_value(oss_text *text, const oss_option *option, const oss_value *value, int resolved) {
  char number[OSS_NUMBER_BYTES];
  switch (option->type) {
    case OSS_OPTION_INT:
      oss_text_add(text, "%" PRId64, value->integer);
      break;
    case OSS_OPTION_COUNT:
      if (value->integer == 0)
        oss_text_add(text, "all");
      else
        oss_text_add(text, "%" PRId64, value->integer);
      break;
    case OSS_OPTION_REAL:
      oss_text_add(text, "%s", oss_number_text(value->real, number));
      break;
    case OSS_OPTION_BOOL:
      oss_text_add(text, value->integer ? "true" : "false");
      break;
    case OSS_OPTION_CHOICE:
    case OSS_OPTION_TEXT:
      oss_text_add_yaml(text, value->text);
      break;
    case OSS_OPTION_FILE:
      add_path(text, value, resolved);
      break;
    case OSS_OPTION_NESTED:
      oss_member_add_yaml(text, value->nested, resolved);
      break;
  }
}

void oss_member_add_yaml(oss_text *text, const oss_member *member, int resolved) {
  const oss_member_desc *desc = member->desc;
  size_t given = 0;
  for (size_t i = 0; i < desc->option_count; i++) given += member->values[i].given != 0;
  if (given == 0) {
    oss_text_add_yaml(text, desc->name);
    return;
  }
  oss_text_add(text, "{kind: ");
  oss_text_add_yaml(text, desc->name);
  for (size_t i = 0; i < desc->option_count; i++) {
    if (!member->values[i].given) continue;
    oss_text_add(text, ", %s: ", desc->options[i].name);
    add_value(text, &desc->options[i], &member->values[i], resolved);
  }
  oss_text_add(text, "}");
}

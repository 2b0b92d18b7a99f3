// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/core/member.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/member_build.h"

void oss_value_clear(oss_value *value) {
  free(value->text);
  free(value->path);
  oss_member_free(value->nested);
  memset(value, 0, sizeof *value);
}

int oss_value_copy(const oss_value *from, oss_value *to) {
  *to = (oss_value){.given = from->given, .integer = from->integer, .real = from->real};
  if (from->text) to->text = oss_strdup(from->text);
  if (from->path) to->path = oss_strdup(from->path);
  if (from->nested) to->nested = oss_member_clone(from->nested);
  if ((!from->text || to->text) && (!from->path || to->path) && (!from->nested || to->nested)) return 1;
  oss_value_clear(to);
  return 0;
}

oss_member *oss_member_create(const oss_member_desc *desc, const char *file, int line) {
  oss_member *member = calloc(1, sizeof *member);
  if (!member) return NULL;
  member->desc = desc;
  member->line = line;
  member->file = oss_strdup(file);
  member->values = calloc(desc->option_count + 1, sizeof *member->values); /* never zero bytes, which may be NULL */
  if (member->file && member->values) return member;
  oss_member_free(member);
  return NULL;
}

oss_member *oss_member_clone(const oss_member *member) {
  oss_member *copy = oss_member_create(member->desc, member->file, member->line);
  if (!copy) return NULL;
  int ok = 1;
  for (size_t i = 0; i < member->desc->option_count && ok; i++) ok = oss_value_copy(&member->values[i], &copy->values[i]);
  if (ok && member->yaml) ok = (copy->yaml = oss_strdup(member->yaml)) != NULL;
  if (ok) return copy;
  oss_member_free(copy);
  return NULL;
}

void oss_member_free(oss_member *member) {
  if (!member) return;
  for (size_t i = 0; member->values && i < member->desc->option_count; i++) oss_value_clear(&member->values[i]);
  free(member->values);
  free(member->yaml);
  free(member->file);
  free(member);
}

void oss_members_free(oss_member **members, size_t count) {
  if (!members) return;
  for (size_t i = 0; i < count; i++) oss_member_free(members[i]);
  free(members);
}

const oss_value *oss_member_value(const oss_member *member, const char *name) {
  static const oss_value none = {0};
  for (size_t i = 0; i < member->desc->option_count; i++)
    if (strcmp(member->desc->options[i].name, name) == 0) return &member->values[i];
  return &none;
}

double oss_member_real(const oss_member *member, const char *name) {
  return oss_member_value(member, name)->real;
}

int64_t oss_member_int(const oss_member *member, const char *name) {
  return oss_member_value(member, name)->integer;
}

const char *oss_member_text(const oss_member *member, const char *name) {
  const char *text = oss_member_value(member, name)->text;
  return text ? text : "";
}

const char *oss_member_path(const oss_member *member, const char *name) {
  const char *path = oss_member_value(member, name)->path;
  return path ? path : "";
}

int oss_member_is(const oss_member *member, const char *name, const char *word) {
  return strcmp(oss_member_text(member, name), word) == 0;
}

oss_status oss_member_fail(const oss_member *member, const char *fmt, ...) {
  char text[1024], line[16] = "";
  va_list args;
  va_start(args, fmt);
  vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  if (member->line > 0) snprintf(line, sizeof line, ":%d", member->line);
  return oss_fail(OSS_ERR_CONFIG, "%s%s: %s: %s", member->file, line, member->desc->name, text);
}

const oss_member_desc *oss_registry_find(const oss_registry *registry, const char *name) {
  for (size_t i = 0; i < registry->count(); i++)
    if (strcmp(registry->at(i)->name, name) == 0) return registry->at(i);
  return NULL;
}

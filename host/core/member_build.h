// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Making members: shared by the files that parse and print them. */
#ifndef OSS_CORE_MEMBER_BUILD_H
#define OSS_CORE_MEMBER_BUILD_H

#include "host/core/member.h"

/* More members than this of one key are a mistake; each costs memory before any cell is counted. */
enum { OSS_MAX_MEMBERS = 100000 };

/* A member of desc with empty values, or NULL without memory. */
oss_member *oss_member_create(const oss_member_desc *desc, const char *file, int line);
oss_member *oss_member_clone(const oss_member *member);
void oss_value_clear(oss_value *value);
int oss_value_copy(const oss_value *from, oss_value *to); /* 0 without memory; then *to is empty */

/* Adds the member as one line of YAML. resolved: files by their absolute path instead of as written. */
void oss_member_add_yaml(oss_text *text, const oss_member *member, int resolved);

#endif

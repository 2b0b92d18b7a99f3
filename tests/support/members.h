// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Members of a registry from what a config would say; a failure to parse fails the test. */
#ifndef OSS_TESTS_SUPPORT_MEMBERS_H
#define OSS_TESTS_SUPPORT_MEMBERS_H

#include "host/core/member.h"

/* All that yaml stands for: *count owned members (oss_members_free). registries: NULL-terminated. */
oss_member **members_of(const oss_registry *const *registries, const char *yaml, size_t *count);

/* The one that it stands for (oss_member_free). */
oss_member *member_of(const oss_registry *const *registries, const char *yaml);

#endif

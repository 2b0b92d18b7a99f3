// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Where a result comes from: the root attributes of the file. */
#ifndef OSS_SWEEP_PROVENANCE_H
#define OSS_SWEEP_PROVENANCE_H

#include "host/io/result.h"
#include "host/sweep/context.h"

enum { OSS_MAX_ATTRIBUTES = 32 };

typedef struct oss_provenance {
  oss_attribute attributes[OSS_MAX_ATTRIBUTES];
  size_t count;
  char *owned[OSS_MAX_ATTRIBUTES]; /* texts made for it */
  size_t owned_count;
} oss_provenance;

oss_status oss_provenance_create(const oss_context *context, const char *argv, oss_provenance *out);
void oss_provenance_free(oss_provenance *provenance);

#endif

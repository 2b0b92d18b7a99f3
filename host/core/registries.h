// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Every registry by name. student.schedule names a member of oss_schedules or of oss_searches. */
#ifndef OSS_CORE_REGISTRIES_H
#define OSS_CORE_REGISTRIES_H

#include "host/core/calibration.h"
#include "host/core/initial.h"
#include "host/core/member.h"

extern const oss_registry oss_grids, oss_denoisers, oss_solvers, oss_schedules, oss_searches, oss_metrics, oss_exports;

/* Defines the registry symbol over an array of pointers to descriptors whose first field is `oss_member_desc base`. */
#define OSS_DEFINE_REGISTRY(symbol, table, folder, word, text) \
  static size_t symbol##_count(void) {                         \
    return sizeof(table) / sizeof((table)[0]);                 \
  }                                                            \
  static const oss_member_desc *symbol##_at(size_t i) {        \
    return &(table)[i]->base;                                  \
  }                                                            \
  const oss_registry symbol = {.name = (folder), .singular = (word), .summary = (text), .count = symbol##_count, .at = symbol##_at};

#endif

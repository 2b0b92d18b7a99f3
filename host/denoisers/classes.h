// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The option `class` of denoisers that have classes. */
#ifndef OSS_DENOISERS_CLASSES_H
#define OSS_DENOISERS_CLASSES_H

#include "host/core/member.h"

enum { OSS_CLASS_NONE = -1, OSS_CLASS_DRAWN = -2, OSS_CLASS_GIVEN = -3 };

/* *choice: one of these, or a class number. given: whether that is a word of the option. Guidance needs a class. */
oss_status oss_class_parse(const oss_member *member, int given, int64_t *choice);

/* In (0, 1): what a sample's class is drawn from; it depends on (seed, sample) alone. */
double oss_class_uniform(uint64_t seed, uint64_t sample);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Where sampling starts (section 2 of the design): the config's "initial". */
#ifndef OSS_CORE_INITIAL_H
#define OSS_CORE_INITIAL_H

#include "host/core/member.h"

/* t: x_T = t_N eps. one: x_T = eps. The two differ where t_N < 1. */
extern const oss_registry oss_initials;

/* The factor of eps in x_T for a teacher that starts at t_start. */
double oss_initial_factor(const oss_member *initial, double t_start);

#endif

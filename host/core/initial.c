// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/core/initial.h"

#include <string.h>

static const oss_member_desc initials[] = {
    {.name = "t", .summary = "x_T = t_N eps", .source = "EDM, arXiv 2206.00364, algorithm 1, in flow coordinates"},
    {.name = "one", .summary = "x_T = eps, whatever the first time is", .source = "the published code of OSS, arXiv 2503.21774"},
};

static size_t initial_count(void) {
  return sizeof initials / sizeof initials[0];
}

static const oss_member_desc *initial_at(size_t i) {
  return &initials[i];
}

const oss_registry oss_initials = {
    .name = "initials", .singular = "initial state", .summary = "where sampling starts", .count = initial_count, .at = initial_at};

double oss_initial_factor(const oss_member *initial, double t_start) {
  return strcmp(initial->desc->name, "one") == 0 ? 1.0 : t_start;
}

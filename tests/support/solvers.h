// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Every solver of the registry in every variant, for tests that hold for all of them. */
#ifndef OSS_TESTS_SUPPORT_SOLVERS_H
#define OSS_TESTS_SUPPORT_SOLVERS_H

#include "host/solvers/solver.h"

/* All combinations of each solver's options: whole numbers over their range, words, true and false; other types and afs (no row depends on
 * it) keep their defaults. oss_members_free(*out, count). */
size_t all_solver_variants(oss_member ***out);

/* The one variant that a line of YAML describes. oss_member_free. */
oss_member *solver_variant(const char *yaml);

/* The row applied: a x + b_0 d + b_1 h[0] + ... */
double apply_row(const oss_row *row, double x, double d, int known, const double *h);

#endif

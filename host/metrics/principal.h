// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Principal components of a set, from the covariance or from the Gram matrix, whichever is smaller. */
#ifndef OSS_METRICS_PRINCIPAL_H
#define OSS_METRICS_PRINCIPAL_H

#include <stddef.h>

#include "kernels/status.h"

/* rows: (n + m, d). The mean of the last m is taken from all rows; axes (count, d) are the directions in which these m vary most, in
 * falling order, each of length 1 with its largest entry positive. count <= min(m - 1, d). OSS_ERR_NUMERIC when they vary in fewer. */
oss_status oss_principal_axes(size_t n, size_t m, size_t d, size_t count, double *rows, double *axes);

size_t oss_principal_bytes(size_t m, size_t d, size_t count); /* memory of that */

#endif

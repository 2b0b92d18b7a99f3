// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The Beta distribution. */
#ifndef OSS_SCHEDULES_QUANTILE_H
#define OSS_SCHEDULES_QUANTILE_H

/* log of the regularised incomplete beta function I_x(a, b) = P(X <= x), a, b > 0; x is given by its logarithm, log_x <= 0, so that
 * values near 0 keep their digits. Meant for x up to (a + 1) / (a + b + 2); beyond, take 1 - I_(1-x)(b, a). */
double oss_beta_log_probability(double a, double b, double log_x);

/* x with I_x(a, b) = p, 0 <= p <= 1 and 0 < a, b <= 1000: to about 1e-11 of the smaller of x and 1 - x. NaN for NaN. */
double oss_beta_quantile(double a, double b, double p);

#endif

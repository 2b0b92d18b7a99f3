// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The objective of "Accelerating Diffusion Sampling with Optimized Time Steps" (DM, Xue et al. 2024, arXiv 2402.17376), as its
 * published code has it.
 *
 * Knots lambda_0 < ... < lambda_K, lambda = log(alpha / sigma), K intervals. Step s of a data-predicting multistep solver integrates
 * e^lambda times the polynomial through its last q points, q = 1 in the first and last interval, 2 beside them, 3 elsewhere; J(s, n) is the
 * weight that point n has in it. With the error that the network is taken to make at a knot of a variance-preserving process, sigma^2 /
 * alpha, objective = sum over s < 3 and s = K - 1 of |(error_n J(s, n))_n|_2  +  sum over n of |error_n (sum over the other s of J(s, n))|
 */
#ifndef OSS_SEARCH_DM_OBJECTIVE_H
#define OSS_SEARCH_DM_OBJECTIVE_H

#include <stddef.h>

/* The objective taken apart: smooth + sum over n of |mixed[n]|. Arrays of the caller; gradients are by lambda_0 .. lambda_K. */
typedef struct oss_dm_parts {
  double smooth;
  double *smooth_gradient; /* (K+1) */
  double *mixed;           /* (K) */
  double *mixed_gradient;  /* (K, K+1) */
} oss_dm_parts;

/* lambda: (K+1) ascending strictly, K = intervals >= 1. */
void oss_dm_take_apart(size_t intervals, const double *lambda, oss_dm_parts *out);

double oss_dm_total(size_t intervals, const oss_dm_parts *parts);

#endif

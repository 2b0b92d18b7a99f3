// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What the operations of ops.def compute, written as the formulas read: one loop an index, long double sums, no thought of speed. Same
 * shapes and argument order as the operations; all arrays in host memory. */
#ifndef OSS_TESTS_SUPPORT_REFERENCE_H
#define OSS_TESTS_SUPPORT_REFERENCE_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/backend.h"

void ref_lincomb(size_t rows, size_t d, int terms, size_t stride, const double *coef, const float *const *in, double *out);
void ref_row_error(size_t rows, size_t d, double p, const float *a, const float *b, double *out);

void ref_row_quantile(size_t rows, size_t d, size_t count, const double *level, const float *in, double *out);
void ref_row_affine(size_t rows, size_t d, const double *map, const float *in, double *out);

void ref_mixture_distance(size_t rows, size_t k, size_t d, const float *x, const double *t, const float *means, double *distance);
void ref_mixture_weights(size_t rows, size_t k, size_t d, const double *t, const double *scales, const double *log_weights,
                         const int32_t *classes, const int32_t *label, const double *distance, double *gain, double *shrink);
void ref_mixture_combine(size_t rows, size_t k, size_t d, const double *shrink, const float *gain, const float *means, const float *x,
                         double *out);
/* D from x without any rounding between the three. classes and label may be NULL. */
void ref_mixture(size_t rows, size_t k, size_t d, const double *t, const double *scales, const double *log_weights, const int32_t *classes,
                 const int32_t *label, const float *means, const float *x, double *out);

void ref_pair_error(size_t b, size_t n, size_t d, int q, double p, size_t coef_stride, const double *coef, const float *x,
                    const float *const *h, const float *target, double *cost);
void ref_cost_accumulate(size_t b, size_t cells, int log_of, double weight, const double *cost, double *acc);
void ref_dp_relax(size_t b, size_t n, unsigned flags, const double *cost, const double *previous, double *cur, int32_t *from);
void ref_advance(size_t b, size_t n, size_t d, int q, size_t coef_stride, const double *coef, size_t from_stride, const int32_t *from,
                 const float *x, const float *const *h, double *out);

/* With its limit 0 at minus infinity. */
double ref_activation(oss_activation activation, double x);

#endif

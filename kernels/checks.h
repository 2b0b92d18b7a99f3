// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What every backend asks of an operation's sizes and flags before it does anything, where that is more than a line. */
#ifndef OSS_KERNELS_CHECKS_H
#define OSS_KERNELS_CHECKS_H

#include <math.h>

#include "kernels/backend.h"
#include "kernels/sizes.h"

static inline oss_status oss_check_pair_error(size_t b, size_t n, size_t d, int q, double p, size_t coef_stride) {
  if (q < 1 || q > OSS_MAX_TERMS) return oss_fail(OSS_ERR_INTERNAL, "pair_error: q = %d; 1 to %d are possible", q, OSS_MAX_TERMS);
  if (!(p > 0.0) || !isfinite(p)) return oss_fail(OSS_ERR_INTERNAL, "pair_error: power %g; it must be above 0 and finite", p);
  if (d == 0) return oss_fail(OSS_ERR_INTERNAL, "pair_error: states of no elements have no mean");
  if (n >= INT32_MAX || !oss_fits(n + 1, b, d, sizeof(float)) || !oss_fits(b, n + 1, n + 1, sizeof(double)) ||
      !oss_fits((size_t)q + 1, n + 1, n + 1, sizeof(double)))
    return oss_fail(OSS_ERR_INTERNAL, "pair_error: %zu x %zu x %zu overflow", n, b, d);
  if (coef_stride != 0 && coef_stride < ((size_t)q + 1) * (n + 1) * (n + 1))
    return oss_fail(OSS_ERR_INTERNAL, "pair_error: coef_stride %zu is under %d planes of %zu", coef_stride, q + 1, (n + 1) * (n + 1));
  return OSS_OK;
}

static inline oss_status oss_check_advance(size_t b, size_t n, size_t d, int q, size_t coef_stride, size_t from_stride) {
  if (q < 1 || q > OSS_MAX_TERMS) return oss_fail(OSS_ERR_INTERNAL, "advance: q = %d; 1 to %d are possible", q, OSS_MAX_TERMS);
  if (n >= INT32_MAX || !oss_fits(n + 1, b, d, sizeof(float)) || !oss_fits((size_t)q + 1, n + 1, n + 1, sizeof(double)))
    return oss_fail(OSS_ERR_INTERNAL, "advance: %zu x %zu x %zu overflow", n, b, d);
  if (from_stride != 0 && from_stride != n + 1)
    return oss_fail(OSS_ERR_INTERNAL, "advance: from_stride %zu is not %zu", from_stride, n + 1);
  if (coef_stride != 0 && coef_stride < ((size_t)q + 1) * (n + 1) * (n + 1))
    return oss_fail(OSS_ERR_INTERNAL, "advance: coef_stride %zu is under %d planes of %zu", coef_stride, q + 1, (n + 1) * (n + 1));
  return OSS_OK;
}

static inline oss_status oss_check_gather_states(size_t b, size_t n, size_t d, size_t from_stride) {
  if (n >= INT32_MAX || !oss_fits(n + 1, b, d, sizeof(float)))
    return oss_fail(OSS_ERR_INTERNAL, "gather_states: %zu x %zu x %zu overflow", n, b, d);
  if (from_stride != 0 && from_stride != n + 1)
    return oss_fail(OSS_ERR_INTERNAL, "gather_states: from_stride %zu is not %zu", from_stride, n + 1);
  return OSS_OK;
}

static inline oss_status oss_check_dp_relax(size_t b, size_t n, unsigned flags) {
  const unsigned known = OSS_RELAX_ALL | OSS_RELAX_ROOT | OSS_RELAX_KEEP;
  if ((flags & ~known) != 0) return oss_fail(OSS_ERR_INTERNAL, "dp_relax: flags %u are unknown", flags & ~known);
  if (n >= INT32_MAX || !oss_fits(b, n + 1, n + 1, sizeof(double)))
    return oss_fail(OSS_ERR_INTERNAL, "dp_relax: %zu samples of %zu steps overflow", b, n);
  return OSS_OK;
}

static inline oss_status oss_check_lincomb(size_t rows, size_t d, int terms, size_t stride) {
  if (terms < 1 || terms > OSS_MAX_TERMS)
    return oss_fail(OSS_ERR_INTERNAL, "lincomb: %d terms; 1 to %d are possible", terms, OSS_MAX_TERMS);
  if (stride != 0 && stride < (size_t)terms) return oss_fail(OSS_ERR_INTERNAL, "lincomb: stride %zu is under %d terms", stride, terms);
  if (!oss_fits(rows, d, 1, sizeof(float)) || !oss_fits(rows, stride, 1, sizeof(double)))
    return oss_fail(OSS_ERR_INTERNAL, "lincomb: %zu rows of %zu overflow", rows, d);
  return OSS_OK;
}

static inline oss_status oss_check_activation(const char *operation, oss_activation activation) {
  if ((unsigned)activation > OSS_ACT_GELU) return oss_fail(OSS_ERR_INTERNAL, "%s: activation %d is unknown", operation, (int)activation);
  return OSS_OK;
}

enum { OSS_LAYER_MOST = 1 << 24 }; /* inputs or outputs of a layer: their number fits every index that a library takes */

static inline oss_status oss_check_dense_pack(size_t n, size_t k) {
  if (n < 1 || k < 1 || n > OSS_LAYER_MOST || k > OSS_LAYER_MOST || !oss_fits(n + 64, k + 1, 2, sizeof(float)))
    return oss_fail(OSS_ERR_INTERNAL, "dense_pack: %zu outputs of %zu inputs; 1 to %d each are possible", n, k, OSS_LAYER_MOST);
  return OSS_OK;
}

static inline oss_status oss_check_dense(size_t rows, size_t n, size_t k, oss_activation activation) {
  OSS_TRY(oss_check_activation("dense", activation));
  if (!oss_fits(rows, n, 1, sizeof(float)) || !oss_fits(rows, k, 1, sizeof(float)))
    return oss_fail(OSS_ERR_INTERNAL, "dense: %zu rows of %zu to %zu overflow", rows, k, n);
  return OSS_OK;
}

/* Whether attention's sizes and scale make sense; a sample, its scores included, has fewer than 2^31 of anything. */
static inline oss_status oss_check_attention(size_t samples, size_t tokens, size_t heads, size_t width, double scale) {
  if (tokens < 1 || heads < 1 || width < 1 || tokens >= INT32_MAX || heads > INT32_MAX / 3 / width)
    return oss_fail(OSS_ERR_INTERNAL, "attention: %zu tokens, %zu heads of %zu", tokens, heads, width);
  if (!oss_fits(samples, tokens, 3 * heads * width, sizeof(float)))
    return oss_fail(OSS_ERR_INTERNAL, "attention: %zu samples of %zu tokens of %zu overflow", samples, tokens, 3 * heads * width);
  if (!isfinite(scale)) return oss_fail(OSS_ERR_INTERNAL, "attention: scale %g; it must be finite", scale);
  return OSS_OK;
}

#endif

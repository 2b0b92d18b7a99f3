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

/* Whether attention's sizes and scale make sense; the libraries count tokens, and what a token has, with 31 bits. A factor of 0 would keep
 * them from reading q and k at all, and lose their NaN. */
static inline oss_status oss_check_attention(size_t samples, size_t tokens, size_t heads, size_t width, double scale) {
  if (tokens < 1 || heads < 1 || width < 1 || tokens >= INT32_MAX || heads > INT32_MAX / 3 / width)
    return oss_fail(OSS_ERR_INTERNAL, "attention: %zu tokens, %zu heads of %zu", tokens, heads, width);
  if (!oss_fits(samples, tokens, 3 * heads * width, sizeof(float)))
    return oss_fail(OSS_ERR_INTERNAL, "attention: %zu samples of %zu tokens of %zu overflow", samples, tokens, 3 * heads * width);
  const float factor = (float)scale;
  if (!isfinite(factor) || factor == 0.0f)
    return oss_fail(OSS_ERR_INTERNAL, "attention: scale %g; it must be finite and not 0 in float", scale);
  return OSS_OK;
}

/* Arrays [samples][stride] of which count floats a row are used; stride 0: one row for all. */
static inline oss_status oss_check_stride(const char *operation, size_t samples, size_t stride, size_t count) {
  if (stride != 0 && stride < count) return oss_fail(OSS_ERR_INTERNAL, "%s: stride %zu is under %zu", operation, stride, count);
  if (!oss_fits(samples, stride, 1, sizeof(float)))
    return oss_fail(OSS_ERR_INTERNAL, "%s: %zu rows of stride %zu overflow", operation, samples, stride);
  return OSS_OK;
}

/* What group_norm and layer_norm share; count: channels or width. */
static inline oss_status oss_check_norm(const char *operation, size_t samples, size_t places, size_t count, double eps, size_t stride,
                                        const float *shift, const float *scale, oss_activation activation) {
  if (!(eps >= 0.0) || !isfinite(eps)) return oss_fail(OSS_ERR_INTERNAL, "%s: eps %g; it must be finite and not below 0", operation, eps);
  if ((shift == NULL) != (scale == NULL)) return oss_fail(OSS_ERR_INTERNAL, "%s: scale and shift come together", operation);
  if (!oss_fits(samples, places, count, sizeof(float)))
    return oss_fail(OSS_ERR_INTERNAL, "%s: %zu x %zu x %zu overflow", operation, samples, places, count);
  OSS_TRY(oss_check_stride(operation, samples, stride, count));
  return oss_check_activation(operation, activation);
}

static inline oss_status oss_check_group_norm(size_t samples, size_t pixels, size_t channels, size_t groups, double eps, size_t stride,
                                              const float *shift, const float *scale, oss_activation activation) {
  if (groups == 0 || channels % groups != 0)
    return oss_fail(OSS_ERR_INTERNAL, "group_norm: %zu channels do not make %zu groups", channels, groups);
  return oss_check_norm("group_norm", samples, pixels, channels, eps, stride, shift, scale, activation);
}

static inline oss_status oss_check_layer_norm(size_t samples, size_t tokens, size_t width, double eps, size_t stride, const float *shift,
                                              const float *scale, oss_activation activation) {
  return oss_check_norm("layer_norm", samples, tokens, width, eps, stride, shift, scale, activation);
}

static inline oss_status oss_check_gated_sum(size_t samples, size_t tokens, size_t width, size_t stride) {
  if (!oss_fits(samples, tokens, width, sizeof(float)))
    return oss_fail(OSS_ERR_INTERNAL, "gated_sum: %zu x %zu x %zu overflow", samples, tokens, width);
  return oss_check_stride("gated_sum", samples, stride, width);
}

static inline oss_status oss_check_concat(size_t rows, size_t n, size_t stride, size_t m, size_t other) {
  OSS_TRY(oss_check_stride("concat", rows, stride, n));
  OSS_TRY(oss_check_stride("concat", rows, other, m));
  if (n > SIZE_MAX - m || !oss_fits(rows, n + m, 1, sizeof(float)))
    return oss_fail(OSS_ERR_INTERNAL, "concat: %zu rows of %zu and %zu overflow", rows, n, m);
  return OSS_OK;
}

static inline oss_status oss_check_table_rows(size_t rows, size_t width, size_t entries) {
  if (entries == 0 || entries > INT32_MAX) return oss_fail(OSS_ERR_INTERNAL, "table_rows: a table of %zu entries", entries);
  if (!oss_fits(rows, width, 1, sizeof(float)) || !oss_fits(entries, width, 1, sizeof(float)))
    return oss_fail(OSS_ERR_INTERNAL, "table_rows: %zu rows, %zu entries of %zu overflow", rows, entries, width);
  return OSS_OK;
}

static inline oss_status oss_check_embed(size_t rows, size_t half, size_t stride) {
  if (!oss_fits(rows, half, 2, sizeof(float)) || !oss_fits(rows, stride, 1, sizeof(double)))
    return oss_fail(OSS_ERR_INTERNAL, "embed: %zu rows of 2 x %zu overflow", rows, half);
  return OSS_OK;
}

static inline oss_status oss_check_positive(const char *name, double value) {
  if (!(value > 0.0) || !isfinite(value))
    return oss_fail(OSS_ERR_INTERNAL, "precondition: %s = %g; it must be above 0 and finite", name, value);
  return OSS_OK;
}

static inline oss_status oss_check_precondition(size_t rows, const oss_precondition *how) {
  if ((unsigned)how->prediction > OSS_PREDICT_V)
    return oss_fail(OSS_ERR_INTERNAL, "precondition: prediction %d is unknown", (int)how->prediction);
  if (!oss_fits(rows, 4, 1, sizeof(double))) return oss_fail(OSS_ERR_INTERNAL, "precondition: %zu rows overflow", rows);
  if (how->prediction != OSS_PREDICT_V) OSS_TRY(oss_check_positive("sigma_max", how->sigma_max));
  if (how->prediction == OSS_PREDICT_EDM) OSS_TRY(oss_check_positive("sigma_data", how->sigma_data));
  if (how->prediction == OSS_PREDICT_VP) {
    OSS_TRY(oss_check_positive("beta_d", how->beta_d));
    if (!(how->beta_min >= 0.0) || !isfinite(how->beta_min))
      return oss_fail(OSS_ERR_INTERNAL, "precondition: beta_min = %g; it must be finite and not below 0", how->beta_min);
  }
  if (how->prediction == OSS_PREDICT_EPS && (how->entries == 0 || how->log_sigma == NULL))
    return oss_fail(OSS_ERR_INTERNAL, "precondition: no table of noise levels");
  return OSS_OK;
}

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>

#include "kernels/cpu/cpu.h"

static const double NEGLIGIBLE = -40.0; /* e^-40 of the largest is under the rounding of any sum in double */

/* One row's inputs. Logits are computed three times rather than kept: operations have no memory of their own, and only the few
 * components that count cost an exponential. */
typedef struct mixture_row {
  double t, half_d;
  const double *scales, *log_weights, *distance;
  const int32_t *classes; /* NULL: every component counts */
  int32_t label;
} mixture_row;

typedef struct variance {
  double scale, value, logarithm, half_inverse;
} variance;

/* Neighbours often share a scale (a data set has one): its logarithm and division are kept. */
static void follow_scale(const mixture_row *row, double scale, variance *var) {
  if (scale == var->scale) return;
  double spread = (1.0 - row->t) * scale;
  var->scale = scale;
  var->value = spread * spread + row->t * row->t;
  var->logarithm = row->half_d * log(var->value);
  var->half_inverse = 0.5 / var->value;
}

static int counts(const mixture_row *row, size_t k) {
  return row->classes == NULL || row->classes[k] == row->label;
}

static double logit(const mixture_row *row, size_t k, variance *var) {
  follow_scale(row, row->scales[k], var);
  return row->log_weights[k] - var->logarithm - row->distance[k] * var->half_inverse;
}

/* Returns 0 when no component counts. NaN in any logit makes the whole row NaN: a comparison would drop it unseen. */
static int weigh_row(const mixture_row *row, size_t count, float *gain, double *shrink) {
  variance var = {.scale = NAN};
  double largest = -INFINITY;
  int any = 0, bad = 0;
  for (size_t k = 0; k < count; k++) {
    if (!counts(row, k)) continue;
    double value = logit(row, k, &var);
    any = 1;
    if (isnan(value)) bad = 1;
    if (value > largest) largest = value;
  }
  if (!any) return 0;
  if (bad || !isfinite(largest)) {
    for (size_t k = 0; k < count; k++) gain[k] = NAN;
    *shrink = NAN;
    return 1;
  }
  double total = 0.0, pull = 0.0;
  for (size_t k = 0; k < count; k++) {
    if (!counts(row, k)) continue;
    double below = logit(row, k, &var) - largest;
    if (below < NEGLIGIBLE) continue;
    double weight = exp(below);
    total += weight;
    pull += weight * ((1.0 - row->t) * row->scales[k] * row->scales[k] / var.value);
  }
  for (size_t k = 0; k < count; k++) {
    gain[k] = 0.0f;
    if (!counts(row, k)) continue;
    double below = logit(row, k, &var) - largest;
    if (below < NEGLIGIBLE) continue;
    gain[k] = (float)(exp(below) / total * (row->t * row->t / var.value));
  }
  *shrink = pull / total;
  return 1;
}

oss_status oss_cpu_mixture_weights(oss_backend *be, size_t rows, size_t k, size_t d, const double *t, const double *scales,
                                   const double *log_weights, const int32_t *classes, const int32_t *label, const double *distance,
                                   float *gain, double *shrink) {
  if (k == 0) return oss_fail(OSS_ERR_INTERNAL, "mixture_weights: a mixture of no components");
  if (!oss_fits(rows, k, 1, sizeof *distance)) return oss_fail(OSS_ERR_INTERNAL, "mixture_weights: %zu x %zu overflow", rows, k);
  for (size_t r = 0; r < rows; r++)
    if (!(t[r] > 0.0 && t[r] <= 1.0)) return oss_fail(OSS_ERR_INTERNAL, "mixture_weights: t = %g in row %zu is outside (0, 1]", t[r], r);
  size_t unmatched = rows;
#pragma omp parallel for schedule(static) num_threads(be->threads) reduction(min : unmatched) if (rows * k > OSS_CPU_BLOCK)
  for (size_t r = 0; r < rows; r++) {
    mixture_row row = {.t = t[r], .half_d = 0.5 * (double)d, .scales = scales, .log_weights = log_weights, .distance = distance + r * k};
    if (label != NULL && classes != NULL && label[r] >= 0) {
      row.classes = classes;
      row.label = label[r];
    }
    if (!weigh_row(&row, k, gain + r * k, shrink + r) && r < unmatched) unmatched = r;
  }
  if (unmatched < rows)
    return oss_fail(OSS_ERR_INPUT, "the mixture has no component of class %ld (row %zu)", (long)label[unmatched], unmatched);
  return OSS_OK;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "tests/support/reference.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "kernels/backend.h"

void ref_lincomb(size_t rows, size_t d, int terms, size_t stride, const double *coef, const float *const *in, double *out) {
  for (size_t r = 0; r < rows; r++)
    for (size_t e = 0; e < d; e++) {
      long double sum = 0.0L;
      for (int m = 0; m < terms; m++) {
        double c = coef[r * stride + (size_t)m];
        if (c != 0.0) sum += (long double)c * in[m][r * d + e];
      }
      out[r * d + e] = (double)sum;
    }
}

/* |difference|^p; powl is slow, and the powers that are used most have names. */
static long double power(long double difference, double p) {
  long double size = fabsl(difference);
  if (!isfinite(size)) return NAN;
  if (p == 1.0) return size;
  if (p == 2.0) return size * size;
  if (p == 3.0) return size * size * size;
  if (p == 0.5) return sqrtl(size);
  return powl(size, p);
}

void ref_row_error(size_t rows, size_t d, double p, const float *a, const float *b, double *out) {
  for (size_t r = 0; r < rows; r++) {
    long double sum = 0.0L;
    for (size_t e = 0; e < d; e++) sum += power((long double)a[r * d + e] - b[r * d + e], p);
    out[r] = (double)(sum / d);
  }
}

static int by_value(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

void ref_row_quantile(size_t rows, size_t d, size_t count, const double *level, const float *in, double *out) {
  float *sorted = malloc(d * sizeof *sorted);
  for (size_t r = 0; sorted != NULL && r < rows; r++) {
    int finite = 1;
    for (size_t e = 0; e < d; e++) finite &= isfinite(sorted[e] = in[r * d + e]) != 0;
    if (finite) qsort(sorted, d, sizeof *sorted, by_value);
    for (size_t i = 0; i < count; i++) {
      double position = (double)(d - 1) * level[i];
      size_t low = (size_t)position, high = low + 1 < d ? low + 1 : low;
      long double part = (long double)position - low;
      out[r * count + i] = finite ? (double)((1.0L - part) * sorted[low] + part * sorted[high]) : NAN;
    }
  }
  free(sorted);
}

void ref_row_affine(size_t rows, size_t d, const double *map, const float *in, double *out) {
  for (size_t r = 0; r < rows; r++)
    for (size_t e = 0; e < d; e++) out[r * d + e] = (double)((long double)map[2 * r] * in[r * d + e] + map[2 * r + 1]);
}

static long double square_distance(size_t d, const float *x, double t, const float *mean) {
  long double sum = 0.0L;
  for (size_t e = 0; e < d; e++) {
    long double diff = (long double)x[e] - (1.0L - t) * mean[e];
    sum += diff * diff;
  }
  return sum;
}

void ref_mixture_distance(size_t rows, size_t k, size_t d, const float *x, const double *t, const float *means, double *distance) {
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < k; c++) distance[r * k + c] = (double)square_distance(d, x + r * d, t[r], means + c * d);
}

/* One row: weight[c] of every component, those under e^-40 of the largest set to 0. */
static void posterior(size_t k, size_t d, double t, const double *scales, const double *log_weights, const int32_t *classes, int32_t label,
                      const long double *distance, long double *weight) {
  long double largest = -INFINITY, total = 0.0L;
  for (size_t c = 0; c < k; c++) {
    long double spread = (1.0L - t) * scales[c], var = spread * spread + (long double)t * t;
    weight[c] = log_weights[c] - 0.5L * d * logl(var) - distance[c] / (2.0L * var);
    if (classes != NULL && label >= 0 && classes[c] != label) weight[c] = -INFINITY;
    if (isnan(weight[c]) || weight[c] > largest) largest = weight[c]; /* nothing is above NaN: it stays */
  }
  for (size_t c = 0; c < k; c++) {
    weight[c] = weight[c] - largest < -40.0L ? 0.0L : expl(weight[c] - largest);
    total += weight[c];
  }
  for (size_t c = 0; c < k; c++) weight[c] /= total;
}

static void gain_and_shrink(size_t k, double t, const double *scales, const long double *weight, long double *gain, long double *shrink) {
  *shrink = 0.0L;
  for (size_t c = 0; c < k; c++) {
    long double s2 = (long double)scales[c] * scales[c], tt = (long double)t * t, var = (1.0L - t) * (1.0L - t) * s2 + tt;
    gain[c] = weight[c] * tt / var;
    *shrink += weight[c] * (1.0L - t) * s2 / var;
  }
}

void ref_mixture_weights(size_t rows, size_t k, size_t d, const double *t, const double *scales, const double *log_weights,
                         const int32_t *classes, const int32_t *label, const double *distance, double *gain, double *shrink) {
  long double *work = malloc(3 * k * sizeof *work);
  if (work == NULL) abort();
  for (size_t r = 0; r < rows; r++) {
    long double pull;
    for (size_t c = 0; c < k; c++) work[c] = distance[r * k + c];
    posterior(k, d, t[r], scales, log_weights, classes, label == NULL ? -1 : label[r], work, work + k);
    gain_and_shrink(k, t[r], scales, work + k, work + 2 * k, &pull);
    for (size_t c = 0; c < k; c++) gain[r * k + c] = (double)work[2 * k + c];
    shrink[r] = (double)pull;
  }
  free(work);
}

void ref_mixture_combine(size_t rows, size_t k, size_t d, const double *shrink, const float *gain, const float *means, const float *x,
                         double *out) {
  for (size_t r = 0; r < rows; r++)
    for (size_t e = 0; e < d; e++) {
      long double sum = (long double)shrink[r] * x[r * d + e];
      for (size_t c = 0; c < k; c++) sum += (long double)gain[r * k + c] * means[c * d + e];
      out[r * d + e] = (double)sum;
    }
}

void ref_mixture(size_t rows, size_t k, size_t d, const double *t, const double *scales, const double *log_weights, const int32_t *classes,
                 const int32_t *label, const float *means, const float *x, double *out) {
  long double *distance = malloc(3 * k * sizeof *distance), *weight = distance + k, *gain = distance + 2 * k, shrink;
  if (distance == NULL) abort();
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < k; c++) distance[c] = square_distance(d, x + r * d, t[r], means + c * d);
    posterior(k, d, t[r], scales, log_weights, classes, label == NULL ? -1 : label[r], distance, weight);
    gain_and_shrink(k, t[r], scales, weight, gain, &shrink);
    for (size_t e = 0; e < d; e++) {
      long double sum = shrink * x[r * d + e];
      for (size_t c = 0; c < k; c++) sum += gain[c] * means[c * d + e];
      out[r * d + e] = (double)sum;
    }
  }
  free(distance);
}

/* Element e of sample s's candidate k -> j. */
static double candidate(size_t b, size_t n, size_t d, int q, const double *coef, const float *x, const float *const *h, size_t k, size_t j,
                        size_t s, size_t e) {
  size_t cell = k * (n + 1) + j, plane = (n + 1) * (n + 1), at = (k * b + s) * d + e;
  double sum = coef[cell] == 0.0 ? 0.0 : coef[cell] * (double)x[at];
  for (int m = 0; m < q; m++) {
    double c = coef[(size_t)(m + 1) * plane + cell];
    if (c != 0.0) sum += c * (double)h[m][at];
  }
  return sum;
}

void ref_pair_error(size_t b, size_t n, size_t d, int q, double p, size_t coef_stride, const double *coef, const float *x,
                    const float *const *h, const float *target, double *cost) {
  for (size_t s = 0; s < b; s++)
    for (size_t k = 0; k <= n; k++)
      for (size_t j = 0; j <= n; j++) {
        double *out = &cost[(s * (n + 1) + k) * (n + 1) + j];
        *out = INFINITY;
        if (j >= k) continue;
        long double sum = 0.0L;
        for (size_t e = 0; e < d; e++)
          sum += power((long double)candidate(b, n, d, q, coef + s * coef_stride, x, h, k, j, s, e) - target[(j * b + s) * d + e], p);
        *out = (double)(sum / d);
      }
}

void ref_cost_accumulate(size_t b, size_t cells, int log_of, double weight, const double *cost, double *acc) {
  for (size_t i = 0; i < cells; i++) {
    long double sum = 0.0L;
    for (size_t s = 0; s < b; s++) {
      double value = cost[s * cells + i];
      if (log_of && value < DBL_MIN) value = DBL_MIN;
      sum += log_of ? logl(value) : value;
    }
    acc[i] = (double)(acc[i] + weight * sum);
  }
}

/* Cell by cell: the smallest number over the sources, then the largest k that has it. */
void ref_dp_relax(size_t b, size_t n, unsigned flags, const double *cost, const double *previous, double *cur, int32_t *from) {
  for (size_t s = 0; s < b; s++)
    for (size_t j = 0; j <= n; j++) {
      const double *before = previous + s * (n + 1);
      double best = (flags & OSS_RELAX_KEEP) != 0 ? before[j] : INFINITY;
      int32_t source = -1;
      for (size_t k = j + 1; k <= n; k++) {
        int open = isfinite(before[k]) || (flags & OSS_RELAX_ALL) != 0 || (k == n && (flags & OSS_RELAX_ROOT) != 0);
        double value = cost[(s * (n + 1) + k) * (n + 1) + j];
        if (!open || isnan(value)) continue;
        if (value < best || (value == best && source >= 0)) {
          best = value;
          source = (int32_t)k;
        }
      }
      cur[s * (n + 1) + j] = best;
      from[s * (n + 1) + j] = source;
    }
}

void ref_advance(size_t b, size_t n, size_t d, int q, size_t coef_stride, const double *coef, size_t from_stride, const int32_t *from,
                 const float *x, const float *const *h, double *out) {
  for (size_t j = 0; j <= n; j++)
    for (size_t s = 0; s < b; s++)
      for (size_t e = 0; e < d; e++) {
        int32_t k = from[s * from_stride + j];
        size_t at = (j * b + s) * d + e;
        out[at] = k < 0 ? (double)x[at] : candidate(b, n, d, q, coef + s * coef_stride, x, h, (size_t)k, j, s, e);
      }
}

double ref_activation(oss_activation activation, double x) {
  const double pi = 3.14159265358979323846;
  if (activation == OSS_ACT_NONE) return x;
  if (x == -INFINITY) return 0.0;
  const double z = activation == OSS_ACT_SILU ? x : 2.0 * sqrt(2.0 / pi) * (x + 0.044715 * x * x * x);
  return x / (1.0 + exp(-z)); /* (1 + tanh(z / 2)) / 2 = 1 / (1 + e^-z) */
}

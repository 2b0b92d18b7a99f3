// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/schedules/quantile.h"

#include <float.h>
#include <math.h>

/* The continued fraction of DLMF 8.17.22, by Lentz's method; it converges quickly where x is below the distribution's mean. */
static double fraction(double a, double b, double x) {
  double c = 1.0, d = 1.0 - (a + b) * x / (a + 1.0), f;
  if (fabs(d) < DBL_MIN) d = DBL_MIN;
  d = 1.0 / d;
  f = d;
  for (int m = 1; m < 1000; m++) {
    double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)), change = 1.0;
    for (int half = 0; half < 2; half++) {
      double term = half == 0 ? even : odd;
      c = 1.0 + term / c;
      d = 1.0 + term * d;
      if (fabs(c) < DBL_MIN) c = DBL_MIN;
      if (fabs(d) < DBL_MIN) d = DBL_MIN;
      d = 1.0 / d;
      change = c * d;
      f *= change;
    }
    if (fabs(change - 1.0) < DBL_EPSILON) break;
  }
  return f;
}

static double log_beta(double a, double b) {
  return lgamma(a) + lgamma(b) - lgamma(a + b);
}

double oss_beta_log_probability(double a, double b, double log_x) {
  double x = exp(log_x);
  return a * log_x + b * log1p(-x) - log_beta(a, b) - log(a) + log(fraction(a, b, x));
}

/* log x with I_x(a, b) = p, known to be at most high: log I is increasing and concave in log x, about a log x near 0. Newton's method,
 * halving the bracket wherever it would leave it. */
static double log_quantile(double a, double b, double p, double high) {
  double target = log(p), low = fmin((target + log_beta(a, b) + log(a)) / a, high) - 1.0, z = high;
  while (oss_beta_log_probability(a, b, low) > target) low = 2.0 * low - 1.0;
  for (int i = 0; i < 200; i++) {
    double value = oss_beta_log_probability(a, b, z), off = value - target;
    double slope = exp(a * z + (b - 1.0) * log1p(-exp(z)) - log_beta(a, b) - value);
    double next = z - off / slope;
    if (off > 0)
      high = z;
    else
      low = z;
    if (!(next > low && next < high)) next = low + (high - low) / 2.0;
    if (fabs(next - z) <= 1e-15 * (1.0 + fabs(z))) return next;
    z = next;
  }
  return z;
}

double oss_beta_quantile(double a, double b, double p) {
  if (!(p > 0.0)) return p == 0.0 ? 0.0 : NAN;
  if (!(p < 1.0)) return p == 1.0 ? 1.0 : NAN;
  double split = (a + 1.0) / (a + b + 2.0); /* the fraction converges quickly below it, and below 1 - split for the other tail */
  if (log(p) <= oss_beta_log_probability(a, b, log(split))) return exp(log_quantile(a, b, p, log(split)));
  return -expm1(log_quantile(b, a, 1.0 - p, log1p(-split)));
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/grids/formula.h"

#include <math.h>

#include "host/grids/grid.h"

static double edm_to(double rho, double sigma) {
  return pow(sigma, 1.0 / rho);
}

static double edm_from(double rho, double v) {
  return pow(v, rho);
}

static double logsnr_to(double unused, double sigma) {
  (void)unused;
  return log(sigma);
}

static double logsnr_from(double unused, double v) {
  (void)unused;
  return exp(v);
}

static double flow_to(double a, double t) {
  return t / (a - (a - 1.0) * t);
}

static double flow_from(double a, double u) {
  return a * u / (1.0 + (a - 1.0) * u);
}

/* alpha(u) = cos(x(u)) / cos(x(0)), x(u) = (u + s) / (1 + s) pi / 2, s = 0.008; alpha_bar of the paper is alpha^2. */
static const double cosine_s = 0.008, half_pi = 1.57079632679489661923;

static double cosine_to(double unused, double t) {
  double x0 = cosine_s / (1.0 + cosine_s) * half_pi, norm = hypot(1.0 - t, t);
  double alpha = (1.0 - t) / norm * cos(x0), beta = t / norm * cos(x0);
  double x = atan2(hypot(sin(x0), beta), alpha); /* sin^2 x = sin^2 x0 + beta^2 */
  (void)unused;
  return t > 0.0 ? x / half_pi * (1.0 + cosine_s) - cosine_s : 0.0;
}

static double cosine_from(double unused, double u) {
  double x0 = cosine_s / (1.0 + cosine_s) * half_pi, x = (u + cosine_s) / (1.0 + cosine_s) * half_pi;
  double alpha = cos(x) / cos(x0);
  double beta = sqrt(sin(x - x0) * sin(x + x0)) / cos(x0); /* 1 - alpha^2 without cancellation */
  (void)unused;
  return beta / (alpha + beta);
}

static double quadratic_to(double unused, double t) {
  (void)unused;
  return sqrt(t);
}

static double quadratic_from(double unused, double v) {
  (void)unused;
  return v * v;
}

oss_formula oss_formula_edm(double rho) {
  return (oss_formula){edm_to, edm_from, rho, 1};
}

oss_formula oss_formula_logsnr(void) {
  return (oss_formula){logsnr_to, logsnr_from, 0.0, 1};
}

oss_formula oss_formula_flow(double shift) {
  return (oss_formula){flow_to, flow_from, shift, 0};
}

oss_formula oss_formula_cosine(void) {
  return (oss_formula){cosine_to, cosine_from, 0.0, 0};
}

oss_formula oss_formula_quadratic(void) {
  return (oss_formula){quadratic_to, quadratic_from, 0.0, 0};
}

double oss_formula_between(const oss_formula *f, double high, double low, double u) {
  double from = f->to(f->parameter, high), to = f->to(f->parameter, low);
  return f->from(f->parameter, from + u * (to - from));
}

void oss_formula_times(const oss_formula *f, double high, double low, int64_t n, double *t) {
  double first = f->levels ? oss_sigma_of_t(high) : high, last = f->levels ? oss_sigma_of_t(low) : low;
  t[0] = high;
  t[n] = low;
  for (int64_t i = 1; i < n; i++) { /* from the nearer end */
    double x = 2 * i <= n ? oss_formula_between(f, first, last, (double)i / (double)n)
                          : oss_formula_between(f, last, first, (double)(n - i) / (double)n);
    t[i] = f->levels ? oss_t_of_sigma(x) : x;
  }
}

void oss_formula_fill(const oss_formula *f, int64_t n, double *t) {
  for (int64_t i = 0; i <= n; i++) t[i] = f->from(f->parameter, (double)i / (double)n);
  t[0] = 0.0;
  t[n] = 1.0;
}

oss_status oss_formula_shift(const oss_member *member, double *shift) {
  *shift = oss_member_real(member, "shift");
  if (!oss_member_value(member, "mu")->given) return OSS_OK;
  if (*shift != 1.0) return oss_member_fail(member, "give shift or mu, not both");
  *shift = exp(oss_member_real(member, "mu"));
  return OSS_OK;
}

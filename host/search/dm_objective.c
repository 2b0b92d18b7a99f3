// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/dm_objective.h"

#include <math.h>
#include <string.h>

enum { ORDER = 3, WINDOW = ORDER + 1, ALONE = 3 }; /* the first ALONE steps are taken by themselves */

/* A Lagrange polynomial c_0 + c_1 x + c_2 x^2 on points 0, -a, -a - b, and the derivatives of its coefficients by a and b. */
typedef struct polynomial {
  double c[ORDER], by_a[ORDER], by_b[ORDER];
} polynomial;

/* Those of the newest point, the one before and the oldest. */
static void lagrange(int order, double a, double b, polynomial out[ORDER]) {
  double p = 1.0 / a, q = 1.0 / b, r = 1.0 / (a + b);
  memset(out, 0, ORDER * sizeof *out);
  out[0].c[0] = 1.0;
  if (order == 2) {
    out[0].c[1] = p, out[0].by_a[1] = -p * p;
    out[1].c[1] = -p, out[1].by_a[1] = p * p;
  }
  if (order < 3) return;
  out[0].c[1] = p + r, out[0].by_a[1] = -p * p - r * r, out[0].by_b[1] = -r * r;
  out[0].c[2] = p * r, out[0].by_a[2] = -p * r * (p + r), out[0].by_b[2] = -p * r * r;
  out[1].c[1] = -p - q, out[1].by_a[1] = p * p, out[1].by_b[1] = q * q;
  out[1].c[2] = -p * q, out[1].by_a[2] = p * p * q, out[1].by_b[2] = p * q * q;
  out[2].c[1] = a * q * r, out[2].by_a[1] = r * r, out[2].by_b[1] = r * r - q * q;
  out[2].c[2] = q * r, out[2].by_a[2] = -q * r * r, out[2].by_b[2] = -q * r * (q + r);
}

/* The integrals of e^x x^k over 0 .. h, k = 0, 1, 2. The recurrence loses small h to rounding, the series does not. */
static void moments(double h, double out[ORDER]) {
  if (h > 1.0) {
    out[0] = expm1(h);
    out[1] = exp(h) * h - out[0];
    out[2] = exp(h) * h * h - 2.0 * out[1];
    return;
  }
  for (int k = 0; k < ORDER; k++) {
    double term = pow(h, k + 1), sum = 0.0;
    for (int j = 0; j < 20; j++) {
      sum += term / (k + 1 + j);
      term *= h / (j + 1);
    }
    out[k] = sum;
  }
}

/* sigma^2 / alpha; its derivative is -(1 + alpha^2) times itself. */
static double network_error(double lambda, double *derivative) {
  double alpha2 = 1.0 / (1.0 + exp(-2.0 * lambda)), sigma2 = 1.0 / (1.0 + exp(2.0 * lambda));
  double error = sigma2 / sqrt(alpha2);
  *derivative = -(1.0 + alpha2) * error;
  return error;
}

/* error J of the step's points, newest first, and the derivatives by lambda_(s+1), lambda_s, lambda_(s-1), lambda_(s-2). */
static void weigh(const double *lambda, size_t s, int order, double value[ORDER], double by[ORDER][WINDOW]) {
  double h = lambda[s + 1] - lambda[s], a = order > 1 ? lambda[s] - lambda[s - 1] : 1.0,
         b = order > 2 ? lambda[s - 1] - lambda[s - 2] : 1.0;
  double scale = exp(lambda[s]), last = exp(lambda[s + 1]), moment[ORDER];
  polynomial p[ORDER];
  lagrange(order, a, b, p);
  moments(h, moment);
  for (int k = 0; k < order; k++) {
    double j = 0.0, by_h = last * (p[k].c[0] + h * (p[k].c[1] + h * p[k].c[2])), by_a = 0.0, by_b = 0.0, slope;
    for (int i = 0; i < ORDER; i++) {
      j += scale * p[k].c[i] * moment[i];
      by_a += scale * p[k].by_a[i] * moment[i];
      by_b += scale * p[k].by_b[i] * moment[i];
    }
    double error = network_error(lambda[s - (size_t)k], &slope);
    value[k] = error * j;
    by[k][0] = error * by_h;
    by[k][1] = error * (j - by_h + by_a);
    by[k][2] = error * (by_b - by_a);
    by[k][3] = -error * by_b;
    by[k][k + 1] += slope * j;
  }
}

/* A step by itself: the norm of its values. */
static void add_alone(size_t s, int order, const double value[ORDER], double by[ORDER][WINDOW], oss_dm_parts *out) {
  double norm = 0.0;
  for (int k = 0; k < order; k++) norm += value[k] * value[k];
  norm = sqrt(norm);
  out->smooth += norm;
  for (int k = 0; k < order; k++)
    for (int w = 0; w <= order; w++) out->smooth_gradient[s + 1 - (size_t)w] += value[k] / norm * by[k][w];
}

void oss_dm_take_apart(size_t intervals, const double *lambda, oss_dm_parts *out) {
  size_t side = intervals + 1;
  out->smooth = 0.0;
  memset(out->smooth_gradient, 0, side * sizeof *out->smooth_gradient);
  memset(out->mixed, 0, intervals * sizeof *out->mixed);
  memset(out->mixed_gradient, 0, intervals * side * sizeof *out->mixed_gradient);
  for (size_t s = 0; s < intervals; s++) {
    int order = s == 0 || s + 1 == intervals ? 1 : s == 1 || s + 2 == intervals ? 2 : 3;
    double value[ORDER], by[ORDER][WINDOW];
    weigh(lambda, s, order, value, by);
    if (s < ALONE || order == 1) {
      add_alone(s, order, value, by, out);
      continue;
    }
    for (int k = 0; k < order; k++) {
      size_t n = s - (size_t)k;
      out->mixed[n] += value[k];
      for (int w = 0; w <= order; w++) out->mixed_gradient[n * side + s + 1 - (size_t)w] += by[k][w];
    }
  }
}

double oss_dm_total(size_t intervals, const oss_dm_parts *parts) {
  double total = parts->smooth;
  for (size_t n = 0; n < intervals; n++) total += fabs(parts->mixed[n]);
  return total;
}

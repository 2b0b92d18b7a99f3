// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>

#include "kernels/cpu/cpu.h"

enum { LANES = 8 }; /* a fixed number of partial sums: vectors in any compiler, the same bits in all of them */

static double add_lanes(const double *lane) {
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static double sum_square(size_t d, const float *a, const float *b) {
  double lane[LANES] = {0};
  size_t e = 0;
  for (; e + LANES <= d; e += LANES) {
    for (size_t l = 0; l < LANES; l++) {
      double diff = (double)a[e + l] - (double)b[e + l];
      lane[l] += diff * diff;
    }
  }
  for (size_t l = 0; e < d; e++, l++) {
    double diff = (double)a[e] - (double)b[e];
    lane[l] += diff * diff;
  }
  return add_lanes(lane);
}

static double sum_absolute(size_t d, const float *a, const float *b) {
  double lane[LANES] = {0};
  size_t e = 0;
  for (; e + LANES <= d; e += LANES)
    for (size_t l = 0; l < LANES; l++) lane[l] += fabs((double)a[e + l] - (double)b[e + l]);
  for (size_t l = 0; e < d; e++, l++) lane[l] += fabs((double)a[e] - (double)b[e]);
  return add_lanes(lane);
}

static double sum_power(size_t d, double p, const float *a, const float *b) {
  double lane[LANES] = {0};
  for (size_t e = 0; e < d; e++) {
    double diff = fabs((double)a[e] - (double)b[e]);
    if (!isfinite(diff)) return NAN;
    lane[e % LANES] += pow(diff, p);
  }
  return add_lanes(lane);
}

oss_status oss_cpu_row_error(oss_backend *be, size_t rows, size_t d, double p, const float *a, const float *b, double *out) {
  if (!(p > 0.0) || !isfinite(p)) return oss_fail(OSS_ERR_INTERNAL, "row_error: power %g; it must be above 0 and finite", p);
  if (d == 0) return oss_fail(OSS_ERR_INTERNAL, "row_error: rows of no elements have no mean");
  if (!oss_fits(rows, d, 1, sizeof *a)) return oss_fail(OSS_ERR_INTERNAL, "row_error: %zu rows of %zu overflow", rows, d);
#pragma omp parallel for schedule(static) num_threads(be->threads) if (rows * d > OSS_CPU_SERIAL)
  for (size_t r = 0; r < rows; r++) {
    const float *ar = a + r * d, *br = b + r * d;
    double sum;
    if (p == 2.0 || p == 1.0) {
      sum = p == 2.0 ? sum_square(d, ar, br) : sum_absolute(d, ar, br);
      if (!isfinite(sum)) sum = NAN; /* finite floats cannot reach infinity here, so an input was not finite */
    } else {
      sum = sum_power(d, p, ar, br);
    }
    out[r] = sum / (double)d;
  }
  return OSS_OK;
}

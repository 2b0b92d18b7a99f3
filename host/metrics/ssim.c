// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>

#include "host/core/threads.h"
#include "host/metrics/metric.h"

enum { WINDOW = 11, MAPS = 5 }; /* x, y, x^2, y^2, x y under the window */
static const double sigma = 1.5, k1 = 0.01, k2 = 0.03;

static void make_window(double window[WINDOW]) {
  double sum = 0.0;
  for (int i = 0; i < WINDOW; i++) {
    double at = i - WINDOW / 2;
    window[i] = exp(-at * at / (2.0 * sigma * sigma));
    sum += window[i];
  }
  for (int i = 0; i < WINDOW; i++) window[i] /= sum;
}

static double index_of(const double map[MAPS], double c1, double c2) {
  double mx = map[0], my = map[1];
  double vx = map[2] - mx * mx, vy = map[3] - my * my, cov = map[4] - mx * my;
  return (2.0 * mx * my + c1) * (2.0 * cov + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2));
}

/* The maps of one row of the plane under the horizontal window: rows[x][map], x < w - 10. */
static void filter_row(size_t w, const double *window, const float *x, const float *y, double (*out)[MAPS]) {
  for (size_t c = 0; c + WINDOW <= w; c++) {
    double sum[MAPS] = {0};
    for (size_t i = 0; i < WINDOW; i++) {
      double a = x[c + i], b = y[c + i], g = window[i];
      sum[0] += g * a;
      sum[1] += g * b;
      sum[2] += g * a * a;
      sum[3] += g * b * b;
      sum[4] += g * a * b;
    }
    for (int m = 0; m < MAPS; m++) out[c][m] = sum[m];
  }
}

/* Mean over the windows that lie inside the plane. work: h * w * MAPS. */
static double plane_index(size_t h, size_t w, double range, const float *x, const float *y, double *work) {
  double window[WINDOW], c1 = k1 * range * k1 * range, c2 = k2 * range * k2 * range, sum = 0.0;
  double(*rows)[MAPS] = (double(*)[MAPS])work;
  size_t high = h - WINDOW + 1, wide = w - WINDOW + 1;
  make_window(window);
  for (size_t r = 0; r < h; r++) filter_row(w, window, x + r * w, y + r * w, rows + r * w);
  for (size_t r = 0; r < high; r++) {
    for (size_t c = 0; c < wide; c++) {
      double map[MAPS] = {0};
      for (size_t i = 0; i < WINDOW; i++)
        for (int m = 0; m < MAPS; m++) map[m] += window[i] * rows[(r + i) * w + c][m];
      sum += index_of(map, c1, c2);
    }
  }
  return sum / (double)(high * wide);
}

/* A sample is (C, H, W) or (C, F, H, W). */
static oss_status check(const oss_member *member, const oss_metric_scope *scope) {
  (void)member;
  if (scope->rank < 3 || scope->rank > 4)
    return oss_fail(OSS_ERR_UNSUPPORTED, "metric ssim takes images (C, H, W) or videos (C, F, H, W); these samples have %d dimension%s",
                    scope->rank, scope->rank == 1 ? "" : "s");
  size_t h = scope->dims[scope->rank - 2], w = scope->dims[scope->rank - 1];
  if (h >= WINDOW && w >= WINDOW) return OSS_OK;
  return oss_fail(OSS_ERR_UNSUPPORTED, "metric ssim takes images of at least %d x %d, the size of its window; these are %zu x %zu", WINDOW,
                  WINDOW, h, w);
}

static oss_status evaluate(const oss_member *member, const oss_metric_input *in, double *out) {
  size_t h = in->dims[in->rank - 2], w = in->dims[in->rank - 1], planes = in->elements / (h * w);
  float *student, *teacher;
  int failed = 0;
  (void)member;
  OSS_TRY(oss_metric_download(in, &student, &teacher));
#pragma omp parallel num_threads(oss_host_threads(in->be)) reduction(| : failed) if (in->rows > 1)
  {
    double *work = malloc(h * w * MAPS * sizeof *work);
    failed |= work == NULL;
#pragma omp for schedule(static)
    for (size_t r = 0; r < in->rows; r++) {
      double sum = 0.0;
      for (size_t p = 0; p < planes && work != NULL; p++) {
        size_t at = r * in->elements + p * h * w;
        sum += plane_index(h, w, in->data_range, student + at, teacher + at, work);
      }
      out[r] = sum / (double)planes;
    }
    free(work);
  }
  free(student);
  return failed ? oss_fail(OSS_ERR_MEMORY, "metric ssim: work space of %zu x %zu", h, w) : OSS_OK;
}

const oss_metric_desc oss_metric_ssim = {
    .base = {.name = "ssim",
             .summary = "structural similarity, 11 x 11 Gaussian window inside the image, mean over channels and frames",
             .source = "Wang et al. 2004 (Image quality assessment), equation 13; window, K1 and K2 of its section III-C"},
    .check = check,
    .evaluate = evaluate,
    .higher_is_better = 1,
};

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/metrics/principal.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>

static const double negligible = 1e-12; /* of the largest variance: what a component must exceed to have a direction */

static void center(size_t n, size_t m, size_t d, double *rows, double *mean) {
  for (size_t e = 0; e < d; e++) mean[e] = 0.0;
  for (size_t i = n; i < n + m; i++)
    for (size_t e = 0; e < d; e++) mean[e] += rows[i * d + e] / (double)m;
  for (size_t i = 0; i < n + m; i++)
    for (size_t e = 0; e < d; e++) rows[i * d + e] -= mean[e];
}

/* Lower triangle of y^T y (d x d) or of y y^T (m x m). */
static void products(size_t m, size_t d, int gram, const double *y, double *out) {
  int size = (int)(gram ? m : d), depth = (int)(gram ? d : m);
  cblas_dsyrk(CblasRowMajor, CblasLower, gram ? CblasNoTrans : CblasTrans, size, depth, 1.0, y, (int)d, 0.0, out, size);
}

/* The largest eigenvalues, rising, and their vectors as rows of out (count, size). */
static oss_status largest(size_t size, size_t count, double *matrix, double *values, double *out) {
  lapack_int found = 0, n = (lapack_int)size;
  lapack_int *support = malloc(2 * count * sizeof *support);
  if (support == NULL) return oss_fail(OSS_ERR_MEMORY, "principal components");
  /* row-major lower is column-major upper, and vectors in columns are rows here */
  lapack_int info = LAPACKE_dsyevr(LAPACK_COL_MAJOR, 'V', 'I', 'U', n, matrix, n, 0.0, 0.0, n - (lapack_int)count + 1, n, 0.0, &found,
                                   values, out, n, support);
  free(support);
  if (info == 0 && (size_t)found == count) return OSS_OK;
  if (info == LAPACK_WORK_MEMORY_ERROR) return oss_fail(OSS_ERR_MEMORY, "principal components");
  return oss_fail(OSS_ERR_NUMERIC, "eigenvalues of %zu x %zu: LAPACK dsyevr says %d", size, size, (int)info);
}

static void orient(size_t d, double *axis) {
  size_t most = 0;
  double length = cblas_dnrm2((int)d, axis, 1);
  for (size_t e = 1; e < d; e++)
    if (fabs(axis[e]) > fabs(axis[most])) most = e;
  cblas_dscal((int)d, (axis[most] < 0.0 ? -1.0 : 1.0) / length, axis, 1);
}

/* From eigenvectors (count, size), rising, to axes (count, d), falling. */
static void make_axes(size_t m, size_t d, size_t count, int gram, const double *y, const double *vectors, double *axes) {
  size_t size = gram ? m : d;
  for (size_t k = 0; k < count; k++) {
    const double *vector = vectors + (count - 1 - k) * size;
    double *axis = axes + k * d;
    if (gram)
      cblas_dgemv(CblasRowMajor, CblasTrans, (int)m, (int)d, 1.0, y, (int)d, vector, 1, 0.0, axis, 1);
    else
      cblas_dcopy((int)d, vector, 1, axis, 1);
    orient(d, axis);
  }
}

oss_status oss_principal_axes(size_t n, size_t m, size_t d, size_t count, double *rows, double *axes) {
  int gram = m < d;
  size_t size = gram ? m : d;
  double *matrix = malloc(size * size * sizeof *matrix), *values = malloc((size + d) * sizeof *values);
  double *vectors = malloc(count * size * sizeof *vectors);
  oss_status status = OSS_OK;
  if (matrix == NULL || values == NULL || vectors == NULL) {
    status = oss_fail(OSS_ERR_MEMORY, "principal components of %zu samples of %zu elements", m, d);
    goto done;
  }
  center(n, m, d, rows, values + size);
  products(m, d, gram, rows + n * d, matrix);
  OSS_TRY_TO(done, largest(size, count, matrix, values, vectors));
  size_t lost = 0;
  while (lost < count && !(values[lost] > negligible * values[count - 1])) lost++;
  if (lost > 0) {
    status = oss_fail(OSS_ERR_NUMERIC, "%zu principal components: the %zu samples they are taken of differ in %zu directions only", count,
                      m, count - lost);
    goto done;
  }
  make_axes(m, d, count, gram, rows + n * d, vectors, axes);
done:
  free(matrix);
  free(values);
  free(vectors);
  return status;
}

size_t oss_principal_bytes(size_t m, size_t d, size_t count) {
  size_t size = m < d ? m : d;
  return (size * size + 30 * size + d + count * size) * sizeof(double); /* dsyevr works in up to 26 rows */
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/metrics/features.h"

#include <cblas.h>
#include <stdlib.h>

#include "host/io/reader.h"
#include "host/metrics/classifier.h"
#include "host/metrics/principal.h"

enum { BLOCK = 64 };

void oss_product(int threads, size_t n, size_t m, size_t d, const double *a, const double *b, double *out) {
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads) if (n > BLOCK)
  for (size_t first = 0; first < n; first += BLOCK) {
    int rows = (int)(n - first < BLOCK ? n - first : BLOCK);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, (int)m, (int)d, 1.0, a + first * d, (int)d, b, (int)d, 0.0, out + first * m,
                (int)m);
  }
}

static int takes(const oss_member *member, const char *features) {
  return oss_member_is(member, "features", features);
}

/* ---- the user's matrix (D, F) */

static oss_status matrix_shape(const oss_member *member, size_t elements, size_t *count) {
  const char *path = oss_member_path(member, "file"), *dataset = oss_member_text(member, "dataset");
  oss_array shape = {0};
  OSS_TRY(oss_io_shape(path, dataset, &shape));
  if (shape.rank != 2 || shape.dims[0] != elements)
    return oss_fail(OSS_ERR_INPUT, "%s: '%s' has rank %d and %zu rows: a feature matrix is (D, F) with D = %zu, the elements of a sample",
                    path, dataset, shape.rank, shape.rank > 0 ? shape.dims[0] : 0, elements);
  *count = shape.dims[1];
  return OSS_OK;
}

/* As (F, D), so that features are products of rows. */
static oss_status load_matrix(const oss_member *member, size_t elements, size_t count, double **out) {
  oss_array read = {0};
  *out = NULL;
  OSS_TRY(oss_io_read(oss_member_path(member, "file"), oss_member_text(member, "dataset"), OSS_F64, 2, 2, &read));
  double *turned = malloc(count * elements * sizeof *turned);
  if (turned != NULL)
    for (size_t e = 0; e < elements; e++)
      for (size_t f = 0; f < count; f++) turned[f * elements + e] = ((const double *)read.data)[e * count + f];
  oss_array_free(&read);
  *out = turned;
  return turned != NULL ? OSS_OK : oss_fail(OSS_ERR_MEMORY, "feature matrix of %zu x %zu", elements, count);
}

/* ---- a classifier's last hidden layer */

static oss_status check_classifier(const oss_member *member, const oss_metric_scope *scope) {
  oss_classifier *classifier;
  OSS_TRY(oss_classifier_open(scope->be, oss_member_path(member, "file"), &classifier));
  oss_status status = oss_classifier_check(classifier, scope->rank, scope->dims);
  oss_classifier_close(classifier);
  return oss_fail_context(status, "metric %s", member->desc->name);
}

static oss_status plan_classifier(const oss_member *member, const oss_metric_scope *scope, size_t *count, oss_bytes *bytes) {
  oss_classifier *classifier;
  OSS_TRY(oss_classifier_open(scope->be, oss_member_path(member, "file"), &classifier));
  *count = oss_classifier_features(classifier);
  *bytes = oss_classifier_bytes(classifier);
  oss_classifier_close(classifier);
  return OSS_OK;
}

static oss_status classify(const oss_member *member, const oss_sample_sets *s, oss_distribution *sets) {
  size_t n = s->students, m = s->references;
  oss_classifier *classifier;
  oss_status status;
  OSS_TRY(oss_classifier_open(s->be, oss_member_path(member, "file"), &classifier));
  size_t count = oss_classifier_features(classifier);
  double *features = malloc((n + m) * count * sizeof *features);
  if (features == NULL) {
    status = oss_fail(OSS_ERR_MEMORY, "%zu features of %zu samples", count, n + m);
    goto done;
  }
  OSS_TRY_TO(done, oss_classifier_run(classifier, n, s->student, features));
  OSS_TRY_TO(done, oss_classifier_run(classifier, m, s->reference, features + n * count));
  *sets = (oss_distribution){.n = n, .m = m, .d = count, .x = features, .y = features + n * count};
  features = NULL;
done:
  free(features);
  oss_classifier_close(classifier);
  return status;
}

/* ---- all of them */

oss_status oss_features_check(const oss_member *member, const oss_metric_scope *scope) {
  size_t references = oss_distribution_references(member, scope), count;
  int64_t components = oss_member_int(member, "components");
  if ((takes(member, "file") || takes(member, "digits")) != (oss_member_path(member, "file")[0] != '\0'))
    return oss_member_fail(member, takes(member, "file")     ? "features: file needs 'file', an HDF5 file with the matrix"
                                   : takes(member, "digits") ? "features: digits needs 'file', a safetensors file of the classifier"
                                                             : "'file' is for features: file and digits");
  if (takes(member, "file")) return matrix_shape(member, scope->elements, &count);
  if (takes(member, "digits")) return check_classifier(member, scope);
  if (!takes(member, "pca")) return OSS_OK;
  size_t most = references - 1 < scope->elements ? references - 1 : scope->elements;
  if ((size_t)components <= most) return OSS_OK;
  return oss_fail(OSS_ERR_UNSUPPORTED, "metric %s: %zu samples of %zu elements have at most %zu principal components; components is %lld",
                  member->desc->name, references, scope->elements, most, (long long)components);
}

/* Of those that are products of the elements. */
static oss_status count_products(const oss_member *member, size_t elements, size_t *count) {
  *count = takes(member, "pca") ? (size_t)oss_member_int(member, "components") : elements;
  return takes(member, "file") ? matrix_shape(member, elements, count) : OSS_OK;
}

oss_status oss_features_plan(const oss_member *member, const oss_metric_scope *scope, size_t *count, oss_bytes *bytes) {
  size_t references = oss_distribution_references(member, scope);
  *bytes = (oss_bytes){0};
  if (takes(member, "digits")) return plan_classifier(member, scope, count, bytes);
  OSS_TRY(count_products(member, scope->elements, count));
  if (takes(member, "raw")) return OSS_OK;
  size_t rows = (scope->samples + references) * scope->elements, axes = *count * scope->elements;
  size_t host = (rows + (takes(member, "file") ? 2 : 1) * axes) * sizeof(double);
  if (takes(member, "pca")) host += oss_principal_bytes(references, scope->elements, *count);
  *bytes = oss_bytes_of(0, host);
  return OSS_OK;
}

static void widen(size_t count, const float *in, double *out) {
  for (size_t i = 0; i < count; i++) out[i] = in[i];
}

/* rows[count][D] from the samples, x first. */
static double *all_rows(const oss_sample_sets *s) {
  size_t d = s->elements, n = s->students, m = s->references;
  double *rows = malloc((n + m) * d * sizeof *rows);
  if (rows == NULL) return NULL;
  widen(n * d, s->student, rows);
  widen(m * d, s->reference, rows + n * d);
  return rows;
}

/* The axes that features are products with: (F, D). Of the principal components, rows are moved to the mean of the references. */
static oss_status make_axes(const oss_member *member, const oss_sample_sets *s, size_t count, double *rows, double **out) {
  if (takes(member, "file")) return load_matrix(member, s->elements, count, out);
  *out = malloc(count * s->elements * sizeof **out);
  if (*out == NULL) return oss_fail(OSS_ERR_MEMORY, "%zu principal components", count);
  return oss_principal_axes(s->students, s->references, s->elements, count, rows, *out);
}

static oss_status multiply(const oss_member *member, const oss_sample_sets *s, oss_distribution *sets) {
  size_t n = s->students, m = s->references, count;
  oss_status status = OSS_OK;
  OSS_TRY(count_products(member, s->elements, &count));
  double *rows = all_rows(s), *axes = NULL, *features = NULL;
  if (rows == NULL) return oss_fail(OSS_ERR_MEMORY, "%zu samples in double", n + m);
  if (!takes(member, "raw")) {
    OSS_TRY_TO(done, make_axes(member, s, count, rows, &axes));
    features = malloc((n + m) * count * sizeof *features);
    if (features == NULL) {
      status = oss_fail(OSS_ERR_MEMORY, "%zu features of %zu samples", count, n + m);
      goto done;
    }
    oss_product(s->threads, n + m, count, s->elements, rows, axes, features);
  }
  double *x = features != NULL ? features : rows;
  *sets = (oss_distribution){.n = n, .m = m, .d = count, .x = x, .y = x + n * count};
done:
  free(axes);
  if (sets->x != rows) free(rows);
  return status;
}

oss_status oss_features_make(const oss_member *member, const oss_sample_sets *s, oss_distribution *sets) {
  *sets = (oss_distribution){0};
  return takes(member, "digits") ? classify(member, s, sets) : multiply(member, s, sets);
}

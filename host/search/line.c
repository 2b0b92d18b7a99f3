// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/line.h"

#include <stdlib.h>

struct oss_line {
  oss_backend *be;
  size_t batch, count, d;
  double ratio;
  const float *a, *b;
  oss_buffer zero, error, coef; /* [batch][D], [batch], [batch][3] */
  double *length, *to_a, *to_b; /* host [batch]: mean squares of x and of its distances from a and b */
  double *aa, *bb, *ww;         /* mean squares of a, b and w */
  double *host;                 /* [batch][3] */
};

void oss_line_destroy(oss_line *p) {
  if (p == NULL) return;
  oss_buffer_destroy(&p->zero);
  oss_buffer_destroy(&p->error);
  oss_buffer_destroy(&p->coef);
  free(p->length);
  free(p);
}

oss_status oss_line_create(oss_backend *be, size_t batch, size_t d, oss_line **out) {
  oss_line *p = calloc(1, sizeof *p);
  oss_status status;
  *out = NULL;
  if (p == NULL) return oss_fail(OSS_ERR_MEMORY, "projection");
  *p = (oss_line){.be = be, .batch = batch, .d = d, .length = malloc(9 * batch * sizeof(double))};
  if (p->length == NULL) {
    status = oss_fail(OSS_ERR_MEMORY, "projection of %zu samples", batch);
    goto failed;
  }
  p->to_a = p->length + batch;
  p->to_b = p->to_a + batch;
  p->aa = p->to_b + batch;
  p->bb = p->aa + batch;
  p->ww = p->bb + batch;
  p->host = p->ww + batch;
  OSS_TRY_TO(failed, oss_buffer_create(be, "projection", batch * d, sizeof(float), &p->zero));
  OSS_TRY_TO(failed, oss_buffer_create(be, "projection", batch, sizeof(double), &p->error));
  OSS_TRY_TO(failed, oss_buffer_create(be, "projection", 3 * batch, sizeof(double), &p->coef));
  *out = p;
  return OSS_OK;
failed:
  oss_line_destroy(p);
  return status;
}

oss_bytes oss_line_bytes(size_t batch, size_t d) {
  return oss_bytes_of(batch * (d * sizeof(float) + 4 * sizeof(double)), batch * 9 * sizeof(double));
}

/* Mean squared differences of each sample. */
static oss_status distance(oss_line *p, const float *x, const float *y, double *out) {
  OSS_TRY(p->be->ops->row_error(p->be, p->count, p->d, 2.0, x, y, p->error.data));
  return oss_buffer_download(&p->error, 0, p->count * sizeof *out, out);
}

/* Products are taken from distances, 2 x.y = |x|^2 + |y|^2 - |x-y|^2: exact to double rounding of the lengths, since the sums are. */
static double product(double xx, double yy, double apart) {
  return 0.5 * (xx + yy - apart);
}

oss_status oss_line_set(oss_line *p, size_t count, double ratio, const float *a, const float *b) {
  if (count > p->batch) return oss_fail(OSS_ERR_INTERNAL, "projection of %zu samples, made for %zu", count, p->batch);
  p->count = count;
  p->ratio = ratio;
  p->a = a;
  p->b = b;
  OSS_TRY(distance(p, a, p->zero.data, p->aa));
  OSS_TRY(distance(p, b, p->zero.data, p->bb));
  OSS_TRY(distance(p, a, b, p->ww));
  for (size_t i = 0; i < count; i++) {
    double ab = product(p->aa[i], p->bb[i], p->ww[i]);
    p->ww[i] = ratio * ratio * p->aa[i] - 2.0 * ratio * ab + p->bb[i];
  }
  return OSS_OK;
}

oss_status oss_line_remove(oss_line *p, double scale, const float *x, float *out) {
  OSS_TRY(distance(p, x, p->zero.data, p->length));
  OSS_TRY(distance(p, x, p->a, p->to_a));
  OSS_TRY(distance(p, x, p->b, p->to_b));
  for (size_t i = 0; i < p->count; i++) {
    double along = p->ratio * product(p->length[i], p->aa[i], p->to_a[i]) - product(p->length[i], p->bb[i], p->to_b[i]);
    double share = p->ww[i] > 0.0 ? along / p->ww[i] : 0.0;
    p->host[3 * i] = scale;
    p->host[3 * i + 1] = -scale * share * p->ratio;
    p->host[3 * i + 2] = scale * share;
  }
  OSS_TRY(oss_buffer_upload(&p->coef, 0, 3 * p->count * sizeof *p->host, p->host));
  oss_terms terms = {{x, p->a, p->b}};
  return p->be->ops->lincomb(p->be, p->count, p->d, 3, 3, p->coef.data, terms, out);
}

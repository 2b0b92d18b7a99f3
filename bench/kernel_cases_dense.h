// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Products and attention at sizes of networks, B samples of so many rows or tokens. Included by kernel_cases.h. */
#ifndef OSS_BENCH_KERNEL_CASES_DENSE_H
#define OSS_BENCH_KERNEL_CASES_DENSE_H

/* A case's q is which of these it has, its near the activation. */
typedef struct dense_shape {
  size_t rows, n, k; /* of a sample */
} dense_shape;
static const dense_shape dense_shapes[] = {{1, 1152, 384}, {32, 384, 384}, {1568, 96, 96}, {1568, 384, 96}, {256, 1152, 1152}};
enum { DENSE_1, DENSE_32, DENSE_96, DENSE_384, DENSE_1152 };

static size_t dense_rows(const problem *w) {
  return w->b * dense_shapes[w->q].rows;
}

/* 0 weight, 1 bias, 2 in, 3 out. */
static void dense_prepare(problem *w) {
  const dense_shape z = dense_shapes[w->q];
  const float *weight = normals(w, z.n * z.k), *bias = normals(w, z.n);
  normals(w, dense_rows(w) * z.k);
  buffer(w, dense_rows(w) * z.n * sizeof(float));
  if (w->be->ops->dense_pack(w->be, z.n, z.k, OSS_COMPUTE_FP32, weight, bias, &w->layer) != OSS_OK) stop("dense_pack");
}
static oss_status dense_run(const problem *w) {
  return w->be->ops->dense(w->be, dense_rows(w), &w->layer, (oss_activation)w->near, w->at[2], w->at[3]);
}
static double dense_check(const problem *w) {
  const dense_shape z = dense_shapes[w->q];
  const float *weight = w->host[0], *bias = w->host[1], *in = w->host[2], *out = w->host[3];
  const size_t all = dense_rows(w) * z.n;
  double error = 0.0;
  for (size_t i = 0; i < picks(all); i++) {
    const size_t at = pick(i, all), r = at / z.n, o = at % z.n;
    double sum = (double)bias[o], size = fabs(sum);
    for (size_t e = 0; e < z.k; e++) {
      const double term = (double)weight[o * z.k + e] * (double)in[r * z.k + e];
      sum += term;
      size += fabs(term);
    }
    if (w->near == OSS_ACT_SILU) sum = sum / (1.0 + exp(-sum));
    if (w->near == OSS_ACT_GELU) sum = 0.5 * sum * (1.0 + tanh(0.7978845608028654 * (sum + 0.044715 * sum * sum * sum))); /* sqrt(2/pi) */
    error = worst(error, off((double)out[at], sum, size));
  }
  return error;
}
static double dense_fma(const problem *w) {
  const dense_shape z = dense_shapes[w->q];
  return (double)dense_rows(w) * (double)z.n * (double)z.k;
}
static double dense_bytes(const problem *w) {
  const dense_shape z = dense_shapes[w->q];
  return 4.0 * ((double)z.n * (double)z.k + (double)dense_rows(w) * (double)(z.n + z.k));
}

/* ---- attention: 0 qkv, 1 out. */
typedef struct attention_shape {
  size_t tokens, heads, width;
} attention_shape;
static const attention_shape attention_shapes[] = {{49, 3, 32}, {64, 6, 64}, {256, 16, 72}};
enum { ATTENTION_49, ATTENTION_64, ATTENTION_256 };

static size_t attention_floats(const problem *w) { /* of out */
  const attention_shape z = attention_shapes[w->q];
  return w->b * z.tokens * z.heads * z.width;
}
static void attention_prepare(problem *w) {
  normals(w, 3 * attention_floats(w));
  buffer(w, attention_floats(w) * sizeof(float));
}
static double attention_scale(const problem *w) {
  return 1.0 / sqrt((double)attention_shapes[w->q].width);
}
static oss_status attention_run(const problem *w) {
  const attention_shape z = attention_shapes[w->q];
  return w->be->ops->attention(w->be, w->b, z.tokens, z.heads, z.width, attention_scale(w), OSS_COMPUTE_FP32, w->at[0], w->at[1]);
}
/* One output in double; relative to the largest value that it is an average of. */
static double attention_error(const problem *w, size_t at) {
  const attention_shape z = attention_shapes[w->q];
  const size_t line = z.heads * z.width, s = at / line / z.tokens, i = at / line % z.tokens, h = at % line / z.width, e = at % z.width;
  const float *base = (const float *)w->host[0] + s * z.tokens * 3 * line + h * z.width;
  double sum = 0.0, total = 0.0, size = 0.0;
  for (size_t j = 0; j < z.tokens; j++) {
    double score = 0.0;
    for (size_t m = 0; m < z.width; m++) score += (double)base[i * 3 * line + m] * (double)base[(j * 3 + 1) * line + m];
    const double weight = exp(attention_scale(w) * score), value = (double)base[(j * 3 + 2) * line + e];
    total += weight;
    sum += weight * value;
    size = fmax(size, fabs(value));
  }
  return off((double)((const float *)w->host[1])[at], sum / total, size);
}
static double attention_check(const problem *w) {
  double error = 0.0;
  for (size_t i = 0; i < picks(attention_floats(w)); i++) error = worst(error, attention_error(w, pick(i, attention_floats(w))));
  return error;
}
static double attention_fma(const problem *w) {
  return 2.0 * (double)attention_floats(w) * (double)attention_shapes[w->q].tokens;
}
static double attention_bytes(const problem *w) {
  return 16.0 * (double)attention_floats(w);
}

#endif

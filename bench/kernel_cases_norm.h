// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What networks do between their products, at sizes of theirs; 8 samples for each of B. Included by kernel_cases.h. */
#ifndef OSS_BENCH_KERNEL_CASES_NORM_H
#define OSS_BENCH_KERNEL_CASES_NORM_H

/* A case's q is which of these it has, its near the activation. */
typedef struct net_shape {
  size_t places, channels, groups; /* groups 0: layer_norm */
} net_shape;
static const net_shape net_shapes[] = {{784, 64, 16}, {49, 64, 16}, {64, 768, 32}, {49, 96, 0}, {256, 1152, 0}};
enum { SHAPE_28_64, SHAPE_7_64, SHAPE_8_768, SHAPE_49_96, SHAPE_256_1152 };

static net_shape shape_of(const problem *w) {
  return net_shapes[w->q];
}
static size_t samples_of(const problem *w) {
  return 8 * w->b;
}
static size_t floats_of(const problem *w) {
  return samples_of(w) * shape_of(w).places * shape_of(w).channels;
}
static double net_bytes(const problem *w) {
  return 8.0 * (double)floats_of(w);
}

/* 0 in, 1 out, 2 gain, 3 bias, 4 scale, 5 shift, 6 other: [samples][places][channels], [channels], [samples][channels]. */
static void net_prepare(problem *w) {
  normals(w, floats_of(w));
  buffer(w, floats_of(w) * sizeof(float));
  for (int i = 0; i < 2; i++) normals(w, shape_of(w).channels);
  for (int i = 0; i < 2; i++) normals(w, samples_of(w) * shape_of(w).channels);
  normals(w, floats_of(w));
}
static double activation_of(int which, double x) {
  const double u = 0.7978845608028654 * (x + 0.044715 * x * x * x); /* sqrt(2/pi) */
  return which == OSS_ACT_SILU ? x / (1.0 + exp(-x)) : which == OSS_ACT_GELU ? 0.5 * x * (1.0 + tanh(u)) : x;
}

static oss_status group_run(const problem *w) {
  const net_shape n = shape_of(w);
  return w->be->ops->group_norm(w->be, samples_of(w), n.places, n.channels, n.groups, 1e-5, w->at[2], w->at[3], n.channels, NULL, w->at[5],
                                w->at[4], (oss_activation)w->near, w->at[0], w->at[1]);
}
static oss_status layer_run(const problem *w) {
  const net_shape n = shape_of(w);
  return w->be->ops->layer_norm(w->be, samples_of(w), n.places, n.channels, 1e-5, w->at[2], w->at[3], n.channels, w->at[5], w->at[4],
                                (oss_activation)w->near, w->at[0], w->at[1]);
}
/* places x channels values that share their statistics; returns the largest error, and the largest value in *size. */
static double set_check(const problem *w, size_t s, size_t place, size_t places, size_t channel, size_t channels, double *size) {
  const net_shape n = shape_of(w);
  const float *in = w->host[0], *out = w->host[1], *gain = w->host[2], *bias = w->host[3], *scale = w->host[4], *shift = w->host[5];
  const double count = (double)(places * channels);
  double sum = 0.0, squares = 0.0, error = 0.0;
  for (int pass = 0; pass < 3; pass++)
    for (size_t i = 0; i < places * channels; i++) {
      const size_t c = channel + i % channels, at = (s * n.places + place + i / channels) * n.channels + c, of = s * n.channels + c;
      const double apart = (double)in[at] - sum / count;
      if (pass == 0) sum += (double)in[at];
      if (pass == 1) squares += apart * apart;
      if (pass < 2) continue;
      const double y = apart / sqrt(squares / count + 1e-5) * (double)gain[c] + (double)bias[c];
      const double want = activation_of(w->near, y * ((double)scale[of] + 1.0) + (double)shift[of]);
      error = worst(error, fabs((double)out[at] - want));
      *size = fmax(*size, fabs(want));
    }
  return error;
}
static double norm_check(const problem *w) {
  const net_shape n = shape_of(w);
  double error = 0.0, size = 0.0;
  for (size_t k = 0; k < 2; k++) { /* the first and the last sample */
    const size_t s = k * (samples_of(w) - 1), members = n.groups > 0 ? n.channels / n.groups : 0;
    for (size_t g = 0; g < n.groups; g++) error = worst(error, set_check(w, s, 0, n.places, g * members, members, &size));
    for (size_t p = 0; n.groups == 0 && p < n.places; p++) error = worst(error, set_check(w, s, p, 1, 0, n.channels, &size));
  }
  return error / size;
}

static oss_status gated_run(const problem *w) {
  const net_shape n = shape_of(w);
  return w->be->ops->gated_sum(w->be, samples_of(w), n.places, n.channels, 0.5, n.channels, w->at[4], 0, w->at[0], w->at[6], w->at[1]);
}
static double gated_check(const problem *w) {
  const net_shape n = shape_of(w);
  const float *x = w->host[0], *out = w->host[1], *gate = w->host[4], *y = w->host[6];
  double error = 0.0;
  for (size_t i = 0; i < picks(floats_of(w)); i++) {
    const size_t at = pick(i, floats_of(w));
    const double term = (double)gate[at / (n.places * n.channels) * n.channels + at % n.channels] * (double)y[at];
    error = worst(error, off((double)out[at], 0.5 * ((double)x[at] + term), 0.5 * (fabs((double)x[at]) + fabs(term))));
  }
  return error;
}
static double gated_bytes(const problem *w) {
  return 12.0 * (double)floats_of(w);
}

static oss_status activate_run(const problem *w) {
  return w->be->ops->activate(w->be, floats_of(w), (oss_activation)w->near, w->at[0], w->at[1]);
}
static double activate_check(const problem *w) {
  const float *in = w->host[0], *out = w->host[1];
  double error = 0.0;
  for (size_t i = 0; i < picks(floats_of(w)); i++) {
    const size_t at = pick(i, floats_of(w));
    error = worst(error, off((double)out[at], activation_of(w->near, (double)in[at]), fabs((double)in[at])));
  }
  return error;
}

/* Half of the channels from either side. */
static oss_status concat_run(const problem *w) {
  const net_shape n = shape_of(w);
  const size_t half = n.channels / 2;
  return w->be->ops->concat(w->be, samples_of(w) * n.places, half, half, w->at[0], half, half, w->at[6], w->at[1]);
}
static double concat_check(const problem *w) {
  const float *a = w->host[0], *b = w->host[6], *out = w->host[1];
  const size_t half = shape_of(w).channels / 2;
  for (size_t i = 0; i < floats_of(w); i++) {
    const size_t r = i / (2 * half), c = i % (2 * half);
    if (out[i] != (c < half ? a[r * half + c] : b[r * half + c - half])) return INFINITY;
  }
  return 0.0;
}

/* ---- a few numbers a sample: 0 index, 1 table, 2 rows, 3 times, 4 frequencies, 5 coefficients. */
enum { TABLE_ENTRIES = 1001, TABLE_WIDTH = 1152 };
static void labels_prepare(problem *w) {
  const size_t rows = samples_of(w);
  int32_t *index = buffer(w, rows * sizeof *index);
  normals(w, (size_t)TABLE_ENTRIES * TABLE_WIDTH);
  buffer(w, rows * TABLE_WIDTH * sizeof(float));
  double *t = buffer(w, rows * sizeof *t);
  float *frequency = buffer(w, TABLE_WIDTH / 2 * sizeof *frequency);
  buffer(w, rows * 4 * sizeof(double));
  for (size_t r = 0; r < rows; r++) {
    index[r] = (int32_t)(uniform(w) * (TABLE_ENTRIES - 1)) - (r % 2 != 0);
    t[r] = 0.001 + 0.99 * uniform(w);
  }
  for (size_t i = 0; i < TABLE_WIDTH / 2; i++) frequency[i] = (float)(1000.0 * exp(-0.01 * (double)i));
}
static oss_status table_run(const problem *w) {
  return w->be->ops->table_rows(w->be, samples_of(w), TABLE_WIDTH, TABLE_ENTRIES, w->at[0], w->at[1], w->at[2]);
}
static double table_check(const problem *w) {
  const int32_t *index = w->host[0];
  const float *table = w->host[1], *out = w->host[2];
  for (size_t i = 0; i < samples_of(w) * TABLE_WIDTH; i++) {
    const int32_t k = index[i / TABLE_WIDTH];
    if (out[i] != table[(k < 0 ? TABLE_ENTRIES - 1 : (size_t)k) * TABLE_WIDTH + i % TABLE_WIDTH]) return INFINITY;
  }
  return 0.0;
}
static double table_bytes(const problem *w) {
  return 8.0 * (double)samples_of(w) * TABLE_WIDTH;
}
static oss_status embed_run(const problem *w) {
  return w->be->ops->embed(w->be, samples_of(w), TABLE_WIDTH / 2, 0, 1, w->at[3], w->at[4], w->at[2]);
}
static double embed_check(const problem *w) {
  const double *t = w->host[3];
  const float *frequency = w->host[4], *out = w->host[2];
  double error = 0.0;
  for (size_t i = 0; i < samples_of(w) * TABLE_WIDTH; i++) {
    const size_t r = i / TABLE_WIDTH, c = i % TABLE_WIDTH, half = TABLE_WIDTH / 2;
    const float angle = (float)t[r] * frequency[c % half];
    error = worst(error, fabs((double)out[i] - (c < half ? cos((double)angle) : sin((double)angle))));
  }
  return error;
}
static double embed_bytes(const problem *w) {
  return 4.0 * (double)samples_of(w) * TABLE_WIDTH;
}
static oss_status precondition_run(const problem *w) {
  const oss_precondition edm = {.prediction = OSS_PREDICT_EDM, .sigma_data = 0.5, .sigma_max = 80.0};
  return w->be->ops->precondition(w->be, samples_of(w), edm, w->at[3], w->at[5]);
}
static double precondition_check(const problem *w) {
  const double *t = w->host[3], *coef = w->host[5];
  double error = 0.0;
  for (size_t r = 0; r < samples_of(w); r++) {
    const double sigma = t[r] / (1.0 - t[r]), square = sigma * sigma + 0.25;
    const double want[4] = {1.0 / (sqrt(square) * (1.0 - t[r])), 0.25 / (square * (1.0 - t[r])), sigma * 0.5 / sqrt(square),
                            log(sigma) / 4.0};
    for (size_t i = 0; i < 4; i++) error = worst(error, off(coef[4 * r + i], want[i], i < 3 ? fabs(want[i]) : 1.0));
  }
  return error;
}
static double precondition_bytes(const problem *w) {
  return 40.0 * (double)samples_of(w);
}

#endif

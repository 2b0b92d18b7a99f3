// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Convolutions and resampling at sizes of networks, B images. Included by kernel_cases.h. */
#ifndef OSS_BENCH_KERNEL_CASES_IMAGES_H
#define OSS_BENCH_KERNEL_CASES_IMAGES_H

/* A case's q is which of these it has. All keep an image's size. */
typedef struct image_shape {
  size_t side, in, out;
  int kernel;
} image_shape;
static const image_shape image_shapes[] = {{32, 3, 32, 3}, {28, 32, 32, 3}, {14, 64, 64, 3}, {16, 256, 256, 3}, {28, 16, 1, 3}};
enum { CONV_IN, CONV_32, CONV_64, CONV_256, CONV_OUT };

/* 0 weight, 1 bias, 2 in, 3 out. */
static void conv_prepare(problem *w) {
  const image_shape z = image_shapes[w->q];
  const size_t taps = (size_t)z.kernel * (size_t)z.kernel, pixels = w->b * z.side * z.side;
  const float *weight = normals(w, z.out * z.in * taps), *bias = normals(w, z.out);
  normals(w, pixels * z.in);
  buffer(w, pixels * z.out * sizeof(float));
  const oss_conv_shape shape = {z.side, z.side, z.in, z.out, z.kernel, z.kernel / 2};
  if (w->be->ops->conv_pack(w->be, shape, OSS_COMPUTE_FP32, weight, bias, &w->layer) != OSS_OK) stop("conv_pack");
}
static oss_status conv_run(const problem *w) {
  return w->be->ops->conv(w->be, w->b, &w->layer, w->at[2], w->at[3]);
}
/* One output in double, relative to the sum of the magnitudes of its terms. */
static double conv_error(const problem *w, size_t at) {
  const image_shape z = image_shapes[w->q];
  const float *weight = w->host[0], *bias = w->host[1], *in = w->host[2], *out = w->host[3];
  const size_t kernel = (size_t)z.kernel, pad = kernel / 2, o = at % z.out, x = at / z.out % z.side, y = at / z.out / z.side % z.side;
  double sum = (double)bias[o], size = fabs(sum);
  for (size_t p = 0; p < kernel; p++)
    for (size_t q = 0; q < kernel; q++) {
      if (y + p < pad || x + q < pad || y + p - pad >= z.side || x + q - pad >= z.side) continue;
      const float *pixel = in + (at / z.out - y * z.side - x + (y + p - pad) * z.side + x + q - pad) * z.in;
      for (size_t c = 0; c < z.in; c++) {
        const double term = (double)weight[((o * z.in + c) * kernel + p) * kernel + q] * (double)pixel[c];
        sum += term;
        size += fabs(term);
      }
    }
  return off((double)out[at], sum, size);
}
static double conv_check(const problem *w) {
  const image_shape z = image_shapes[w->q];
  const size_t all = w->b * z.side * z.side * z.out;
  double error = 0.0;
  for (size_t i = 0; i < picks(all); i++) error = worst(error, conv_error(w, pick(i, all)));
  return error;
}
static double conv_fma(const problem *w) {
  const image_shape z = image_shapes[w->q];
  return (double)(w->b * z.side * z.side) * (double)(z.in * z.out) * z.kernel * z.kernel;
}
static double conv_bytes(const problem *w) {
  const image_shape z = image_shapes[w->q];
  return 4.0 * ((double)(z.in * z.out) * z.kernel * z.kernel + (double)(w->b * z.side * z.side) * (double)(z.in + z.out));
}

/* ---- resample: 0 in, 1 out. A case's q is the number of taps, its near whether it goes up. */
enum { RESAMPLE_SIDE = 32, RESAMPLE_CHANNELS = 64, RESAMPLE_IMAGE = RESAMPLE_SIDE * RESAMPLE_SIDE * RESAMPLE_CHANNELS };

static oss_filter resample_filter(const problem *w) {
  return w->q == 2 ? (oss_filter){2, {0.5f, 0.5f}} : (oss_filter){4, {0.125f, 0.375f, 0.375f, 0.125f}};
}
static size_t resample_side(const problem *w) { /* with a padding that halves or doubles it */
  return w->near ? (size_t)RESAMPLE_SIDE * 2 : (size_t)RESAMPLE_SIDE / 2;
}
static void resample_prepare(problem *w) {
  normals(w, w->b * RESAMPLE_IMAGE);
  buffer(w, w->b * resample_side(w) * resample_side(w) * RESAMPLE_CHANNELS * sizeof(float));
}
static oss_status resample_run(const problem *w) {
  return w->be->ops->resample(w->be, w->b, RESAMPLE_SIDE, RESAMPLE_SIDE, RESAMPLE_CHANNELS, w->near, (w->q - 1) / 2, resample_filter(w),
                              w->at[0], w->at[1]);
}
static double resample_error(const problem *w, size_t at) {
  const oss_filter f = resample_filter(w);
  const float *in = w->host[0], *out = w->host[1];
  const size_t c = at % RESAMPLE_CHANNELS, side = resample_side(w), s = at / RESAMPLE_CHANNELS / side / side;
  const int x = (int)(at / RESAMPLE_CHANNELS % side), y = (int)(at / RESAMPLE_CHANNELS / side % side), pad = (w->q - 1) / 2;
  double sum = 0.0, size = 0.0;
  for (int p = 0; p < f.taps; p++)
    for (int q = 0; q < f.taps; q++) {
      const int row = w->near ? y + pad - p : 2 * (2 * y + p - pad), column = w->near ? x + pad - q : 2 * (2 * x + q - pad); /* twice */
      if (row < 0 || column < 0 || row % 2 != 0 || column % 2 != 0 || row / 2 >= RESAMPLE_SIDE || column / 2 >= RESAMPLE_SIDE) continue;
      const size_t from = s * RESAMPLE_IMAGE + (size_t)(row / 2 * RESAMPLE_SIDE + column / 2) * RESAMPLE_CHANNELS + c;
      const double term = (w->near ? 4.0 : 1.0) * (double)f.at[p] * (double)f.at[q] * (double)in[from];
      sum += term;
      size += fabs(term);
    }
  return off((double)out[at], sum, size);
}
static double resample_check(const problem *w) {
  const size_t all = w->b * resample_side(w) * resample_side(w) * RESAMPLE_CHANNELS;
  double error = 0.0;
  for (size_t i = 0; i < picks(all); i++) error = worst(error, resample_error(w, pick(i, all)));
  return error;
}
/* A sum under a filter of taps in both axes is fewer FMA than the bytes take. */
static double resample_bytes(const problem *w) {
  return 4.0 * (double)w->b * ((double)RESAMPLE_IMAGE + (double)(resample_side(w) * resample_side(w)) * RESAMPLE_CHANNELS);
}

#endif

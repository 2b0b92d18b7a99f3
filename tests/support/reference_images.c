// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "tests/support/reference_images.h"

/* in[s][y][x][c] where that is inside, else 0. */
static long double pixel(size_t s, long y, long x, size_t c, size_t height, size_t width, size_t channels, const float *in) {
  if (y < 0 || x < 0 || y >= (long)height || x >= (long)width) return 0.0L;
  return (long double)in[((s * height + (size_t)y) * width + (size_t)x) * channels + c];
}

void ref_conv(size_t samples, oss_conv_shape shape, const float *weight, const float *bias, const float *in, double *out) {
  const size_t kernel = (size_t)shape.kernel, pad = (size_t)shape.pad;
  const size_t rows = shape.height + 2 * pad - kernel + 1, columns = shape.width + 2 * pad - kernel + 1;
  for (size_t s = 0; s < samples; s++)
    for (size_t y = 0; y < rows; y++)
      for (size_t x = 0; x < columns; x++)
        for (size_t i = 0; i < shape.out; i++) {
          long double sum = bias == NULL ? 0.0L : (long double)bias[i];
          for (size_t c = 0; c < shape.in; c++)
            for (size_t p = 0; p < kernel; p++)
              for (size_t q = 0; q < kernel; q++)
                sum += (long double)weight[((i * shape.in + c) * kernel + p) * kernel + q] *
                       pixel(s, (long)(y + p) - shape.pad, (long)(x + q) - shape.pad, c, shape.height, shape.width, shape.in, in);
          out[((s * rows + y) * columns + x) * shape.out + i] = (double)sum;
        }
}

/* Going up: input pixel (y + pad - p) / 2 where that is whole. */
static long source(size_t o, int tap, int up, int pad) {
  if (!up) return 2 * (long)o + tap - pad;
  const long twice = (long)o + pad - tap;
  return twice % 2 != 0 ? -1 : twice / 2;
}

void ref_resample(size_t samples, size_t height, size_t width, size_t channels, int up, int pad, oss_filter filter, const float *in,
                  double *out) {
  const long shrink = 2 * pad - filter.taps;
  const size_t rows = up ? (size_t)(2 * ((long)height - 1) - shrink) : (size_t)(((long)height + shrink) / 2 + 1);
  const size_t columns = up ? (size_t)(2 * ((long)width - 1) - shrink) : (size_t)(((long)width + shrink) / 2 + 1);
  for (size_t s = 0; s < samples; s++)
    for (size_t y = 0; y < rows; y++)
      for (size_t x = 0; x < columns; x++)
        for (size_t c = 0; c < channels; c++) {
          long double sum = 0.0L;
          for (int p = 0; p < filter.taps; p++)
            for (int q = 0; q < filter.taps; q++)
              sum += (long double)filter.at[p] * (long double)filter.at[q] *
                     pixel(s, source(y, p, up, pad), source(x, q, up, pad), c, height, width, channels, in);
          out[((s * rows + y) * columns + x) * channels + c] = (double)(up ? 4.0L * sum : sum);
        }
}

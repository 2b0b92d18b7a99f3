// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What every backend asks of a convolution and of a resampling of images, and where their outputs come from. */
#ifndef OSS_KERNELS_IMAGES_H
#define OSS_KERNELS_IMAGES_H

#include "kernels/backend.h"
#include "kernels/sizes.h"

#ifdef __CUDACC__
#define OSS_IMAGES_FUNCTION __host__ __device__ static inline
#else
#define OSS_IMAGES_FUNCTION static inline
#endif

/* Rows or columns of the output for length of the input. */
static inline size_t oss_conv_length(size_t length, const oss_conv_shape *shape) {
  return length + 2 * (size_t)shape->pad - (size_t)shape->kernel + 1;
}

static inline size_t oss_resample_length(size_t length, int up, int pad, int taps) {
  if (up) return 2 * length + (size_t)taps - 2 - 2 * (size_t)pad;
  return (length + 2 * (size_t)pad - (size_t)taps) / 2 + 1;
}

/* Whether an image's elements can be counted with 32 bits, as the libraries do. */
static inline int oss_image_fits(size_t a, size_t b, size_t c) {
  return a <= INT32_MAX && b <= INT32_MAX && c <= INT32_MAX && a * b <= INT32_MAX && a * b * c <= INT32_MAX;
}

/* A padding below the filter's width, so that every output sees the input. */
static inline oss_status oss_check_conv_shape(const oss_conv_shape *s) {
  enum { MOST_KERNEL = 64 };
  if (s->kernel < 1 || s->kernel > MOST_KERNEL || s->pad < 0 || s->pad >= s->kernel)
    return oss_fail(OSS_ERR_INTERNAL, "conv_pack: kernel %d with padding %d; 1 to %d, and less padding than that, are possible", s->kernel,
                    s->pad, MOST_KERNEL);
  if (s->height == 0 || s->width == 0 || s->in == 0 || s->out == 0)
    return oss_fail(OSS_ERR_INTERNAL, "conv_pack: %zu x %zu with %zu to %zu channels: none may be 0", s->height, s->width, s->in, s->out);
  const size_t border = 2 * (size_t)s->pad, most = s->in > s->out ? s->in : s->out;
  if (!oss_image_fits(s->height, s->width, most) || !oss_image_fits(s->height + border, s->width + border, most) ||
      !oss_image_fits(s->in, s->out, (size_t)s->kernel * (size_t)s->kernel))
    return oss_fail(OSS_ERR_INTERNAL, "conv_pack: %zu x %zu with %zu to %zu channels and kernel %d: more than 2^31 elements", s->height,
                    s->width, s->in, s->out, s->kernel);
  if (s->height + border < (size_t)s->kernel || s->width + border < (size_t)s->kernel)
    return oss_fail(OSS_ERR_INTERNAL, "conv_pack: %zu x %zu with padding %d is under a kernel of %d", s->height, s->width, s->pad,
                    s->kernel);
  return OSS_OK;
}

static inline oss_status oss_check_resample(size_t samples, size_t height, size_t width, size_t channels, int up, int pad,
                                            const oss_filter *filter) {
  const int taps = filter->taps;
  if (taps < 1 || taps > OSS_MAX_TAPS) return oss_fail(OSS_ERR_INTERNAL, "resample: %d taps; 1 to %d are possible", taps, OSS_MAX_TAPS);
  if (pad < 0 || pad >= taps)
    return oss_fail(OSS_ERR_INTERNAL, "resample: padding %d; 0 to %d are possible with %d taps", pad, taps - 1, taps);
  if (height == 0 || width == 0 || channels == 0)
    return oss_fail(OSS_ERR_INTERNAL, "resample: %zu x %zu with %zu channels: none may be 0", height, width, channels);
  if (!oss_image_fits(height, width, channels) || !oss_image_fits(2 * height + OSS_MAX_TAPS, 2 * width + OSS_MAX_TAPS, channels) ||
      !oss_fits(samples, (2 * height + OSS_MAX_TAPS) * (2 * width + OSS_MAX_TAPS), channels, sizeof(float)))
    return oss_fail(OSS_ERR_INTERNAL, "resample: %zu samples of %zu x %zu with %zu channels overflow", samples, height, width, channels);
  const size_t least = height < width ? height : width, border = 2 * (size_t)pad;
  if (up ? 2 * least + (size_t)taps - 2 <= border : least + border < (size_t)taps)
    return oss_fail(OSS_ERR_INTERNAL, "resample: nothing is left of %zu x %zu with padding %d and %d taps", height, width, pad, taps);
  return OSS_OK;
}

/* Along one axis: output o is the sum over n < count of filter.at[tap + n tap_step] times the input at from + n from_step, doubled for up.
 */
typedef struct oss_reach {
  int tap, tap_step, from, from_step, count;
} oss_reach;

OSS_IMAGES_FUNCTION oss_reach oss_resample_reach(int o, int length, int up, int pad, int taps) {
  oss_reach r;
  if (up) { /* 2 i + tap = o + pad */
    const int at = o + pad, last = at < taps - 1 ? at : taps - 1;
    r.tap = at % 2;
    while (at - r.tap > 2 * (length - 1)) r.tap += 2;
    r.tap_step = 2;
    r.from = (at - r.tap) / 2;
    r.from_step = -1;
    r.count = last < r.tap ? 0 : (last - r.tap) / 2 + 1;
  } else { /* i = 2 o + tap - pad */
    const int first = 2 * o - pad, end = length - first < taps ? length - first : taps;
    r.tap = first < 0 ? -first : 0;
    r.tap_step = 1;
    r.from = first + r.tap;
    r.from_step = 1;
    r.count = end - r.tap;
  }
  return r;
}

#endif

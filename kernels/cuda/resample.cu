// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* resample: a thread has one channel of one output pixel, neighbouring threads neighbouring channels, so a warp reads and writes whole
 * sectors; pixels that share inputs are near each other in the grid and find them in the caches. taps^2 FMA an output going down, a quarter
 * of that going up. Bytes 4 for each input and output from memory. Floor: the bytes. Expected: 80 % of a copy's rate for two taps; for
 * four, 16 loads an output from the first-level cache, half of that. Block 256: no thread needs another. */
#include "kernels/cuda/rows.h"
#include "kernels/images.h"

enum { THREADS = 256 };

typedef struct resample_job {
  size_t pixels, channels; /* of the output, all samples */
  int height, width, out_height, out_width, up, pad;
  oss_filter filter;
  int unused; /* 0: no byte of what a launch passes is left open */
} resample_job;

static __device__ inline float sum_under(const resample_job &j, const oss_reach &v, const oss_reach &h, const float *image) {
  float sum = 0.0f;
  for (int p = 0; p < v.count; p++)
    for (int q = 0; q < h.count; q++) {
      const size_t row = (size_t)(v.from + p * v.from_step), column = (size_t)(h.from + q * h.from_step);
      const float product = j.filter.at[v.tap + p * v.tap_step] * j.filter.at[h.tap + q * h.tap_step];
      sum = fmaf(image[(row * (size_t)j.width + column) * j.channels], j.up ? 4.0f * product : product, sum);
    }
  return sum;
}

// block: 256
static __global__ void __launch_bounds__(THREADS) resample(const __grid_constant__ resample_job j, const float *in, float *out) {
  const size_t image = (size_t)j.height * (size_t)j.width * j.channels;
  for (size_t r = oss_cuda_y(); r < j.pixels; r += oss_cuda_y_step()) {
    const size_t x = r % (size_t)j.out_width, y = r / (size_t)j.out_width % (size_t)j.out_height;
    const size_t s = r / (size_t)j.out_width / (size_t)j.out_height;
    const oss_reach v = oss_resample_reach((int)y, j.height, j.up, j.pad, j.filter.taps);
    const oss_reach h = oss_resample_reach((int)x, j.width, j.up, j.pad, j.filter.taps);
    for (size_t c = oss_cuda_x(); c < j.channels; c += oss_cuda_x_step()) out[r * j.channels + c] = sum_under(j, v, h, in + s * image + c);
  }
}

oss_status oss_cuda_resample(oss_backend *be, size_t samples, size_t height, size_t width, size_t channels, int up, int pad,
                             oss_filter filter, const float *in, float *out) {
  OSS_TRY(oss_check_resample(samples, height, width, channels, up, pad, &filter));
  if (samples == 0) return OSS_OK;
  const size_t out_height = oss_resample_length(height, up, pad, filter.taps), out_width = oss_resample_length(width, up, pad, filter.taps);
  const resample_job job = {
      samples * out_height * out_width, channels, (int)height, (int)width, (int)out_height, (int)out_width, up, pad, filter, 0};
  const oss_cuda_rows plan = oss_cuda_rows_plan(job.pixels, channels);
  OSS_LAUNCH(be, resample, plan.grid, plan.block, 0, job, in, out);
  return OSS_OK;
}

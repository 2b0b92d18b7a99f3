// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* resample: each output pixel is the sum of the input's pixels under the filter, over all channels at once; rows of outputs are spread over
 * the threads. Bytes 4 for each input and output; taps^2 FMA an output going down, a quarter of that going up, loads from the first-level
 * cache. Floor: the bytes for two taps; for four the loads of a pixel's 16 neighbours, 8 cycles for 16 channels. */
#include "kernels/cpu/resample.h"

#include "kernels/cpu/cpu.h"
#include "kernels/cpu/isa.h"
#include "kernels/images.h"

typedef struct resample_job {
  size_t height, width, channels, out_height, out_width;
  int up, pad;
  oss_filter filter;
  oss_resample_pixel *pixel;
} resample_job;

static oss_resample_pixel *chosen_pixel(void) {
#if OSS_ISA_X86
  const oss_isa isa = oss_isa_chosen();
  if (isa == OSS_ISA_AVX512) return oss_resample_pixel_avx512;
  if (isa == OSS_ISA_AVX2) return oss_resample_pixel_avx2;
#endif
  return oss_resample_pixel_generic;
}

static void resample_row(const resample_job *j, size_t y, const float *image, float *out) {
  const oss_reach v = oss_resample_reach((int)y, (int)j->height, j->up, j->pad, j->filter.taps);
  for (size_t x = 0; x < j->out_width; x++) {
    const oss_reach h = oss_resample_reach((int)x, (int)j->width, j->up, j->pad, j->filter.taps);
    const float *at[OSS_RESAMPLE_TERMS];
    float weight[OSS_RESAMPLE_TERMS];
    int terms = 0;
    for (int p = 0; p < v.count; p++)
      for (int q = 0; q < h.count; q++) {
        const size_t row = (size_t)(v.from + p * v.from_step), column = (size_t)(h.from + q * h.from_step);
        const float product = j->filter.at[v.tap + p * v.tap_step] * j->filter.at[h.tap + q * h.tap_step];
        at[terms] = image + (row * j->width + column) * j->channels;
        weight[terms++] = j->up ? 4.0f * product : product;
      }
    j->pixel(j->channels, terms, weight, at, out + x * j->channels);
  }
}

oss_status oss_cpu_resample(oss_backend *be, size_t samples, size_t height, size_t width, size_t channels, int up, int pad,
                            oss_filter filter, const float *in, float *out) {
  OSS_TRY(oss_check_resample(samples, height, width, channels, up, pad, &filter));
  const resample_job job = {.height = height,
                            .width = width,
                            .channels = channels,
                            .out_height = oss_resample_length(height, up, pad, filter.taps),
                            .out_width = oss_resample_length(width, up, pad, filter.taps),
                            .up = up,
                            .pad = pad,
                            .filter = filter,
                            .pixel = chosen_pixel()};
  const size_t rows = samples * job.out_height, row_size = job.out_width * channels;
#pragma omp parallel for schedule(static) num_threads(be->threads) if (rows * row_size > OSS_CPU_SERIAL)
  for (size_t r = 0; r < rows; r++)
    resample_row(&job, r % job.out_height, in + r / job.out_height * height * width * channels, out + r * row_size);
  return OSS_OK;
}

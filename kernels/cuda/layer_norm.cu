// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Mapping: a warp has a token; a lane takes the quads lane, lane + 32, ... of 4 floats (single floats where the width is no multiple of 4),
 * one sum for each of the four, then a tree over them and over the lanes. The order follows from the width alone. The second pass finds the
 * token in the first-level cache. Bytes 8 a float and what gain, bias, shift and scale bring from a cache; 3 operations of double and a
 * conversion, 4 to 8 of float. Block 256: 8 tokens, no thread needs another warp's. Floor: the bytes where double is fast; where it runs at
 * 1/64, 4 such instructions a float take about one and a half times that. */
#include "kernels/checks.h"
#include "kernels/cuda/activation.h"
#include "kernels/cuda/reduce.h"
#include "kernels/cuda/rows.h"

enum { WARPS = OSS_CUDA_ROWS_BLOCK / OSS_CUDA_WARP, AHEAD = 4 };

typedef struct layer_job {
  size_t samples, tokens, columns; /* columns: of WIDE floats */
  double eps;
  const float *gain, *bias;
  size_t stride;
  const float *shift, *scale;
  oss_activation activation;
  int aligned; /* all of them to 16 bytes */
  const float *in;
  float *out;
} layer_job;

typedef struct token_line {
  float centre, slope, offset;
} token_line;

/* From the token's mean and variance: y = (in - centre) slope + offset. What rounding takes from the centre goes into the offset. */
template <int WIDE>
static __device__ inline token_line line_of(const layer_job &job, const float *in) {
  const double first = (double)in[0], width = (double)(job.columns * WIDE);
  double sum[WIDE] = {0.0}, square[WIDE] = {0.0};
#pragma unroll AHEAD
  for (size_t i = threadIdx.x; i < job.columns; i += OSS_CUDA_WARP) {
    const oss_cuda_pack<WIDE> value = oss_cuda_load<WIDE>(in + i * WIDE, job.aligned);
    for (int e = 0; e < WIDE; e++) {
      const double apart = (double)value.at[e] - first;
      sum[e] += apart;
      square[e] = fma(apart, apart, square[e]);
    }
  }
  const double total = oss_cuda_warp_sum(WIDE == 1 ? sum[0] : (sum[0] + sum[WIDE / 2]) + (sum[WIDE / 4] + sum[WIDE - 1]));
  const double squares = oss_cuda_warp_sum(WIDE == 1 ? square[0] : (square[0] + square[WIDE / 2]) + (square[WIDE / 4] + square[WIDE - 1]));
  const double apart = total / width, mean = first + apart, inverse = 1.0 / sqrt((squares - total * apart) / width + job.eps);
  token_line line;
  line.centre = (float)mean;
  line.slope = (float)inverse;
  line.offset = (float)(((double)line.centre - mean) * inverse);
  return line;
}

template <int WIDE>
static __device__ inline oss_cuda_pack<WIDE> modulated(const layer_job &job, size_t s, size_t at, oss_cuda_pack<WIDE> y) {
  if (job.gain != NULL) {
    const oss_cuda_pack<WIDE> gain = oss_cuda_load<WIDE>(job.gain + at, job.aligned);
    for (int e = 0; e < WIDE; e++) y.at[e] *= gain.at[e];
  }
  if (job.bias != NULL) {
    const oss_cuda_pack<WIDE> bias = oss_cuda_load<WIDE>(job.bias + at, job.aligned);
    for (int e = 0; e < WIDE; e++) y.at[e] += bias.at[e];
  }
  if (job.scale != NULL) {
    const oss_cuda_pack<WIDE> scale = oss_cuda_load<WIDE>(job.scale + s * job.stride + at, job.aligned);
    const oss_cuda_pack<WIDE> shift = oss_cuda_load<WIDE>(job.shift + s * job.stride + at, job.aligned);
    for (int e = 0; e < WIDE; e++) y.at[e] = fmaf(y.at[e], scale.at[e] + 1.0f, shift.at[e]);
  }
  for (int e = 0; e < WIDE; e++) y.at[e] = oss_cuda_activate(job.activation, y.at[e]);
  return y;
}

// block: 256
template <int WIDE>
static __global__ void normalise_tokens(layer_job job) {
  const size_t rows = job.samples * job.tokens;
  for (size_t r = oss_cuda_y(); r < rows; r += oss_cuda_y_step()) {
    const float *from = job.in + r * job.columns * WIDE;
    float *to = job.out + r * job.columns * WIDE;
    const token_line line = line_of<WIDE>(job, from);
#pragma unroll AHEAD
    for (size_t i = threadIdx.x; i < job.columns; i += OSS_CUDA_WARP) {
      oss_cuda_pack<WIDE> y = oss_cuda_load<WIDE>(from + i * WIDE, job.aligned);
      for (int e = 0; e < WIDE; e++) y.at[e] = fmaf(y.at[e] - line.centre, line.slope, line.offset);
      y = modulated<WIDE>(job, r / job.tokens, i * WIDE, y);
      oss_cuda_store<WIDE>(to + i * WIDE, y, job.aligned);
    }
  }
}

template <int WIDE>
static oss_status launch(oss_backend *be, const layer_job &job) {
  const auto kernel = normalise_tokens<WIDE>;
  const oss_cuda_rows plan = oss_cuda_rows_of(job.samples * job.tokens, OSS_CUDA_WARP, OSS_CUDA_WARP);
  OSS_LAUNCH(be, kernel, plan.grid, plan.block, 0, job);
  return OSS_OK;
}

oss_status oss_cuda_layer_norm(oss_backend *be, size_t samples, size_t tokens, size_t width, double eps, const float *gain,
                               const float *bias, size_t stride, const float *shift, const float *scale, oss_activation activation,
                               const float *in, float *out) {
  OSS_TRY(oss_check_layer_norm(samples, tokens, width, eps, stride, shift, scale, activation));
  if (samples == 0 || tokens == 0 || width == 0) return OSS_OK;
  layer_job job = {samples, tokens, width, eps, gain, bias, stride, shift, scale, activation, 1, in, out};
  if (width % 4 != 0) return launch<1>(be, job);
  const void *const pointers[] = {gain, bias, shift, scale, in, out}; /* NULL is aligned */
  for (const void *pointer : pointers) job.aligned = job.aligned && oss_cuda_aligned(pointer);
  job.aligned = job.aligned && (scale == NULL || stride % 4 == 0);
  job.columns = width / 4;
  return launch<4>(be, job);
}

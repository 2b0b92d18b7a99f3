// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Mapping: a block has whole groups of one sample, as many as make 64 bytes of a pixel, so that what it reads are whole sectors: 4 blocks a
 * sample of 64 channels. Its threads are columns (4 channels, 1 where the channels are no multiple of it) x rows of pixels; a column's sums
 * are added over the rows by a tree, the channels of a group over a warp. A column's line (slope and offset of its outputs) is made once
 * and kept in shared memory. All that follows from the shape of a sample, so its bits do not depend on the batch.
 * Bytes 12 a float, of which the second 4 come from a cache where what the blocks of a card hold fits it (200 KB a sample of 28 x 28 x 64);
 * 3 operations of double and a conversion, 2 of float and the activation. Block 256: sums take 16 KB, lines 12 KB and 64 registers a
 * thread, so 4 blocks share a multiprocessor. Floor: the bytes where double is fast; where it runs at 1/64, 4 such instructions a float
 * take about three times as long in the first pass. One large sample alone does not fill a card: 64 x 64 x 192 are 8 blocks. */
#include "kernels/checks.h"
#include "kernels/cuda/activation.h"
#include "kernels/cuda/reduce.h"
#include "kernels/cuda/rows.h"

enum {
  THREADS = OSS_CUDA_ROWS_BLOCK,
  WARPS = THREADS / OSS_CUDA_WARP,
  RUN = 16,    /* channels that a block has at least */
  AHEAD = 4,   /* pixels whose loads are in flight together */
  GROUPS = RUN /* that a block has at most */
};

typedef struct group_job {
  size_t samples, pixels, channels, groups, members, runs; /* members: channels of a group; runs: blocks of a sample */
  size_t at_once;                                          /* groups of a run */
  double eps;
  const float *gain, *bias;
  size_t stride;
  const float *add, *shift, *scale;
  oss_activation activation;
  int aligned; /* in and out to 16 bytes */
  const float *in;
  float *out;
} group_job;

/* What a block works on: channels first .. first + count - 1 of sample s, width columns of it from column begin on at a time. */
typedef struct group_run {
  size_t s, first, count;
  size_t begin, width, rows; /* rows of pixels that the threads are */
  size_t column, row;        /* this thread's; row >= rows: it has none */
} group_run;

/* What a group's channels add up to, their means taken from its first value. */
typedef struct group_sums {
  double apart, apart_squares, within;
} group_sums;

static __device__ inline double added(const group_job &job, size_t s, size_t c) {
  return job.add != NULL ? (double)job.add[s * job.stride + c] : 0.0;
}

/* The threads' places in the next columns of a run. */
template <int WIDE>
static __device__ inline void place(group_run *run, size_t begin) {
  const size_t left = run->count / WIDE - begin;
  run->begin = begin;
  run->width = left < THREADS ? left : (size_t)THREADS;
  run->rows = THREADS / run->width;
  run->row = threadIdx.x / run->width;
  run->column = threadIdx.x % run->width;
}

/* moments[0 .. 1][channel of the columns]: the sum over the pixels of what a channel's values are from its first one, and of the squares.
 */
template <int WIDE>
static __device__ inline void sum_columns(const group_job &job, const group_run &run, double *moments) {
  double sum[WIDE] = {0.0}, square[WIDE] = {0.0};
  if (run.row < run.rows) {
    const float *from = job.in + run.s * job.pixels * job.channels + run.first + (run.begin + run.column) * WIDE;
    const oss_cuda_pack<WIDE> first = oss_cuda_load<WIDE>(from, job.aligned);
#pragma unroll AHEAD
    for (size_t p = run.row; p < job.pixels; p += run.rows) {
      const oss_cuda_pack<WIDE> value = oss_cuda_load<WIDE>(from + p * job.channels, job.aligned);
      for (int i = 0; i < WIDE; i++) {
        const double apart = (double)value.at[i] - (double)first.at[i];
        sum[i] += apart;
        square[i] = fma(apart, apart, square[i]);
      }
    }
  }
  const size_t at = (size_t)threadIdx.x * WIDE; /* row * width + column, of channels */
  for (int i = 0; i < WIDE; i++) {
    moments[at + i] = sum[i];
    moments[THREADS * WIDE + at + i] = square[i];
  }
  __syncthreads();
  for (size_t rows = run.rows; rows > 1;) {
    const size_t half = (rows + 1) / 2, other = at + half * run.width * WIDE;
    if (run.row + half < rows)
      for (int i = 0; i < WIDE; i++) {
        moments[at + i] += moments[other + i];
        moments[THREADS * WIDE + at + i] += moments[THREADS * WIDE + other + i];
      }
    rows = half;
    __syncthreads();
  }
}

/* The channels of these columns join their groups' sums, a warp a group. */
template <int WIDE>
static __device__ inline void join(const group_job &job, const group_run &run, const double *moments, group_sums *sums) {
  const size_t begin = run.begin * WIDE, end = begin + run.width * WIDE, lane = threadIdx.x % OSS_CUDA_WARP;
  const float *from = job.in + run.s * job.pixels * job.channels + run.first;
  for (size_t g = threadIdx.x / OSS_CUDA_WARP; g * job.members < run.count; g += WARPS) {
    const size_t first = g * job.members, low = first < begin ? begin : first;
    const size_t high = first + job.members < end ? first + job.members : end;
    const double origin = added(job, run.s, run.first + first) + (double)from[first], share = 1.0 / (double)job.pixels;
    group_sums part = {0.0, 0.0, 0.0};
    for (size_t c = low + lane; c < high; c += OSS_CUDA_WARP) {
      const double sum = moments[c - begin], square = moments[THREADS * WIDE + c - begin];
      const double apart = added(job, run.s, run.first + c) + (double)from[c] + sum * share - origin;
      part.apart += apart;
      part.apart_squares += apart * apart;
      part.within += square - sum * sum * share;
    }
    part.apart = oss_cuda_warp_sum(part.apart);
    part.apart_squares = oss_cuda_warp_sum(part.apart_squares);
    part.within = oss_cuda_warp_sum(part.within);
    if (lane == 0) {
      sums[g].apart += part.apart;
      sums[g].apart_squares += part.apart_squares;
      sums[g].within += part.within;
    }
  }
}

/* mean[g][0], [1]: a group's mean and 1 / sqrt(variance + eps). */
static __device__ inline void finish(const group_job &job, const group_run &run, const group_sums *sums, double (*mean)[2]) {
  const size_t g = threadIdx.x;
  if (g * job.members >= run.count) return;
  const size_t first = run.first + g * job.members;
  const double share = 1.0 / (double)job.members, pixels = (double)job.pixels, apart = sums[g].apart * share;
  const double squares = sums[g].within + pixels * (sums[g].apart_squares - sums[g].apart * apart);
  mean[g][0] = added(job, run.s, first) + (double)job.in[run.s * job.pixels * job.channels + first] + apart;
  mean[g][1] = 1.0 / sqrt(squares * share / pixels + job.eps);
}

/* line[0 .. 2][channel of the columns]: y = (in - centre) slope + offset. What rounding takes from a centre goes into the offset. */
template <int WIDE>
static __device__ inline void make_lines(const group_job &job, const group_run &run, const double (*mean)[2], float *line) {
  const size_t begin = run.begin * WIDE;
  for (size_t i = threadIdx.x; i < run.width * WIDE; i += THREADS) {
    const size_t g = (begin + i) / job.members, c = run.first + begin + i;
    double rise = mean[g][1] * (double)job.gain[c], level = (double)job.bias[c];
    if (job.scale != NULL) {
      const double more = (double)job.scale[run.s * job.stride + c] + 1.0;
      rise *= more;
      level = level * more + (double)job.shift[run.s * job.stride + c];
    }
    const double middle = mean[g][0] - added(job, run.s, c);
    line[i] = (float)middle;
    line[THREADS * WIDE + i] = (float)rise;
    line[2 * THREADS * WIDE + i] = (float)(level + ((double)line[i] - middle) * rise);
  }
}

template <int WIDE>
static __device__ inline void apply(const group_job &job, const group_run &run, const float *line) {
  if (run.row >= run.rows) return;
  const size_t at = run.s * job.pixels * job.channels + run.first + (run.begin + run.column) * WIDE;
  float centre[WIDE], slope[WIDE], offset[WIDE];
  for (int i = 0; i < WIDE; i++) {
    centre[i] = line[run.column * WIDE + i];
    slope[i] = line[(THREADS + run.column) * WIDE + i];
    offset[i] = line[(2 * THREADS + run.column) * WIDE + i];
  }
#pragma unroll AHEAD
  for (size_t p = run.row; p < job.pixels; p += run.rows) {
    oss_cuda_pack<WIDE> value = oss_cuda_load<WIDE>(job.in + at + p * job.channels, job.aligned);
    for (int i = 0; i < WIDE; i++) value.at[i] = oss_cuda_activate(job.activation, fmaf(value.at[i] - centre[i], slope[i], offset[i]));
    oss_cuda_store<WIDE>(job.out + at + p * job.channels, value, job.aligned);
  }
}

// block: 256
template <int WIDE>
static __global__ void __launch_bounds__(THREADS) normalise_groups(group_job job) {
  OSS_SHARED(double, moments, [2 * THREADS * WIDE]);
  OSS_SHARED(float, line, [3 * THREADS * WIDE]);
  OSS_SHARED(group_sums, sums, [GROUPS]);
  OSS_SHARED(double, mean, [GROUPS][2]);
  for (size_t block = blockIdx.x; block < job.samples * job.runs; block += gridDim.x) {
    group_run run;
    const size_t group = block % job.runs * job.at_once, left = job.groups - group;
    run.s = block / job.runs;
    run.first = group * job.members;
    run.count = (left < job.at_once ? left : job.at_once) * job.members;
    if (threadIdx.x < GROUPS) sums[threadIdx.x] = {0.0, 0.0, 0.0};
    for (size_t begin = 0; begin < run.count / WIDE; begin += THREADS) {
      place<WIDE>(&run, begin);
      sum_columns<WIDE>(job, run, moments);
      join<WIDE>(job, run, moments, sums);
      __syncthreads();
    }
    finish(job, run, sums, mean);
    __syncthreads();
    for (size_t begin = 0; begin < run.count / WIDE; begin += THREADS) {
      place<WIDE>(&run, begin);
      make_lines<WIDE>(job, run, mean, line);
      __syncthreads();
      apply<WIDE>(job, run, line);
      __syncthreads();
    }
  }
}

template <int WIDE>
static oss_status launch(oss_backend *be, group_job job) {
  const auto kernel = normalise_groups<WIDE>;
  job.at_once = 1;
  while (job.at_once < job.groups && (job.at_once * job.members < RUN || job.at_once * job.members % WIDE != 0)) job.at_once++;
  job.runs = oss_cuda_ceil(job.groups, job.at_once);
  job.aligned = WIDE == 1 || (oss_cuda_aligned(job.in) && oss_cuda_aligned(job.out));
  OSS_LAUNCH(be, kernel, oss_cuda_grid_limit(job.samples * job.runs, OSS_CUDA_GRID_X), THREADS, 0, job);
  return OSS_OK;
}

oss_status oss_cuda_group_norm(oss_backend *be, size_t samples, size_t pixels, size_t channels, size_t groups, double eps,
                               const float *gain, const float *bias, size_t stride, const float *add, const float *shift,
                               const float *scale, oss_activation activation, const float *in, float *out) {
  OSS_TRY(oss_check_group_norm(samples, pixels, channels, groups, eps, stride, shift, scale, activation));
  if (samples == 0 || pixels == 0 || channels == 0) return OSS_OK;
  const group_job job = {samples, pixels, channels, groups, channels / groups, 0, 0,  eps, gain, bias,
                         stride,  add,    shift,    scale,  activation,        0, in, out};
  return channels % 4 == 0 ? launch<4>(be, job) : launch<1>(be, job);
}

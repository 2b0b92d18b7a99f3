// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What pair_error asks of its sums. */
#include <math.h>

#include "kernels/cuda/pair_job.cuh"

#define PAIR_TOLERANCE 5e-7 /* of the bound on a cost's error; 1e-6 is promised */

/* The largest magnitude of each row that the samples first .. first + samples - 1 read. A warp a row; magnitudes are compared as integers,
 * for which NaN is above infinity. 4 bytes an element: memory is the limit. */
// block: 256
static __global__ void pair_peaks(pair_job job, size_t first, size_t samples) {
  const size_t arrays = (size_t)job.q + 2, warps = gridDim.x * (size_t)(blockDim.x / OSS_CUDA_WARP);
  const unsigned lane = threadIdx.x % OSS_CUDA_WARP;
  for (size_t at = blockIdx.x * (size_t)(blockDim.x / OSS_CUDA_WARP) + threadIdx.x / OSS_CUDA_WARP; at < samples * arrays * job.n;
       at += warps) {
    const size_t row = at % job.n, array = at / job.n % arrays, s = at / job.n / arrays;
    const float *in =
        array < arrays - 1 ? job.in[array] + pair_row(job, first + s, row + 1) : job.in[job.terms + 1] + pair_row(job, first + s, row);
    unsigned peak = 0;
    for (size_t e = lane; e < job.d; e += OSS_CUDA_WARP) {
      const unsigned size = __float_as_uint(fabsf(in[e]));
      peak = size > peak ? size : peak;
    }
    for (int other = OSS_CUDA_WARP / 2; other > 0; other /= 2) {
      const unsigned size = __shfl_xor_sync(0xffffffffu, peak, other);
      peak = size > peak ? size : peak;
    }
    if (lane == 0) job.peak[(s * arrays + array) * job.side * PAIR_TILE + row] = __uint_as_float(peak);
  }
}

/* The effect on a sum over count elements of roundings that are independent of each other, as a part of what they would do if all had the
 * same sign: 4 standard deviations of 0.4 of the largest each. No more than 256 elements are taken to be independent. */
static __device__ inline double pair_spread(size_t count) {
  const double spread = 1.6 / sqrt(count < 256 ? (double)count : 256.0);
  return spread < 1.0 ? spread : 1.0;
}

/* The error that float makes in a pair's sum of count elements: of the norm of the differences for p = 2, of their sum for p = 1. What
 * (float)coef is off acts on all elements alike. Of the q + 1 roundings of an element's partial sums the last is a part of the difference
 * itself; the others are 2^-24 of at most the sum of the terms. */
static __device__ inline double pair_float_error(const pair_job &job, const double *coef, const float *norms, unsigned parts,
                                                 size_t count) {
  const double rounding = pair_spread(count) * job.q * 0x1p-24;
  double error = 0.0;
  for (int m = 0; m <= job.q; m++) {
    double norm = 0.0;
    for (unsigned part = 0; part < parts;) { /* a group in float, as the tile kernel adds those of a part: the same however it is cut */
      float group = 0.0f;
      for (unsigned end = part + job.group_parts; part < end && part < parts; part++)
        group += norms[((size_t)part * ((size_t)job.q + 1) + m) * PAIR_TILE];
      norm += (double)group;
    }
    /* sums of float: up by their rounding, and by squares that are too small for a float */
    norm = job.p == 2.0 ? sqrt(norm * 1.001 + (double)count * 1e-37) : norm * 1.001;
    const double c = coef[(size_t)m * pair_plane(job)];
    error += (fabs(c - (double)(float)c) + rounding * fabs(c)) * norm;
  }
  return error;
}

/* The same for two floats. With U the anchor's unit in the last place, at most 2^-21 of the reach, the q + 1 pieces taken are at most U / 2
 * each and rounded to 2^-24 of that; their sum is below (q / 2 + 2) U, and rounded twice for each. */
static __device__ inline double pair_two_error(const pair_job &job, size_t s, size_t row, size_t column, size_t count) {
  const double terms = job.q + 1.0, rounding = pair_spread(count) * (0.5 * terms + 2.0 * terms * (0.5 * job.q + 2.0)) * 0x1p-45;
  const double *coef = pair_coef(job, s, row, column);
  double error = rounding * pair_reach(job, s, row, column);
  for (int m = 0; m <= job.q; m++) {
    const double c = coef[(size_t)m * pair_plane(job)], rest = c - (double)(float)c;
    error += fabs(rest - (double)(float)rest) * pair_peak(job, s, m, row);
  }
  return job.p == 2.0 ? error * sqrt((double)count) : error * (double)count;
}

/* Whether the sum is known to TOLERANCE and neither near underflow nor overflow; NaN is not. */
static __device__ inline int pair_good(const pair_job &job, int arithmetic, size_t s, size_t row, size_t column, const float *norms,
                                       unsigned parts, size_t count, double sum) {
  if (arithmetic == PAIR_DOUBLE) return 1;
  if (arithmetic == PAIR_TWO && !pair_reachable(pair_reach(job, s, row, column))) return 0;
  const double error = arithmetic == PAIR_FLOAT ? pair_float_error(job, pair_coef(job, s, row, column), norms, parts, count)
                                                : pair_two_error(job, s, row, column, count);
  const double allowed = PAIR_TOLERANCE * sum, least = (job.p == 2.0 ? 1e-30 : 1e-15) * (double)count;
  /* squares: the relative error of the sum is twice that of the norm of the differences */
  const int known = job.p == 2.0 ? 4.0 * error * error <= PAIR_TOLERANCE * allowed : error <= allowed;
  return known && sum >= least && sum <= 1e37;
}

/* Adds up the parts of each pair that has the mark of this arithmetic (fresh: of all pairs, which get their marks now) and asks whether the
 * sum of these count elements is good: if not the pair gets the mark next; if it is and write is set, the mean is written. A thread a pair,
 * 4 rows of a tile a block: 8 bytes a part, q + 1 coefficients and norms a pair; the tile kernel does thousands of operations for it. Each
 * pair alone is asked, so neither its neighbours nor the batch change a bit. */
// block: 256
static __global__ void pair_settle(pair_job job, int arithmetic, int next, int fresh, int write, unsigned parts, size_t count) {
  const unsigned blocks = PAIR_CELLS / PAIR_THREADS, item = blockIdx.x / blocks, cell = blockIdx.x % blocks * PAIR_THREADS + threadIdx.x;
  const pair_place where = pair_place_of(job, item);
  const size_t row = where.row + cell / PAIR_TILE, column = where.column + cell % PAIR_TILE;
  unsigned char *mark = job.mark + (size_t)item * PAIR_CELLS + cell;
  if (fresh) *mark = (unsigned char)(pair_exists(job, row, column) ? arithmetic : PAIR_NONE);
  if (*mark != arithmetic) return;
  const double *part = pair_part(job, item, 0) + cell;
  double sum = 0.0;
  for (unsigned i = 0; i < parts;) { /* each group on its own: pair_job.cuh */
    double group = 0.0;
    for (unsigned end = i + job.group_parts; i < end && i < parts; i++) group += part[(size_t)i * PAIR_CELLS];
    sum += group;
  }
  const float *norms = pair_norms(job, item, 0) + cell / PAIR_TILE;
  if (!pair_good(job, arithmetic, where.s, row, column, norms, parts, count, sum))
    *mark = (unsigned char)next;
  else if (write)
    job.cost[(where.s * (job.n + 1) + row + 1) * (job.n + 1) + column] = sum / (double)job.d;
}

oss_status oss_cuda_pair_settle(oss_backend *be, const pair_job *job, int arithmetic, int next, int fresh, int write, unsigned parts) {
  const size_t count = write ? job->d : pair_lesser(job->d, PAIR_CHUNK);
  OSS_LAUNCH(be, pair_settle, job->items * (PAIR_CELLS / PAIR_THREADS), PAIR_THREADS, 0, *job, arithmetic, next, fresh, write, parts,
             count);
  return OSS_OK;
}

/* The samples that a piece's peaks are of. */
static size_t piece_samples(const pair_job *job) {
  return (job->first + job->items - 1) / job->tiles - job->first / job->tiles + 1;
}

oss_status oss_cuda_pair_peaks(oss_backend *be, const pair_job *job) {
  const size_t samples = piece_samples(job), rows = samples * ((size_t)job->q + 2) * job->n;
  OSS_LAUNCH(be, pair_peaks, oss_cuda_blocks(be, rows * OSS_CUDA_WARP, PAIR_THREADS), PAIR_THREADS, 0, *job, job->first / job->tiles,
             samples);
  return OSS_OK;
}

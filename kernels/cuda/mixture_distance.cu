// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* mixture_distance: sum over e of (x[r][e] - s mean[k][e])^2 for all rows and means, s = 1 - t of the row.
 *
 * Mapping. A block of 16 x 16 threads has a tile of TILE rows x TILE means; CHUNK elements of both are staged in shared memory at a time,
 * in the arithmetic's own type and turned, so that the threads of a half warp read neighbours. A thread has EACH x EACH pairs, the rows
 * ty + 16 i and the means tx + 16 j: 8 loads for 32 operations, in double half of the cycles that these take on sm_90, a quarter on sm_80.
 * Bytes: 2 TILE floats from the second-level cache for 2 TILE^2 operations, 1/16 byte each; 8 written a pair and segment.
 *
 * Order. d is cut into segments (their length depends on d alone); a pair's segment is summed from left to right by one thread, and
 * segments are added in order. Large problems: a block goes through all segments of its tile and adds to the output. Small ones: one block
 * a segment, the sums of all go to scratch and a second kernel adds them. The bits are the same.
 *
 * Block size: 256 threads; 120 registers and 33 KB of shared memory, in floats 126 and 17 KB: 2 blocks a multiprocessor (16 warps), so that
 * one computes while the other loads. Floor: 2 FMA in double for each (row, mean, element), 4 of the float units' time on cards made for
 * it (sm_80, sm_90). Expected there: 80 % of it; an H100 reached
 * 41 % at 1608 rows, 1000 means, d = 12288: 8 loads of 8 bytes for 32 FMA keep shared memory as busy as the units; 8 x 4 pairs a thread
 * want trying. In floats, not measured: 23 instead of the 4, 60 % of that.
 *
 * Numbers. Double, as on the CPU: differences of distances over twice the variance decide the weights. Where double is slow (1/64 of the
 * float rate on most cards) a pair of floats takes its place: products and sums with their rounding errors, 23 float operations for 2 in
 * double that cost 128. Differences are good to 2^-48 of x, sums to 2^-48 a step: 1e-11 of the distance or better. A sum that is not
 * finite, or so small or large that the errors themselves round (under 1e-20, above 1e30), is done again in double by its thread: those are
 * states that are lost or exactly hit, so this hardly ever happens, and NaN and infinities come out as in double. */
#include "kernels/cuda/cuda.h"

enum {
  SIDE = 16, /* threads */
  EACH = 4,
  TILE = SIDE * EACH,
  THREADS = SIDE * SIDE,
  CHUNK = 32,
  SEGMENTS_MOST = 16,
  SEGMENT_LEAST = 256 /* elements; a multiple of CHUNK */
};

typedef struct distance_job {
  size_t rows, k, d, segment, segments;
  size_t down, items; /* tiles of rows; tiles, each for every segment when they are spread */
  const float *x;
  const double *t;
  const float *means;
  double *distance;
  double *partial; /* [segments][rows][k] when spread, else NULL */
} distance_job;

struct in_double {
  typedef double stored;
  typedef double factor;
  typedef double sum;
  static __device__ double split(double s) {
    return s;
  }
  static __device__ void add(double &sum, double x, double mean, double s) {
    const double difference = fma(-s, mean, x);
    sum = fma(difference, difference, sum);
  }
  static __device__ double total(double sum) {
    return sum;
  }
  static __device__ bool doubtful(double) {
    return false;
  }
};

struct in_floats {
  typedef float stored;
  typedef struct {
    float high, low;
  } factor, sum;
  static __device__ factor split(double s) {
    const float high = (float)s;
    return {high, (float)(s - (double)high)};
  }
  /* a + b and its rounding error. */
  static __device__ float add_exactly(float a, float b, float *error) {
    const float total = a + b, second = total - a;
    *error = (a - (total - second)) + (b - second);
    return total;
  }
  static __device__ void add(sum &to, float x, float mean, factor s) {
    float error, carry;
    const float product = s.high * mean, rest = fmaf(s.high, mean, -product);
    const float high = add_exactly(x, -product, &error), low = fmaf(-s.low, mean, error - rest);
    const float square = high * high;
    const float small = fmaf(low, low, fmaf(high + high, low, fmaf(high, high, -square)));
    to.high = add_exactly(to.high, square, &carry);
    to.low += carry + small;
  }
  static __device__ double total(sum of) {
    return (double)of.high + (double)of.low;
  }
  static __device__ bool doubtful(double total) {
    return !(total > 1e-20 && total < 1e30);
  }
};

/* A pair's segment in double, one by one. */
static __device__ double again(const distance_job &job, size_t r, size_t m, size_t from, size_t end) {
  const float *x = job.x + r * job.d, *mean = job.means + m * job.d;
  const double s = in_double::split(1.0 - job.t[r]);
  double sum = 0.0;
  for (size_t e = from; e < end; e++) in_double::add(sum, (double)x[e], (double)mean[e], s);
  return sum;
}

static __device__ inline void put(const distance_job &job, size_t segment, size_t r, size_t m, double value) {
  const size_t at = r * job.k + m;
  if (job.partial != NULL)
    job.partial[segment * job.rows * job.k + at] = value;
  else
    job.distance[at] = segment == 0 ? value : job.distance[at] + value;
}

/* rows [first, first + TILE) of in, elements [from, from + CHUNK); 0 beyond both ends. */
template <typename Stored>
static __device__ void stage(size_t rows, size_t d, const float *in, size_t first, size_t from, size_t end, Stored (*to)[TILE + 1]) {
  const unsigned e = threadIdx.x % CHUNK;
#pragma unroll
  for (unsigned i = threadIdx.x / CHUNK; i < TILE; i += THREADS / CHUNK) {
    const bool inside = first + i < rows && from + e < end;
    to[e][i] = inside ? (Stored)in[(first + i) * d + from + e] : (Stored)0;
  }
}

/* One segment of a tile into its place. */
template <typename A>
static __device__ void segment_of(const distance_job &job, size_t r0, size_t k0, size_t segment) {
  typedef typename A::stored stored;
  OSS_SHARED(stored, x, [CHUNK][TILE + 1]); /* + 1: the columns written by a warp lie in different banks */
  OSS_SHARED(stored, mean, [CHUNK][TILE + 1]);
  const unsigned tx = threadIdx.x % SIDE, ty = threadIdx.x / SIDE;
  const size_t begin = segment * job.segment, end = job.d - begin < job.segment ? job.d : begin + job.segment;
  typename A::factor s[EACH];
  typename A::sum sums[EACH][EACH] = {};
#pragma unroll
  for (int i = 0; i < EACH; i++) {
    const size_t r = r0 + ty + SIDE * i;
    s[i] = A::split(1.0 - job.t[r < job.rows ? r : job.rows - 1]);
  }
  for (size_t from = begin; from < end; from += CHUNK) {
    __syncthreads(); /* the last chunk has been read */
    stage(job.rows, job.d, job.x, r0, from, end, x);
    stage(job.k, job.d, job.means, k0, from, end, mean);
    __syncthreads();
#pragma unroll 4
    for (int e = 0; e < CHUNK; e++) {
      stored row[EACH], column[EACH];
#pragma unroll
      for (int i = 0; i < EACH; i++) {
        row[i] = x[e][ty + SIDE * i];
        column[i] = mean[e][tx + SIDE * i];
      }
#pragma unroll
      for (int i = 0; i < EACH; i++) {
#pragma unroll
        for (int j = 0; j < EACH; j++) A::add(sums[i][j], row[i], column[j], s[i]);
      }
    }
  }
  unsigned doubtful = 0;
#pragma unroll
  for (int i = 0; i < EACH; i++) {
#pragma unroll
    for (int j = 0; j < EACH; j++) {
      const size_t r = r0 + ty + SIDE * i, m = k0 + tx + SIDE * j;
      const double value = A::total(sums[i][j]);
      if (r >= job.rows || m >= job.k) continue;
      if (A::doubtful(value))
        doubtful |= 1u << (i * EACH + j);
      else
        put(job, segment, r, m, value);
    }
  }
#pragma unroll 1
  for (int pair = 0; pair < EACH * EACH; pair++) {
    if (!(doubtful >> pair & 1)) continue;
    const size_t r = r0 + ty + SIDE * (pair / EACH), m = k0 + tx + SIDE * (pair % EACH);
    put(job, segment, r, m, again(job, r, m, begin, end));
  }
}

/* Tiles that share their means follow each other. */
// block: 256
template <typename A>
static __global__ void __launch_bounds__(THREADS, 2) mixture_distance_tiles(distance_job job) {
  for (size_t item = blockIdx.x; item < job.items; item += gridDim.x) {
    const bool spread = job.partial != NULL;
    const size_t down = item % job.down, rest = item / job.down, across = spread ? rest / job.segments : rest;
    const size_t first = spread ? rest % job.segments : 0, end = spread ? first + 1 : job.segments;
    for (size_t segment = first; segment < end; segment++) segment_of<A>(job, down * TILE, across * TILE, segment);
  }
}

// block: 256
static __global__ void __launch_bounds__(THREADS) mixture_distance_total(distance_job job) {
  const size_t count = job.rows * job.k, stride = (size_t)gridDim.x * THREADS;
  for (size_t i = (size_t)blockIdx.x * THREADS + threadIdx.x; i < count; i += stride) {
    double total = job.partial[i];
    for (size_t segment = 1; segment < job.segments; segment++) total += job.partial[segment * count + i];
    job.distance[i] = total;
  }
}

/* The same for every number of rows and means. */
static void cut(distance_job *job) {
  size_t length = oss_cuda_ceil(job->d, SEGMENTS_MOST);
  job->segment = length < SEGMENT_LEAST ? (size_t)SEGMENT_LEAST : oss_cuda_ceil(length, CHUNK) * CHUNK;
  job->segments = oss_cuda_ceil(job->d, job->segment);
}

oss_status oss_cuda_mixture_distance(oss_backend *be, size_t rows, size_t k, size_t d, const float *x, const double *t, const float *means,
                                     double *distance) {
  const oss_cuda_state *s = oss_cuda_state_of(be);
  if (d == 0) return oss_fail(OSS_ERR_INTERNAL, "mixture_distance: states of no elements have no distance");
  if (!oss_fits(rows, d, 1, sizeof *x) || !oss_fits(k, d, 1, sizeof *means) || !oss_fits(rows, k, 1, sizeof *distance))
    return oss_fail(OSS_ERR_INTERNAL, "mixture_distance: %zu rows, %zu means of %zu overflow", rows, k, d);
  if (rows == 0 || k == 0) return OSS_OK;
  distance_job job = {};
  job.rows = rows, job.k = k, job.d = d;
  job.x = x, job.t = t, job.means = means, job.distance = distance;
  cut(&job);
  job.down = oss_cuda_ceil(rows, TILE);
  job.items = job.down * oss_cuda_ceil(k, TILE);
  const size_t full = 4 * (size_t)s->multiprocessors; /* tiles that leave no multiprocessor much less than its share */
  if (job.segments > 1 && job.items < full && rows * k <= OSS_CUDA_SCRATCH_BYTES / sizeof(double) / job.segments) {
    job.partial = static_cast<double *>(s->scratch);
    job.items *= job.segments;
  }
  const size_t most = 1 << 30;
  const unsigned blocks = (unsigned)(job.items < most ? job.items : most);
  if (s->slow_double)
    OSS_LAUNCH(be, mixture_distance_tiles<in_floats>, blocks, THREADS, 0, job);
  else
    OSS_LAUNCH(be, mixture_distance_tiles<in_double>, blocks, THREADS, 0, job);
  if (job.partial != NULL) OSS_LAUNCH(be, mixture_distance_total, oss_cuda_blocks(be, rows * k, THREADS), THREADS, 0, job);
  return OSS_OK;
}

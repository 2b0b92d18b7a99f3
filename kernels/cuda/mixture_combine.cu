// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* mixture_combine: out = shrink x + gain . means, a matrix product whose left factor is nearly empty at low noise: a row of a data set of
 * thousands has a few gains that are not 0.
 *
 * Why not cuBLAS. What is empty is known on the device alone, and a recorded graph cannot leave a product out: cuBLAS would always do all
 * of it, in panels through scratch. On an H100 (33 TFMA/s, 3 TB/s), 12800 rows of 3072 elements, floors in ms:
 *   means                                          64    1000    5000
 *   SGEMM and a pass that adds shrink x           0.28    1.4     6.1
 *   this kernel, all gains not 0                  0.10    1.2     5.9
 *   this kernel, one gain a row (64 means a tile) 0.10    0.12    0.19
 * A tile of our own reaches less of its floor than cuBLAS (70 % against 90 %), which costs less where all gains count than the empty
 * ones save: most times of a grid are of the last kind. Nor does cuBLAS promise that a row has the same bits wherever it lies in a panel.
 *
 * Mapping. First kernel: for ROWS rows and a window of WINDOW means one block lists, in order, the means that any of the rows uses (4 bytes
 * read a row and mean). Second kernel: a block of 8 warps has a tile of ROWS rows x COLUMNS elements and goes through the lists; CHUNK
 * means and their gains are staged in shared memory at a time. A warp has 8 rows, a thread 8 rows x 4 elements (e + 32 j: neighbours in a
 * warp are neighbours in memory): 2 gains by fours, the same for the whole warp, and 4 means for 32 FMA: 6 of the 8 cycles that these take.
 * Bytes: (ROWS + COLUMNS) floats from the second-level cache for ROWS x COLUMNS FMA, 1/11 byte an FMA; x and out once.
 * Block size: 256 threads, at most 128 registers (32 sums, 64 of totals), 26 KB of shared memory: 2 blocks a multiprocessor, one loads
 * while the other computes. Floor: 1 FMA for each (row, mean in use by its 64 rows, element), or the bytes of gain, x and out. Expected:
 * 70 % of it where the FMA count (loads take issue slots, a barrier a chunk), 60 % of the bytes. An H100 reached 32 % and 23 % (1608 rows,
 * 1000 means, d = 12288), so there cuBLAS would win where all gains count.
 *
 * Numbers. Float over the at most SEGMENT means of a segment; the segments are added as pairs of floats with their errors (a double a sum
 * would double the time where double is slow), shrink x in double, one rounding at the end. Segments lie at fixed means and adding
 * 0 x mean changes nothing, so a row's bits do not depend on the rows beside it. (For a mean that is not finite they would; the denoiser
 * does not accept one.) A sum beyond float's range becomes NaN. */
#include "kernels/cuda/cuda.h"

enum {
  WARPS = 8,
  THREADS = WARPS * OSS_CUDA_WARP,
  EACH_ROWS = 8,
  EACH_COLUMNS = 4,
  ROWS = WARPS * EACH_ROWS,
  COLUMNS = OSS_CUDA_WARP * EACH_COLUMNS,
  CHUNK = 32,
  SEGMENT = THREADS,
  SEGMENTS = 8,
  WINDOW = SEGMENTS * SEGMENT,
  FOURS = ROWS / 4 + 1 /* of gains: + 1, so that a warp that stores a row's gains meets 8 banks, not 1 */
};

/* The means of a window that some row of a tile uses: offsets in the window, ascending; segment i has [start[i], start[i + 1]). */
typedef struct window_list {
  uint16_t start[SEGMENTS + 1], unused[7];
  uint16_t mean[WINDOW];
} window_list;

enum { LISTS = OSS_CUDA_SCRATCH_BYTES / sizeof(window_list) };

typedef struct combine_job {
  size_t rows, k, d, windows;
  const double *shrink;
  const float *gain, *means, *x;
  float *out;
  window_list *lists; /* [tiles of rows][windows] */
} combine_job;

/* ---- which means */

static __device__ bool used(const combine_job &job, size_t r0, size_t k) {
  const size_t end = job.rows - r0 < ROWS ? job.rows : r0 + ROWS;
  bool any = false;
  if (k >= job.k) return false;
#pragma unroll 8
  for (size_t r = r0; r < end; r++) any |= job.gain[r * job.k + k] != 0.0f; /* NaN is not 0 */
  return any;
}

// block: 256
static __global__ void __launch_bounds__(THREADS) mixture_combine_lists(combine_job job) {
  OSS_SHARED(unsigned, count, [WARPS]);
  const unsigned lane = threadIdx.x % OSS_CUDA_WARP, warp = threadIdx.x / OSS_CUDA_WARP;
  window_list *list = job.lists + blockIdx.x;
  const size_t r0 = blockIdx.x / job.windows * ROWS, k0 = blockIdx.x % job.windows * WINDOW;
  unsigned total = 0;
  for (unsigned segment = 0; segment < SEGMENTS; segment++) {
    const unsigned offset = segment * SEGMENT + threadIdx.x;
    const bool any = used(job, r0, k0 + offset);
    const unsigned mask = __ballot_sync(~0u, any);
    if (threadIdx.x == 0) list->start[segment] = (uint16_t)total;
    if (lane == 0) count[warp] = (unsigned)__popc(mask);
    __syncthreads();
    unsigned at = total + (unsigned)__popc(mask & ((1u << lane) - 1));
    for (unsigned w = 0; w < WARPS; w++) {
      if (w < warp) at += count[w];
      total += count[w];
    }
    if (any) list->mean[at] = (uint16_t)offset;
    __syncthreads(); /* count has been read */
  }
  if (threadIdx.x == 0) list->start[SEGMENTS] = (uint16_t)total;
}

/* ---- the product */

typedef struct tile {
  size_t r0, e0;
  float sum[EACH_ROWS][EACH_COLUMNS], high[EACH_ROWS][EACH_COLUMNS], low[EACH_ROWS][EACH_COLUMNS];
} tile;

/* count listed means and their gains; 0 beyond the last row and element. gains: [CHUNK][FOURS], means: [CHUNK][COLUMNS]. */
static __device__ void stage(const combine_job &job, const tile &t, size_t k0, const uint16_t *mean, unsigned count, float4 (*gains)[FOURS],
                             float (*means)[COLUMNS]) {
  const unsigned column = threadIdx.x % COLUMNS, item = threadIdx.x % CHUNK;
#pragma unroll 4
  for (unsigned c = threadIdx.x / COLUMNS; c < count; c += THREADS / COLUMNS)
    means[c][column] = t.e0 + column < job.d ? job.means[(k0 + mean[c]) * job.d + t.e0 + column] : 0.0f;
  if (item >= count) return;
  float *to = reinterpret_cast<float *>(gains[item]);
  const float *gain = job.gain + k0 + mean[item];
#pragma unroll 4
  for (unsigned i = threadIdx.x / CHUNK; i < ROWS; i += THREADS / CHUNK) to[i] = t.r0 + i < job.rows ? gain[(t.r0 + i) * job.k] : 0.0f;
}

/* Staged means from to end. */
static __device__ inline void multiply(tile &t, unsigned from, unsigned end, const float4 (*gains)[FOURS], const float (*means)[COLUMNS]) {
  const unsigned lane = threadIdx.x % OSS_CUDA_WARP, warp = threadIdx.x / OSS_CUDA_WARP;
#pragma unroll 4
  for (unsigned c = from; c < end; c++) {
    const float4 a = gains[c][2 * warp], b = gains[c][2 * warp + 1];
    const float gain[EACH_ROWS] = {a.x, a.y, a.z, a.w, b.x, b.y, b.z, b.w};
    float mean[EACH_COLUMNS];
#pragma unroll
    for (int j = 0; j < EACH_COLUMNS; j++) mean[j] = means[c][lane + OSS_CUDA_WARP * j];
#pragma unroll
    for (int i = 0; i < EACH_ROWS; i++) {
#pragma unroll
      for (int j = 0; j < EACH_COLUMNS; j++) t.sum[i][j] = fmaf(gain[i], mean[j], t.sum[i][j]);
    }
  }
}

/* Adds a segment's sums to the totals. The error of each addition goes to low. */
static __device__ inline void end_segment(tile &t) {
#pragma unroll
  for (int i = 0; i < EACH_ROWS; i++) {
#pragma unroll
    for (int j = 0; j < EACH_COLUMNS; j++) {
      const float a = t.high[i][j], b = t.sum[i][j], total = a + b, second = total - a;
      t.high[i][j] = total;
      t.low[i][j] += (a - (total - second)) + (b - second);
      t.sum[i][j] = 0.0f;
    }
  }
}

static __device__ void add_window(const combine_job &job, tile &t, size_t k0, const window_list *list, float4 (*gains)[FOURS],
                                  float (*means)[COLUMNS]) {
  const unsigned count = list->start[SEGMENTS];
  unsigned segment = 0, at = 0;
  for (unsigned from = 0; from < count; from += CHUNK) {
    const unsigned staged = count - from < CHUNK ? count : from + CHUNK;
    __syncthreads(); /* the last chunk has been read */
    stage(job, t, k0, list->mean + from, staged - from, gains, means);
    __syncthreads();
    while (at < staged) {
      while (list->start[segment + 1] <= at) segment++;
      const unsigned last = list->start[segment + 1], stop = last < staged ? last : staged;
      multiply(t, at - from, stop - from, gains, means);
      if (stop == last) end_segment(t);
      at = stop;
    }
  }
}

// block: 256
static __global__ void __launch_bounds__(THREADS, 2) mixture_combine_tiles(combine_job job, size_t down, size_t tiles) {
  OSS_SHARED(float4, gains, [CHUNK][FOURS]);
  OSS_SHARED(float, means, [CHUNK][COLUMNS]);
  const unsigned lane = threadIdx.x % OSS_CUDA_WARP, warp = threadIdx.x / OSS_CUDA_WARP;
  for (size_t item = blockIdx.x; item < tiles; item += gridDim.x) { /* tiles that share their columns of the means follow each other */
    tile t = {};
    t.r0 = item % down * ROWS, t.e0 = item / down * COLUMNS;
    for (size_t w = 0; w < job.windows; w++) add_window(job, t, w * WINDOW, job.lists + item % down * job.windows + w, gains, means);
#pragma unroll
    for (int i = 0; i < EACH_ROWS; i++) {
      const size_t r = t.r0 + EACH_ROWS * warp + i;
      if (r >= job.rows) continue;
      const double shrink = job.shrink[r];
#pragma unroll
      for (int j = 0; j < EACH_COLUMNS; j++) {
        const size_t e = t.e0 + lane + OSS_CUDA_WARP * j;
        if (e < job.d) job.out[r * job.d + e] = (float)((double)t.high[i][j] + (double)t.low[i][j] + shrink * (double)job.x[r * job.d + e]);
      }
    }
  }
}

/* As many rows as scratch has lists for. */
static oss_status combine_piece(oss_backend *be, const combine_job &job) {
  const size_t down = oss_cuda_ceil(job.rows, ROWS), tiles = down * oss_cuda_ceil(job.d, COLUMNS), most = 1 << 30;
  if (job.windows > 0) OSS_LAUNCH(be, mixture_combine_lists, (unsigned)(down * job.windows), THREADS, 0, job);
  OSS_LAUNCH(be, mixture_combine_tiles, (unsigned)(tiles < most ? tiles : most), THREADS, 0, job, down, tiles);
  return OSS_OK;
}

oss_status oss_cuda_mixture_combine(oss_backend *be, size_t rows, size_t k, size_t d, const double *shrink, const float *gain,
                                    const float *means, const float *x, float *out) {
  if (!oss_fits(rows, d, 1, sizeof *x) || !oss_fits(k, d, 1, sizeof *means) || !oss_fits(rows, k, 1, sizeof *gain))
    return oss_fail(OSS_ERR_INTERNAL, "mixture_combine: %zu rows, %zu means of %zu overflow", rows, k, d);
  const size_t windows = oss_cuda_ceil(k, WINDOW);
  if (windows > LISTS) return oss_fail(OSS_ERR_INTERNAL, "mixture_combine: %zu means; %zu are possible", k, (size_t)LISTS * WINDOW);
  if (d == 0) return OSS_OK;
  const size_t piece = (windows == 0 ? (size_t)LISTS : LISTS / windows) * ROWS;
  for (size_t first = 0; first < rows; first += piece) {
    combine_job job = {};
    job.rows = rows - first < piece ? rows - first : piece;
    job.k = k, job.d = d, job.windows = windows;
    job.shrink = shrink + first, job.gain = gain + first * k, job.means = means;
    job.x = x + first * d, job.out = out + first * d;
    job.lists = static_cast<window_list *>(oss_cuda_state_of(be)->scratch);
    OSS_TRY(combine_piece(be, job));
  }
  return OSS_OK;
}

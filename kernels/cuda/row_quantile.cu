// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Order statistics without sorting, for two levels at a time: floats become integers of the same order, and counts by their first 11 bits,
 * the next 11, the last 10 say where a rank lies, exactly. Counts are whole numbers, so the order in which threads add to them leaves no
 * trace.
 * Mapping: one block a row, the counts of both levels in shared memory (16 KB). A row is read three times, and once more for the value
 * above where rank + 1 is another value; every read after the first comes from the first or second cache.
 * Bytes 4 an element from memory, 16 read in all, a shared atomic or two compares an element and reading. Block 512: two blocks a
 * multiprocessor and more, and the scan of 2048 bins has 4 a thread. 40 registers or less: 3 blocks on sm_90.
 * Floor: the bytes. Expected 20 to 25 %, four reads and the conflicts of the first count (a normal's values share some 20 of its bins);
 * for fewer rows than multiprocessors less, in proportion: amplitudes are taken once a step, of a whole batch. */
#include <math.h>

#include "kernels/cuda/cuda.h"

enum { BLOCK = 512, WARPS = BLOCK / OSS_CUDA_WARP, DIGIT = 11, BINS = 1 << DIGIT, EACH = BINS / BLOCK, TOP = 32 - DIGIT, LEVELS = 2 };

/* What is known of one level's rank. */
struct choice {
  uint32_t prefix;      /* the first bits of its key */
  unsigned rank, count; /* its rank among the keys with that prefix, and how many these are */
  uint32_t above;       /* the least key above it */
};

struct work {
  unsigned bins[LEVELS][BINS];
  unsigned warp_total[WARPS];
  choice level[LEVELS];
};

/* Ascends as the value does. */
static __device__ inline uint32_t key_of(float value) {
  const uint32_t bits = __float_as_uint(value);
  return bits ^ ((uint32_t)((int32_t)bits >> 31) | 0x80000000u);
}

static __device__ inline double value_of(uint32_t key) {
  return (double)__uint_as_float(key ^ ((key >> 31) != 0 ? 0x80000000u : 0xffffffffu));
}

/* use(key) for every key of the row, each by one thread. */
template <class Use>
static __device__ inline void each_key(size_t d, const float *row, Use use) {
  enum { AHEAD = 4 };
  size_t e = threadIdx.x;
  for (; e + (AHEAD - 1) * BLOCK < d; e += AHEAD * BLOCK) {
    float value[AHEAD];
    for (int i = 0; i < AHEAD; i++) value[i] = row[e + (size_t)i * BLOCK];
    for (int i = 0; i < AHEAD; i++) use(key_of(value[i]));
  }
  for (; e < d; e += BLOCK) use(key_of(row[e]));
}

static __device__ inline void clear_bins(work *w) {
  for (unsigned i = threadIdx.x; i < LEVELS * BINS; i += BLOCK) w->bins[i / BINS][i % BINS] = 0;
  __syncthreads();
}

/* The bin that holds the level's rank becomes the next bits of its prefix. */
static __device__ void choose(work *w, const unsigned *bins, choice *level, int digits) {
  const unsigned lane = threadIdx.x % OSS_CUDA_WARP, warp = threadIdx.x / OSS_CUDA_WARP, rank = level->rank;
  unsigned mine = 0;
  for (unsigned i = 0; i < EACH; i++) mine += bins[threadIdx.x * EACH + i];
  unsigned sum = mine;
  for (unsigned apart = 1; apart < OSS_CUDA_WARP; apart *= 2) {
    const unsigned lower = __shfl_up_sync(0xffffffffu, sum, apart);
    if (lane >= apart) sum += lower;
  }
  if (lane == OSS_CUDA_WARP - 1) w->warp_total[warp] = sum;
  __syncthreads();
  unsigned before = sum - mine;
  for (unsigned i = 0; i < warp; i++) before += w->warp_total[i];
  if (rank >= before && rank - before < mine) { /* one thread's bins */
    unsigned bin = threadIdx.x * EACH, left = rank - before;
    while (left >= bins[bin]) left -= bins[bin++];
    level->prefix = level->prefix << digits | bin;
    level->rank = left;
    level->count = bins[bin];
  }
  __syncthreads();
}

/* The counts of a first digit show whether all values are finite: the others are in the first and last 4 bins. */
static __device__ inline bool all_finite(const unsigned *bins) {
  unsigned others = 0;
  for (int i = 0; i < 4; i++) others += bins[i] + bins[BINS - 1 - i];
  return others == 0;
}

static __device__ void count_first(work *w, size_t d, const float *row) {
  clear_bins(w);
  each_key(d, row, [&](uint32_t key) { atomicAdd(&w->bins[0][key >> TOP], 1u); });
  __syncthreads();
}

/* Of the keys that begin with a level's prefix, the digits bits after the first 32 - shift. */
static __device__ void count_next(work *w, size_t d, const float *row, int shift, int digits) {
  const uint32_t low = w->level[0].prefix, high = w->level[1].prefix, mask = (1u << digits) - 1;
  clear_bins(w);
  each_key(d, row, [&](uint32_t key) {
    const uint32_t begin = key >> shift, digit = key >> (shift - digits) & mask;
    if (begin == low) atomicAdd(&w->bins[0][digit], 1u);
    if (begin == high) atomicAdd(&w->bins[1][digit], 1u);
  });
  __syncthreads();
}

/* Where rank + 1 has another value. The largest value has none above it. */
static __device__ void find_above(work *w, size_t d, const float *row) {
  const uint32_t key[LEVELS] = {w->level[0].prefix, w->level[1].prefix};
  uint32_t least[LEVELS] = {UINT32_MAX, UINT32_MAX};
  each_key(d, row, [&](uint32_t other) {
    for (int l = 0; l < LEVELS; l++)
      if (other > key[l] && other < least[l]) least[l] = other;
  });
  for (int l = 0; l < LEVELS; l++) {
    for (int apart = OSS_CUDA_WARP / 2; apart > 0; apart /= 2) {
      const uint32_t other = __shfl_xor_sync(0xffffffffu, least[l], apart);
      least[l] = other < least[l] ? other : least[l];
    }
    if (threadIdx.x % OSS_CUDA_WARP == 0) atomicMin(&w->level[l].above, least[l]);
  }
  __syncthreads();
}

static __device__ inline bool needs_above(const choice &level) {
  return level.rank + 1 == level.count;
}

// block: 512
static __global__ void select_quantiles(size_t rows, size_t d, size_t count, const double *level, const float *in, double *out,
                                        oss_cuda_fault *fault) {
  OSS_SHARED(work, w, [1]);
  for (size_t r = blockIdx.x; r < rows; r += gridDim.x) {
    const float *row = in + r * d;
    for (size_t first = 0; first < count; first += LEVELS) {
      /* thread l looks after level l; the last of an odd number is searched twice and written once */
      const size_t mine = first + threadIdx.x < count ? first + threadIdx.x : count - 1;
      double position = 0.0, below = 0.0;
      if (threadIdx.x < LEVELS) {
        double q = level[mine];
        if (!(q >= 0.0 && q <= 1.0)) {
          oss_cuda_fault_set(fault, OSS_CUDA_FAULT_LEVEL, 0, 0, 0, q);
          q = 0.0;
        }
        position = (double)(d - 1) * q;
        below = floor(position);
        w->level[threadIdx.x] = choice{0, (unsigned)below, 0, UINT32_MAX};
      }
      count_first(w, d, row);
      const bool finite = all_finite(w->bins[0]);
      if (finite) {
        for (int l = 0; l < LEVELS; l++) choose(w, w->bins[0], &w->level[l], DIGIT);
        count_next(w, d, row, TOP, DIGIT);
        for (int l = 0; l < LEVELS; l++) choose(w, w->bins[l], &w->level[l], DIGIT);
        count_next(w, d, row, TOP - DIGIT, TOP - DIGIT);
        for (int l = 0; l < LEVELS; l++) choose(w, w->bins[l], &w->level[l], TOP - DIGIT);
        if (needs_above(w->level[0]) || needs_above(w->level[1])) find_above(w, d, row);
      }
      if (threadIdx.x < LEVELS && first + threadIdx.x < count) {
        const choice c = w->level[threadIdx.x];
        const double value = value_of(c.prefix);
        double result = value; /* the largest value, where nothing is above */
        if (below + 1.0 < (double)d) result = value + (position - below) * (value_of(needs_above(c) ? c.above : c.prefix) - value);
        out[r * count + mine] = finite ? result : (double)NAN;
      }
      __syncthreads();
    }
  }
}

oss_status oss_cuda_row_quantile(oss_backend *be, size_t rows, size_t d, size_t count, const double *level, const float *in, double *out) {
  if (d == 0) return oss_fail(OSS_ERR_INTERNAL, "row_quantile: rows of no elements have no quantiles");
  if (!oss_fits(rows, d, 1, sizeof *in) || !oss_fits(rows, count, 1, sizeof *out))
    return oss_fail(OSS_ERR_INTERNAL, "row_quantile: %zu rows of %zu, %zu quantiles, overflow", rows, d, count);
  if (d > UINT32_MAX)
    return oss_fail(OSS_ERR_INPUT, "row_quantile: %zu elements a row; this backend counts to %lu", d, (unsigned long)UINT32_MAX);
  if (rows == 0 || count == 0) return OSS_OK;
  OSS_LAUNCH(be, select_quantiles, (unsigned)(rows < 0x7fffffffu ? rows : 0x7fffffffu), BLOCK, 0, rows, d, count, level, in, out,
             oss_cuda_state_of(be)->fault);
  return OSS_OK;
}

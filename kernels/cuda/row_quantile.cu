// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Order statistics without sorting, for two levels at a time: floats become integers of the same order, and counts by their first 11 bits,
 * the next 11, the last 10 say where a rank lies, exactly. Counts are whole numbers, so neither the order in which threads add to them nor
 * the cut of a row into parts leaves a trace. Mapping: one block a row, the counts of both levels in shared memory (16 KB). A row is read
 * three times, and once more for the value above where rank + 1 is another value; every read after the first comes from the first or second
 * cache. Few long rows are cut into parts, counted by a block each into shared memory and added up in device memory: the same steps, one
 * launch each. Bytes 4 an element from memory, 16 read in all; a shared atomic or two compares an element and reading. Block 512: the scan
 * of 2048 bins has 4 a thread, and with 33 registers (55 on sm_75) two blocks or more fit a multiprocessor. Floor: the bytes. An H100
 * reached 27 % (1608 rows of 12288): four reads and the conflicts of the first count (a normal's values share some 20 of its bins); for
 * fewer rows than multiprocessors less, in proportion: amplitudes are taken once a step, of a whole batch. */
#include <math.h>

#include "kernels/cuda/rows.h"

enum {
  BLOCK = 512,
  WARPS = BLOCK / OSS_CUDA_WARP,
  DIGIT = 11,
  BINS = 1 << DIGIT,
  EACH = BINS / BLOCK,
  DIGITS = 3, /* of a key: 11, 11 and 10 bits */
  LEVELS = 2,
  LONG = 1 << 18, /* a row this long is cut where rows are few */
  PART = 1 << 14  /* at least, so that its counts are worth adding up */
};

/* What is known of one level's rank. */
struct choice {
  uint32_t prefix;      /* the first bits of its key */
  unsigned rank, count; /* its rank among the keys with that prefix, and how many these are */
  uint32_t above;       /* the least key above it */
};

/* One row, in shared memory, or in device memory where the row is cut. */
struct work {
  unsigned bins[LEVELS][BINS];
  unsigned warp_total[WARPS];
  choice level[LEVELS];
  int finite;
};

/* The levels first, first + 1 of count; the last of an odd number is searched twice and written once. */
struct asked {
  size_t d, count, first;
  const double *level;
};

static __device__ inline double position_of(const asked &a, unsigned l) {
  return (double)(a.d - 1) * a.level[a.first + l < a.count ? a.first + l : a.count - 1];
}

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

static __device__ inline void clear(unsigned (*bins)[BINS]) {
  for (unsigned i = threadIdx.x; i < LEVELS * BINS; i += BLOCK) bins[i / BINS][i % BINS] = 0;
  __syncthreads();
}

static __device__ void start(work *w, const asked &a, oss_cuda_fault *fault) {
  if (threadIdx.x < LEVELS) {
    double position = position_of(a, threadIdx.x);
    if (!(position >= 0.0 && position <= (double)(a.d - 1))) position = 0.0; /* the level is outside [0, 1] */
    w->level[threadIdx.x] = choice{0, (unsigned)floor(position), 0, UINT32_MAX};
  }
  for (size_t l = a.first + threadIdx.x; l < a.count && l < a.first + LEVELS; l += BLOCK)
    if (!(a.level[l] >= 0.0 && a.level[l] <= 1.0)) oss_cuda_fault_set(fault, OSS_CUDA_FAULT_LEVEL, 0, 0, 0, a.level[l]);
  if (threadIdx.x == 0) w->finite = 1;
  clear(w->bins);
}

/* Of the keys that begin with a level's prefix, how many have which digit next. The first digit has no prefix: one count for all levels. */
static __device__ void count_digit(unsigned (*bins)[BINS], const choice *level, int digit, size_t d, const float *row) {
  if (digit == 0) {
    each_key(d, row, [=](uint32_t key) { atomicAdd(&bins[0][key >> (32 - DIGIT)], 1u); });
  } else {
    const uint32_t low = level[0].prefix, high = level[1].prefix;
    const int shift = 32 - digit * DIGIT, rest = shift > DIGIT ? shift - DIGIT : 0;
    each_key(d, row, [=](uint32_t key) {
      const uint32_t begin = key >> shift, next = key >> rest & ((1u << (shift - rest)) - 1);
      if (begin == low) atomicAdd(&bins[0][next], 1u);
      if (begin == high) atomicAdd(&bins[1][next], 1u);
    });
  }
  __syncthreads();
}

/* The bin that holds the level's rank becomes the next bits of its prefix. */
static __device__ void choose(unsigned *warp_total, const unsigned *bins, int bits, choice *level) {
  const unsigned lane = threadIdx.x % OSS_CUDA_WARP, warp = threadIdx.x / OSS_CUDA_WARP, rank = level->rank;
  unsigned mine = 0;
  for (unsigned i = 0; i < EACH; i++) mine += bins[threadIdx.x * EACH + i];
  unsigned sum = mine;
  for (unsigned apart = 1; apart < OSS_CUDA_WARP; apart *= 2) {
    const unsigned lower = __shfl_up_sync(0xffffffffu, sum, apart);
    if (lane >= apart) sum += lower;
  }
  if (lane == OSS_CUDA_WARP - 1) warp_total[warp] = sum;
  __syncthreads();
  unsigned before = sum - mine;
  for (unsigned i = 0; i < warp; i++) before += warp_total[i];
  if (rank >= before && rank - before < mine) { /* in one thread's bins */
    unsigned bin = threadIdx.x * EACH, left = rank - before;
    while (left >= bins[bin]) left -= bins[bin++];
    level->prefix = level->prefix << bits | bin;
    level->rank = left;
    level->count = bins[bin];
  }
  __syncthreads();
}

/* The counts of the first digit show whether all values are finite: the others are in its first and last 4 bins. */
static __device__ inline int all_finite(const unsigned *bins) {
  unsigned others = 0;
  for (int i = 0; i < 4; i++) others += bins[i] + bins[BINS - 1 - i];
  return others == 0;
}

static __device__ void take_digit(work *w, int digit) {
  const int left = 32 - digit * DIGIT;
  if (digit == 0 && threadIdx.x == 0) w->finite = all_finite(w->bins[0]);
  for (int l = 0; l < LEVELS; l++) choose(w->warp_total, w->bins[digit == 0 ? 0 : l], left < DIGIT ? left : DIGIT, &w->level[l]);
  clear(w->bins);
}

static __device__ inline bool needs_above(const choice &level) {
  return level.rank + 1 == level.count;
}

/* Where rank + 1 has another value. The largest value has none above it. */
static __device__ void find_above(work *w, size_t d, const float *row) {
  if (!needs_above(w->level[0]) && !needs_above(w->level[1])) return;
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

/* By the first threads, a level each. */
static __device__ void write_row(const work *w, const asked &a, double *out) {
  if (threadIdx.x >= LEVELS || a.first + threadIdx.x >= a.count) return;
  const choice c = w->level[threadIdx.x];
  const double position = position_of(a, threadIdx.x), below = floor(position), value = value_of(c.prefix);
  double result = value; /* the largest value, where nothing is above */
  if (below + 1.0 < (double)a.d) result = value + (position - below) * (value_of(needs_above(c) ? c.above : c.prefix) - value);
  out[a.first + threadIdx.x] = w->finite ? result : (double)NAN;
}

// block: 512
static __global__ void select_rows(size_t rows, size_t d, size_t count, const double *level, const float *in, double *out,
                                   oss_cuda_fault *fault) {
  OSS_SHARED(work, w, [1]);
  for (size_t r = blockIdx.x; r < rows; r += gridDim.x)
    for (size_t first = 0; first < count; first += LEVELS) {
      const asked a = {d, count, first, level};
      start(w, a, fault);
      for (int digit = 0; digit < DIGITS && w->finite; digit++) {
        count_digit(w->bins, w->level, digit, d, in + r * d);
        take_digit(w, digit);
      }
      if (w->finite) find_above(w, d, in + r * d);
      write_row(w, a, out + r * count);
      __syncthreads();
    }
}

/* ---- the same steps for rows that are cut: y the row, whose work lies in device memory, x the part. */
// block: 512
static __global__ void start_rows(size_t d, size_t count, size_t first, const double *level, work *rows, oss_cuda_fault *fault) {
  start(&rows[blockIdx.y], asked{d, count, first, level}, fault);
}

// block: 512
static __global__ void count_parts(size_t d, size_t part, int digit, const float *in, work *rows) {
  OSS_SHARED(unsigned, bins, [LEVELS][BINS]);
  work *w = &rows[blockIdx.y];
  const size_t begin = blockIdx.x * part;
  if (!w->finite) return;
  clear(bins);
  count_digit(bins, w->level, digit, d - begin < part ? d - begin : part, in + blockIdx.y * d + begin);
  for (unsigned i = threadIdx.x; i < LEVELS * BINS; i += BLOCK)
    if (bins[i / BINS][i % BINS] != 0) atomicAdd(&w->bins[i / BINS][i % BINS], bins[i / BINS][i % BINS]);
}

// block: 512
static __global__ void take_digits(int digit, work *rows) {
  const int finite = rows[blockIdx.y].finite;
  __syncthreads(); /* all have read it: one of them is about to set it */
  if (finite) take_digit(&rows[blockIdx.y], digit);
}

// block: 512
static __global__ void find_parts(size_t d, size_t part, const float *in, work *rows) {
  const size_t begin = blockIdx.x * part;
  if (rows[blockIdx.y].finite) find_above(&rows[blockIdx.y], d - begin < part ? d - begin : part, in + blockIdx.y * d + begin);
}

// block: 32
static __global__ void write_rows(size_t d, size_t count, size_t first, const double *level, const work *rows, double *out) {
  write_row(&rows[blockIdx.y], asked{d, count, first, level}, out + blockIdx.y * count);
}

/* rows: few enough for their work to fit the scratch, and a grid's y. */
static oss_status select_cut(oss_backend *be, size_t rows, size_t d, size_t count, const double *level, const float *in, double *out) {
  oss_cuda_state *s = oss_cuda_state_of(be);
  work *const w = static_cast<work *>(s->scratch);
  const size_t wanted = oss_cuda_ceil(4 * (size_t)s->multiprocessors, rows), most = oss_cuda_ceil(d, PART);
  const size_t part = oss_cuda_ceil(d, wanted < most ? wanted : most);
  const dim3 row(1, (unsigned)rows, 1), parts((unsigned)oss_cuda_ceil(d, part), (unsigned)rows, 1);
  for (size_t first = 0; first < count; first += LEVELS) {
    OSS_LAUNCH(be, start_rows, row, BLOCK, 0, d, count, first, level, w, s->fault);
    for (int digit = 0; digit < DIGITS; digit++) {
      OSS_LAUNCH(be, count_parts, parts, BLOCK, 0, d, part, digit, in, w);
      OSS_LAUNCH(be, take_digits, row, BLOCK, 0, digit, w);
    }
    OSS_LAUNCH(be, find_parts, parts, BLOCK, 0, d, part, in, w);
    OSS_LAUNCH(be, write_rows, row, OSS_CUDA_WARP, 0, d, count, first, level, w, out);
  }
  return OSS_OK;
}

oss_status oss_cuda_row_quantile(oss_backend *be, size_t rows, size_t d, size_t count, const double *level, const float *in, double *out) {
  oss_cuda_state *s = oss_cuda_state_of(be);
  if (d == 0) return oss_fail(OSS_ERR_INTERNAL, "row_quantile: rows of no elements have no quantiles");
  if (!oss_fits(rows, d, 1, sizeof *in) || !oss_fits(rows, count, 1, sizeof *out))
    return oss_fail(OSS_ERR_INTERNAL, "row_quantile: %zu rows of %zu, %zu quantiles, overflow", rows, d, count);
  if (d > UINT32_MAX)
    return oss_fail(OSS_ERR_INPUT, "row_quantile: %zu elements a row; this backend counts to %lu", d, (unsigned long)UINT32_MAX);
  if (rows == 0 || count == 0) return OSS_OK;
  if (d >= LONG && rows <= (size_t)s->multiprocessors / 2 && rows <= OSS_CUDA_SCRATCH_BYTES / sizeof(work))
    return select_cut(be, rows, d, count, level, in, out);
  OSS_LAUNCH(be, select_rows, oss_cuda_grid_limit(rows, OSS_CUDA_GRID_X), BLOCK, 0, rows, d, count, level, in, out, s->fault);
  return OSS_OK;
}

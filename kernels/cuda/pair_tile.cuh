// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The kernel that does pair_error's arithmetic.
 *
 * Mapping. A block of 256 threads has a tile of 64 states k and 64 targets j of one sample, or a share of the targets where coefficients
 * are many or the power is any (J = 2 and 1: pair_arith.cuh); a thread has 4 states and J targets, 4 as a rule; a warp 16 states and 8 J
 * targets. Warps without a pair to compute only bring rows: of the 10 tiles of N = 200, 49 of 80 warps compute, and 80 % of their pairs
 * exist. Rows pass through shared memory, 16 elements at a time (8 in double, half of that for q > 3), turned, while the next are on their
 * way to registers; one barrier a step. The coefficients of a thread's pairs stay in registers: 4 J (q + 1), with 8 J for sums.
 *
 * Floor: (q + 2) FMA for each (k, j < k, element). Bytes an FMA in float: from global memory (mostly the second-level cache: the tiles of a
 * sample run together) 4 * 64 (q + 2) for 64 * 64 (q + 2), 1/16; from shared memory 16 (q + 2) for 16 (q + 2), 1: one LDS.128 for 16 FMA,
 * or for 8 in double. Were four cycles needed for each, as its 512 bytes say, shared memory and the arithmetic of sm_90 (128 FMA a cycle,
 * 64 in double) would just be balanced; threads that read the same address, 8 of 32 for a state and 4 for a target, may take less. On sm_80
 * (64 and 32) shared memory is at half of its limit at most.
 *
 * Machine code (nvcc 13.0, sm_90, p = 2; instructions of the loop over 8 elements, which is all but about 80 a step of 16):
 *   float   q = 1: 413, of them 384 FFMA and 24 LDS.128;   q = 2: 550, 512, 32;   q = 3: 685, 640, 40
 *   two     q = 1: 2077, of them 1152 FADD, 896 FFMA and 24 LDS.128: 16 operations a pair and element; q = 2: 21; q = 3: 26
 *   double  q = 1: 384 DFMA and 48 LDS.128 of 565 in a step of 8 elements, staging and all; q = 2: 512, 64, 726; q = 3: 640, 80, 904
 *
 * Registers a thread on sm_80 / sm_90 (p = 2; p = 1 differs by 2 at most), and shared memory. 128 registers are 2 blocks, 16 of 64 warps, a
 * multiprocessor, more are 1 block: enough, since a thread has 16 pairs of independent sums under way. Nothing is spilled
 * in the loop over elements; outside of it float with q = 2 keeps 8 to 16 bytes in local memory, two with q > 4 and p = 2 4 bytes on sm_90.
 *            q = 1        q = 2        q = 3        q = 4        q <= 8
 *   float    128 / 128    128 / 128    186 / 202    228 / 226    (is not used)
 *   two      196 / 196    233 / 235    255 / 255    177 / 180    255 / 255
 *   double   168 / 174    204 / 214    238 / 242    168 / 180    232 / 242    (any power: 208 / 212)
 *   shared   25 KB        33 KB        41 KB        24 to 26 KB  40 to 43 KB
 *
 * Measured on an H100 (results/gpu/), of the float floor at N = 200: 29 % for 8 samples, 33 % for 64; near pairs 10 to 11 %, 22 % of what
 * double allows. The issue slots would give 67 % (768 FFMA of about 910 instructions a step, 80 % of the pairs real). What is lost: a
 * scheduler issues in 59 % of its active cycles, with the 4 warps that two blocks give it and a barrier every 16 elements; and blocks at
 * the triangle's edge keep their place for the 2 to 6 of 8 warps that compute. Shared memory is a third busy, so it is not the limit. sm_80
 * and cards where double is slow are not measured. Wants trying: tiles that fit the edge, 32 elements a barrier, a third block. */
#ifndef OSS_KERNELS_CUDA_PAIR_TILE_CUH
#define OSS_KERNELS_CUDA_PAIR_TILE_CUH

#include "kernels/cuda/pair_arith.cuh"

/* Shared memory of an instance: two buffers of DEPTH elements of the tile's rows, [q + 2][DEPTH / 4][4][64]. A gap after each four elements
 * spreads a warp's stores, 32 / FOURS rows of FOURS fours, over all banks. */
template <class A, int Q>
struct pair_stage {
  typedef typename A::value value;
  enum {
    DEPTH = (Q <= 3 ? 64 : 32) / (int)sizeof(value),
    FOURS = DEPTH / 4,
    GAP = FOURS > 1 ? 128 / (int)sizeof(value) / FOURS : 0,
    FOUR = 4 * PAIR_TILE + GAP, /* from four elements to the next four */
    ARRAY = FOURS * FOUR,
    ARRAYS = Q + 2,
    BUFFER = ARRAYS * ARRAY,
    SLOTS = PAIR_TILE * FOURS,     /* fours of an array: one a thread */
    STRIDE = PAIR_THREADS / SLOTS, /* arrays at a time */
    EACH = (ARRAYS + STRIDE - 1) / STRIDE,
    WIDTH = PAIR_TILE / PAIR_K * A::J, /* targets of a block: all of the tile's or a share of them */
    SPLIT = PAIR_TILE / WIDTH
  };
};

/* What a thread brings from global memory: four elements of a row of each of EACH arrays, in registers while the step before is computed.
 * For a row that does not exist the last one is read: what comes of it is not looked at. */
template <class A, int Q, int P>
struct pair_fetch {
  typedef pair_stage<A, Q> stage;
  typedef typename A::value value;
  size_t in, target; /* where the next four elements of the thread's rows are */
  float held[stage::EACH][4], norm[stage::EACH];

  static __device__ inline unsigned array(int i) {
    return (unsigned)(i * stage::STRIDE) + (stage::STRIDE == 1 ? 0 : threadIdx.x / stage::SLOTS);
  }
  static __device__ inline unsigned row() {
    return threadIdx.x % stage::SLOTS / stage::FOURS;
  }
  static __device__ inline unsigned four() {
    return threadIdx.x % stage::FOURS;
  }
  __device__ inline void begin(const pair_job &job, const pair_place &where, size_t column, size_t at) {
    const size_t k = where.row + row(), j = column + row() % stage::WIDTH, last = job.n - 1;
    in = pair_row(job, where.s, pair_lesser(k, last) + 1) + at + four() * 4;
    target = pair_row(job, where.s, pair_lesser(j, last)) + at + four() * 4;
#pragma unroll
    for (int i = 0; i < stage::EACH; i++) norm[i] = 0.0f;
  }
  __device__ inline const float *from(const pair_job &job, int i) const {
    const unsigned a = (unsigned)pair_lesser(array(i), stage::ARRAYS - 1);
    return job.in[a] + (a == stage::ARRAYS - 1 ? target : in);
  }
  /* The next DEPTH elements, of which left > 0 exist; the others are zeros. */
  __device__ inline void load(const pair_job &job, unsigned left) {
    if (job.aligned && left >= stage::DEPTH) {
#pragma unroll
      for (int i = 0; i < stage::EACH; i++) {
        const float4 all = *reinterpret_cast<const float4 *>(from(job, i));
        held[i][0] = all.x, held[i][1] = all.y, held[i][2] = all.z, held[i][3] = all.w;
      }
    } else {
#pragma unroll
      for (int i = 0; i < stage::EACH; i++)
#pragma unroll
        for (unsigned e = 0; e < 4; e++) held[i][e] = four() * 4 + e < left ? from(job, i)[e] : 0.0f;
    }
    in += stage::DEPTH;
    target += stage::DEPTH;
  }
  __device__ inline void store(value *buffer) {
    value *out = buffer + array(0) * stage::ARRAY + four() * stage::FOUR + row();
#pragma unroll
    for (int i = 0; i < stage::EACH; i++) {
      if (array(i) >= stage::ARRAYS) continue;
#pragma unroll
      for (int e = 0; e < 4; e++) {
        out[i * stage::STRIDE * stage::ARRAY + e * PAIR_TILE] = (value)held[i][e];
        if (A::NORMS && array(i) <= Q) norm[i] = P == 2 ? fmaf(held[i][e], held[i][e], norm[i]) : norm[i] + fabsf(held[i][e]);
      }
    }
  }
  /* The norms of a chunk, added to those of the part so far unless the chunk opens it. out: [q + 1][64]. */
  __device__ inline void take_norms(const pair_job &job, float *out, int opens) {
#pragma unroll
    for (int i = 0; i < stage::EACH; i++) {
      if (array(i) > Q) continue;
#pragma unroll
      for (int other = stage::FOURS / 2; other > 0; other /= 2) norm[i] += __shfl_xor_sync(0xffffffffu, norm[i], other);
      if (array(i) <= (unsigned)job.q && four() == 0) {
        float *to = out + array(i) * PAIR_TILE + row();
        *to = opens ? norm[i] : *to + norm[i];
      }
      norm[i] = 0.0f;
    }
  }
};

/* J values in a row, aligned to J of them. */
static __device__ inline void pair_read(const float *from, float (&to)[4]) {
  const float4 four = *reinterpret_cast<const float4 *>(from);
  to[0] = four.x, to[1] = four.y, to[2] = four.z, to[3] = four.w;
}
static __device__ inline void pair_read(const float *from, float (&to)[2]) {
  const float2 two = *reinterpret_cast<const float2 *>(from);
  to[0] = two.x, to[1] = two.y;
}
static __device__ inline void pair_read(const double *from, double (&to)[1]) {
  to[0] = *from;
}
static __device__ inline void pair_read(const double *from, double (&to)[2]) {
  const double2 two = *reinterpret_cast<const double2 *>(from);
  to[0] = two.x, to[1] = two.y;
}
static __device__ inline void pair_read(const double *from, double (&to)[4]) {
  const double2 low = *reinterpret_cast<const double2 *>(from), high = *reinterpret_cast<const double2 *>(from + 2);
  to[0] = low.x, to[1] = low.y, to[2] = high.x, to[3] = high.y;
}

/* Where the target number j of a thread lies behind its first. Eight lanes that read 16 bytes each are served at once when they are
 * neighbours: of four doubles a thread takes two, and two of the next sixteen targets. */
template <class A>
static __host__ __device__ constexpr int pair_apart(int j) {
  return A::APART ? j / 2 * 16 + j % 2 : j;
}

template <class A>
static __device__ inline void pair_read_targets(const typename A::value *from, typename A::value (&to)[A::J]) {
  if (A::APART) {
#pragma unroll
    for (int j = 0; j < A::J; j += 2) {
      typename A::value two[2];
      pair_read(from + pair_apart<A>(j), two);
      to[j] = two[0], to[j + 1] = two[1];
    }
  } else {
    pair_read(from, to);
  }
}

/* Where a thread's pairs are in the tile. The warps are turned from block to block: those of the tiles on the diagonal have less to do, and
 * a multiprocessor's schedulers get the warps by their numbers. */
template <class A, int Q>
static __device__ inline void pair_seat(int *row, int *column) {
  const unsigned warp = (threadIdx.x / OSS_CUDA_WARP + blockIdx.x) % (PAIR_THREADS / OSS_CUDA_WARP), lane = threadIdx.x % OSS_CUDA_WARP;
  *row = (int)(warp / 2 * 4 + lane / 8) * PAIR_K;
  *column = (int)(warp % 2) * 8 * A::J + (int)(lane % 8) * (A::APART ? 2 : A::J);
}

/* Whether any of the thread's pairs is to be computed: those with the mark serve; all that exist when marks are still to come. */
template <class A, int Q>
static __device__ inline int pair_wanted(const pair_job &job, const pair_place &where, unsigned item, int row, int column, int serve,
                                         int fresh) {
  int wanted = 0;
  for (int k = 0; k < PAIR_K; k++)
    for (int j = 0; j < A::J; j++) {
      if (fresh)
        wanted |= pair_exists(job, where.row + row + k, where.column + column + pair_apart<A>(j));
      else
        wanted |= job.mark[(size_t)item * PAIR_CELLS + (row + k) * PAIR_TILE + column + pair_apart<A>(j)] == serve;
    }
  return wanted;
}

template <class A, int Q>
static __device__ inline void pair_begin(const pair_job &job, const pair_place &where, int row, int column, A *mine) {
  mine->sums.clear();
  mine->power(job.p);
#pragma unroll
  for (int k = 0; k < PAIR_K; k++) {
    const size_t at_row = where.row + row + k;
#pragma unroll
    for (int j = 0; j < A::J; j++) {
      const size_t at_column = where.column + column + pair_apart<A>(j);
      const int exists = pair_exists(job, at_row, at_column);
      const double *coef = pair_coef(job, where.s, at_row, at_column);
#pragma unroll
      for (int m = 0; m <= Q; m++, coef += pair_plane(job)) mine->place(m, k, j, m <= job.q && exists ? *coef : 0.0);
      mine->anchor(k, j, job.peak != NULL && exists ? pair_reach(job, where.s, at_row, at_column) : 0.0);
    }
  }
}

/* The elements of a buffer. */
template <class A, int Q>
static __device__ inline void pair_step(const typename A::value *rows, int row, int column, A *mine) {
  typedef pair_stage<A, Q> stage;
  const typename A::value *in_rows = rows + row, *targets = rows + (Q + 1) * stage::ARRAY + column;
#pragma unroll 2
  for (int four = 0; four < stage::FOURS; four++, in_rows += stage::FOUR, targets += stage::FOUR)
#pragma unroll
    for (int e = 0; e < 4; e++) {
      typename A::value in[Q + 1][PAIR_K], target[A::J];
#pragma unroll
      for (int m = 0; m <= Q; m++) pair_read(in_rows + e * PAIR_TILE + m * stage::ARRAY, in[m]);
      pair_read_targets<A>(targets + e * PAIR_TILE, target);
      mine->gain(in, target);
    }
}

/* The parts of the items from chunk from up to chunk to, for the pairs with the mark serve or, when fresh, all. */
// block: 256
template <class A, int Q, int P>
__global__ void __launch_bounds__(PAIR_THREADS, A::BLOCKS) pair_tile(pair_job job, int serve, int fresh, unsigned from, unsigned to) {
  typedef pair_stage<A, Q> stage;
  typedef typename A::value value;
  OSS_SHARED(uint4, memory, [2 * stage::ARRAYS * stage::ARRAY * sizeof(value) / sizeof(uint4)]);
  OSS_SHARED(int, busy, [1]);
  value *rows = reinterpret_cast<value *>(memory);

  const unsigned work = blockIdx.x / stage::SPLIT, item = work % job.items, part = work / job.items + from / job.span;
  const int shift = (int)(blockIdx.x % stage::SPLIT) * stage::WIDTH;
  const pair_place where = pair_place_of(job, item);
  int row, column;
  pair_seat<A, Q>(&row, &column);

  if (threadIdx.x == 0) *busy = 0;
  __syncthreads();
  const int active = __any_sync(0xffffffffu, pair_wanted<A, Q>(job, where, item, row, shift + column, serve, fresh));
  if (active && threadIdx.x % OSS_CUDA_WARP == 0) atomicOr(busy, 1);
  __syncthreads();
  if (!*busy) return;

  A mine;
  pair_begin<A, Q>(job, where, row, shift + column, &mine);
  const unsigned first = part * job.span < from ? from : part * job.span, last = (unsigned)pair_lesser((part + 1) * job.span, to);
  unsigned left = (unsigned)(pair_lesser((size_t)last * PAIR_CHUNK, job.d) - (size_t)first * PAIR_CHUNK);
  unsigned buffer = 0;
  pair_fetch<A, Q, P> fetch;
  fetch.begin(job, where, where.column + shift, (size_t)first * PAIR_CHUNK);
  fetch.load(job, left);
  for (unsigned chunk = first; chunk < last; chunk++) {
    const unsigned steps = (unsigned)oss_cuda_ceil(pair_lesser(left, PAIR_CHUNK), stage::DEPTH);
    for (unsigned step = 1; step <= steps; step++, buffer ^= 1) {
      value *here = rows + buffer * stage::BUFFER;
      fetch.store(here);
      __syncthreads(); /* the one barrier of a step: a buffer is filled again only after the next */
      left -= (unsigned)pair_lesser(left, stage::DEPTH);
      if (left > 0) fetch.load(job, left);
      if (!active) continue;
      pair_step<A, Q>(here, row, column, &mine);
      if (step % (PAIR_RUN / stage::DEPTH) == 0 || step == steps) mine.sums.end_run();
    }
    const int opens = chunk == part * job.span;
    if (active) {
      double *sums = pair_part(job, item, part) + row * PAIR_TILE + shift + column;
#pragma unroll
      for (int k = 0; k < PAIR_K; k++)
#pragma unroll
        for (int j = 0; j < A::J; j++) {
          double *sum = sums + k * PAIR_TILE + pair_apart<A>(j);
          const double taken = mine.sums.take(k, j);
          *sum = opens ? taken : *sum + taken;
        }
    }
    if (A::NORMS) fetch.take_norms(job, pair_norms(job, item, part), opens);
  }
}

#endif

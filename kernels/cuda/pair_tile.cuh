// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The kernel that does pair_error's arithmetic. COMMENT */
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
    SLOTS = PAIR_TILE * FOURS, /* fours of an array */
    EACH = (ARRAYS * SLOTS + PAIR_THREADS - 1) / PAIR_THREADS,
    WIDTH = PAIR_TILE / PAIR_K * A::J, /* targets of a block: all of the tile's or half of them */
    SPLIT = PAIR_TILE / WIDTH
  };
};

/* What a thread brings from global memory: EACH times four elements of a row, in registers while the step before is computed. */
template <class A, int Q, int P>
struct pair_fetch {
  typedef pair_stage<A, Q> stage;
  typedef typename A::value value;
  const float *at[stage::EACH];
  float held[stage::EACH][4];
  float norm[stage::EACH];

  static __device__ inline int slot(int i) {
    return i * PAIR_THREADS + (int)threadIdx.x;
  }
  /* Rows that do not exist read as zeros. */
  __device__ inline void place(const pair_job &job, const pair_place &where, int shift) {
#pragma unroll
    for (int i = 0; i < stage::EACH; i++) {
      const int array = slot(i) / stage::SLOTS, row = slot(i) % stage::SLOTS / stage::FOURS;
      const size_t offset = (size_t)(slot(i) % stage::FOURS) * 4;
      at[i] = NULL;
      norm[i] = 0.0f;
      if (array <= job.q && where.row + row < job.n) at[i] = job.in[array] + pair_row(job, where.s, where.row + row + 1) + offset;
      if (array == Q + 1 && row < stage::WIDTH && where.column + shift + row < job.n)
        at[i] = job.target + pair_row(job, where.s, where.column + shift + row) + offset;
    }
  }
  __device__ inline void load(const pair_job &job, size_t from) {
#pragma unroll
    for (int i = 0; i < stage::EACH; i++) {
      const size_t begin = from + (size_t)(slot(i) % stage::FOURS) * 4;
      if (at[i] != NULL && job.aligned && begin < job.d) { /* then four of them are there */
        const float4 four = *reinterpret_cast<const float4 *>(at[i] + from);
        held[i][0] = four.x, held[i][1] = four.y, held[i][2] = four.z, held[i][3] = four.w;
      } else {
#pragma unroll
        for (int e = 0; e < 4; e++) held[i][e] = at[i] != NULL && begin + e < job.d ? at[i][from + e] : 0.0f;
      }
    }
  }
  __device__ inline void store(value *rows) {
#pragma unroll
    for (int i = 0; i < stage::EACH; i++) {
      const int array = slot(i) / stage::SLOTS, row = slot(i) % stage::SLOTS / stage::FOURS;
      value *out = rows + array * stage::ARRAY + slot(i) % stage::FOURS * stage::FOUR + row;
      if (array >= stage::ARRAYS) continue;
#pragma unroll
      for (int e = 0; e < 4; e++) {
        out[e * PAIR_TILE] = (value)held[i][e];
        if (A::NORMS) norm[i] = P == 2 ? fmaf(held[i][e], held[i][e], norm[i]) : norm[i] + fabsf(held[i][e]);
      }
    }
  }
  /* Adds the norms of the chunk to those that the part has, or sets them. out: [q + 1][64]. */
  __device__ inline void take_norms(const pair_job &job, float *out, int opens) {
#pragma unroll
    for (int i = 0; i < stage::EACH; i++) {
      const int array = slot(i) / stage::SLOTS, row = slot(i) % stage::SLOTS / stage::FOURS;
#pragma unroll
      for (int other = stage::FOURS / 2; other > 0; other /= 2) norm[i] += __shfl_xor_sync(0xffffffffu, norm[i], other);
      if (array <= job.q && slot(i) % stage::FOURS == 0) {
        float *to = out + array * PAIR_TILE + row;
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
static __device__ inline void pair_read(const double *from, double (&to)[2]) {
  const double2 two = *reinterpret_cast<const double2 *>(from);
  to[0] = two.x, to[1] = two.y;
}
static __device__ inline void pair_read(const double *from, double (&to)[4]) {
  const double2 low = *reinterpret_cast<const double2 *>(from), high = *reinterpret_cast<const double2 *>(from + 2);
  to[0] = low.x, to[1] = low.y, to[2] = high.x, to[3] = high.y;
}

/* Where a thread's pairs are in the tile. The warps are turned from block to block: those of the tiles on the diagonal have less to do, and
 * a multiprocessor's schedulers get the warps by their numbers. */
template <class A, int Q>
static __device__ inline void pair_seat(int *row, int *column) {
  const unsigned warp = (threadIdx.x / OSS_CUDA_WARP + blockIdx.x) % (PAIR_THREADS / OSS_CUDA_WARP), lane = threadIdx.x % OSS_CUDA_WARP;
  *row = (int)(warp / 2 * 4 + lane / 8) * PAIR_K;
  *column = (int)(warp % 2 * 8 + lane % 8) * A::J;
}

/* Whether any of the thread's pairs is to be computed: those with the mark serve; all that exist when marks are still to come. */
template <class A, int Q>
static __device__ inline int pair_wanted(const pair_job &job, const pair_place &where, size_t item, int row, int column, int serve, int fresh) {
  int wanted = 0;
  for (int k = 0; k < PAIR_K; k++)
    for (int j = 0; j < A::J; j++) {
      if (fresh)
        wanted |= pair_exists(job, where.row + row + k, where.column + column + j);
      else
        wanted |= job.mark[item * PAIR_CELLS + (size_t)(row + k) * PAIR_TILE + column + j] == serve;
    }
  return wanted;
}

template <class A, int Q>
static __device__ inline void pair_begin(const pair_job &job, const pair_place &where, int row, int column, A *mine) {
  mine->sums.clear();
#pragma unroll
  for (int k = 0; k < PAIR_K; k++)
#pragma unroll
    for (int j = 0; j < A::J; j++) {
      const size_t at_row = where.row + row + k, at_column = where.column + column + j;
      const int exists = pair_exists(job, at_row, at_column);
      const double *coef = pair_coef(job, where.s, at_row, at_column);
      mine->anchor(k, j, exists && job.peak != NULL ? pair_reach(job, where.s, at_row, at_column) : 0.0);
#pragma unroll
      for (int m = 0; m <= Q; m++) mine->place(m, k, j, exists && m <= job.q ? coef[(size_t)m * pair_plane(job)] : 0.0);
    }
}

template <class A, int Q, int P>
__global__ void __launch_bounds__(PAIR_THREADS, A::BLOCKS) pair_tile(pair_job job, int serve, int fresh, size_t from, size_t to) {
  typedef pair_stage<A, Q> stage;
  typedef typename A::value value;
  OSS_SHARED(uint4, memory, [2 * stage::ARRAYS * stage::ARRAY * sizeof(value) / sizeof(uint4)]);
  OSS_SHARED(int, busy, [1]);
  value *rows = reinterpret_cast<value *>(memory);

  size_t work = blockIdx.x;
  const int shift = (int)(work % stage::SPLIT) * stage::WIDTH;
  work /= stage::SPLIT;
  const size_t item = work % job.items, part = work / job.items + from / job.span;
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
  mine.power(job.p);
  pair_fetch<A, Q, P> fetch;
  fetch.place(job, where, shift);
  const size_t first = part * job.span < from ? from : part * job.span, last = (part + 1) * job.span < to ? (part + 1) * job.span : to;
  const size_t end = last * PAIR_CHUNK < job.d ? last * PAIR_CHUNK : job.d;
  double *sums = job.part + (item * job.parts + part) * PAIR_CELLS + (size_t)row * PAIR_TILE + shift + column;
  float *norms = job.norm + (item * job.parts + part) * ((size_t)job.q + 1) * PAIR_TILE;

  size_t at = first * PAIR_CHUNK;
  fetch.load(job, at);
  for (unsigned step = 1, buffer = 0; at < end; step++, buffer ^= 1) {
    value *here = rows + buffer * stage::ARRAYS * stage::ARRAY;
    fetch.store(here);
    __syncthreads(); /* the one barrier of a step: a buffer is filled again only after the next */
    at += stage::DEPTH;
    if (at < end) fetch.load(job, at);
    const int chunk_ends = at % PAIR_CHUNK == 0 || at >= end, opens = (at - 1) / PAIR_CHUNK == part * job.span;
    if (active) {
#pragma unroll
      for (int e = 0; e < stage::DEPTH; e++) {
        const value *element = here + e / 4 * stage::FOUR + e % 4 * PAIR_TILE;
        value in[Q + 1][PAIR_K], target[A::J];
#pragma unroll
        for (int m = 0; m <= Q; m++) pair_read(element + m * stage::ARRAY + row, in[m]);
        pair_read(element + (Q + 1) * stage::ARRAY + column, target);
        mine.gain(in, target);
      }
      if (step % (PAIR_RUN / stage::DEPTH) == 0 || chunk_ends) mine.sums.end_run();
      if (chunk_ends) {
#pragma unroll
        for (int k = 0; k < PAIR_K; k++)
#pragma unroll
          for (int j = 0; j < A::J; j++) {
            double *sum = sums + k * PAIR_TILE + j;
            const double taken = mine.sums.take(k, j);
            *sum = opens ? taken : *sum + taken;
          }
      }
    }
    if (A::NORMS && chunk_ends) fetch.take_norms(job, norms, opens);
  }
}

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Mapping: a block takes COLUMNS neighbouring targets j of one sample and all their sources, 64 of them at a time: a warp reads 4 rows k of
 * 8 doubles, 64 bytes each, which are whole sectors; a thread has every 64th k, from N down. What the threads of a column found is combined
 * by shuffles, then by one warp over the block's warps. The better of two is the lower cost, of equals the larger k: an order in which it
 * makes no difference who is asked first, so neither the threads nor the split can change a choice, and NaN, which is below nothing, is
 * never in it. Wider tiles would read 256 bytes on end, but leave b = 1, N = 1000 with 32 blocks, and the card idle; this has 126. Bytes 8
 * for each pair k > j, a comparison a pair. Block 512, 40 registers (60 on sm_75): 3 and 2 blocks a multiprocessor; a thread reads 4
 * sources ahead. Floor: the bytes; the costs were just written and lie in the second-level cache of an 80 or 90 while they are under 40 MB:
 * b = 64, N = 200 (10 MB) about 60 % of the memory's rate or 5 us, b = 1, N = 1000 (4 MB) 4 rounds of latency, about 4 us, 30 %. An
 * H100 took 3.9 us for b = 8, N = 200, which is the start of a kernel. */
#include <math.h>

#include "kernels/checks.h"
#include "kernels/cuda/rows.h"

enum { COLUMNS = 8, SLICES = 64, AHEAD = 4, BLOCK = COLUMNS * SLICES, WARPS = BLOCK / OSS_CUDA_WARP };

struct found {
  double cost;  /* never NaN */
  int32_t from; /* -1: nothing yet, cost infinite */
};

static __device__ inline found better(const found &a, const found &b) {
  return b.cost < a.cost || (b.cost == a.cost && b.from > a.from) ? b : a;
}

/* The best of the lanes that have the same column. */
static __device__ inline found combine_lanes(found mine) {
  for (int apart = COLUMNS; apart < OSS_CUDA_WARP; apart *= 2) {
    found other;
    other.cost = __shfl_xor_sync(0xffffffffu, mine.cost, apart);
    other.from = __shfl_xor_sync(0xffffffffu, mine.from, apart);
    mine = better(mine, other);
  }
  return mine;
}

// block: 512
static __global__ void relax(size_t b, size_t n, unsigned flags, const double *cost, const double *previous, double *cur, int32_t *from) {
  OSS_SHARED(double, warp_cost, [WARPS][COLUMNS]);
  OSS_SHARED(int32_t, warp_from, [WARPS][COLUMNS]);
  const size_t side = n + 1, tiles = oss_cuda_ceil(side, COLUMNS);
  const unsigned column = threadIdx.x % COLUMNS, slice = threadIdx.x / COLUMNS, warp = threadIdx.x / OSS_CUDA_WARP;
  for (size_t tile = blockIdx.x; tile < b * tiles; tile += gridDim.x) {
    const size_t s = tile / tiles, first = (tile - s * tiles) * COLUMNS, j = first + column;
    const double *before = previous + s * side, *costs = cost + s * side * side;
    found mine = {INFINITY, -1};
    if (j < side)
      for (size_t up = slice; up < n - j; up += AHEAD * SLICES) { /* k = N - up > j */
        double value[AHEAD], reached[AHEAD];                      /* all at once: most k are sources */
        for (size_t a = 0; a < AHEAD; a++) {
          const size_t k = n - up - a * SLICES;
          const bool inside = up + a * SLICES < n - j;
          value[a] = inside ? costs[k * side + j] : (double)NAN;
          reached[a] = inside ? before[k] : (double)NAN;
        }
        for (size_t a = 0; a < AHEAD; a++) {
          const size_t k = n - up - a * SLICES;
          const bool source = isfinite(reached[a]) || (flags & OSS_RELAX_ALL) || ((flags & OSS_RELAX_ROOT) && k == n);
          if (source && value[a] < mine.cost) mine = found{value[a], (int32_t)k};
        }
      }
    mine = combine_lanes(mine);
    if (threadIdx.x % OSS_CUDA_WARP < COLUMNS) {
      warp_cost[warp][column] = mine.cost;
      warp_from[warp][column] = mine.from;
    }
    __syncthreads();
    if (warp == 0) {
      mine = found{warp_cost[slice][column], warp_from[slice][column]};
      for (unsigned w = slice + OSS_CUDA_WARP / COLUMNS; w < WARPS; w += OSS_CUDA_WARP / COLUMNS)
        mine = better(mine, found{warp_cost[w][column], warp_from[w][column]});
      mine = combine_lanes(mine);
      if (slice == 0 && j < side) {
        const double start = (flags & OSS_RELAX_KEEP) ? before[j] : INFINITY;
        const bool improved = mine.cost < start; /* never when the cell starts with NaN */
        cur[s * side + j] = improved ? mine.cost : start;
        from[s * side + j] = improved ? mine.from : -1;
      }
    }
    __syncthreads();
  }
}

oss_status oss_cuda_dp_relax(oss_backend *be, size_t b, size_t n, unsigned flags, const double *cost, const double *previous, double *cur,
                             int32_t *from) {
  OSS_TRY(oss_check_dp_relax(b, n, flags));
  if (b == 0) return OSS_OK;
  const size_t blocks = b * oss_cuda_ceil(n + 1, COLUMNS);
  OSS_LAUNCH(be, relax, oss_cuda_grid_limit(blocks, OSS_CUDA_GRID_X), BLOCK, 0, b, n, flags, cost, previous, cur, from);
  return OSS_OK;
}

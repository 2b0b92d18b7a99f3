// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Mapping: a row is cut into pieces of PIECE elements, each summed by one block (a warp, where d <= SHORT): thread t takes the quads t,
 * t + threads, ... of 4 elements, one sum for each of the four, then a tree over them and over the threads. A second kernel adds the pieces
 * of a row, a warp each. Cuts and trees depend on d alone, so a row has the same bits in any batch; where rows are not aligned to 16 bytes
 * the four elements of a quad are read one by one, into the same sums. Bytes 8 an element, and for it 2 conversions, a difference and (p =
 * 2) a fused sum of double; p = 1 has one addition too; other powers take pow, about 100. Block 256, 40 registers (with pow 72); PIECE
 * 4096: a thread has 4 quads of it, two of both rows in flight, and 64 rows of 12288 make 192 blocks. Floor: the bytes; sm_80, sm_90: about
 * 85 % of a copy's rate for 1000 blocks and more. Where double runs at two a clock and multiprocessor (sm_75, 86, 89, 120), 4 such
 * instructions for 8 bytes: a card of 128 multiprocessors at 2.5 GHz does 160 G elements/s, its 1 TB/s bring 125 G/s, so the bytes are
 * still the floor; a T4 (40 at 1.6 GHz, 320 GB/s) does 32 G/s of 40 G/s. Differences and sums in float would not be faster there by more
 * than that. p other than 1 and 2 is bound by pow everywhere. */
#include <math.h>

#include "kernels/cuda/reduce.h"
#include "kernels/cuda/rows.h"

enum {
  PIECE = 4096,
  SHORT = 512,
  AHEAD = 2,
  WARPS = OSS_CUDA_ROWS_BLOCK / OSS_CUDA_WARP,
  MOST_PIECES = OSS_CUDA_SCRATCH_BYTES / sizeof(double)
};

/* POWER 0: any other than 1 and 2. */
template <int POWER>
static __device__ inline double add_error(double sum, float a, float b, double p) {
  const double difference = (double)a - (double)b;
  if (POWER == 2) return fma(difference, difference, sum);
  if (POWER == 1) return sum + fabs(difference);
  return sum + (isfinite(difference) ? pow(fabs(difference), p) : (double)NAN);
}

template <int POWER>
static __device__ inline double mean(double sum, size_t d) {
  if (POWER != 0 && !isfinite(sum)) sum = NAN; /* finite floats cannot reach infinity here, so an input was not finite */
  return sum / (double)d;
}

/* out: the pieces' sums [rows][pieces], the mean where there is one piece. */
// block: 256
template <int POWER>
static __global__ void sum_pieces(size_t rows, size_t d, size_t piece, size_t pieces, double p, const float *a, const float *b,
                                  double *out) {
  OSS_SHARED(double, part, [WARPS]);
  for (size_t r = oss_cuda_y(); r < rows; r += oss_cuda_y_step())
    for (size_t at = blockIdx.x; at < pieces; at += gridDim.x) {
      const size_t begin = at * piece, count = d - begin < piece ? d - begin : piece;
      const float *x = a + r * d + begin, *y = b + r * d + begin;
      const bool wide = oss_cuda_aligned(x) && oss_cuda_aligned(y);
      const size_t step = 4 * (size_t)blockDim.x;
      size_t e = 4 * (size_t)threadIdx.x;
      double sum[4] = {0.0};
      for (; wide && e + (AHEAD - 1) * step + 4 <= count; e += AHEAD * step) {
        oss_cuda_pack<4> u[AHEAD], v[AHEAD];
        for (size_t q = 0; q < AHEAD; q++) u[q] = oss_cuda_load<4>(x + e + q * step), v[q] = oss_cuda_load<4>(y + e + q * step);
        for (size_t q = 0; q < AHEAD; q++)
          for (int i = 0; i < 4; i++) sum[i] = add_error<POWER>(sum[i], u[q].at[i], v[q].at[i], p);
      }
      for (; e < count; e += step) {
        if (wide && e + 4 <= count) {
          const oss_cuda_pack<4> u = oss_cuda_load<4>(x + e), v = oss_cuda_load<4>(y + e);
          for (int i = 0; i < 4; i++) sum[i] = add_error<POWER>(sum[i], u.at[i], v.at[i], p);
        } else {
          for (size_t i = 0; i < 4; i++)
            if (e + i < count) sum[i] = add_error<POWER>(sum[i], x[e + i], y[e + i], p);
        }
      }
      double total = (sum[0] + sum[2]) + (sum[1] + sum[3]);
      total = blockDim.x == OSS_CUDA_WARP ? oss_cuda_warp_sum(total) : oss_cuda_block_sum(total, part);
      if (threadIdx.x == 0) out[r * pieces + at] = pieces == 1 ? mean<POWER>(total, d) : total;
    }
}

// block: 256
template <int POWER>
static __global__ void add_pieces(size_t rows, size_t d, size_t pieces, const double *part, double *out) {
  for (size_t r = oss_cuda_y(); r < rows; r += oss_cuda_y_step()) {
    double sum = 0.0;
    for (size_t at = threadIdx.x; at < pieces; at += blockDim.x) sum += part[r * pieces + at];
    sum = oss_cuda_warp_sum(sum);
    if (threadIdx.x == 0) out[r] = mean<POWER>(sum, d);
  }
}

/* As many rows at a time as there is scratch for the sums of their pieces. */
template <int POWER>
static oss_status launch(oss_backend *be, size_t rows, size_t d, double p, const float *a, const float *b, double *out) {
  const auto sum = sum_pieces<POWER>;
  const auto add = add_pieces<POWER>;
  double *const part = static_cast<double *>(oss_cuda_state_of(be)->scratch);
  size_t piece = PIECE;
  while (oss_cuda_ceil(d, piece) > MOST_PIECES) piece *= 2;
  const size_t pieces = oss_cuda_ceil(d, piece), most = pieces == 1 ? rows : MOST_PIECES / pieces;
  for (size_t first = 0; first < rows; first += most) {
    const size_t count = rows - first < most ? rows - first : most;
    oss_cuda_rows plan = oss_cuda_rows_of(count, pieces, d <= SHORT ? (unsigned)OSS_CUDA_WARP : (unsigned)OSS_CUDA_ROWS_BLOCK);
    plan.grid.x = oss_cuda_grid_limit(pieces, OSS_CUDA_GRID_X);
    OSS_LAUNCH(be, sum, plan.grid, plan.block, 0, count, d, piece, pieces, p, a + first * d, b + first * d,
               pieces == 1 ? out + first : part);
    if (pieces == 1) continue;
    plan = oss_cuda_rows_of(count, OSS_CUDA_WARP, OSS_CUDA_WARP);
    OSS_LAUNCH(be, add, plan.grid, plan.block, 0, count, d, pieces, part, out + first);
  }
  return OSS_OK;
}

oss_status oss_cuda_row_error(oss_backend *be, size_t rows, size_t d, double p, const float *a, const float *b, double *out) {
  if (!(p > 0.0) || !isfinite(p)) return oss_fail(OSS_ERR_INTERNAL, "row_error: power %g; it must be above 0 and finite", p);
  if (d == 0) return oss_fail(OSS_ERR_INTERNAL, "row_error: rows of no elements have no mean");
  if (!oss_fits(rows, d, 1, sizeof *a)) return oss_fail(OSS_ERR_INTERNAL, "row_error: %zu rows of %zu overflow", rows, d);
  if (p == 2.0) return launch<2>(be, rows, d, p, a, b, out);
  if (p == 1.0) return launch<1>(be, rows, d, p, a, b, out);
  return launch<0>(be, rows, d, p, a, b, out);
}

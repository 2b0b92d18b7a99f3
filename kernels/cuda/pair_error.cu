// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* pair_error: the cost of every step k -> j, the operation that a search spends most of its time in.
 *
 * Passes. For the powers 1 and 2 all pairs are summed in float over the first chunk of elements and asked (pair_settle.cu) whether float
 * tells their sums to 1e-6; those that passed are summed over the rest and asked again; what is left, where the candidate is near its
 * target and the terms cancel, is summed again in double, or, where double is slow, by two floats and only then in double (pair_arith.cuh).
 * NaN, infinities, overflow and underflow fail the question, so double decides about them. What a search compares is near: its pairs cost
 * the first chunk in float and all of it in double. Marks of the pairs stay on the device: the launches are always the same and blocks
 * without a pair to compute end at once, so that a search can be recorded as a graph.
 *
 * Sums. pair_job.cuh says how they are cut; neither the batch nor where it is split changes a bit.
 *
 * Mapping, counts and what to expect of them: pair_tile.cuh. */
#include <math.h>

#include "kernels/checks.h"
#include "kernels/cuda/pair_piece.cuh"

/* Infinity for the cells that are no pairs. Block: a row of cells at a time, 256 threads along it. */
// block: 256
static __global__ void pair_fill(size_t b, size_t n, double *cost) {
  for (size_t row = blockIdx.x; row < b * (n + 1); row += gridDim.x)
    for (size_t j = row % (n + 1) + threadIdx.x; j <= n; j += blockDim.x) cost[row * (n + 1) + j] = HUGE_VAL;
}

/* Another power. pow takes longer than everything else, so one instance for any number of terms will do. */
static oss_status do_power(oss_backend *be, const pair_job *job) {
  OSS_TRY((sum_parts<pair_double<OSS_MAX_TERMS, 0>, OSS_MAX_TERMS, 0>(be, job, PAIR_DOUBLE, 1, 0, job->chunks)));
  return oss_cuda_pair_settle(be, job, PAIR_DOUBLE, PAIR_DOUBLE, 1, 1, job->parts);
}

/* Bytes of scratch memory of an item, and what a sample's peaks take. */
static size_t item_bytes(const pair_job *job) {
  return job->parts * (PAIR_CELLS * sizeof *job->part + ((size_t)job->q + 1) * PAIR_TILE * sizeof *job->norm) + PAIR_CELLS;
}
static size_t peak_bytes(const pair_job *job) {
  return ((size_t)job->q + 2) * job->side * PAIR_TILE * sizeof *job->peak;
}

/* How the sums are cut: chunks and groups by d alone, parts by what fills the device. */
static oss_status plan_parts(const oss_backend *be, pair_job *job) {
  const size_t enough = (size_t)oss_cuda_state_of(be)->multiprocessors * 8, items = job->b * job->tiles;
  const size_t chunks = oss_cuda_ceil(job->d, PAIR_CHUNK);
  size_t group = oss_cuda_ceil(chunks, PAIR_GROUPS);
  if (group < PAIR_GROUP) group = PAIR_GROUP;
  if (group > UINT32_MAX / PAIR_CHUNK) return oss_fail(OSS_ERR_INTERNAL, "pair_error: d = %zu is more than its sums are cut for", job->d);
  job->chunks = (unsigned)chunks;
  job->span = 1, job->parts = job->chunks, job->group_parts = (unsigned)group;
  if (items * oss_cuda_ceil(chunks, group) < enough && item_bytes(job) <= OSS_CUDA_SCRATCH_BYTES / 4) return OSS_OK;
  job->span = (unsigned)group, job->parts = (unsigned)oss_cuda_ceil(chunks, group), job->group_parts = 1;
  return OSS_OK;
}

static oss_status do_pieces(oss_backend *be, pair_job *job) {
  const oss_cuda_state *state = oss_cuda_state_of(be);
  const int plain = job->p == 1.0 || job->p == 2.0, peaks = plain && state->slow_double;
  const size_t all = job->b * job->tiles, peak = peaks ? peak_bytes(job) : 0;
  /* a piece begins and ends inside a sample, so it may touch two more than it holds */
  const size_t each = item_bytes(job) + oss_cuda_ceil(peak, job->tiles),
               room = OSS_CUDA_SCRATCH_BYTES - pair_lesser(2 * peak, OSS_CUDA_SCRATCH_BYTES);
  const size_t most = room / each;
  if (most == 0) return oss_fail(OSS_ERR_INTERNAL, "pair_error: n = %zu is more than the scratch memory serves", job->n);
  const size_t count = pair_lesser(most, all);
  job->part = static_cast<double *>(state->scratch);
  job->norm = reinterpret_cast<float *>(job->part + count * job->parts * PAIR_CELLS);
  job->peak = job->norm + count * job->parts * ((size_t)job->q + 1) * PAIR_TILE;
  job->mark = reinterpret_cast<unsigned char *>(job->peak + (2 + count / job->tiles) * peak / sizeof *job->peak);
  if (!peaks) job->peak = NULL;
  for (job->first = 0; job->first < all; job->first += job->items) {
    job->items = (unsigned)pair_lesser(count, all - job->first);
    OSS_TRY(!plain ? do_power(be, job) : job->p == 1.0 ? oss_cuda_pair_magnitudes(be, job) : oss_cuda_pair_squares(be, job));
  }
  return OSS_OK;
}

oss_status oss_cuda_pair_error(oss_backend *be, size_t b, size_t n, size_t d, int q, double p, size_t coef_stride, const double *coef,
                               const float *x, oss_terms h, const float *target, double *cost) {
  OSS_TRY(oss_check_pair_error(b, n, d, q, p, coef_stride));
  if (b == 0) return OSS_OK;

  OSS_LAUNCH(be, pair_fill, (unsigned)pair_lesser(b * (n + 1), 1 << 20), PAIR_THREADS, 0, b, n, cost);
  if (n == 0) return OSS_OK;
  pair_job job = {};
  job.b = b, job.n = n, job.d = d, job.q = q, job.p = p, job.coef_stride = coef_stride, job.coef = coef, job.cost = cost;
  job.terms = q <= 4 && (p == 1.0 || p == 2.0) ? q : OSS_MAX_TERMS;
  uintptr_t bits = reinterpret_cast<uintptr_t>(target) | d * sizeof *x;
  for (int m = 0; m <= job.terms; m++) {
    job.in[m] = m == 0 || m > q ? x : h.at[m - 1];
    bits |= reinterpret_cast<uintptr_t>(job.in[m]);
  }
  job.in[job.terms + 1] = target;
  job.aligned = bits % sizeof(float4) == 0;
  job.side = oss_cuda_ceil(n, PAIR_TILE);
  job.tiles = job.side * (job.side + 1) / 2;
  OSS_TRY(plan_parts(be, &job));
  return do_pieces(be, &job);
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* pair_error: the cost of every step k -> j, the operation that a search spends most of its time in.
 *
 * Passes. For the powers 1 and 2 all pairs are summed in float over the first chunk of elements and asked (pair_settle.cuh) whether float
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

#include "kernels/cuda/pair_settle.cuh"
#include "kernels/cuda/pair_tile.cuh"

/* The parts from chunk from up to chunk to of all items. */
template <class A, int Q, int P>
static oss_status sum_parts(oss_backend *be, const pair_job *job, int serve, int fresh, unsigned from, unsigned to) {
  void (*kernel)(pair_job, int, int, unsigned, unsigned) = pair_tile<A, Q, P>;
  const unsigned parts = (unsigned)oss_cuda_ceil(to, job->span) - from / job->span;
  OSS_LAUNCH(be, kernel, (job->items * parts * pair_stage<A, Q>::SPLIT), PAIR_THREADS, 0, *job, serve, fresh, from, to);
  return OSS_OK;
}

static oss_status settle(oss_backend *be, const pair_job *job, int arithmetic, int next, int fresh, int write, unsigned parts) {
  const size_t count = write ? job->d : pair_lesser(job->d, PAIR_CHUNK);
  OSS_LAUNCH(be, pair_settle, job->items * (PAIR_CELLS / PAIR_THREADS), PAIR_THREADS, 0, *job, arithmetic, next, fresh, write, parts,
             count);
  return OSS_OK;
}

/* The samples that a piece's peaks are of. */
static size_t piece_samples(const pair_job *job) {
  return (job->first + job->items - 1) / job->tiles - job->first / job->tiles + 1;
}

static oss_status find_peaks(oss_backend *be, const pair_job *job) {
  const size_t samples = piece_samples(job), rows = samples * ((size_t)job->q + 2) * job->n;
  OSS_LAUNCH(be, pair_peaks, oss_cuda_blocks(be, rows * OSS_CUDA_WARP, PAIR_THREADS), PAIR_THREADS, 0, *job, job->first / job->tiles,
             samples);
  return OSS_OK;
}

/* The pairs of an item that float was not good for, or all of them when fresh: by two floats where those are faster than double, and what
 * they are not good for in double. What has no pair of its mark ends at once. */
template <int Q, int P>
static oss_status do_again(oss_backend *be, const pair_job *job, int fresh) {
  if (job->peak != NULL) {
    OSS_TRY(find_peaks(be, job));
    OSS_TRY((sum_parts<pair_two<Q, P>, Q, P>(be, job, PAIR_TWO, fresh, 0, job->chunks)));
    OSS_TRY(settle(be, job, PAIR_TWO, PAIR_DOUBLE, fresh, 1, job->parts));
    fresh = 0;
  }
  OSS_TRY((sum_parts<pair_double<Q, P>, Q, P>(be, job, PAIR_DOUBLE, fresh, 0, job->chunks)));
  return settle(be, job, PAIR_DOUBLE, PAIR_DOUBLE, fresh, 1, job->parts);
}

/* Float for all, the first chunk first. */
template <int Q, int P>
static oss_status do_piece(oss_backend *be, const pair_job *job) {
  const int again = job->peak != NULL ? PAIR_TWO : PAIR_DOUBLE, one = job->chunks == 1;
  OSS_TRY((sum_parts<pair_float<Q, P>, Q, P>(be, job, PAIR_FLOAT, 1, 0, 1)));
  OSS_TRY(settle(be, job, PAIR_FLOAT, again, 1, one, 1));
  if (!one) {
    OSS_TRY((sum_parts<pair_float<Q, P>, Q, P>(be, job, PAIR_FLOAT, 0, 1, job->chunks)));
    OSS_TRY(settle(be, job, PAIR_FLOAT, again, 0, 1, job->parts));
  }
  return do_again<Q, P>(be, job, 0);
}

/* More terms than any solver of this program has go without float: a thread's coefficients would not fit its registers. */
template <int P>
static oss_status do_terms(oss_backend *be, const pair_job *job) {
  switch (job->terms) {
    case 1:
      return do_piece<1, P>(be, job);
    case 2:
      return do_piece<2, P>(be, job);
    case 3:
      return do_piece<3, P>(be, job);
    case 4:
      return do_piece<4, P>(be, job);
    default:
      return do_again<OSS_MAX_TERMS, P>(be, job, 1);
  }
}

/* Another power. pow takes longer than everything else, so one instance for any number of terms will do. */
static oss_status do_power(oss_backend *be, const pair_job *job) {
  OSS_TRY((sum_parts<pair_double<OSS_MAX_TERMS, 0>, OSS_MAX_TERMS, 0>(be, job, PAIR_DOUBLE, 1, 0, job->chunks)));
  return settle(be, job, PAIR_DOUBLE, PAIR_DOUBLE, 1, 1, job->parts);
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
  const size_t enough = (size_t)oss_cuda_state_of(be)->multiprocessors * 4, items = job->b * job->tiles;
  const size_t chunks = oss_cuda_ceil(job->d, PAIR_CHUNK);
  size_t group = oss_cuda_ceil(chunks, PAIR_GROUPS);
  if (group < PAIR_GROUP) group = PAIR_GROUP;
  if (group > UINT32_MAX / PAIR_CHUNK) return oss_fail(OSS_ERR_INTERNAL, "pair_error: d = %zu is more than its sums are cut for", job->d);
  job->chunks = (unsigned)chunks;
  job->span = 1, job->parts = job->chunks, job->group_parts = (unsigned)group;
  if (items * oss_cuda_ceil(chunks, group) < enough && item_bytes(job) <= OSS_CUDA_SCRATCH_BYTES / 2 / items) return OSS_OK;
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
    OSS_TRY(!plain ? do_power(be, job) : job->p == 1.0 ? do_terms<1>(be, job) : do_terms<2>(be, job));
  }
  return OSS_OK;
}

oss_status oss_cuda_pair_error(oss_backend *be, size_t b, size_t n, size_t d, int q, double p, size_t coef_stride, const double *coef,
                               const float *x, oss_terms h, const float *target, double *cost) {
  if (q < 1 || q > OSS_MAX_TERMS) return oss_fail(OSS_ERR_INTERNAL, "pair_error: q = %d; 1 to %d are possible", q, OSS_MAX_TERMS);
  if (!(p > 0.0) || !isfinite(p)) return oss_fail(OSS_ERR_INTERNAL, "pair_error: power %g; it must be above 0 and finite", p);
  if (d == 0) return oss_fail(OSS_ERR_INTERNAL, "pair_error: states of no elements have no mean");
  if (n >= INT32_MAX || !oss_fits(n + 1, b, d, sizeof *x) || !oss_fits(b, n + 1, n + 1, sizeof *cost) ||
      !oss_fits((size_t)q + 1, n + 1, n + 1, sizeof *coef))
    return oss_fail(OSS_ERR_INTERNAL, "pair_error: %zu x %zu x %zu overflow", n, b, d);
  if (coef_stride != 0 && coef_stride < ((size_t)q + 1) * (n + 1) * (n + 1))
    return oss_fail(OSS_ERR_INTERNAL, "pair_error: coef_stride %zu is under %d planes of %zu", coef_stride, q + 1, (n + 1) * (n + 1));
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

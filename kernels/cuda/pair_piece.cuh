// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The passes of pair_error over a piece of its work, for the powers 1 and 2: one file compiles each (pair_magnitudes.cu, pair_squares.cu),
 * since the instances of the tile kernel take a compiler a minute a card and power. */
#ifndef OSS_KERNELS_CUDA_PAIR_PIECE_CUH
#define OSS_KERNELS_CUDA_PAIR_PIECE_CUH

#include "kernels/cuda/pair_tile.cuh"

/* The parts from chunk from up to chunk to of all items. */
template <class A, int Q, int P>
static oss_status sum_parts(oss_backend *be, const pair_job *job, int serve, int fresh, unsigned from, unsigned to) {
  void (*kernel)(pair_job, int, int, unsigned, unsigned) = pair_tile<A, Q, P>;
  const unsigned parts = (unsigned)oss_cuda_ceil(to, job->span) - from / job->span;
  OSS_LAUNCH(be, kernel, (job->items * parts * pair_stage<A, Q>::SPLIT), PAIR_THREADS, 0, *job, serve, fresh, from, to);
  return OSS_OK;
}

/* The pairs of an item that float was not good for, or all of them when fresh: by two floats where those are faster than double, and what
 * they are not good for in double. What has no pair of its mark ends at once. */
template <int Q, int P>
static oss_status do_again(oss_backend *be, const pair_job *job, int fresh) {
  if (job->peak != NULL) {
    OSS_TRY(oss_cuda_pair_peaks(be, job));
    OSS_TRY((sum_parts<pair_two<Q, P>, Q, P>(be, job, PAIR_TWO, fresh, 0, job->chunks)));
    OSS_TRY(oss_cuda_pair_settle(be, job, PAIR_TWO, PAIR_DOUBLE, fresh, 1, job->parts));
    fresh = 0;
  }
  OSS_TRY((sum_parts<pair_double<Q, P>, Q, P>(be, job, PAIR_DOUBLE, fresh, 0, job->chunks)));
  return oss_cuda_pair_settle(be, job, PAIR_DOUBLE, PAIR_DOUBLE, fresh, 1, job->parts);
}

/* Float for all, the first chunk first. */
template <int Q, int P>
static oss_status do_piece(oss_backend *be, const pair_job *job) {
  const int again = job->peak != NULL ? PAIR_TWO : PAIR_DOUBLE, one = job->chunks == 1;
  OSS_TRY((sum_parts<pair_float<Q, P>, Q, P>(be, job, PAIR_FLOAT, 1, 0, 1)));
  OSS_TRY(oss_cuda_pair_settle(be, job, PAIR_FLOAT, again, 1, one, 1));
  if (!one) {
    OSS_TRY((sum_parts<pair_float<Q, P>, Q, P>(be, job, PAIR_FLOAT, 0, 1, job->chunks)));
    OSS_TRY(oss_cuda_pair_settle(be, job, PAIR_FLOAT, again, 0, 1, job->parts));
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

#endif

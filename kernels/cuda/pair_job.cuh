// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* pair_error's work, as its kernels see it.
 *
 * The pairs are counted by k' = k - 1 and j, both 0 .. n - 1, of which those with j <= k' exist: row 0 of the states is not even addressed.
 * They are cut into tiles of 64 x 64, those on and below the diagonal, and an item is one tile of one sample. The elements are cut into
 * chunks of 512, and a number of chunks that depends on d alone into groups. A sum over the elements is the sum over groups of the sums
 * over their chunks, each in order, in double. A block of the tile kernel does one part of an item: one chunk, where there are few items,
 * or one group. Either way the sums are the same, to the bit.
 *
 * A piece of work is as many items as the scratch memory has room for. */
#ifndef OSS_KERNELS_CUDA_PAIR_JOB_CUH
#define OSS_KERNELS_CUDA_PAIR_JOB_CUH

#include "kernels/cuda/cuda.h"

enum {
  PAIR_TILE = 64,
  PAIR_CELLS = PAIR_TILE * PAIR_TILE,
  PAIR_THREADS = 256,
  PAIR_CHUNK = 512, /* elements */
  PAIR_RUN = 32,    /* additions of a sum in float */
  PAIR_GROUP = 8,   /* chunks, at least */
  PAIR_GROUPS = 64  /* at most: what bounds an item's part of the scratch memory */
};

/* A pair's mark: the arithmetic that its sum needs, of those in pair_arith.cuh. */
enum { PAIR_FLOAT = 0, PAIR_TWO = 1, PAIR_DOUBLE = 2, PAIR_NONE = 3 /* no pair */ };

typedef struct pair_job {
  size_t b, n, d, coef_stride;
  int q, terms;                              /* terms: what the tile kernel computes, q or more, the coefficients of the others are 0 */
  int aligned;                               /* four elements can be read at once */
  unsigned items;                            /* of the present piece */
  unsigned chunks, span, parts, group_parts; /* chunks of a part, parts of an item, parts of a group */
  double p;
  const double *coef;
  const float *in[OSS_MAX_TERMS + 2]; /* x, the h, x again for the other terms; then at terms + 1 the target */
  double *cost;
  size_t tiles, side;  /* tiles of a sample; tiles from corner to corner */
  size_t first;        /* item of the present piece */
  double *part;        /* [items][parts][64][64] */
  float *norm;         /* [items][parts][q + 1][64]: sums of squares or magnitudes of the rows of float parts */
  unsigned char *mark; /* [items][64][64] */
  float *peak;         /* [samples of the piece][q + 2][64 side]: largest magnitudes of the rows of in and target */
} pair_job;

static inline __host__ __device__ size_t pair_lesser(size_t a, size_t b) {
  return a < b ? a : b;
}

/* Where an item lies. */
typedef struct pair_place {
  size_t s, row, column; /* the sample; k' and j of the tile's corner */
} pair_place;

/* Of an item of the present piece. */
static __device__ inline pair_place pair_place_of(const pair_job &job, unsigned item) {
  pair_place place;
  place.s = (job.first + item) / job.tiles;
  const size_t tile = (job.first + item) % job.tiles;
  size_t row = (size_t)((sqrt(8.0 * (double)tile + 1.0) - 1.0) / 2.0);
  while (row * (row + 1) / 2 > tile) row--; /* what the root was rounded by */
  while ((row + 1) * (row + 2) / 2 <= tile) row++;
  place.row = row * PAIR_TILE;
  place.column = (tile - row * (row + 1) / 2) * PAIR_TILE;
  return place;
}

static __device__ inline int pair_exists(const pair_job &job, size_t row, size_t column) {
  return row < job.n && column <= row;
}

/* The coefficient of x, those of the h follow at distances of pair_plane. */
static __device__ inline const double *pair_coef(const pair_job &job, size_t s, size_t row, size_t column) {
  return job.coef + s * job.coef_stride + (row + 1) * (job.n + 1) + column;
}

static __device__ inline size_t pair_plane(const pair_job &job) {
  return (job.n + 1) * (job.n + 1);
}

/* The cells of a part of an item. */
static __device__ inline double *pair_part(const pair_job &job, unsigned item, unsigned part) {
  return job.part + ((size_t)item * job.parts + part) * PAIR_CELLS;
}
static __device__ inline float *pair_norms(const pair_job &job, unsigned item, unsigned part) {
  return job.norm + ((size_t)item * job.parts + part) * ((size_t)job.q + 1) * PAIR_TILE;
}

/* Where row number index (k or j) of a sample begins. */
static __device__ inline size_t pair_row(const pair_job &job, size_t s, size_t index) {
  return (index * job.b + s) * job.d;
}

/* The largest magnitude of row k' of in[m], for m = q + 1 of row j of target. */
static __device__ inline double pair_peak(const pair_job &job, size_t s, int m, size_t row) {
  return (double)job.peak[((s - job.first / job.tiles) * ((size_t)job.q + 2) + m) * job.side * PAIR_TILE + row];
}

/* A bound on every partial sum of target - sum_m coef_m in_m of a pair. NaN or infinite when an element is. */
static __device__ inline double pair_reach(const pair_job &job, size_t s, size_t row, size_t column) {
  const double *coef = pair_coef(job, s, row, column);
  double reach = pair_peak(job, s, job.q + 1, column);
  for (int m = 0; m <= job.q; m++) reach += fabs(coef[(size_t)m * pair_plane(job)]) * pair_peak(job, s, m, row);
  return reach * 1.000001; /* coefficients in float may be larger */
}

/* Whether the two-float arithmetic (pair_arith.cuh) has the range for that; NaN has not. */
static __device__ inline int pair_reachable(double reach) {
  return reach >= 0x1p-60 && reach <= 0x1p60;
}

/* Parts of pair_error in files of their own, on the host. All pairs of a piece by the power 1 and 2: */
oss_status oss_cuda_pair_magnitudes(oss_backend *be, const pair_job *job);
oss_status oss_cuda_pair_squares(oss_backend *be, const pair_job *job);

/* Adds up the parts of the pairs that an arithmetic serves, and asks whether the sums are good: pair_settle.cu. */
oss_status oss_cuda_pair_settle(oss_backend *be, const pair_job *job, int arithmetic, int next, int fresh, int write, unsigned parts);

/* The largest magnitudes of the rows that a piece reads, into job->peak. */
oss_status oss_cuda_pair_peaks(oss_backend *be, const pair_job *job);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* project: out[r][i] = sum_e matrix[i][e] in[r][e] in double, rounded once: a dense matrix product, done by cuBLAS.
 *
 * DGEMM wants doubles: panels of PANEL rows and of up to FEATURES features, DEPTH elements at a time, are converted into scratch, and a
 * product adds to the panel's sums [PANEL][features], kept there in double for up to SUMS rows and features at once. A converted chunk of
 * the matrix serves all panels of a group. Row-major arrays are the transposed column-major ones: sums^T (features x PANEL) = matrix chunk
 * (features x depth, stored transposed) times panel^T (depth x PANEL).
 * One FMA in double for each (row, feature, element); bytes of a panel: 12 for each of its elements converted, 8 read by the product, 16
 * for each sum and chunk. Floor: the FMA at the rate of the units that DGEMM uses (the double tensor units on sm_80, sm_90: 33 TFMA/s on an
 * H100). Expected: 50 % of it, since products of 512 x 512 x 1024 take 8 us there and two kernels start for each; 11 % was measured there
 * for 64 features of 1608 rows of 12288, of the rate without tensor units. With few features the conversion is the time: 20 bytes an
 * element for the 4 of a kernel that would read rows in place; a feature cost is no more than a few per cent of a search, which a kernel of
 * its own would not change. Where double is slow (1/64 of float) so is this: 20 G FMA for 12800 rows of 3072 to 512 features are 30 ms of
 * such a card, once a row of the search.
 *
 * The same bits however a batch is split: products always have PANEL rows (zeros fill the last panel) and their other sizes follow from
 * n and d, so cuBLAS chooses the same kernel each time. What is relied on beyond its documentation: that the kernel sums every element of
 * a product in the same order over the depth, wherever its row lies in the panel. The parity test compares rows alone with rows in a batch.
 */
#include "kernels/cuda/blas.h"

enum {
  PANEL = 512,
  FEATURES = 512,
  DEPTH = 1024,
  THREADS = 256,
  SUMS = 4 << 20 /* doubles: 32 MiB of scratch; the panels take 4 MiB each */
};
static_assert(((size_t)SUMS + (size_t)PANEL * DEPTH + (size_t)FEATURES * DEPTH) * sizeof(double) <= OSS_CUDA_SCRATCH_BYTES, "they fit");
static_assert(SUMS >= PANEL * FEATURES, "a panel's sums fit");

typedef struct project_job {
  oss_backend *be;
  size_t rows, d, n;
  const float *matrix, *in;
  float *out;
  double *sums, *panel, *features; /* [rows of a group][count], [PANEL][depth], [count][depth] */
} project_job;

/* Elements [from, from + depth) of rows [first, first + count) as doubles; rows from end on are zeros. One thread an element. */
// block: 256
static __global__ void __launch_bounds__(THREADS)
    project_widen(size_t first, size_t count, size_t end, size_t d, size_t from, size_t depth, const float *in, double *out) {
  const size_t stride = (size_t)gridDim.x * THREADS;
  for (size_t i = (size_t)blockIdx.x * THREADS + threadIdx.x; i < count * depth; i += stride) {
    const size_t r = first + i / depth;
    out[i] = r < end ? (double)in[r * d + from + i % depth] : 0.0;
  }
}

/* Sums of the features [feature, feature + count) of rows [first, first + rows) to their place. */
// block: 256
static __global__ void __launch_bounds__(THREADS)
    project_narrow(size_t first, size_t rows, size_t n, size_t feature, size_t count, const double *sums, float *out) {
  const size_t stride = (size_t)gridDim.x * THREADS;
  for (size_t i = (size_t)blockIdx.x * THREADS + threadIdx.x; i < rows * count; i += stride)
    out[(first + i / count) * n + feature + i % count] = (float)sums[i];
}

static oss_status widen(const project_job *job, size_t first, size_t count, size_t end, size_t from, size_t depth, const float *in,
                        double *out) {
  OSS_LAUNCH(job->be, project_widen, oss_cuda_blocks(job->be, count * depth, THREADS), THREADS, 0, first, count, end, job->d, from, depth,
             in, out);
  return OSS_OK;
}

/* Adds what the elements from to from + depth give to the sums of one group of rows. */
static oss_status add_chunk(const project_job *job, size_t first, size_t end, size_t feature, size_t count, size_t from, size_t depth) {
  const oss_cuda_blas *blas = oss_cuda_state_of(job->be)->blas;
  const double one = 1.0, keep = from == 0 ? 0.0 : 1.0;
  OSS_TRY(widen(job, feature, count, job->n, from, depth, job->matrix, job->features));
  for (size_t r = first; r < end; r += PANEL) {
    OSS_TRY(widen(job, r, PANEL, end, from, depth, job->in, job->panel));
    OSS_BLAS_TRY(blas, cublasDgemm_v2, blas->handle, CUBLAS_OP_T, CUBLAS_OP_N, (int)count, PANEL, (int)depth, &one, job->features,
                 (int)depth, job->panel, (int)depth, &keep, job->sums + (r - first) * count, (int)count);
  }
  return OSS_OK;
}

static oss_status project_group(const project_job *job, size_t first, size_t end, size_t feature, size_t count) {
  for (size_t from = 0; from < job->d; from += DEPTH)
    OSS_TRY(add_chunk(job, first, end, feature, count, from, job->d - from < DEPTH ? job->d - from : (size_t)DEPTH));
  OSS_LAUNCH(job->be, project_narrow, oss_cuda_blocks(job->be, (end - first) * count, THREADS), THREADS, 0, first, end - first, job->n,
             feature, count, job->sums, job->out);
  return OSS_OK;
}

oss_status oss_cuda_project(oss_backend *be, size_t rows, size_t d, size_t n, const float *matrix, const float *in, float *out) {
  if (!oss_fits(rows, d, 1, sizeof *in) || !oss_fits(rows, n, 1, sizeof *out) || !oss_fits(n, d, 1, sizeof *matrix))
    return oss_fail(OSS_ERR_INTERNAL, "project: %zu rows of %zu to %zu overflow", rows, d, n);
  if (rows == 0 || n == 0) return OSS_OK;
  const oss_cuda_state *s = oss_cuda_state_of(be);
  if (d == 0) {
    OSS_CUDA_TRY(cudaMemsetAsync(out, 0, rows * n * sizeof *out, s->stream));
    return OSS_OK;
  }
  project_job job = {be, rows, d, n, matrix, in, out, static_cast<double *>(s->scratch), NULL, NULL};
  job.panel = job.sums + SUMS;
  job.features = job.panel + (size_t)PANEL * DEPTH;
  for (size_t feature = 0; feature < n; feature += FEATURES) {
    const size_t count = n - feature < FEATURES ? n - feature : (size_t)FEATURES, group = SUMS / (PANEL * count) * PANEL;
    for (size_t first = 0; first < rows; first += group)
      OSS_TRY(project_group(&job, first, rows - first < group ? rows : first + group, feature, count));
  }
  return OSS_OK;
}

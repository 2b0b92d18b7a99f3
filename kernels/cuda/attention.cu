// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* attention: two products by cuBLAS with a softmax between.
 *
 * A matrix is one head of one sample. Matrices are done in groups of a size that follows from tokens and width alone, the last group filled
 * up with zeros, so that cuBLAS is always asked for the same products and the bits do not depend on the batch (dense.cu says what that
 * relies on). A group's q, k and v are brought together in scratch [3][group][tokens][width], since one stride has to lead from each matrix
 * to the next; then for blocks of queries (all at once, where the scores fit): scores^T (tokens x queries) = scale k q^T, softmax in place,
 * values^T (width x queries) = v^T p^T; the values go to their places in out. A score takes 2 width FMA. Bytes of a score: 4 written, 12
 * read and 8 written by the softmax (from the second-level cache where a group's scores stay there), 4 read; of an element of q, k, v or
 * out 8 more for being moved. Floor: the FMA at the rate of the units that compute names. Expected: a third of it in float for 256 tokens
 * of 64 (16 us of FMA, 4 kernels and 60 MB moved within the cache for 16 heads of 8 samples on an H100); with the tensor units the softmax
 * is the time. */
#include "kernels/checks.h"
#include "kernels/cuda/blas.h"
#include "kernels/cuda/rows.h"

enum {
  THREADS = 256,                               /* of the softmax: 8 rows, a warp each */
  MOST_MATRICES = OSS_CUDA_EMULATED ? 4 : 256, /* of a group */
  GROUP_FMA = 1 << 28,                         /* about what a group's products take: tens of microseconds */
  SCRATCH = OSS_CUDA_EMULATED ? 1 << 18 : OSS_CUDA_SCRATCH_BYTES / sizeof(float) /* floats */
};

typedef struct attention_job {
  size_t matrices, tokens, heads, width;
  size_t group, queries;
  float *q, *k, *v, *values, *scores; /* [group][tokens][width] each; [group][queries][tokens] */
} attention_job;

/* Elements of scratch that a group takes, with so many queries at a time. */
static size_t group_floats(size_t group, size_t queries, size_t tokens, size_t width) {
  return group * tokens * (4 * width + queries);
}

/* 0 where not even one matrix fits. */
static void plan(attention_job *job) {
  const size_t tokens = job->tokens, width = job->width;
  job->group = MOST_MATRICES;
  job->queries = tokens;
  while (job->group > 1 && (group_floats(job->group, tokens, tokens, width) > SCRATCH ||
                            (double)job->group * 2.0 * (double)tokens * (double)tokens * (double)width > GROUP_FMA))
    job->group /= 2;
  while (job->queries > 0 && group_floats(job->group, job->queries, tokens, width) > SCRATCH) job->queries /= 2;
}

/* Matrices [first, first + group) of qkv: row r of out is token r % tokens of matrix r / tokens % group, of q, k or v. columns: of packs.
 */
// block: 256
template <int WIDE>
static __global__ void attention_gather(attention_job job, size_t first, size_t columns, const float *qkv, float *out) {
  const unsigned group = (unsigned)job.group, tokens = (unsigned)job.tokens;
  for (size_t r = oss_cuda_y(); r < 3 * job.group * job.tokens; r += oss_cuda_y_step()) {
    const unsigned token = (unsigned)r % tokens, part = (unsigned)r / tokens / group;
    const size_t matrix = first + (unsigned)r / tokens % group, sample = matrix / job.heads, head = matrix % job.heads;
    const float *from = qkv + (((sample * job.tokens + token) * 3 + part) * job.heads + head) * job.width;
    for (size_t i = oss_cuda_x(); i < columns; i += oss_cuda_x_step())
      oss_cuda_store<WIDE>(out + (r * columns + i) * WIDE,
                           matrix < job.matrices ? oss_cuda_load<WIDE>(from + i * WIDE) : oss_cuda_pack<WIDE>{});
  }
}

/* The values of the group to their places; rows: of the matrices that there are. */
// block: 256
template <int WIDE>
static __global__ void attention_scatter(attention_job job, size_t first, size_t rows, size_t columns, float *out) {
  for (size_t r = oss_cuda_y(); r < rows; r += oss_cuda_y_step()) {
    const size_t token = r % job.tokens, matrix = first + r / job.tokens, sample = matrix / job.heads, head = matrix % job.heads;
    float *to = out + ((sample * job.tokens + token) * job.heads + head) * job.width;
    for (size_t i = oss_cuda_x(); i < columns; i += oss_cuda_x_step())
      oss_cuda_store<WIDE>(to + i * WIDE, oss_cuda_load<WIDE>(job.values + (r * columns + i) * WIDE));
  }
}

/* Each row of scores becomes its softmax; a warp has a row, lane i the columns i, i + 32, ... A NaN that the comparison drops is in the
 * sum. */
// block: 256
static __global__ void __launch_bounds__(THREADS) attention_softmax(size_t rows, size_t columns, float *scores) {
  const unsigned lane = threadIdx.x % OSS_CUDA_WARP, warps = THREADS / OSS_CUDA_WARP;
  for (size_t r = (size_t)blockIdx.x * warps + threadIdx.x / OSS_CUDA_WARP; r < rows; r += (size_t)gridDim.x * warps) {
    float *row = scores + r * columns, most = -INFINITY, sum = 0.0f;
    for (size_t i = lane; i < columns; i += OSS_CUDA_WARP) most = fmaxf(most, row[i]);
    for (int step = OSS_CUDA_WARP / 2; step > 0; step /= 2) most = fmaxf(most, __shfl_xor_sync(~0u, most, step));
    for (size_t i = lane; i < columns; i += OSS_CUDA_WARP) {
      const float e = expf(row[i] - most);
      row[i] = e;
      sum += e;
    }
    for (int step = OSS_CUDA_WARP / 2; step > 0; step /= 2) sum += __shfl_xor_sync(~0u, sum, step);
    for (size_t i = lane; i < columns; i += OSS_CUDA_WARP) row[i] /= sum;
  }
}

static oss_status queries_of_group(oss_backend *be, const attention_job *job, oss_compute compute, float scale, size_t first,
                                   size_t count) {
  const size_t area = job->tokens * job->width, from = first * job->width;
  oss_cuda_product product = {};
  product.transpose_a = 1;
  product.m = job->tokens;
  product.n = count;
  product.k = job->width;
  product.count = job->group;
  product.alpha = scale;
  product.a = {job->k, job->width, area};
  product.b = {job->q + from, job->width, area};
  product.c = {job->scores, job->tokens, count * job->tokens};
  OSS_TRY(oss_cuda_multiply(be, compute, &product));
  const size_t rows = job->group * count;
  OSS_LAUNCH(be, attention_softmax, oss_cuda_blocks(be, rows, THREADS / OSS_CUDA_WARP), THREADS, 0, rows, job->tokens, job->scores);
  product.transpose_a = 0;
  product.m = job->width;
  product.k = job->tokens;
  product.alpha = 1.0f;
  product.a = {job->v, job->width, area};
  product.b = product.c;
  product.c = {job->values + from, job->width, area};
  return oss_cuda_multiply(be, compute, &product);
}

template <int WIDE>
static oss_status groups(oss_backend *be, const attention_job *job, oss_compute compute, float scale, const float *qkv, float *out) {
  const auto gather = attention_gather<WIDE>;
  const auto scatter = attention_scatter<WIDE>;
  const size_t columns = job->width / WIDE, tokens = job->tokens;
  for (size_t first = 0; first < job->matrices; first += job->group) {
    const size_t there = job->matrices - first < job->group ? job->matrices - first : job->group;
    const oss_cuda_rows in = oss_cuda_rows_plan(3 * job->group * tokens, columns), back = oss_cuda_rows_plan(there * tokens, columns);
    OSS_LAUNCH(be, gather, in.grid, in.block, 0, *job, first, columns, qkv, job->q);
    for (size_t done = 0; done < tokens; done += job->queries)
      OSS_TRY(queries_of_group(be, job, compute, scale, done, tokens - done < job->queries ? tokens - done : job->queries));
    OSS_LAUNCH(be, scatter, back.grid, back.block, 0, *job, first, there * tokens, columns, out);
  }
  return OSS_OK;
}

oss_status oss_cuda_attention(oss_backend *be, size_t samples, size_t tokens, size_t heads, size_t width, double scale, oss_compute compute,
                              const float *qkv, float *out) {
  OSS_TRY(oss_check_attention(samples, tokens, heads, width, scale));
  OSS_TRY(oss_cuda_check_compute(be, compute));
  attention_job job = {samples * heads, tokens, heads, width, 0, 0, NULL, NULL, NULL, NULL, NULL};
  plan(&job);
  if (job.queries == 0) return oss_fail(OSS_ERR_UNSUPPORTED, "attention: %zu tokens of %zu are more than scratch holds", tokens, width);
  if (samples == 0) return OSS_OK;
  const size_t area = job.group * tokens * width;
  job.q = static_cast<float *>(oss_cuda_state_of(be)->scratch);
  job.k = job.q + area;
  job.v = job.k + area;
  job.values = job.v + area;
  job.scores = job.values + area;
  return width % 4 == 0 && oss_cuda_aligned(qkv) && oss_cuda_aligned(out) ? groups<4>(be, &job, compute, (float)scale, qkv, out)
                                                                          : groups<1>(be, &job, compute, (float)scale, qkv, out);
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* mixture_weights: a softmax over the components of each row.
 *
 * Mapping. One block a row: a warp up to FEW components, else THREADS threads; thread i has the components i, i + block, ... It passes over
 * them three times (the largest logit, the sums, the gains) and computes the logits again each time, as the CPU does: only the few
 * components that count cost an exponential, and the distances come from a cache after the first pass. A thread keeps the logarithm and the
 * reciprocal of the last scale it saw: a data set has one scale, so a thread takes one logarithm.
 * Per component: 8 bytes read from memory (16 more from caches), 4 written, 3 times 3 operations in double. Floor: 12 bytes.
 * Sums: each thread's own in order of k, then a tree over the warp, then the warps in order; the order depends on the number of components
 * alone. Expected: half the floor (three dependent passes, a barrier between them) at thousands of components; a few microseconds of start
 * below. An H100: 20 % at 1608 rows of 1000. */
#include "kernels/cuda/cuda.h"

enum {
  THREADS = 256, /* of a row of many components: 8 warps hide the latency of one pass, 8 rows share a multiprocessor */
  FEW = 256,     /* components that one warp does */
  RESIDENT = 32  /* blocks that a multiprocessor holds at most; each goes on to further rows */
};

static __device__ inline double negligible() {
  return -40.0; /* e^-40 of the largest is under the rounding of any sum in double */
}

typedef struct weights_job {
  size_t rows, k;
  double half_d;
  const double *t, *scales, *log_weights;
  const int32_t *classes, *label;
  const double *distance;
  float *gain;
  double *shrink;
  oss_cuda_fault *fault;
} weights_job;

/* One row's inputs, and what follows from the last scale. */
typedef struct mixture_row {
  double t, half_d;
  const double *scales, *log_weights, *distance;
  const int32_t *classes; /* NULL: every component counts */
  int32_t label;
  double scale, variance, logarithm, half_inverse;
} mixture_row;

static __device__ inline bool counts(const mixture_row *row, size_t k) {
  return row->classes == NULL || row->classes[k] == row->label;
}

static __device__ inline double logit(mixture_row *row, size_t k) {
  const double scale = row->scales[k];
  if (!(scale == row->scale)) {
    const double spread = (1.0 - row->t) * scale;
    row->scale = scale;
    row->variance = spread * spread + row->t * row->t;
    row->logarithm = row->half_d * log(row->variance);
    row->half_inverse = 0.5 / row->variance;
  }
  return row->log_weights[k] - row->logarithm - row->distance[k] * row->half_inverse;
}

struct larger { /* NaN is the largest: a comparison would drop it unseen */
  __device__ double operator()(double a, double b) const {
    return isnan(a) || a > b ? a : b;
  }
};
struct sum {
  __device__ double operator()(double a, double b) const {
    return a + b;
  }
};

/* All threads get the block's values joined. join is commutative, so both sides of an exchange have the same bits. */
template <typename Join>
static __device__ double over_block(double value, Join join) {
  OSS_SHARED(double, part, [THREADS / OSS_CUDA_WARP]);
  const unsigned warps = blockDim.x / OSS_CUDA_WARP;
  for (int step = OSS_CUDA_WARP / 2; step > 0; step /= 2) value = join(value, __shfl_xor_sync(~0u, value, step));
  if (warps == 1) return value;
  __syncthreads(); /* the last call has been read */
  if (threadIdx.x % OSS_CUDA_WARP == 0) part[threadIdx.x / OSS_CUDA_WARP] = value;
  __syncthreads();
  value = part[0];
  for (unsigned w = 1; w < warps; w++) value = join(value, part[w]);
  return value;
}

static __device__ void give_up(const weights_job &job, size_t r) {
  for (size_t k = threadIdx.x; k < job.k; k += blockDim.x) job.gain[r * job.k + k] = nanf("");
  if (threadIdx.x == 0) job.shrink[r] = nan("");
}

/* The largest logit; NaN when there is one, or when no component counts (a fault). */
static __device__ double largest_logit(const weights_job &job, mixture_row *row, size_t r) {
  double largest = -INFINITY, any = 0.0;
  for (size_t k = threadIdx.x; k < job.k; k += blockDim.x) {
    if (!counts(row, k)) continue;
    any = 1.0;
    largest = larger()(largest, logit(row, k));
  }
  if (row->classes != NULL && over_block(any, larger()) == 0.0) {
    if (threadIdx.x == 0) oss_cuda_fault_set(job.fault, OSS_CUDA_FAULT_CLASS, (long long)r, row->label, 0, 0.0);
    return nan("");
  }
  return over_block(largest, larger());
}

static __device__ void weigh_row(const weights_job &job, mixture_row *row, size_t r) {
  const double largest = largest_logit(job, row, r);
  if (!isfinite(largest)) {
    give_up(job, r);
    return;
  }
  double total = 0.0, pull = 0.0;
  for (size_t k = threadIdx.x; k < job.k; k += blockDim.x) {
    if (!counts(row, k)) continue;
    const double below = logit(row, k) - largest;
    if (below < negligible()) continue;
    const double weight = exp(below);
    total += weight;
    pull += weight * ((1.0 - row->t) * row->scale * row->scale / row->variance);
  }
  total = over_block(total, sum());
  pull = over_block(pull, sum());
  for (size_t k = threadIdx.x; k < job.k; k += blockDim.x) {
    float gain = 0.0f;
    if (counts(row, k)) {
      const double below = logit(row, k) - largest;
      if (!(below < negligible())) gain = (float)(exp(below) / total * (row->t * row->t / row->variance));
    }
    job.gain[r * job.k + k] = gain;
  }
  if (threadIdx.x == 0) job.shrink[r] = pull / total;
}

// block: 256
static __global__ void __launch_bounds__(THREADS) mixture_weights_rows(weights_job job) {
  for (size_t r = blockIdx.x; r < job.rows; r += gridDim.x) {
    mixture_row row = {};
    row.t = job.t[r];
    if (!(row.t > 0.0 && row.t <= 1.0)) {
      if (threadIdx.x == 0) oss_cuda_fault_set(job.fault, OSS_CUDA_FAULT_TIME, (long long)r, 0, 0, row.t);
      give_up(job, r);
      continue;
    }
    row.half_d = job.half_d;
    row.scales = job.scales;
    row.log_weights = job.log_weights;
    row.distance = job.distance + r * job.k;
    row.scale = nan("");
    if (job.label != NULL && job.classes != NULL && job.label[r] >= 0) {
      row.classes = job.classes;
      row.label = job.label[r];
    }
    weigh_row(job, &row, r);
  }
}

oss_status oss_cuda_mixture_weights(oss_backend *be, size_t rows, size_t k, size_t d, const double *t, const double *scales,
                                    const double *log_weights, const int32_t *classes, const int32_t *label, const double *distance,
                                    float *gain, double *shrink) {
  if (k == 0) return oss_fail(OSS_ERR_INTERNAL, "mixture_weights: a mixture of no components");
  if (!oss_fits(rows, k, 1, sizeof *distance)) return oss_fail(OSS_ERR_INTERNAL, "mixture_weights: %zu x %zu overflow", rows, k);
  if (rows == 0) return OSS_OK;
  const weights_job job = {rows,    k,     0.5 * (double)d, t,    scales, log_weights,
                           classes, label, distance,        gain, shrink, oss_cuda_state_of(be)->fault};
  const size_t most = (size_t)oss_cuda_state_of(be)->multiprocessors * RESIDENT;
  const unsigned threads = k <= FEW ? (unsigned)OSS_CUDA_WARP : (unsigned)THREADS, blocks = (unsigned)(rows < most ? rows : most);
  OSS_LAUNCH(be, mixture_weights_rows, blocks, threads, 0, job);
  return OSS_OK;
}

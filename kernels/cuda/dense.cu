// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* dense: a product by cuBLAS, then bias and activation in place.
 *
 * Row-major arrays are transposed column-major ones: out^T (n x rows) = weight (n x k, stored transposed) times in^T (k x rows). The same
 * bits however a batch is split: a product always has the layer's panel of rows, so cuBLAS chooses the same kernel each time. Rows that do
 * not fill a panel are the last ones of a panel that begins earlier, computed twice; where there are less than one panel, they are filled
 * up with zeros in scratch. By way of scratch go arrays too that begin between multiples of 16 bytes, for which cuBLAS might take another
 * kernel. What is relied on beyond cuBLAS' documentation: that a kernel sums every element in the same order, wherever its row lies in the
 * panel. The parity test compares rows alone with rows in a batch. One FMA for each (row, output, input). Bytes: 4 (k + n) a row and 4 n k
 * a panel by the product, 8 an output by the second kernel. Floor: the FMA, at the rate of the units that compute names (67 TFLOP/s in
 * float on an H100), plus the second kernel's bytes (5 us for 8192 rows of 1152). Expected in float: half of it with panels of 256 rows (n
 * k of 2^20: 72 tiles of 128 x 64 on 132 multiprocessors, and 3 us between two kernels), more where n k is larger; one row costs what a
 * panel does. */
#include "kernels/checks.h"
#include "kernels/cuda/activation.h"
#include "kernels/cuda/blas.h"
#include "kernels/cuda/dense.h"
#include "kernels/cuda/rows.h"

/* out = f(in + bias) of rows x columns packs; out may be in. Mapping: a thread makes 4 neighbouring outputs (1 where they are not aligned).
 * Block 256: no thread needs another one. */
// block: 256
template <int WIDE>
static __global__ void dense_finish(size_t rows, size_t columns, oss_activation activation, const float *bias, const float *in,
                                    float *out) {
  for (size_t r = oss_cuda_y(); r < rows; r += oss_cuda_y_step()) {
    for (size_t i = oss_cuda_x(); i < columns; i += oss_cuda_x_step()) {
      const size_t at = (r * columns + i) * WIDE;
      oss_cuda_pack<WIDE> value = oss_cuda_load<WIDE>(in + at);
      if (bias != NULL) {
        const oss_cuda_pack<WIDE> shift = oss_cuda_load<WIDE>(bias + i * WIDE);
        for (int e = 0; e < WIDE; e++) value.at[e] += shift.at[e];
      }
      for (int e = 0; e < WIDE; e++) value.at[e] = oss_cuda_activate(activation, value.at[e]);
      oss_cuda_store<WIDE>(out + at, value);
    }
  }
}

template <int WIDE>
static oss_status launch(oss_backend *be, size_t rows, const oss_cuda_dense_layer *layer, oss_activation activation, const float *in,
                         float *out) {
  const auto kernel = dense_finish<WIDE>;
  const oss_cuda_rows plan = oss_cuda_rows_plan(rows, layer->n / WIDE);
  OSS_LAUNCH(be, kernel, plan.grid, plan.block, 0, rows, layer->n / WIDE, activation, layer->bias, in, out);
  return OSS_OK;
}

static oss_status finish(oss_backend *be, size_t rows, const oss_cuda_dense_layer *layer, oss_activation activation, const float *in,
                         float *out) {
  if (in == out && layer->bias == NULL && activation == OSS_ACT_NONE) return OSS_OK;
  return layer->n % 4 == 0 && oss_cuda_aligned(in) && oss_cuda_aligned(out) ? launch<4>(be, rows, layer, activation, in, out)
                                                                            : launch<1>(be, rows, layer, activation, in, out);
}

static oss_status multiply(const oss_backend *be, const oss_cuda_dense_layer *layer, const float *in, float *out) {
  oss_cuda_product product = {};
  product.transpose_a = 1;
  product.m = layer->n;
  product.n = layer->panel;
  product.k = layer->k;
  product.count = 1;
  product.alpha = 1.0f;
  product.a = {layer->weight, layer->k, 0};
  product.b = {const_cast<float *>(in), layer->k, 0};
  product.c = {out, layer->n, 0};
  return oss_cuda_multiply(be, layer->compute, &product);
}

/* Up to a panel. */
static oss_status by_scratch(oss_backend *be, size_t rows, const oss_cuda_dense_layer *layer, oss_activation activation, const float *in,
                             float *out) {
  const oss_cuda_state *s = oss_cuda_state_of(be);
  const size_t used = rows * layer->k, all = layer->panel * layer->k;
  float *panel = static_cast<float *>(s->scratch), *sums = panel + oss_cuda_ceil(all, 64) * 64;
  OSS_CUDA_TRY(cudaMemcpyAsync(panel, in, used * sizeof *in, cudaMemcpyDeviceToDevice, s->stream));
  if (used < all) OSS_CUDA_TRY(cudaMemsetAsync(panel + used, 0, (all - used) * sizeof *in, s->stream));
  OSS_TRY(multiply(be, layer, panel, sums));
  return finish(be, rows, layer, activation, sums, out);
}

/* A panel or more. */
static oss_status in_place(oss_backend *be, size_t rows, const oss_cuda_dense_layer *layer, oss_activation activation, const float *in,
                           float *out) {
  for (size_t done = 0; done < rows; done += layer->panel) {
    const size_t first = rows - done < layer->panel ? rows - layer->panel : done;
    OSS_TRY(multiply(be, layer, in + first * layer->k, out + first * layer->n));
  }
  return finish(be, rows, layer, activation, out, out);
}

oss_status oss_cuda_dense(oss_backend *be, size_t rows, const oss_layer *packed, oss_activation activation, const float *in, float *out) {
  OSS_TRY(oss_check_layer(packed, OSS_LAYER_DENSE, "dense"));
  const oss_cuda_dense_layer *layer = static_cast<const oss_cuda_dense_layer *>(packed->packed);
  OSS_TRY(oss_check_dense(rows, layer->n, layer->k, activation));
  if (rows == 0) return OSS_OK;
  if (rows >= layer->panel && oss_cuda_aligned(in) && oss_cuda_aligned(out)) return in_place(be, rows, layer, activation, in, out);
  for (size_t done = 0; done < rows; done += layer->panel) {
    const size_t count = rows - done < layer->panel ? rows - done : layer->panel;
    OSS_TRY(by_scratch(be, count, layer, activation, in + done * layer->k, out + done * layer->n));
  }
  return OSS_OK;
}

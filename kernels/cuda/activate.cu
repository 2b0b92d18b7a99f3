// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Mapping: a thread makes 4 neighbouring floats (1 where they are not aligned to 16 bytes), with a stride of the grid. Bytes 8 a float; an
 * exponential and a division, about 25 flops; block 256: no thread needs another one. Floor: the bytes; about 90 % of a copy's rate. */
#include "kernels/checks.h"
#include "kernels/cuda/activation.h"
#include "kernels/cuda/rows.h"

// block: 256
template <int WIDE>
static __global__ void activate_floats(size_t columns, oss_activation activation, const float *in, float *out) {
  for (size_t i = oss_cuda_x(); i < columns; i += oss_cuda_x_step()) {
    oss_cuda_pack<WIDE> value = oss_cuda_load<WIDE>(in + i * WIDE);
    for (int e = 0; e < WIDE; e++) value.at[e] = oss_cuda_activate(activation, value.at[e]);
    oss_cuda_store<WIDE>(out + i * WIDE, value);
  }
}

template <int WIDE>
static oss_status launch(oss_backend *be, size_t count, oss_activation activation, const float *in, float *out) {
  const auto kernel = activate_floats<WIDE>;
  OSS_LAUNCH(be, kernel, oss_cuda_blocks(be, count / WIDE, OSS_CUDA_ROWS_BLOCK), OSS_CUDA_ROWS_BLOCK, 0, count / WIDE, activation, in, out);
  return OSS_OK;
}

oss_status oss_cuda_activate(oss_backend *be, size_t count, oss_activation activation, const float *in, float *out) {
  OSS_TRY(oss_check_activation("activate", activation));
  if (!oss_fits(count, 1, 1, sizeof *in)) return oss_fail(OSS_ERR_INTERNAL, "activate: %zu values overflow", count);
  if (count == 0) return OSS_OK;
  return count % 4 == 0 && oss_cuda_aligned(in) && oss_cuda_aligned(out) ? launch<4>(be, count, activation, in, out)
                                                                         : launch<1>(be, count, activation, in, out);
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Mapping: a thread makes the 4 normals of one Philox block, the same counter as everywhere; x runs along a sample.
 * For 16 bytes written: 10 rounds of Philox (40 wide products of 32 bits) and two logarithms, sine-cosine pairs and roots from double
 * operations that round in one way only (kernels/normal.h), about 200 of them. Block 256: no thread needs another one; 39 registers.
 * Floor: the bytes. sm_80, sm_90: the double operations take longer, 132 x 64 x 1.7 GHz / 200 x 16 bytes = 1.1 TB/s, a third of the
 * memory's rate (an H100: 0.77 TB/s, 26 %). Where double is slow, 50 GB/s and less: a batch is drawn once, and the same bits everywhere are
 * worth it. */
#include "kernels/cuda/rows.h"
#include "kernels/normal.h"

// block: 256
static __global__ void draw(size_t samples, size_t d, uint64_t seed, uint32_t stream, uint64_t first, int wide, float *out) {
  const size_t blocks = oss_cuda_ceil(d, 4);
  for (size_t s = oss_cuda_y(); s < samples; s += oss_cuda_y_step())
    for (size_t i = oss_cuda_x(); i < blocks; i += oss_cuda_x_step()) {
      oss_cuda_pack<4> z;
      float *to = out + s * d + 4 * i;
      oss_normal_block(seed, stream, first + s, (uint32_t)i, z.at);
      if (wide) {
        oss_cuda_store<4>(to, z);
      } else {
        for (int e = 0; e < 4; e++)
          if (4 * i + (size_t)e < d) to[e] = z.at[e];
      }
    }
}

oss_status oss_cuda_noise(oss_backend *be, size_t samples, size_t d, uint64_t seed, uint32_t stream, uint64_t first, float *out) {
  if (d > 0 && (d - 1) / 4 > UINT32_MAX) return oss_fail(OSS_ERR_INPUT, "noise: %zu elements a sample; the generator counts to 2^34", d);
  if (samples > 0 && first > UINT64_MAX - (samples - 1))
    return oss_fail(OSS_ERR_INPUT, "noise: samples from number %llu on pass 2^64", (unsigned long long)first);
  if (!oss_fits(samples, d, 1, sizeof *out)) return oss_fail(OSS_ERR_INTERNAL, "noise: %zu samples of %zu overflow", samples, d);
  if (samples == 0 || d == 0) return OSS_OK;
  const oss_cuda_rows plan = oss_cuda_rows_plan(samples, oss_cuda_ceil(d, 4));
  OSS_LAUNCH(be, draw, plan.grid, plan.block, 0, samples, d, seed, stream, first, d % 4 == 0 && oss_cuda_aligned(out), out);
  return OSS_OK;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <string.h>

#include "kernels/cpu/cpu.h"
#include "kernels/normal.h"

oss_status oss_cpu_noise(oss_backend *be, size_t samples, size_t d, uint64_t seed, uint32_t stream, uint64_t first, float *out) {
  if (d > 0 && (d - 1) / 4 > UINT32_MAX) return oss_fail(OSS_ERR_INPUT, "noise: %zu elements a sample; the generator counts to 2^34", d);
  if (samples > 0 && first > UINT64_MAX - (samples - 1))
    return oss_fail(OSS_ERR_INPUT, "noise: samples from number %llu on pass 2^64", (unsigned long long)first);
  if (!oss_fits(samples, d, 1, sizeof *out)) return oss_fail(OSS_ERR_INTERNAL, "noise: %zu samples of %zu overflow", samples, d);
  size_t blocks = oss_cpu_blocks(d);
#pragma omp parallel for collapse(2) schedule(static) num_threads(be->threads) if (samples * d > OSS_CPU_BLOCK)
  for (size_t s = 0; s < samples; s++) {
    for (size_t block = 0; block < blocks; block++) {
      size_t begin = block * OSS_CPU_BLOCK, end = begin + oss_cpu_block_length(d, begin), e = begin;
      float *row = out + s * d;
      for (; e + 4 <= end; e += 4) oss_normal_block(seed, stream, first + s, (uint32_t)(e / 4), row + e);
      if (e < end) { /* only at the end of a sample: a block is a multiple of 4 */
        float z[4];
        oss_normal_block(seed, stream, first + s, (uint32_t)(e / 4), z);
        memcpy(row + e, z, (end - e) * sizeof *z);
      }
    }
  }
  return OSS_OK;
}

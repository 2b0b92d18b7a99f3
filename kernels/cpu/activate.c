// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/checks.h"
#include "kernels/cpu/norm.h"

/* Fixed blocks are spread over threads; 8 bytes and about 20 flops a float. */
oss_status oss_cpu_activate(oss_backend *be, size_t count, oss_activation activation, const float *in, float *out) {
  OSS_TRY(oss_check_activation("activate", activation));
  if (!oss_fits(count, 1, 1, sizeof *in)) return oss_fail(OSS_ERR_INTERNAL, "activate: %zu values overflow", count);
  const oss_norm_unit unit = oss_norm_unit_chosen();
  const size_t blocks = oss_cpu_blocks(count);
#pragma omp parallel for schedule(static) num_threads(be->threads) if (count > OSS_CPU_SERIAL)
  for (size_t block = 0; block < blocks; block++) {
    const size_t begin = block * OSS_CPU_BLOCK;
    unit.activate(oss_cpu_block_length(count, begin), activation, in + begin, out + begin);
  }
  return OSS_OK;
}

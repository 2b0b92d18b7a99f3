// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <string.h>

#include "kernels/checks.h"
#include "kernels/cpu/cpu.h"

oss_status oss_cpu_gather_states(oss_backend *be, size_t b, size_t n, size_t d, size_t from_stride, const int32_t *from, const float *in,
                                 const float *keep, float *out) {
  OSS_TRY(oss_check_gather_states(b, n, d, from_stride));
  for (size_t i = 0; i < (from_stride == 0 ? 1 : b) * (n + 1); i++)
    if (from[i] >= 0 && (size_t)from[i] > n)
      return oss_fail(OSS_ERR_INTERNAL, "gather_states: index %ld is outside 0..%zu", (long)from[i], n);
  size_t rows = (n + 1) * b;
#pragma omp parallel for schedule(static) num_threads(be->threads) if (rows * d > OSS_CPU_SERIAL)
  for (size_t row = 0; row < rows; row++) {
    size_t j = row / b, s = row % b;
    int32_t k = from[s * from_stride + j];
    const float *source = k < 0 ? keep + row * d : in + ((size_t)k * b + s) * d;
    memcpy(out + row * d, source, d * sizeof *out);
  }
  return OSS_OK;
}

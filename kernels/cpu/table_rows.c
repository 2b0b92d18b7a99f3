// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <string.h>

#include "kernels/checks.h"
#include "kernels/cpu/cpu.h"

/* Rows are spread over threads; 8 bytes a float, no flops. */
oss_status oss_cpu_table_rows(oss_backend *be, size_t rows, size_t width, size_t entries, const int32_t *index, const float *table,
                              float *out) {
  OSS_TRY(oss_check_table_rows(rows, width, entries));
  for (size_t r = 0; r < rows; r++)
    if (index[r] < -1 || (index[r] >= 0 && (size_t)index[r] >= entries - 1))
      return oss_fail(OSS_ERR_INTERNAL, "table_rows: index %ld (row %zu) is outside -1..%ld", (long)index[r], r, (long)entries - 2);
#pragma omp parallel for schedule(static) num_threads(be->threads) if (rows * width > OSS_CPU_SERIAL)
  for (size_t r = 0; r < rows; r++) {
    const size_t entry = index[r] < 0 ? entries - 1 : (size_t)index[r];
    memcpy(out + r * width, table + entry * width, width * sizeof *out);
  }
  return OSS_OK;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cpu/project.h"

#include "kernels/cpu/cpu.h"

static oss_project_tile *chosen_tile(void) {
#if OSS_ISA_X86
  const oss_isa isa = oss_isa_chosen();
  if (isa == OSS_ISA_AVX512) return oss_project_tile_avx512;
  if (isa == OSS_ISA_AVX2) return oss_project_tile_avx2;
#endif
  return oss_project_tile_generic;
}

/* A tile over the edge repeats its last row or feature. */
static void place(size_t first, size_t count, size_t d, const float *base, const float *at[OSS_PROJECT_TILE]) {
  for (size_t i = 0; i < OSS_PROJECT_TILE; i++) at[i] = base + (first + i < count ? first + i : count - 1) * d;
}

oss_status oss_cpu_project(oss_backend *be, size_t rows, size_t d, size_t n, const float *matrix, const float *in, float *out) {
  enum { TILE = OSS_PROJECT_TILE };
  if (!oss_fits(rows, d, 1, sizeof *in) || !oss_fits(rows, n, 1, sizeof *out) || !oss_fits(n, d, 1, sizeof *matrix))
    return oss_fail(OSS_ERR_INTERNAL, "project: %zu rows of %zu to %zu overflow", rows, d, n);
  oss_project_tile *tile = chosen_tile();
  size_t row_tiles = (rows + TILE - 1) / TILE, feature_tiles = (n + TILE - 1) / TILE;
#pragma omp parallel for collapse(2) schedule(static) num_threads(be->threads) if (rows * n * d > OSS_CPU_SERIAL)
  for (size_t r = 0; r < row_tiles; r++)
    for (size_t f = 0; f < feature_tiles; f++) {
      const float *row[TILE], *feature[TILE];
      double sum[TILE][TILE];
      place(r * TILE, rows, d, in, row);
      place(f * TILE, n, d, matrix, feature);
      tile(d, row, feature, sum);
      for (size_t i = r * TILE; i < rows && i < (r + 1) * TILE; i++)
        for (size_t j = f * TILE; j < n && j < (f + 1) * TILE; j++) out[i * n + j] = (float)sum[i - r * TILE][j - f * TILE];
    }
  return OSS_OK;
}

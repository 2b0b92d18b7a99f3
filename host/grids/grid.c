// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/grids/grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/registries.h"

#define OSS_GRID(name) extern const oss_grid_desc oss_grid_##name;
#include "host/grids/grids.def"
#undef OSS_GRID

static const oss_grid_desc *const grids[] = {
#define OSS_GRID(name) &oss_grid_##name,
#include "host/grids/grids.def"
#undef OSS_GRID
};

OSS_DEFINE_REGISTRY(oss_grids, grids, "grids", "grid", "the teacher's times, from noise to data")

double oss_sigma_of_t(double t) {
  return t < 1.0 ? t / (1.0 - t) : INFINITY;
}

double oss_t_of_sigma(double sigma) {
  return isinf(sigma) ? 1.0 : sigma / (1.0 + sigma);
}

oss_status oss_grid_fill_sigma(const oss_member *member, const oss_formula *formula, int64_t n, double *t) {
  double low = oss_member_real(member, "sigma_min"), high = oss_member_real(member, "sigma_max");
  if (!(low < high)) return oss_member_fail(member, "sigma_min %g is not below sigma_max %g", low, high);
  t[0] = 0.0;
  for (int64_t i = 0; i < n; i++) {
    double u = n > 1 ? (double)i / (double)(n - 1) : 0.0;
    double sigma = i == 0 ? high : i == n - 1 ? low : oss_formula_between(formula, high, low, u);
    t[n - i] = oss_t_of_sigma(sigma);
  }
  return OSS_OK;
}

static oss_status check_times(const oss_member *member, const oss_grid *grid) {
  for (int64_t i = 0; i <= grid->n; i++) {
    double t = grid->t[i];
    if (!(t >= 0.0 && t <= 1.0)) return oss_member_fail(member, "time %lld is %g: times lie between 0 and 1", (long long)i, t);
    if (i > 0 && !(t > grid->t[i - 1]))
      return oss_member_fail(member, "times %lld and %lld are both %.17g: with %lld steps this grid has no room for distinct times",
                             (long long)(i - 1), (long long)i, t, (long long)grid->n);
  }
  return OSS_OK;
}

/* end: min is the grid of one step more without its 0. */
static oss_status fill_formula(const oss_member *member, const oss_grid_desc *desc, oss_grid *grid) {
  int to_min = oss_member_is(member, "end", "min");
  double *t = malloc(((size_t)grid->n + 2) * sizeof *t);
  if (t == NULL) return oss_fail(OSS_ERR_MEMORY, "grid of %lld steps", (long long)grid->n);
  oss_status status = desc->fill(member, grid->n + to_min, t);
  if (status != OSS_OK) {
    free(t);
    return status;
  }
  if (to_min) memmove(t, t + 1, ((size_t)grid->n + 1) * sizeof *t);
  grid->t = t;
  return OSS_OK;
}

oss_status oss_grid_create(const oss_member *member, int64_t n, oss_grid *out) {
  const oss_grid_desc *desc = (const oss_grid_desc *)member->desc;
  oss_grid grid = {.n = n};
  oss_status status;
  *out = (oss_grid){0};
  if (n > OSS_GRID_MAX_STEPS) return oss_member_fail(member, "%lld steps: at most %d", (long long)n, OSS_GRID_MAX_STEPS);
  if (desc->load != NULL) {
    grid.fixed = 1;
    OSS_TRY(desc->load(member, &grid.t, &grid.n));
    long long has = grid.n;
    if (has > OSS_GRID_MAX_STEPS || (n > 0 && n != has)) {
      oss_grid_free(&grid);
      if (has > OSS_GRID_MAX_STEPS) return oss_member_fail(member, "%lld steps: at most %d", has, OSS_GRID_MAX_STEPS);
      return oss_member_fail(member, "teacher.steps is %lld, but the file has %lld times, which is %lld steps (leave teacher.steps out)",
                             (long long)n, has + 1, has);
    }
  } else {
    if (n < 1) return oss_member_fail(member, "needs teacher.steps >= 1");
    OSS_TRY(fill_formula(member, desc, &grid));
  }
  status = check_times(member, &grid);
  if (status != OSS_OK) {
    oss_grid_free(&grid);
    return status;
  }
  *out = grid;
  return OSS_OK;
}

void oss_grid_free(oss_grid *grid) {
  if (grid == NULL) return;
  free(grid->t);
  *grid = (oss_grid){0};
}

int32_t oss_grid_index(const oss_grid *grid, double t) {
  int64_t low = 0, high = grid->n;
  while (low < high) { /* first index whose time is not clearly below t */
    int64_t middle = (low + high) / 2;
    if (grid->t[middle] < t - 1e-12 * t)
      low = middle + 1;
    else
      high = middle;
  }
  return fabs(grid->t[low] - t) <= 1e-12 * t ? (int32_t)low : -1;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Grids: the teacher's times t_N > ... > t_0. Index 0 is data, N is noise; flow times in [0, 1], sigma = t / (1 - t). */
#ifndef OSS_GRIDS_GRID_H
#define OSS_GRIDS_GRID_H

#include <stdint.h>

#include "host/core/member.h"
#include "host/grids/formula.h"

typedef struct oss_grid_desc {
  oss_member_desc base;
  /* A formula: fills t[0..n], t[0] = 0 (n >= 1). OSS_ERR_CONFIG for an n the formula has no meaning for. */
  oss_status (*fill)(const oss_member *member, int64_t n, double *t);
  /* Or a list of its own length (formula is NULL then): *t is new memory with *n + 1 ascending entries. */
  oss_status (*load)(const oss_member *member, double **t, int64_t *n);
} oss_grid_desc;

typedef struct oss_grid {
  int64_t n; /* N */
  double *t; /* (N+1) ascending, owned */
  int fixed; /* from a list: its points are all there are, "uniform" with fewer steps takes a subset of them */
} oss_grid;

enum { OSS_GRID_MAX_STEPS = 100000 };

/* The option every formula takes: where the grid ends. */
#define OSS_GRID_END_OPTION                                                              \
  {                                                                                      \
    .name = "end", .type = OSS_OPTION_CHOICE, .fallback = "zero", .choices = "zero min", \
    .help = "last time: 0, or the smallest positive time"                                \
  }

/* The range of a formula in noise levels. */
#define OSS_GRID_SIGMA_OPTIONS                                                                                                         \
  {.name = "sigma_min",                                                                                                                \
   .type = OSS_OPTION_REAL,                                                                                                            \
   .fallback = "0.002",                                                                                                                \
   .min = 0,                                                                                                                           \
   .max = 1e6,                                                                                                                         \
   .open_min = 1,                                                                                                                      \
   .help = "smallest noise level"},                                                                                                    \
  {                                                                                                                                    \
    .name = "sigma_max", .type = OSS_OPTION_REAL, .fallback = "80", .min = 0, .max = 1e6, .open_min = 1, .help = "largest noise level" \
  }

/* Fills t[1..n] (and t[0] = 0) from the noise level at u = i / (n-1), i = 0 at the largest; both ends of the range are exact.
 * OSS_ERR_CONFIG when the range is empty. */
oss_status oss_grid_fill_sigma(const oss_member *member, const oss_formula *formula, int64_t n, double *t);

/* Makes the grid of n steps (OSS_FROM_FILE, 0, for a list of its own length; another n must then agree with it). Checks that the times are
 * finite, in [0, 1] and strictly increasing. The caller frees it with oss_grid_free. */
oss_status oss_grid_create(const oss_member *member, int64_t n, oss_grid *out);
void oss_grid_free(oss_grid *grid);

/* sigma = t / (1 - t); infinity at t = 1. And back: infinity gives 1. */
double oss_sigma_of_t(double t);
double oss_t_of_sigma(double sigma);

/* The index of t in the grid (equal to 1e-12 relative), or -1. */
int32_t oss_grid_index(const oss_grid *grid, double t);

#endif

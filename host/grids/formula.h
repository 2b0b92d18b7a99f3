// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Formulas of times, shared by grids, schedules and searches: points equally spaced in a variable of the formula's own. */
#ifndef OSS_GRIDS_FORMULA_H
#define OSS_GRIDS_FORMULA_H

#include <stdint.h>

#include "host/core/member.h"

typedef struct oss_formula {
  double (*to)(double parameter, double x);   /* the variable at x, strictly increasing */
  double (*from)(double parameter, double v); /* and back */
  double parameter;
  int levels; /* x is the noise level sigma, 0 < sigma < infinity; else x is the flow time t, 0 to 1 */
} oss_formula;

oss_formula oss_formula_edm(double rho);    /* sigma^(1/rho): Karras et al. 2022 (arXiv 2206.00364), equation 5 */
oss_formula oss_formula_logsnr(void);       /* log sigma: Lu et al. 2022 (arXiv 2206.00927), section 4 */
oss_formula oss_formula_flow(double shift); /* u, t = a u / (1 + (a - 1) u): Esser et al. 2024 (arXiv 2403.03206), equation 23 */
oss_formula oss_formula_cosine(void);       /* time of the cosine schedule: Nichol and Dhariwal 2021 (arXiv 2102.09672), equation 17 */
oss_formula oss_formula_quadratic(void);    /* sqrt t: Song et al. 2020 (arXiv 2010.02502), appendix D.2, over continuous time */

/* The x (t or sigma) at a fraction u of the way from high to low, in the formula's variable. */
double oss_formula_between(const oss_formula *formula, double high, double low, double u);

/* The n + 1 ascending flow times of all of 0 to 1, for a formula whose variable runs from 0 to 1 too (flow, cosine, quadratic). */
void oss_formula_fill(const oss_formula *formula, int64_t n, double *t);

/* n + 1 flow times from high down to low, both exact (n >= 1). 0 <= low <= high <= 1; for a formula of noise levels 0 < low, high < 1. */
void oss_formula_times(const oss_formula *formula, double high, double low, int64_t n, double *t);

/* The option of edm. */
#define OSS_FORMULA_RHO_OPTION                                                       \
  {                                                                                  \
    .name = "rho", .type = OSS_OPTION_REAL, .fallback = "7", .min = 0.1, .max = 100, \
    .help = "exponent: larger puts more steps at low noise"                          \
  }

/* The options of flow, and the shift they give. OSS_ERR_CONFIG when both are set. */
#define OSS_FORMULA_SHIFT_OPTIONS                                                                                                        \
  {.name = "shift",                                                                                                                      \
   .type = OSS_OPTION_REAL,                                                                                                              \
   .fallback = "1",                                                                                                                      \
   .min = 1e-3,                                                                                                                          \
   .max = 1e3,                                                                                                                           \
   .help = "a in t = a u / (1 + (a - 1) u); 1: equal steps"},                                                                            \
  {                                                                                                                                      \
    .name = "mu", .type = OSS_OPTION_REAL, .fallback = "", .min = -6, .max = 6, .help = "exponential shift: a = e^mu (instead of shift)" \
  }
oss_status oss_formula_shift(const oss_member *member, double *shift);

#endif

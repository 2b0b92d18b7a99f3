// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The linear combination that lincomb and advance share. */
#ifndef OSS_KERNELS_CUDA_COMBINE_H
#define OSS_KERNELS_CUDA_COMBINE_H

#include "kernels/cuda/rows.h"

/* The coefficients of a row, stride apart; those after the last term are 0. */
template <int MOST>
struct oss_cuda_coefs {
  double c[MOST];
  __device__ inline oss_cuda_coefs(int terms, const double *coef, size_t stride) {
    for (int m = 0; m < MOST; m++) c[m] = m < terms ? coef[(size_t)m * stride] : 0.0;
  }
};

/* sum[i] += c[m] in.at[m][at + i] in the order of m, products rounded before they are added: the bits of the CPU's. A term with coefficient
 * 0 is not read. All loads come before the first sum, so they are in flight together. */
template <int WIDE, int MOST>
static __device__ inline void oss_cuda_combine(const oss_cuda_coefs<MOST> &coefs, const oss_terms &in, size_t at, double (&sum)[WIDE]) {
  oss_cuda_pack<WIDE> value[MOST];
  for (int m = 0; m < MOST; m++) value[m] = coefs.c[m] != 0.0 ? oss_cuda_load<WIDE>(in.at[m] + at) : oss_cuda_pack<WIDE>{};
  for (int m = 0; m < MOST; m++)
    if (coefs.c[m] != 0.0)
      for (int i = 0; i < WIDE; i++) sum[i] += coefs.c[m] * (double)value[m].at[i];
}

template <int WIDE>
static __device__ inline oss_cuda_pack<WIDE> oss_cuda_rounded(const double (&sum)[WIDE]) {
  oss_cuda_pack<WIDE> value;
  for (int i = 0; i < WIDE; i++) value.at[i] = (float)sum[i];
  return value;
}

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The linear combination that lincomb and advance share. */
#ifndef OSS_KERNELS_CPU_COMBINE_ROW_H
#define OSS_KERNELS_CPU_COMBINE_ROW_H

#include "kernels/cpu/cpu.h"
#include "kernels/cpu/isa.h"

/* out[i] = sum_m coef[m] in[m][i] for count elements (at most OSS_CPU_BLOCK), summed in double from the first term on and rounded once. out
 * may be one of the inputs. Every variant gives the same bits: products are rounded before they are added. */
typedef void oss_combine_row(int terms, const double *coef, const float *const *in, size_t count, float *out);
oss_combine_row oss_combine_row_generic, oss_combine_row_avx2, oss_combine_row_avx512;

/* The variant for this processor; asked for once an operation, since a row is short. */
static inline oss_combine_row *oss_combine_row_chosen(void) {
#if OSS_ISA_X86
  const oss_isa isa = oss_isa_chosen();
  if (isa == OSS_ISA_AVX512) return oss_combine_row_avx512;
  if (isa == OSS_ISA_AVX2) return oss_combine_row_avx2;
#endif
  return oss_combine_row_generic;
}

#endif

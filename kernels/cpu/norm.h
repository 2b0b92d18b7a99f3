// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The inner loops of group_norm, layer_norm, gated_sum and activate, compiled for each vector unit. An output depends on its own channel's
 * values alone, whatever shares a call or a vector with it. */
#ifndef OSS_KERNELS_CPU_NORM_H
#define OSS_KERNELS_CPU_NORM_H

#include "kernels/cpu/cpu.h"
#include "kernels/cpu/isa.h"

/* Channels of a pixel lie together, pixels stride apart. sum[c] and square[c] of in[p][c] - in[0][c] over the pixels, in double: taken from
 * the channel's first value, they lose nothing where the mean is far above the deviation. sum and square are written
 * up to OSS_NORM_ROOM - 1 values beyond the channels. */
enum { OSS_NORM_ROOM = 8 };
typedef void oss_norm_moments(size_t pixels, size_t stride, size_t channels, const float *in, double *sum, double *square);
oss_norm_moments oss_norm_moments_generic, oss_norm_moments_avx2, oss_norm_moments_avx512;

/* out[p][c] = f((in[p][c] - centre[c]) slope[c] + offset[c]); out may be in. */
typedef struct oss_norm_line {
  const float *centre, *slope, *offset;
} oss_norm_line;
typedef void oss_norm_apply(size_t pixels, size_t stride, size_t channels, oss_norm_line line, oss_activation activation, const float *in,
                            float *out);
oss_norm_apply oss_norm_apply_generic, oss_norm_apply_avx2, oss_norm_apply_avx512;

/* Tokens of one sample; gain, bias and the pair scale, shift may be NULL. out may be in. */
typedef struct oss_norm_token {
  double eps;
  const float *gain, *bias, *shift, *scale;
  oss_activation activation;
} oss_norm_token;
typedef void oss_norm_layer(size_t tokens, size_t width, const oss_norm_token *how, const float *in, float *out);
oss_norm_layer oss_norm_layer_generic, oss_norm_layer_avx2, oss_norm_layer_avx512;

/* out = factor (x + gate y), gate[width] or NULL; out may be x or y. */
typedef void oss_norm_gated(size_t tokens, size_t width, float factor, const float *gate, const float *x, const float *y, float *out);
oss_norm_gated oss_norm_gated_generic, oss_norm_gated_avx2, oss_norm_gated_avx512;

/* out may be in. */
typedef void oss_norm_activate(size_t count, oss_activation activation, const float *in, float *out);
oss_norm_activate oss_norm_activate_generic, oss_norm_activate_avx2, oss_norm_activate_avx512;

typedef struct oss_norm_unit {
  oss_norm_moments *moments;
  oss_norm_apply *apply;
  oss_norm_layer *layer;
  oss_norm_gated *gated;
  oss_norm_activate *activate;
} oss_norm_unit;

/* The variants for this processor; asked for once an operation. */
static inline oss_norm_unit oss_norm_unit_chosen(void) {
#if OSS_ISA_X86
  const oss_isa isa = oss_isa_chosen();
  if (isa == OSS_ISA_AVX512)
    return (oss_norm_unit){oss_norm_moments_avx512, oss_norm_apply_avx512, oss_norm_layer_avx512, oss_norm_gated_avx512,
                           oss_norm_activate_avx512};
  if (isa == OSS_ISA_AVX2)
    return (oss_norm_unit){oss_norm_moments_avx2, oss_norm_apply_avx2, oss_norm_layer_avx2, oss_norm_gated_avx2, oss_norm_activate_avx2};
#endif
  return (oss_norm_unit){oss_norm_moments_generic, oss_norm_apply_generic, oss_norm_layer_generic, oss_norm_gated_generic,
                         oss_norm_activate_generic};
}

/* Tokens that a thread takes at a time: about 16 KB, so that a second pass finds them in the first-level cache. */
static inline size_t oss_norm_at_once(size_t tokens, size_t width) {
  const size_t count = 4 * OSS_CPU_BLOCK / width;
  return count < 1 ? 1 : count < tokens ? count : tokens;
}

#endif

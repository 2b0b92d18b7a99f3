// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Vectors of the unit that the including file is compiled for: it defines OSS_SIMD as 0 (any processor: 16-byte vectors of the
 * compiler), 2 (AVX2 with FMA) or 512 (AVX-512 F, DQ, VL, BW) before. vf_ holds floats, vd_ doubles; fnmadd(a, b, c) = c - a b.
 * Loads and stores need no alignment; + - * / work on vectors too. Without FMA (0) a product is rounded before it is added. */
#ifndef OSS_KERNELS_CPU_SIMD_H
#define OSS_KERNELS_CPU_SIMD_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef OSS_SIMD
#error "define OSS_SIMD before including simd.h"
#endif

#define OSS_FUSED (OSS_SIMD != 0) /* products are not rounded */
#define VF_SHIFT 12582912.0f      /* 1.5 x 2^23: floats near it are whole, and added to x it rounds x */
#define OSS_INLINE static inline __attribute__((always_inline, unused))
#define OSS_ALIGN __attribute__((aligned(64)))
#if defined(__clang__)
#define OSS_UNROLL _Pragma("clang loop unroll(full)")
#else
#define OSS_UNROLL _Pragma("GCC unroll 16")
#endif

/* Keeps a value in a register: a compiler would rather load it again with each use, and the loads would become the limit. */
#if OSS_SIMD == 512
#define OSS_HOLD(v) __asm__("" : "+v"(v))
#elif OSS_SIMD == 2
#define OSS_HOLD(v) __asm__("" : "+x"(v))
#else
#define OSS_HOLD(v) ((void)0)
#endif

#if OSS_SIMD == 512
#include <immintrin.h>
#define OSS_SIMD_NAME(name) name##_avx512
typedef __m512 vf;
typedef __m512d vd;
enum { VF_LANES = 16, VD_LANES = 8 };
#define vf_load(p) _mm512_loadu_ps(p)
#define vf_store(p, v) _mm512_storeu_ps(p, v)
#define vf_set(x) _mm512_set1_ps(x)
#define vf_add(a, b) _mm512_add_ps(a, b)
#define vf_fmadd(a, b, c) _mm512_fmadd_ps(a, b, c)
#define vf_fnmadd(a, b, c) _mm512_fnmadd_ps(a, b, c)
#define vf_abs(a) _mm512_abs_ps(a)
#define vf_take(a, b, c) __asm__("vfnmadd231ps %2, %1, %0" : "+v"(c) : "v"(a), "v"(b))
#define vd_take(a, b, c) __asm__("vfnmadd231pd %2, %1, %0" : "+v"(c) : "v"(a), "v"(b))
#define vf_gain(a, b, c) __asm__("vfmadd231ps %2, %1, %0" : "+v"(c) : "v"(a), "v"(b))
#define vd_gain(a, b, c) __asm__("vfmadd231pd %2, %1, %0" : "+v"(c) : "v"(a), "v"(b))
#define vd_load(p) _mm512_loadu_pd(p)
#define vd_store(p, v) _mm512_storeu_pd(p, v)
#define vd_set(x) _mm512_set1_pd(x)
#define vd_add(a, b) _mm512_add_pd(a, b)
#define vd_fmadd(a, b, c) _mm512_fmadd_pd(a, b, c)
#define vd_fnmadd(a, b, c) _mm512_fnmadd_pd(a, b, c)
#define vd_abs(a) _mm512_abs_pd(a)
#define vd_from_float(p) _mm512_cvtps_pd(_mm256_loadu_ps(p))

/* sum[i] += the sum of the lanes of v[i], i < 4: a transposition shared by the four. */
OSS_INLINE void vf_sum4(const vf *v, double *sum) {
  __m512 a = _mm512_add_ps(_mm512_unpacklo_ps(v[0], v[1]), _mm512_unpackhi_ps(v[0], v[1]));
  __m512 b = _mm512_add_ps(_mm512_unpacklo_ps(v[2], v[3]), _mm512_unpackhi_ps(v[2], v[3]));
  __m512d c = _mm512_castps_pd(a), d = _mm512_castps_pd(b);
  __m512 e = _mm512_add_ps(_mm512_castpd_ps(_mm512_unpacklo_pd(c, d)), _mm512_castpd_ps(_mm512_unpackhi_pd(c, d)));
  __m256 f = _mm256_add_ps(_mm512_castps512_ps256(e), _mm512_extractf32x8_ps(e, 1));
  __m128 g = _mm_add_ps(_mm256_castps256_ps128(f), _mm256_extractf128_ps(f, 1));
  _mm256_storeu_pd(sum, _mm256_add_pd(_mm256_loadu_pd(sum), _mm256_cvtps_pd(g)));
}
/* acc[i] += v[i], lane by lane, in double. */
OSS_INLINE void vf_add_to(double *acc, vf v) {
  vd_store(acc, vd_add(vd_load(acc), _mm512_cvtps_pd(_mm512_castps512_ps256(v))));
  vd_store(acc + 8, vd_add(vd_load(acc + 8), _mm512_cvtps_pd(_mm512_extractf32x8_ps(v, 1))));
}
/* Bit i is set when lane i is not zero (NaN is not). */
OSS_INLINE uint32_t vf_nonzero(vf v) {
  return _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_NEQ_UQ);
}
/* v held between low and high; NaN stays NaN. */
OSS_INLINE vf vf_clamp(float low, vf v, float high) {
  return _mm512_min_ps(vf_set(high), _mm512_max_ps(vf_set(low), v));
}
/* The larger one; b where either is NaN. */
#define vf_larger(a, b) _mm512_max_ps(a, b)
/* The sum and the largest of the lanes, by halves. */
#define vf_sum(v) _mm512_reduce_add_ps(v)
#define vf_most(v) _mm512_reduce_max_ps(v)
/* a where sign is below zero, else b. */
OSS_INLINE vf vf_below_zero(vf sign, vf a, vf b) {
  return _mm512_mask_mov_ps(b, _mm512_cmp_ps_mask(sign, _mm512_setzero_ps(), _CMP_LT_OQ), a);
}
/* v 2^n, rounded once, for shifted = n + VF_SHIFT with a whole n from -160 to 160. */
OSS_INLINE vf vf_power(vf v, vf shifted) {
  return _mm512_scalef_ps(v, _mm512_sub_ps(shifted, vf_set(VF_SHIFT)));
}
/* The first count (below VF_LANES) lanes; the others are 0, those of others, or not written. */
OSS_INLINE vf vf_load_part(const float *p, size_t count) {
  return _mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
}
OSS_INLINE vf vf_load_filled(const float *p, size_t count, vf others) {
  return _mm512_mask_loadu_ps(others, (__mmask16)((1u << count) - 1), p);
}
OSS_INLINE void vf_store_part(float *p, vf v, size_t count) {
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), v);
}

#elif OSS_SIMD == 2
#include <immintrin.h>
#define OSS_SIMD_NAME(name) name##_avx2
typedef __m256 vf;
typedef __m256d vd;
enum { VF_LANES = 8, VD_LANES = 4 };
#define vf_load(p) _mm256_loadu_ps(p)
#define vf_store(p, v) _mm256_storeu_ps(p, v)
#define vf_set(x) _mm256_set1_ps(x)
#define vf_add(a, b) _mm256_add_ps(a, b)
#define vf_fmadd(a, b, c) _mm256_fmadd_ps(a, b, c)
#define vf_fnmadd(a, b, c) _mm256_fnmadd_ps(a, b, c)
#define vf_take(a, b, c) __asm__("vfnmadd231ps %2, %1, %0" : "+x"(c) : "x"(a), "x"(b))
#define vd_take(a, b, c) __asm__("vfnmadd231pd %2, %1, %0" : "+x"(c) : "x"(a), "x"(b))
#define vf_gain(a, b, c) __asm__("vfmadd231ps %2, %1, %0" : "+x"(c) : "x"(a), "x"(b))
#define vd_gain(a, b, c) __asm__("vfmadd231pd %2, %1, %0" : "+x"(c) : "x"(a), "x"(b))
#define vf_abs(a) _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a)
#define vd_load(p) _mm256_loadu_pd(p)
#define vd_store(p, v) _mm256_storeu_pd(p, v)
#define vd_set(x) _mm256_set1_pd(x)
#define vd_add(a, b) _mm256_add_pd(a, b)
#define vd_fmadd(a, b, c) _mm256_fmadd_pd(a, b, c)
#define vd_fnmadd(a, b, c) _mm256_fnmadd_pd(a, b, c)
#define vd_abs(a) _mm256_andnot_pd(_mm256_set1_pd(-0.0), a)
#define vd_from_float(p) _mm256_cvtps_pd(_mm_loadu_ps(p))

OSS_INLINE void vf_sum4(const vf *v, double *sum) {
  __m256 a = _mm256_hadd_ps(_mm256_hadd_ps(v[0], v[1]), _mm256_hadd_ps(v[2], v[3]));
  __m128 g = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
  _mm256_storeu_pd(sum, _mm256_add_pd(_mm256_loadu_pd(sum), _mm256_cvtps_pd(g)));
}
OSS_INLINE void vf_add_to(double *acc, vf v) {
  vd_store(acc, vd_add(vd_load(acc), _mm256_cvtps_pd(_mm256_castps256_ps128(v))));
  vd_store(acc + 4, vd_add(vd_load(acc + 4), _mm256_cvtps_pd(_mm256_extractf128_ps(v, 1))));
}
OSS_INLINE uint32_t vf_nonzero(vf v) {
  return (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(v, _mm256_setzero_ps(), _CMP_NEQ_UQ));
}
OSS_INLINE vf vf_clamp(float low, vf v, float high) {
  return _mm256_min_ps(vf_set(high), _mm256_max_ps(vf_set(low), v));
}
#define vf_larger(a, b) _mm256_max_ps(a, b)
OSS_INLINE float vf_sum(vf v) {
  __m128 a = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  a = _mm_add_ps(a, _mm_movehl_ps(a, a));
  return _mm_cvtss_f32(_mm_add_ss(a, _mm_movehdup_ps(a)));
}
OSS_INLINE float vf_most(vf v) {
  __m128 a = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  a = _mm_max_ps(a, _mm_movehl_ps(a, a));
  return _mm_cvtss_f32(_mm_max_ss(a, _mm_movehdup_ps(a)));
}
OSS_INLINE vf vf_below_zero(vf sign, vf a, vf b) {
  return _mm256_blendv_ps(b, a, _mm256_cmp_ps(sign, _mm256_setzero_ps(), _CMP_LT_OQ));
}
/* In two halves: 2^n alone may be out of range where the product is not. */
OSS_INLINE vf vf_power(vf v, vf shifted) {
  const __m256i n = _mm256_sub_epi32(_mm256_castps_si256(shifted), _mm256_castps_si256(vf_set(VF_SHIFT))), half = _mm256_srai_epi32(n, 1);
  const __m256i a = _mm256_add_epi32(half, _mm256_set1_epi32(127)), b = _mm256_sub_epi32(_mm256_add_epi32(n, _mm256_set1_epi32(127)), half);
  v = _mm256_mul_ps(v, _mm256_castsi256_ps(_mm256_slli_epi32(a, 23)));
  return _mm256_mul_ps(v, _mm256_castsi256_ps(_mm256_slli_epi32(b, 23)));
}
OSS_INLINE __m256i vf_first(size_t count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
OSS_INLINE vf vf_load_part(const float *p, size_t count) {
  return _mm256_maskload_ps(p, vf_first(count));
}
OSS_INLINE vf vf_load_filled(const float *p, size_t count, vf others) {
  return _mm256_blendv_ps(others, _mm256_maskload_ps(p, vf_first(count)), _mm256_castsi256_ps(vf_first(count)));
}
OSS_INLINE void vf_store_part(float *p, vf v, size_t count) {
  _mm256_maskstore_ps(p, vf_first(count), v);
}

#elif OSS_SIMD == 0
#define OSS_SIMD_NAME(name) name##_generic
typedef float vf __attribute__((vector_size(16)));
typedef double vd __attribute__((vector_size(16)));
enum { VF_LANES = 4, VD_LANES = 2 };
OSS_INLINE vf vf_load(const float *p) {
  vf v;
  memcpy(&v, p, sizeof v);
  return v;
}
OSS_INLINE void vf_store(float *p, vf v) {
  memcpy(p, &v, sizeof v);
}
OSS_INLINE vf vf_abs(vf v) {
  return (vf){__builtin_fabsf(v[0]), __builtin_fabsf(v[1]), __builtin_fabsf(v[2]), __builtin_fabsf(v[3])};
}
OSS_INLINE vd vd_load(const double *p) {
  vd v;
  memcpy(&v, p, sizeof v);
  return v;
}
OSS_INLINE void vd_store(double *p, vd v) {
  memcpy(p, &v, sizeof v);
}
OSS_INLINE vd vd_abs(vd v) {
  return (vd){__builtin_fabs(v[0]), __builtin_fabs(v[1])};
}
OSS_INLINE vf vf_set(float x) {
  return (vf){x, x, x, x};
}
OSS_INLINE vd vd_set(double x) {
  return (vd){x, x};
}
#define vf_take(a, b, c) ((c) -= (a) * (b))
#define vd_take(a, b, c) ((c) -= (a) * (b))
#define vf_gain(a, b, c) ((c) += (a) * (b))
#define vd_gain(a, b, c) ((c) += (a) * (b))
#define vf_add(a, b) ((a) + (b))
#define vf_fmadd(a, b, c) ((c) + (a) * (b))
#define vf_fnmadd(a, b, c) ((c) - (a) * (b))
#define vd_add(a, b) ((a) + (b))
#define vd_fmadd(a, b, c) ((c) + (a) * (b))
#define vd_fnmadd(a, b, c) ((c) - (a) * (b))
#define vd_from_float(p) ((vd){(p)[0], (p)[1]})

OSS_INLINE void vf_sum4(const vf *v, double *sum) {
  for (int i = 0; i < 4; i++) sum[i] += (double)((v[i][0] + v[i][2]) + (v[i][1] + v[i][3]));
}
OSS_INLINE void vf_add_to(double *acc, vf v) {
  for (int i = 0; i < 4; i++) acc[i] += (double)v[i];
}
OSS_INLINE uint32_t vf_nonzero(vf v) {
  uint32_t bits = 0;
  for (int i = 0; i < 4; i++) bits |= (uint32_t)(v[i] != 0.0f) << i;
  return bits;
}
typedef uint32_t vf_bits __attribute__((vector_size(16)));
typedef int32_t vf_ints __attribute__((vector_size(16)));
OSS_INLINE vf vf_below_zero(vf sign, vf a, vf b) {
  const vf_bits below = (vf_bits)(sign < vf_set(0.0f));
  return (vf)(((vf_bits)a & below) | ((vf_bits)b & ~below));
}
OSS_INLINE vf vf_larger(vf a, vf b) {
  const vf_bits larger = (vf_bits)(a > b);
  return (vf)(((vf_bits)a & larger) | ((vf_bits)b & ~larger));
}
OSS_INLINE float vf_sum(vf v) {
  return (v[0] + v[2]) + (v[1] + v[3]);
}
OSS_INLINE float vf_most(vf v) {
  const float a = v[0] > v[2] ? v[0] : v[2], b = v[1] > v[3] ? v[1] : v[3];
  return a > b ? a : b;
}
OSS_INLINE vf vf_clamp(float low, vf v, float high) {
  v = vf_below_zero(v - vf_set(low), vf_set(low), v);
  return vf_below_zero(vf_set(high) - v, vf_set(high), v);
}
/* In two halves: 2^n alone may be out of range where the product is not. */
OSS_INLINE vf vf_power(vf v, vf shifted) {
  const vf_bits n = (vf_bits)shifted - (vf_bits)vf_set(VF_SHIFT), half = (vf_bits)((vf_ints)n >> 1);
  return v * (vf)((half + 127) << 23) * (vf)((n - half + 127) << 23);
}
OSS_INLINE vf vf_load_part(const float *p, size_t count) {
  vf v = {0};
  for (size_t i = 0; i < count; i++) v[i] = p[i];
  return v;
}
OSS_INLINE vf vf_load_filled(const float *p, size_t count, vf others) {
  for (size_t i = 0; i < count; i++) others[i] = p[i];
  return others;
}
OSS_INLINE void vf_store_part(float *p, vf v, size_t count) {
  for (size_t i = 0; i < count; i++) p[i] = v[i];
}
#else
#error "OSS_SIMD: 0, 2 and 512 are known"
#endif

/* The sum of the lanes in a fixed order. */
OSS_INLINE double vd_sum(vd v) {
  double lane[VD_LANES], sum = 0.0;
  vd_store(lane, v);
  for (int i = 0; i < VD_LANES; i++) sum += lane[i];
  return sum;
}
OSS_INLINE void vd_sum4(const vd *v, double *sum) {
  for (int i = 0; i < 4; i++) sum[i] += vd_sum(v[i]);
}

/* Copies count floats, filled up with zeros to whole (a multiple of the lanes), one vector every stride floats. Returns the sum of
 * squares (square) or magnitudes, added in float: for estimates. */
OSS_INLINE double vf_pack(int square, size_t count, size_t whole, const float *in, float *out, size_t stride) {
  vf norm[4] = {vf_set(0.0f), vf_set(0.0f), vf_set(0.0f), vf_set(0.0f)};
  for (size_t e = 0; e < whole; e += VF_LANES, out += stride) {
    vf x, oldest = norm[0];
    if (e + VF_LANES <= count) {
      x = vf_load(in + e);
    } else {
      float rest[VF_LANES] = {0};
      for (size_t i = 0; e + i < count; i++) rest[i] = in[e + i];
      x = vf_load(rest);
    }
    vf_store(out, x);
    norm[0] = norm[1], norm[1] = norm[2], norm[2] = norm[3]; /* four chains in turn */
    norm[3] = square ? vf_fmadd(x, x, oldest) : vf_add(vf_abs(x), oldest);
  }
  double sum[4] = {0};
  vf_sum4(norm, sum);
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}
/* The same, widened to double, without the sum; whole is a multiple of the lanes of doubles. */
OSS_INLINE void vd_pack(size_t count, size_t whole, const float *in, double *out, size_t stride) {
  for (size_t e = 0; e < whole; e += VD_LANES, out += stride) {
    if (e + VD_LANES <= count) {
      vd_store(out, vd_from_float(in + e));
      continue;
    }
    for (size_t i = 0; i < VD_LANES; i++) out[i] = e + i < count ? (double)in[e + i] : 0.0;
  }
}

/* The effect on a sum over count elements of roundings that are independent of each other, as a part of what they would do if all had
 * the same sign: 4 standard deviations of 0.4 of the largest each. No more than 256 elements are taken to be independent. */
OSS_INLINE double simd_spread(size_t count) {
  double spread = 1.6 / sqrt(count < 256 ? (double)count : 256.0);
  return spread < 1.0 ? spread : 1.0;
}

#endif

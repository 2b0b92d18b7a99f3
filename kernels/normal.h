// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Standard normals from counters: Philox4x32-10 of Random123 gives four 32-bit words, Box-Muller turns each pair into two normals.
 *
 * The logarithm, sine and cosine are made here from +, -, *, / and sqrt alone, which IEEE 754 rounds in one way only. So every
 * compiler, maths library and device gives the same bits, as long as nothing fuses a product with a sum: the build says
 * -ffp-contract=off, and on a CUDA device the operations are called by their unfused names. */
#ifndef OSS_KERNELS_NORMAL_H
#define OSS_KERNELS_NORMAL_H

#include <Random123/philox.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__CUDACC__)
#define OSS_NORMAL_FN static inline __host__ __device__
#else
#define OSS_NORMAL_FN static inline
#endif

OSS_NORMAL_FN double oss_normal_mul(double a, double b) {
#if defined(__CUDA_ARCH__)
  return __dmul_rn(a, b);
#else
  return a * b;
#endif
}

OSS_NORMAL_FN double oss_normal_add(double a, double b) {
#if defined(__CUDA_ARCH__)
  return __dadd_rn(a, b);
#else
  return a + b;
#endif
}

OSS_NORMAL_FN double oss_normal_div(double a, double b) {
#if defined(__CUDA_ARCH__)
  return __ddiv_rn(a, b);
#else
  return a / b;
#endif
}

OSS_NORMAL_FN double oss_normal_sqrt(double a) {
#if defined(__CUDA_ARCH__)
  return __dsqrt_rn(a);
#else
  return sqrt(a);
#endif
}

/* y of Horner's rule: y * x + c. */
OSS_NORMAL_FN double oss_normal_step(double y, double x, double c) {
  return oss_normal_add(oss_normal_mul(y, x), c);
}

/* ln u with u = (word + 1/2) / 2^32, in (0, 1): u = 2^e m, m in (sqrt(1/2), sqrt(2)], and ln m = 2 artanh s, s = (m - 1) / (m + 1).
 * |s| < 0.172, so the series through s^23 leaves less than 1e-19 of the whole. u near 1 has e = 0: no cancellation. */
OSS_NORMAL_FN double oss_normal_log(uint32_t word) {
  double m = (double)(2 * (uint64_t)word + 1); /* u 2^33: 33 bits, exact */
  uint64_t bits;
  memcpy(&bits, &m, sizeof bits);
  int e = (int)(bits >> 52) - 1023 - 33;
  bits = (bits & 0x000fffffffffffffULL) | 0x3ff0000000000000ULL;
  memcpy(&m, &bits, sizeof m);
  if (m > 1.4142135623730951) {
    m = oss_normal_mul(m, 0.5);
    e++;
  }
  const double s = oss_normal_div(oss_normal_add(m, -1.0), oss_normal_add(m, 1.0));
  const double s2 = oss_normal_mul(s, s);
  double y = 2.0 / 23.0;
  y = oss_normal_step(y, s2, 2.0 / 21.0);
  y = oss_normal_step(y, s2, 2.0 / 19.0);
  y = oss_normal_step(y, s2, 2.0 / 17.0);
  y = oss_normal_step(y, s2, 2.0 / 15.0);
  y = oss_normal_step(y, s2, 2.0 / 13.0);
  y = oss_normal_step(y, s2, 2.0 / 11.0);
  y = oss_normal_step(y, s2, 2.0 / 9.0);
  y = oss_normal_step(y, s2, 2.0 / 7.0);
  y = oss_normal_step(y, s2, 2.0 / 5.0);
  y = oss_normal_step(y, s2, 2.0 / 3.0);
  y = oss_normal_mul(oss_normal_mul(y, s2), s);
  y = oss_normal_add(oss_normal_mul(2.0, s), y);
  return oss_normal_add(oss_normal_mul((double)e, 0.69314718055994530942), y);
}

/* cos and sin of 2 pi u, u = (word + 1/2) / 2^32. The nearest quarter turn is split off in whole numbers, so what is left, at most an
 * eighth of a turn, is exact until it is multiplied by pi. Taylor through x^18 and x^17 leaves less than 1e-17. */
OSS_NORMAL_FN void oss_normal_turn(uint32_t word, double *cosine, double *sine) {
  const uint64_t n = 2 * (uint64_t)word + 1; /* u 2^33; a quarter turn is 2^31 */
  const uint64_t quarter = (n + ((uint64_t)1 << 30)) >> 31;
  const int64_t rest = (int64_t)n - (int64_t)(quarter << 31);
  const double x = oss_normal_mul((double)rest, 3.14159265358979323846 / 4294967296.0);
  const double x2 = oss_normal_mul(x, x);
  double s = 1.0 / 355687428096000.0;
  s = oss_normal_step(s, x2, -1.0 / 1307674368000.0);
  s = oss_normal_step(s, x2, 1.0 / 6227020800.0);
  s = oss_normal_step(s, x2, -1.0 / 39916800.0);
  s = oss_normal_step(s, x2, 1.0 / 362880.0);
  s = oss_normal_step(s, x2, -1.0 / 5040.0);
  s = oss_normal_step(s, x2, 1.0 / 120.0);
  s = oss_normal_step(s, x2, -1.0 / 6.0);
  s = oss_normal_add(oss_normal_mul(oss_normal_mul(s, x2), x), x);
  double c = -1.0 / 6402373705728000.0;
  c = oss_normal_step(c, x2, 1.0 / 20922789888000.0);
  c = oss_normal_step(c, x2, -1.0 / 87178291200.0);
  c = oss_normal_step(c, x2, 1.0 / 479001600.0);
  c = oss_normal_step(c, x2, -1.0 / 3628800.0);
  c = oss_normal_step(c, x2, 1.0 / 40320.0);
  c = oss_normal_step(c, x2, -1.0 / 720.0);
  c = oss_normal_step(c, x2, 1.0 / 24.0);
  c = oss_normal_step(c, x2, -0.5);
  c = oss_normal_step(c, x2, 1.0);
  const int swap = (int)(quarter & 1);
  const double along = swap ? s : c, across = swap ? c : s;
  *cosine = ((quarter + 1) & 2) ? -along : along; /* quarters 1 and 2 */
  *sine = (quarter & 2) ? -across : across;       /* quarters 2 and 3 */
}

/* Box-Muller on the words (0, 1) and (2, 3): z[0] and z[2] are the cosines. Rounded to float once. */
OSS_NORMAL_FN void oss_normal_four(const uint32_t *words, float *z) {
  for (int i = 0; i < 4; i += 2) {
    const double radius = oss_normal_sqrt(oss_normal_mul(-2.0, oss_normal_log(words[i])));
    double cosine, sine;
    oss_normal_turn(words[i + 1], &cosine, &sine);
    z[i] = (float)oss_normal_mul(radius, cosine);
    z[i + 1] = (float)oss_normal_mul(radius, sine);
  }
}

/* The normals of elements 4 block .. 4 block + 3 of one sample. */
OSS_NORMAL_FN void oss_normal_block(uint64_t seed, uint32_t stream, uint64_t sample, uint32_t block, float *z) {
  philox4x32_ctr_t counter;
  philox4x32_key_t key;
  counter.v[0] = block;
  counter.v[1] = stream;
  counter.v[2] = (uint32_t)sample;
  counter.v[3] = (uint32_t)(sample >> 32);
  key.v[0] = (uint32_t)seed;
  key.v[1] = (uint32_t)(seed >> 32);
  counter = philox4x32(counter, key);
  oss_normal_four(counter.v, z);
}

#endif

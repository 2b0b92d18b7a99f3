// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What the machine can do, measured beside every kernel since others may use its cores: float32 fused multiply-adds a second (sums in
 * registers that do not depend on each other, the widest unit that the kernels would use) and the bytes a second of a copy that is too
 * large for the caches of a core. For bench programs: each includes it once. */
#ifndef OSS_BENCH_PEAK_H
#define OSS_BENCH_PEAK_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernels/cpu/isa.h"

enum { PEAK_CHAINS = 12, PEAK_THREADS = 256 }; /* chains: more than latency x units of any of these processors, fewer than registers */

static inline double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Each runs count steps of all chains and returns a number that depends on them. A value stays between 0 and CHAINS, so no step meets
 * infinity or a denormal. HOLD keeps the compiler from changing the steps. */
#define PEAK_BODY(VECTOR, SET, FMA, HOLD)                                                                        \
  const VECTOR x = SET(0.999f), y = SET(0.001f);                                                                 \
  VECTOR a0 = SET(0), a1 = SET(1), a2 = SET(2), a3 = SET(3), a4 = SET(4), a5 = SET(5), a6 = SET(6), a7 = SET(7); \
  VECTOR a8 = SET(8), a9 = SET(9), a10 = SET(10), a11 = SET(11);                                                 \
  for (size_t n = 0; n < count; n++) {                                                                           \
    PEAK_STEP(a0, FMA, HOLD);                                                                                    \
    PEAK_STEP(a1, FMA, HOLD);                                                                                    \
    PEAK_STEP(a2, FMA, HOLD);                                                                                    \
    PEAK_STEP(a3, FMA, HOLD);                                                                                    \
    PEAK_STEP(a4, FMA, HOLD);                                                                                    \
    PEAK_STEP(a5, FMA, HOLD);                                                                                    \
    PEAK_STEP(a6, FMA, HOLD);                                                                                    \
    PEAK_STEP(a7, FMA, HOLD);                                                                                    \
    PEAK_STEP(a8, FMA, HOLD);                                                                                    \
    PEAK_STEP(a9, FMA, HOLD);                                                                                    \
    PEAK_STEP(a10, FMA, HOLD);                                                                                   \
    PEAK_STEP(a11, FMA, HOLD);                                                                                   \
  }                                                                                                              \
  const VECTOR sum = ((a0 + a1) + (a2 + a3)) + ((a4 + a5) + (a6 + a7)) + ((a8 + a9) + (a10 + a11));              \
  float lane[sizeof(VECTOR) / sizeof(float)];                                                                    \
  memcpy(lane, &sum, sizeof sum);                                                                                \
  return lane[0]
#define PEAK_STEP(a, FMA, HOLD) \
  a = FMA(a, x, y);             \
  __asm__ volatile("" : HOLD(a))

typedef float peak_four __attribute__((vector_size(16)));
static inline peak_four peak_set(float v) {
  return (peak_four){v, v, v, v};
}
#define PEAK_MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#if OSS_ISA_X86
#include <immintrin.h>
__attribute__((target("avx512f"), noinline)) static float peak_avx512(size_t count) {
  PEAK_BODY(__m512, _mm512_set1_ps, _mm512_fmadd_ps, "+v");
}
__attribute__((target("avx2,fma"), noinline)) static float peak_avx2(size_t count) {
  PEAK_BODY(__m256, _mm256_set1_ps, _mm256_fmadd_ps, "+x");
}
__attribute__((noinline)) static float peak_generic(size_t count) {
  PEAK_BODY(peak_four, peak_set, PEAK_MULTIPLY_ADD, "+x");
}
#else
__attribute__((noinline)) static float peak_generic(size_t count) {
  PEAK_BODY(peak_four, peak_set, PEAK_MULTIPLY_ADD, "+m");
}
#endif

typedef struct peak_share {
  pthread_barrier_t *start;
  size_t steps; /* of the chains, or bytes to copy */
  const char *from;
  char *to;
  double rate;
  float result;
} peak_share;

static inline size_t peak_lanes(void) {
  oss_isa isa = oss_isa_chosen();
  return isa == OSS_ISA_AVX512 ? 16 : isa == OSS_ISA_AVX2 ? 8 : 4;
}

static void *peak_thread(void *arg) {
  peak_share *share = arg;
  pthread_barrier_wait(share->start);
  double begin = now();
  if (share->to != NULL) {
    memcpy(share->to, share->from, share->steps);
    share->rate = 2.0 * (double)share->steps / (now() - begin); /* read and written */
    return NULL;
  }
#if OSS_ISA_X86
  oss_isa isa = oss_isa_chosen();
  share->result = isa == OSS_ISA_AVX512 ? peak_avx512(share->steps)
                  : isa == OSS_ISA_AVX2 ? peak_avx2(share->steps)
                                        : peak_generic(share->steps);
#else
  share->result = peak_generic(share->steps);
#endif
  share->rate = (double)share->steps * PEAK_CHAINS * (double)peak_lanes() / (now() - begin);
  return NULL;
}

/* One sample of all threads together: FMA a second, or bytes a second when to is given (size bytes in all). */
static double peak_sample(int threads, size_t size, const char *from, char *to) {
  if (threads < 1) threads = 1;
  if (threads > PEAK_THREADS) threads = PEAK_THREADS;
  pthread_t thread[PEAK_THREADS];
  peak_share share[PEAK_THREADS];
  pthread_barrier_t start;
  if (pthread_barrier_init(&start, NULL, (unsigned)threads) != 0) return 0.0;
  const size_t part = to == NULL ? size : size / (size_t)threads;
  for (int i = 0; i < threads; i++) {
    share[i] = (peak_share){&start, part, from == NULL ? NULL : from + (size_t)i * part, to == NULL ? NULL : to + (size_t)i * part, 0, 0};
    if (i > 0 && pthread_create(&thread[i], NULL, peak_thread, &share[i]) != 0) {
      fprintf(stderr, "cannot start thread %d\n", i);
      exit(1); /* those that started wait for ever */
    }
  }
  peak_thread(&share[0]);
  double rate = share[0].rate;
  for (int i = 1; i < threads; i++) {
    pthread_join(thread[i], NULL);
    rate += share[i].rate;
  }
  pthread_barrier_destroy(&start);
  return rate;
}

#endif

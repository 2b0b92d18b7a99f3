// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What the machine can do, measured beside every kernel since other work may share its cores: float32 fused multiply-adds a second
 * (independent chains in registers, the widest unit that the kernels would use) and bytes a second of a copy that leaves the caches. */
#ifndef OSS_BENCH_PEAK_H
#define OSS_BENCH_PEAK_H

#include <omp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "kernels/cpu/isa.h"

static inline double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* CHAINS sums that do not depend on each other: above latency x units of any of these processors. A multiplier under 1 and an addend
 * keep the values near 1, away from infinity and denormals. Each returns something that depends on every sum. */
enum { PEAK_CHAINS = 12 };
#if OSS_ISA_X86
#include <immintrin.h>
#define PEAK_LOOP(TYPE, SET, FMA, STORE, LANES)                            \
  TYPE a[PEAK_CHAINS];                                                     \
  const TYPE x = SET(0.999f), y = SET(0.001f);                             \
  for (int i = 0; i < PEAK_CHAINS; i++) a[i] = SET(1.0f + (float)i);       \
  for (size_t n = 0; n < count; n++)                                       \
    for (int i = 0; i < PEAK_CHAINS; i++) {                                \
      a[i] = FMA(a[i], x, y);                                              \
      __asm__("" : "+v"(a[i])); /* keep it one instruction a step */       \
    }                                                                      \
  float lane[LANES], sum = 0.0f;                                           \
  for (int i = 0; i < PEAK_CHAINS; i++) {                                  \
    STORE(lane, a[i]);                                                     \
    sum += lane[0];                                                        \
  }                                                                        \
  return sum
__attribute__((target("avx512f"), optimize_peak)) static float peak_avx512(size_t count);
#endif
#endif

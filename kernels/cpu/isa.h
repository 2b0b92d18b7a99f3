// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Which of the compiled variants of a kernel this processor can run: files *_generic.c run everywhere, *_avx2.c and *_avx512.c hold
 * the same template for a wider unit (CMakeLists.txt gives them the flags). The choice is made at run time, per call.
 * The environment variable OSS_ISA = generic | avx2 | avx512 lowers the choice (never raises it): for tests and comparisons. */
#ifndef OSS_KERNELS_CPU_ISA_H
#define OSS_KERNELS_CPU_ISA_H

#include <stdlib.h>
#include <string.h>

#if (defined(__x86_64__) || defined(_M_X64)) && defined(__GNUC__)
#define OSS_ISA_X86 1
#else
#define OSS_ISA_X86 0
#endif

typedef enum oss_isa { OSS_ISA_GENERIC, OSS_ISA_AVX2, OSS_ISA_AVX512 } oss_isa;

static inline oss_isa oss_isa_best(void) {
#if OSS_ISA_X86
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw"))
      return OSS_ISA_AVX512;
    return OSS_ISA_AVX2;
  }
#endif
  return OSS_ISA_GENERIC;
}

static inline oss_isa oss_isa_chosen(void) {
  oss_isa best = oss_isa_best();
  const char *wish = getenv("OSS_ISA");
  if (wish == NULL) return best;
  if (strcmp(wish, "generic") == 0) return OSS_ISA_GENERIC;
  if (strcmp(wish, "avx2") == 0 && best > OSS_ISA_AVX2) return OSS_ISA_AVX2;
  return best;
}

static inline const char *oss_isa_name(oss_isa isa) {
  return isa == OSS_ISA_AVX512 ? "avx512" : isa == OSS_ISA_AVX2 ? "avx2" : "generic";
}

/* Runs the best variant of a kernel function: oss_<name>_generic, _avx2 or _avx512 of the same signature. */
#if OSS_ISA_X86
#define OSS_ISA_CALL(name, ...)      \
  do {                               \
    oss_isa isa_ = oss_isa_chosen(); \
    if (isa_ == OSS_ISA_AVX512)      \
      name##_avx512(__VA_ARGS__);    \
    else if (isa_ == OSS_ISA_AVX2)   \
      name##_avx2(__VA_ARGS__);      \
    else                             \
      name##_generic(__VA_ARGS__);   \
  } while (0)
#else
#define OSS_ISA_CALL(name, ...) name##_generic(__VA_ARGS__)
#endif

#endif

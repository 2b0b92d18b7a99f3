// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What a thread of a kernel sees: its indices, barriers, intrinsics. One thread of a block runs at a time, so the indices are plain
 * globals that change when the processor goes to another thread, which only happens in the functions that wait. */
#ifndef OSS_CUDA_HOST_DEVICE_H
#define OSS_CUDA_HOST_DEVICE_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "cuda_host/vectors.h"

extern "C" {
extern uint3 oss_cuda_host_thread, oss_cuda_host_block;
extern dim3 oss_cuda_host_block_dim, oss_cuda_host_grid_dim;
}
#define threadIdx (static_cast<const uint3 &>(oss_cuda_host_thread))
#define blockIdx (static_cast<const uint3 &>(oss_cuda_host_block))
#define blockDim (static_cast<const dim3 &>(oss_cuda_host_block_dim))
#define gridDim (static_cast<const dim3 &>(oss_cuda_host_grid_dim))
static const int warpSize = 32;

namespace oss_cuda_host {

enum barrier_kind { BARRIER_PLAIN, BARRIER_AND, BARRIER_OR, BARRIER_COUNT };

/* Waits for all threads of the block; what the votes of all give. */
int block_barrier(barrier_kind kind, int vote, const char *file, int line);

template <class To, class From>
static inline To bits(From value) {
  static_assert(sizeof(To) == sizeof(From), "bits of different sizes");
  To result;
  memcpy(&result, &value, sizeof result);
  return result;
}

}  // namespace oss_cuda_host

static inline void __syncthreads(const char *file = __builtin_FILE(), int line = __builtin_LINE()) {
  oss_cuda_host::block_barrier(oss_cuda_host::BARRIER_PLAIN, 0, file, line);
}
static inline int __syncthreads_and(int vote, const char *file = __builtin_FILE(), int line = __builtin_LINE()) {
  return oss_cuda_host::block_barrier(oss_cuda_host::BARRIER_AND, vote, file, line);
}
static inline int __syncthreads_or(int vote, const char *file = __builtin_FILE(), int line = __builtin_LINE()) {
  return oss_cuda_host::block_barrier(oss_cuda_host::BARRIER_OR, vote, file, line);
}
static inline int __syncthreads_count(int vote, const char *file = __builtin_FILE(), int line = __builtin_LINE()) {
  return oss_cuda_host::block_barrier(oss_cuda_host::BARRIER_COUNT, vote, file, line);
}

/* One thread at a time: memory is always in order. */
static inline void __threadfence() {
}
static inline void __threadfence_block() {
}

static inline unsigned __float_as_uint(float x) {
  return oss_cuda_host::bits<unsigned>(x);
}
static inline float __uint_as_float(unsigned x) {
  return oss_cuda_host::bits<float>(x);
}
static inline long long __double_as_longlong(double x) {
  return oss_cuda_host::bits<long long>(x);
}
static inline double __longlong_as_double(long long x) {
  return oss_cuda_host::bits<double>(x);
}
static inline int __double2hiint(double x) {
  return (int)(__double_as_longlong(x) >> 32);
}
static inline int __double2loint(double x) {
  return (int)__double_as_longlong(x);
}
static inline double __hiloint2double(int high, int low) {
  return __longlong_as_double((long long)((unsigned long long)(unsigned)high << 32 | (unsigned)low));
}

static inline int __popc(unsigned x) {
  return __builtin_popcount(x);
}
static inline int __clz(int x) {
  return x == 0 ? 32 : __builtin_clz((unsigned)x);
}
static inline int __clzll(long long x) {
  return x == 0 ? 64 : __builtin_clzll((unsigned long long)x);
}
static inline int __ffs(int x) {
  return __builtin_ffs(x);
}
static inline unsigned __brev(unsigned x) {
  unsigned result = 0;
  for (int i = 0; i < 32; i++) result |= (x >> i & 1u) << (31 - i);
  return result;
}
static inline unsigned __umulhi(unsigned a, unsigned b) {
  return (unsigned)((unsigned long long)a * b >> 32);
}
static inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
  return (unsigned long long)((unsigned __int128)a * b >> 64);
}
static inline unsigned __funnelshift_l(unsigned low, unsigned high, unsigned shift) {
  return (unsigned)((((unsigned long long)high << 32 | low) << (shift & 31)) >> 32);
}
static inline unsigned __byte_perm(unsigned a, unsigned b, unsigned selector) {
  unsigned long long both = (unsigned long long)b << 32 | a;
  unsigned result = 0;
  for (int i = 0; i < 4; i++) result |= (unsigned)(both >> 8 * (selector >> 4 * i & 7u) & 255u) << 8 * i;
  return result;
}

/* Rounded to nearest, never fused with their neighbours (the build has -ffp-contract=off). */
static inline double __dadd_rn(double a, double b) {
  return a + b;
}
static inline double __dmul_rn(double a, double b) {
  return a * b;
}
static inline double __ddiv_rn(double a, double b) {
  return a / b;
}
static inline double __dsqrt_rn(double a) {
  return sqrt(a);
}
static inline float __saturatef(float a) {
  return a > 0.0f ? (a < 1.0f ? a : 1.0f) : 0.0f; /* NaN gives 0 */
}

/* CUDA's min and max; of a number and a NaN the number, as on the device. */
#define OSS_CUDA_HOST_MIN_MAX(type)        \
  static inline type min(type a, type b) { \
    return b < a ? b : a;                  \
  }                                        \
  static inline type max(type a, type b) { \
    return a < b ? b : a;                  \
  }
OSS_CUDA_HOST_MIN_MAX(int)
OSS_CUDA_HOST_MIN_MAX(unsigned)
OSS_CUDA_HOST_MIN_MAX(long)
OSS_CUDA_HOST_MIN_MAX(unsigned long)
OSS_CUDA_HOST_MIN_MAX(long long)
OSS_CUDA_HOST_MIN_MAX(unsigned long long)
#undef OSS_CUDA_HOST_MIN_MAX
static inline float min(float a, float b) {
  return fminf(a, b);
}
static inline float max(float a, float b) {
  return fmaxf(a, b);
}
static inline double min(double a, double b) {
  return fmin(a, b);
}
static inline double max(double a, double b) {
  return fmax(a, b);
}

#endif

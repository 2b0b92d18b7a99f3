// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Atomics: a thread is only left where it waits, so plain reads and writes are enough. All return the old value. */
#ifndef OSS_CUDA_HOST_ATOMICS_H
#define OSS_CUDA_HOST_ATOMICS_H

#define OSS_CUDA_HOST_ATOMIC(name, type, expression) \
  static inline type name(type *at, type value) {    \
    type old = *at;                                  \
    *at = (expression);                              \
    return old;                                      \
  }
/* Sums wrap around as on the device. */
#define OSS_CUDA_HOST_ATOMIC_SIGNED(name, operation)      \
  static inline int name(int *at, int value) {            \
    int old = *at;                                        \
    *at = (int)((unsigned)old operation(unsigned) value); \
    return old;                                           \
  }
#define OSS_CUDA_HOST_ATOMIC_ALL(type)                                \
  OSS_CUDA_HOST_ATOMIC(atomicMin, type, value < old ? value : old)    \
  OSS_CUDA_HOST_ATOMIC(atomicMax, type, value > old ? value : old)    \
  OSS_CUDA_HOST_ATOMIC(atomicExch, type, value)                       \
  OSS_CUDA_HOST_ATOMIC(atomicOr, type, old | value)                   \
  OSS_CUDA_HOST_ATOMIC(atomicAnd, type, old &value)                   \
  OSS_CUDA_HOST_ATOMIC(atomicXor, type, old ^ value)                  \
  static inline type atomicCAS(type *at, type expected, type value) { \
    type old = *at;                                                   \
    if (old == expected) *at = value;                                 \
    return old;                                                       \
  }

OSS_CUDA_HOST_ATOMIC_ALL(int)
OSS_CUDA_HOST_ATOMIC_ALL(unsigned)
OSS_CUDA_HOST_ATOMIC_ALL(unsigned long long)
OSS_CUDA_HOST_ATOMIC(atomicMin, long long, value < old ? value : old)
OSS_CUDA_HOST_ATOMIC(atomicMax, long long, value > old ? value : old)
OSS_CUDA_HOST_ATOMIC_SIGNED(atomicAdd, +)
OSS_CUDA_HOST_ATOMIC_SIGNED(atomicSub, -)
OSS_CUDA_HOST_ATOMIC(atomicAdd, unsigned, old + value)
OSS_CUDA_HOST_ATOMIC(atomicSub, unsigned, old - value)
OSS_CUDA_HOST_ATOMIC(atomicAdd, unsigned long long, old + value)
OSS_CUDA_HOST_ATOMIC(atomicAdd, float, old + value)
OSS_CUDA_HOST_ATOMIC(atomicAdd, double, old + value)
OSS_CUDA_HOST_ATOMIC(atomicExch, float, value)
OSS_CUDA_HOST_ATOMIC(atomicInc, unsigned, old >= value ? 0u : old + 1u)
OSS_CUDA_HOST_ATOMIC(atomicDec, unsigned, old == 0u || old > value ? value : old - 1u)

#undef OSS_CUDA_HOST_ATOMIC_ALL
#undef OSS_CUDA_HOST_ATOMIC_SIGNED
#undef OSS_CUDA_HOST_ATOMIC

#endif

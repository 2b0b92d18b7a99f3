// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Warp functions. All go through one rendezvous of the lanes of the mask (block.cpp), which computes what each lane gets. */
#ifndef OSS_CUDA_HOST_WARP_H
#define OSS_CUDA_HOST_WARP_H

#include <stdint.h>
#include <string.h>

#include <type_traits>

#include "cuda_host/device.h"

namespace oss_cuda_host {

enum warp_kind {
  WARP_SYNC,
  WARP_SHUFFLE, /* value of lane `from` */
  WARP_BALLOT,
  WARP_MATCH,
  WARP_ADD,
  WARP_MIN_SIGNED,
  WARP_MAX_SIGNED,
  WARP_MIN,
  WARP_MAX,
  WARP_AND,
  WARP_OR,
  WARP_XOR
};

uint64_t warp_meet(warp_kind kind, unsigned mask, uint64_t value, unsigned from, const char *file, int line);
unsigned lane();
unsigned active_lanes();

/* The lane that a shuffle within segments of width reads. */
enum shuffle_kind { SHUFFLE_INDEX, SHUFFLE_UP, SHUFFLE_DOWN, SHUFFLE_XOR };
unsigned shuffle_source(shuffle_kind kind, unsigned by, int width, const char *file, int line);

template <class T>
static inline T shuffle(shuffle_kind kind, unsigned mask, T value, unsigned by, int width, const char *file, int line) {
  static_assert(std::is_arithmetic<T>::value && (sizeof(T) == 4 || sizeof(T) == 8), "shuffles take numbers of 32 or 64 bits");
  uint64_t raw = 0;
  memcpy(&raw, &value, sizeof value);
  raw = warp_meet(WARP_SHUFFLE, mask, raw, shuffle_source(kind, by, width, file, line), file, line);
  memcpy(&value, &raw, sizeof value);
  return value;
}

}  // namespace oss_cuda_host

#define OSS_CUDA_HOST_AT const char *file = __builtin_FILE(), int line = __builtin_LINE()

static inline void __syncwarp(unsigned mask = 0xffffffffu, OSS_CUDA_HOST_AT) {
  oss_cuda_host::warp_meet(oss_cuda_host::WARP_SYNC, mask, 0, 0, file, line);
}
template <class T>
static inline T __shfl_sync(unsigned mask, T value, int from, int width = warpSize, OSS_CUDA_HOST_AT) {
  return oss_cuda_host::shuffle(oss_cuda_host::SHUFFLE_INDEX, mask, value, (unsigned)from, width, file, line);
}
template <class T>
static inline T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = warpSize, OSS_CUDA_HOST_AT) {
  return oss_cuda_host::shuffle(oss_cuda_host::SHUFFLE_UP, mask, value, delta, width, file, line);
}
template <class T>
static inline T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = warpSize, OSS_CUDA_HOST_AT) {
  return oss_cuda_host::shuffle(oss_cuda_host::SHUFFLE_DOWN, mask, value, delta, width, file, line);
}
template <class T>
static inline T __shfl_xor_sync(unsigned mask, T value, int flip, int width = warpSize, OSS_CUDA_HOST_AT) {
  return oss_cuda_host::shuffle(oss_cuda_host::SHUFFLE_XOR, mask, value, (unsigned)flip, width, file, line);
}

static inline unsigned __ballot_sync(unsigned mask, int vote, OSS_CUDA_HOST_AT) {
  return (unsigned)oss_cuda_host::warp_meet(oss_cuda_host::WARP_BALLOT, mask, vote != 0, 0, file, line);
}
static inline int __any_sync(unsigned mask, int vote, OSS_CUDA_HOST_AT) {
  return __ballot_sync(mask, vote, file, line) != 0;
}
static inline int __all_sync(unsigned mask, int vote, OSS_CUDA_HOST_AT) {
  return __ballot_sync(mask, vote, file, line) == mask;
}
static inline unsigned __activemask() {
  return oss_cuda_host::active_lanes();
}
template <class T>
static inline unsigned __match_any_sync(unsigned mask, T value, OSS_CUDA_HOST_AT) {
  uint64_t raw = 0;
  static_assert(sizeof value == 4 || sizeof value == 8, "matches take numbers of 32 or 64 bits");
  memcpy(&raw, &value, sizeof value);
  return (unsigned)oss_cuda_host::warp_meet(oss_cuda_host::WARP_MATCH, mask, raw, 0, file, line);
}

/* On the device from compute capability 8.0 on. */
static inline unsigned __reduce_add_sync(unsigned mask, unsigned value, OSS_CUDA_HOST_AT) {
  return (unsigned)oss_cuda_host::warp_meet(oss_cuda_host::WARP_ADD, mask, value, 0, file, line);
}
static inline int __reduce_add_sync(unsigned mask, int value, OSS_CUDA_HOST_AT) {
  return (int)oss_cuda_host::warp_meet(oss_cuda_host::WARP_ADD, mask, (unsigned)value, 0, file, line);
}
static inline unsigned __reduce_min_sync(unsigned mask, unsigned value, OSS_CUDA_HOST_AT) {
  return (unsigned)oss_cuda_host::warp_meet(oss_cuda_host::WARP_MIN, mask, value, 0, file, line);
}
static inline int __reduce_min_sync(unsigned mask, int value, OSS_CUDA_HOST_AT) {
  return (int)oss_cuda_host::warp_meet(oss_cuda_host::WARP_MIN_SIGNED, mask, (uint64_t)(int64_t)value, 0, file, line);
}
static inline unsigned __reduce_max_sync(unsigned mask, unsigned value, OSS_CUDA_HOST_AT) {
  return (unsigned)oss_cuda_host::warp_meet(oss_cuda_host::WARP_MAX, mask, value, 0, file, line);
}
static inline int __reduce_max_sync(unsigned mask, int value, OSS_CUDA_HOST_AT) {
  return (int)oss_cuda_host::warp_meet(oss_cuda_host::WARP_MAX_SIGNED, mask, (uint64_t)(int64_t)value, 0, file, line);
}
static inline unsigned __reduce_and_sync(unsigned mask, unsigned value, OSS_CUDA_HOST_AT) {
  return (unsigned)oss_cuda_host::warp_meet(oss_cuda_host::WARP_AND, mask, value, 0, file, line);
}
static inline unsigned __reduce_or_sync(unsigned mask, unsigned value, OSS_CUDA_HOST_AT) {
  return (unsigned)oss_cuda_host::warp_meet(oss_cuda_host::WARP_OR, mask, value, 0, file, line);
}
static inline unsigned __reduce_xor_sync(unsigned mask, unsigned value, OSS_CUDA_HOST_AT) {
  return (unsigned)oss_cuda_host::warp_meet(oss_cuda_host::WARP_XOR, mask, value, 0, file, line);
}
#undef OSS_CUDA_HOST_AT

#endif

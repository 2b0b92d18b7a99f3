// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Vector types, aligned as on the device. */
#ifndef OSS_CUDA_HOST_VECTORS_H
#define OSS_CUDA_HOST_VECTORS_H

#define OSS_CUDA_HOST_VECTOR(type, name, align2, align4)                 \
  typedef struct name##1 {                                               \
    type x;                                                              \
  }                                                                      \
  name##1;                                                               \
  typedef struct __attribute__((aligned(align2))) name##2 {              \
    type x, y;                                                           \
  }                                                                      \
  name##2;                                                               \
  typedef struct name##3 {                                               \
    type x, y, z;                                                        \
  }                                                                      \
  name##3;                                                               \
  typedef struct __attribute__((aligned(align4))) name##4 {              \
    type x, y, z, w;                                                     \
  }                                                                      \
  name##4;                                                               \
  static inline name##1 make_##name##1(type x) {                         \
    return name##1 {x};                                                  \
  }                                                                      \
  static inline name##2 make_##name##2(type x, type y) {                 \
    return name##2 {x, y};                                               \
  }                                                                      \
  static inline name##3 make_##name##3(type x, type y, type z) {         \
    return name##3 {x, y, z};                                            \
  }                                                                      \
  static inline name##4 make_##name##4(type x, type y, type z, type w) { \
    return name##4 {x, y, z, w};                                         \
  }

OSS_CUDA_HOST_VECTOR(signed char, char, 2, 4)
OSS_CUDA_HOST_VECTOR(unsigned char, uchar, 2, 4)
OSS_CUDA_HOST_VECTOR(short, short, 4, 8)
OSS_CUDA_HOST_VECTOR(unsigned short, ushort, 4, 8)
OSS_CUDA_HOST_VECTOR(int, int, 8, 16)
OSS_CUDA_HOST_VECTOR(unsigned, uint, 8, 16)
OSS_CUDA_HOST_VECTOR(long long, longlong, 16, 16)
OSS_CUDA_HOST_VECTOR(unsigned long long, ulonglong, 16, 16)
OSS_CUDA_HOST_VECTOR(float, float, 8, 16)
OSS_CUDA_HOST_VECTOR(double, double, 16, 16)

struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned vx = 1, unsigned vy = 1, unsigned vz = 1) : x(vx), y(vy), z(vz) {
  }
  constexpr dim3(uint3 v) : x(v.x), y(v.y), z(v.z) {
  }
  operator uint3() const {
    return uint3{x, y, z};
  }
};

#endif

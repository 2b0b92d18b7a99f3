// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Kernels that walk rows x columns: x goes along a row, y over the rows, both with a stride, so that any size fits a grid. Short rows share
 * a block: 256 threads are 256 columns of one row or 1 column of 256. */
#ifndef OSS_KERNELS_CUDA_ROWS_H
#define OSS_KERNELS_CUDA_ROWS_H

#include "kernels/cuda/cuda.h"

enum { OSS_CUDA_ROWS_BLOCK = 256 }; /* small enough that the last block of a row wastes little, large enough to fill a multiprocessor */

typedef struct oss_cuda_rows {
  dim3 grid, block;
} oss_cuda_rows;

/* The most blocks of a grid: a card's limits. The emulation's are low, so that every kernel's loop goes round where it is tested. */
enum { OSS_CUDA_GRID_X = OSS_CUDA_EMULATED ? 24 : 0x7fffffff, OSS_CUDA_GRID_Y = OSS_CUDA_EMULATED ? 6 : 65535 };

static inline unsigned oss_cuda_grid_limit(size_t wanted, unsigned most) {
  return wanted < most ? (unsigned)wanted : most;
}

/* A block of lanes x (256 / lanes) threads; rows and columns > 0; lanes a power of two up to 256. */
static inline oss_cuda_rows oss_cuda_rows_of(size_t rows, size_t columns, unsigned lanes) {
  oss_cuda_rows plan;
  plan.block = dim3(lanes, OSS_CUDA_ROWS_BLOCK / lanes, 1);
  plan.grid = dim3(oss_cuda_grid_limit(oss_cuda_ceil(columns, lanes), OSS_CUDA_GRID_X),
                   oss_cuda_grid_limit(oss_cuda_ceil(rows, plan.block.y), OSS_CUDA_GRID_Y), 1);
  return plan;
}

static inline oss_cuda_rows oss_cuda_rows_plan(size_t rows, size_t columns) {
  unsigned lanes = 1;
  while (lanes < columns && lanes < OSS_CUDA_ROWS_BLOCK) lanes *= 2;
  return oss_cuda_rows_of(rows, columns, lanes);
}

/* The loops: for (size_t r = oss_cuda_y(); r < rows; r += oss_cuda_y_step()), the same with x for columns. */
static __device__ inline size_t oss_cuda_x(void) {
  return (size_t)blockIdx.x * blockDim.x + threadIdx.x;
}
static __device__ inline size_t oss_cuda_x_step(void) {
  return (size_t)gridDim.x * blockDim.x;
}
static __device__ inline size_t oss_cuda_y(void) {
  return (size_t)blockIdx.y * blockDim.y + threadIdx.y;
}
static __device__ inline size_t oss_cuda_y_step(void) {
  return (size_t)gridDim.y * blockDim.y;
}

/* WIDE floats that move as one: 4 where rows and pointers are aligned to 16 bytes, else 1. */
template <int WIDE>
struct alignas(4 * WIDE) oss_cuda_pack {
  float at[WIDE];
};

template <int WIDE>
static __device__ inline oss_cuda_pack<WIDE> oss_cuda_load(const float *from) {
  return *reinterpret_cast<const oss_cuda_pack<WIDE> *>(from);
}

template <int WIDE>
static __device__ inline void oss_cuda_store(float *to, const oss_cuda_pack<WIDE> &value) {
  *reinterpret_cast<oss_cuda_pack<WIDE> *>(to) = value;
}

/* The same of pointers that are perhaps between alignments; the floats and their order are the same. */
template <int WIDE>
static __device__ inline oss_cuda_pack<WIDE> oss_cuda_load(const float *from, int aligned) {
  oss_cuda_pack<WIDE> value;
  if (aligned) return oss_cuda_load<WIDE>(from);
  for (int i = 0; i < WIDE; i++) value.at[i] = from[i];
  return value;
}

template <int WIDE>
static __device__ inline void oss_cuda_store(float *to, const oss_cuda_pack<WIDE> &value, int aligned) {
  if (aligned) {
    oss_cuda_store<WIDE>(to, value);
  } else {
    for (int i = 0; i < WIDE; i++) to[i] = value.at[i];
  }
}

static inline __host__ __device__ int oss_cuda_aligned(const void *pointer) {
  return reinterpret_cast<uintptr_t>(pointer) % 16 == 0;
}

#endif

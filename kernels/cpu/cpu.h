// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The CPU backend: loops over host memory, spread over OpenMP threads by rows or fixed blocks. What one output is summed from, and in
 * which order, never depends on the number of threads. */
#ifndef OSS_KERNELS_CPU_CPU_H
#define OSS_KERNELS_CPU_CPU_H

#include "kernels/backend.h"
#include "kernels/sizes.h"

#define OSS_OP(name, params) oss_status oss_cpu_##name params;
#include "kernels/ops.def"
#undef OSS_OP

/* Fills be. threads: 0 for all that OpenMP gives. OSS_ERR_USAGE when that many cannot be had. */
oss_status oss_cpu_open(int threads, oss_backend *be);
void oss_cpu_close(oss_backend *be);

enum { OSS_CPU_SCRATCH = 1 << 20 }; /* bytes a thread has for what an operation keeps while it runs */

/* oss_backend.state. */
typedef struct oss_cpu_state {
  double timer;           /* when it was started */
  unsigned char *scratch; /* [threads][OSS_CPU_SCRATCH], aligned to 64 */
} oss_cpu_state;

static inline oss_cpu_state *oss_cpu_state_of(const oss_backend *be) {
  return (oss_cpu_state *)be->state;
}

/* The part of the scratch that belongs to a thread (omp_get_thread_num()) of a parallel region of be->threads. */
static inline void *oss_cpu_scratch(const oss_backend *be, int thread) {
  return oss_cpu_state_of(be)->scratch + (size_t)thread * OSS_CPU_SCRATCH;
}

enum {
  OSS_CPU_BLOCK = 1024,      /* elements a loop works on at once: its double sums stay in the first-level cache */
  OSS_CPU_SERIAL = 16 * 1024 /* fewer elements than this are not worth waking the other threads */
};

static inline size_t oss_cpu_blocks(size_t d) {
  return d / OSS_CPU_BLOCK + (d % OSS_CPU_BLOCK != 0);
}

static inline size_t oss_cpu_block_length(size_t d, size_t begin) {
  return d - begin < OSS_CPU_BLOCK ? d - begin : OSS_CPU_BLOCK;
}

#endif

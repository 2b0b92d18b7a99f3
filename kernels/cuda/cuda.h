// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The CUDA backend, from the inside: every .cu of this folder includes it, nothing outside does.
 *
 * One file an operation: its kernel, how it is launched, the entry oss_cuda_<op> that checks sizes. The same files are compiled by nvcc for
 * the card and by the host compiler against tests/cuda_host/, a small CUDA for the processor. What both understand:
 *   OSS_LAUNCH(be, kernel, grid, block, shared, arguments...)   every launch; `kernel` without commas (name a template's instance first)
 *   OSS_SHARED(type, name, [A][B])                              static shared memory
 *   OSS_SHARED_DYNAMIC(type, name)                              the launch's `shared` bytes, aligned to 16
 * and of the language: thread and block indices, __syncthreads, the __syncwarp, __shfl, vote and reduce functions with masks, atomics on
 * 32 and 64 bits, the vector types, fma. nvcc runs with --fmad=false: a product and a sum fuse only where fma is written, so both builds
 * give the same bits but for exp, log and pow. */
#ifndef OSS_KERNELS_CUDA_CUDA_H
#define OSS_KERNELS_CUDA_CUDA_H

#include <cublas_v2.h>
#include <cuda_runtime.h>

#include "kernels/backend.h"
#include "kernels/sizes.h"

extern "C" {
#define OSS_OP(name, params) oss_status oss_cuda_##name params;
#include "kernels/ops.def"
#undef OSS_OP

/* Fills be for the first device. OSS_ERR_UNAVAILABLE when there is none that these kernels run on, or its driver is too old. */
oss_status oss_cuda_open(int threads, oss_backend *be);
void oss_cuda_close(oss_backend *be);
}

#if !defined(OSS_CUDA_EMULATED)
#define OSS_CUDA_EMULATED 0
#define OSS_SHARED(type, name, dims) __shared__ type name dims
#define OSS_SHARED_DYNAMIC(type, name)                           \
  extern __shared__ __align__(16) unsigned char oss_dynamic__[]; \
  type *name = reinterpret_cast<type *>(oss_dynamic__)
#define OSS_LAUNCH_RAW(kernel, grid, block, shared, stream, ...) kernel<<<grid, block, shared, stream>>>(__VA_ARGS__)
#endif

enum {
  OSS_CUDA_WARP = 32,
  OSS_CUDA_STAGES = 2, /* pinned buffers that transfers take turns in */
  OSS_CUDA_STAGE_BYTES = 4 << 20,
  OSS_CUDA_SCRATCH_BYTES = 64 << 20 /* what an operation may use while it runs; larger problems go through it in pieces */
};

/* What a kernel found wrong in the contents of its inputs; the first one is kept until it is reported (fault.cu). */
typedef enum oss_cuda_fault_code {
  OSS_CUDA_SOUND = 0,
  OSS_CUDA_FAULT_COLUMN,  /* gather_columns: column a (number b) is outside 0 .. c - 1 */
  OSS_CUDA_FAULT_ADVANCE, /* advance: index a of sample b comes from c */
  OSS_CUDA_FAULT_GATHER,  /* gather_states: index a is outside 0 .. c */
  OSS_CUDA_FAULT_LEVEL,   /* row_quantile: level x is outside [0, 1] */
  OSS_CUDA_FAULT_TIME,    /* mixture_weights: t = x in row a is outside (0, 1] */
  OSS_CUDA_FAULT_CLASS,   /* mixture_weights: no component of class b (row a) */
  OSS_CUDA_FAULT_ENTRY,   /* table_rows: index a (row b) is outside -1 .. c */
  OSS_CUDA_FAULT_NOISE    /* precondition: t = x in row a is outside (0, 1] */
} oss_cuda_fault_code;

typedef struct oss_cuda_fault {
  int code; /* oss_cuda_fault_code */
  int unused;
  long long a, b, c;
  double x;
} oss_cuda_fault;

typedef struct oss_cuda_stage {
  unsigned char *memory; /* pinned */
  cudaEvent_t done;      /* the last transfer that used it */
} oss_cuda_stage;

/* oss_backend.state. */
typedef struct oss_cuda_state {
  int sm; /* 90 for compute capability 9.0 */
  int multiprocessors;
  int slow_double;     /* double runs at a small fraction of float's rate (1/32 or less) */
  int recording;       /* between repeat_begin and repeat_end */
  cudaStream_t stream; /* the backend's one stream */
  cudaEvent_t timer[2];
  oss_cuda_stage stages[OSS_CUDA_STAGES];
  int next_stage;
  oss_cuda_fault *fault;      /* device */
  oss_cuda_fault *fault_host; /* pinned: where it is brought */
  void *scratch;              /* device, OSS_CUDA_SCRATCH_BYTES, aligned to 256; belongs to the operation that runs */
  struct oss_cuda_blas *blas; /* blas.cu */
  struct oss_cuda_dnn *dnn;   /* dnn.cu; NULL until something needs it */
} oss_cuda_state;

static inline oss_cuda_state *oss_cuda_state_of(const oss_backend *be) {
  return static_cast<oss_cuda_state *>(be->state);
}

/* The failure of a CUDA call: OSS_ERR_MEMORY when memory ran out, else OSS_ERR_UNAVAILABLE; the message says what was done. */
oss_status oss_cuda_fail(cudaError_t error, const char *what, const char *file, int line);

#define OSS_CUDA_TRY(call)                                                                                \
  do {                                                                                                    \
    cudaError_t oss_cuda_error_ = (call);                                                                 \
    if (oss_cuda_error_ != cudaSuccess) return oss_cuda_fail(oss_cuda_error_, #call, __FILE__, __LINE__); \
  } while (0)

/* Launches on the backend's stream and returns from the caller when that is refused. */
#define OSS_LAUNCH(be, kernel, grid, block, shared, ...)                                                    \
  do {                                                                                                      \
    OSS_LAUNCH_RAW(kernel, grid, block, shared, oss_cuda_state_of(be)->stream, __VA_ARGS__);                \
    cudaError_t oss_cuda_error_ = cudaGetLastError();                                                       \
    if (oss_cuda_error_ != cudaSuccess) return oss_cuda_fail(oss_cuda_error_, #kernel, __FILE__, __LINE__); \
  } while (0)

/* OSS_ERR_INTERNAL while a piece of work is being recorded, when what (an operation's name) cannot be part of it. */
oss_status oss_cuda_not_recording(const oss_backend *be, const char *what);

/* Queues the copy of the device's fault to fault_host. After the stream was waited for, report returns its failure and clears it. */
oss_status oss_cuda_fault_fetch(oss_backend *be);
oss_status oss_cuda_fault_report(oss_backend *be);

/* Keeps the first fault only. */
static __device__ inline void oss_cuda_fault_set(oss_cuda_fault *fault, int code, long long a, long long b, long long c, double x) {
  if (atomicCAS(&fault->code, OSS_CUDA_SOUND, code) != OSS_CUDA_SOUND) return;
  fault->a = a;
  fault->b = b;
  fault->c = c;
  fault->x = x;
}

/* count / size rounded up. */
static inline __host__ __device__ size_t oss_cuda_ceil(size_t count, size_t size) {
  return count / size + (count % size != 0);
}

/* A number of blocks for a loop of stride grid * block over count elements: enough to fill the card, no more than there is work for. */
static inline unsigned oss_cuda_blocks(const oss_backend *be, size_t count, unsigned block) {
  size_t wanted = oss_cuda_ceil(count, block), most = (size_t)oss_cuda_state_of(be)->multiprocessors * 16;
  return (unsigned)(wanted < 1 ? 1 : wanted < most ? wanted : most);
}

#endif

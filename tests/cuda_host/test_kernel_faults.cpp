// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Each case is a kernel or a launch that is wrong, and must be reported. */
#include "testing.h"

typedef void case_run();

struct pair_of {
  const float *a;
  size_t n;
};

__global__ void nothing(float *out) {
  (void)out;
}
__global__ void divergent(float *out) {
  if (threadIdx.x < 32) {
    __syncthreads();
    out[threadIdx.x] = 1;
  } else {
    __syncthreads();
    out[threadIdx.x] = 2;
  }
}
__global__ void some_end(float *out) {
  if (threadIdx.x == 5) return;
  __syncthreads();
  out[threadIdx.x] = 1;
}
__global__ void lane_ends(float *out) {
  if (threadIdx.x == 5) return;
  __syncwarp();
  out[threadIdx.x] = 1;
}
__global__ void full_mask(float *out) {
  out[threadIdx.x] = __shfl_sync(0xffffffffu, 1.0f, 0);
}
__global__ void not_named(float *out) {
  out[threadIdx.x] = __shfl_sync(0xfffffffeu, 1.0f, 1);
}
__global__ void lane_elsewhere(float *out) {
  if (threadIdx.x == 7)
    __syncthreads();
  else
    __syncwarp();
  out[threadIdx.x] = 1;
}
__global__ void different_functions(int *out) {
  out[threadIdx.x] = threadIdx.x < 16 ? __any_sync(0xffffffffu, 1) : __shfl_sync(0xffffffffu, 1, 0);
}
__global__ void unnamed_source(int *out) {
  if (threadIdx.x < 16) out[threadIdx.x] = __shfl_sync(0xffffu, 1, 20);
}
__global__ void odd_width(int *out) {
  out[threadIdx.x] = __shfl_sync(0xffffffffu, 1, 0, 12);
}
__global__ void reads_structure(pair_of in, float *out) {
  out[0] = in.a[0];
}
__global__ void behind(float *out, int at) {
  out[at] = 1;
}
__global__ void four_at_once(float *out, int at) {
  *reinterpret_cast<float4 *>(out + at) = make_float4(1, 2, 3, 4);
}
__global__ void shared_behind(float *out, int at) {
  OSS_SHARED(float, part, [32]);
  float *hidden = part; /* from a sanitizer that knows the array's length */
  hidden[at] = 1;
  out[0] = part[0];
}
__global__ void dynamic_behind(float *out, int at) {
  OSS_SHARED_DYNAMIC(float, part);
  part[at] = 1;
  out[0] = part[0];
}
__global__ void much_shared(float *out) {
  OSS_SHARED(float, part, [6144]);
  OSS_SHARED(float, more, [6145]);
  out[0] = part[0] + more[0];
}
__global__ void address_in_memory(float **at) {
  **at = 1;
}

__attribute__((noinline)) static float deep(float *out, int level) {
  volatile char room[4096];
  room[level % 4096] = (char)level;
  return level == 0 ? out[0] : deep(out, level - 1) + room[level % 4096];
}
__global__ void deep_calls(float *out) {
  out[0] = deep(out, 1000);
}

#define CASE(name, T, count, ...)   \
  static void name() {              \
    fixture<T> f(count);            \
    cudaStream_t stream = f.stream; \
    __VA_ARGS__;                    \
    f.finish();                     \
  }

CASE(case_divergent, float, 64, RUN(divergent, 1, 64, 0, f.device))
CASE(case_some_end, float, 64, RUN(some_end, 1, 64, 0, f.device))
CASE(case_lane_ends, float, 32, RUN(lane_ends, 1, 32, 0, f.device))
CASE(case_full_mask, float, 32, RUN(full_mask, 1, 31, 0, f.device))
CASE(case_not_named, float, 32, RUN(not_named, 1, 32, 0, f.device))
CASE(case_lane_elsewhere, float, 32, RUN(lane_elsewhere, 1, 32, 0, f.device))
CASE(case_different_functions, int, 32, RUN(different_functions, 1, 32, 0, f.device))
CASE(case_unnamed_source, int, 32, RUN(unnamed_source, 1, 32, 0, f.device))
CASE(case_odd_width, int, 32, RUN(odd_width, 1, 32, 0, f.device))
CASE(case_large_block, float, 1, RUN(nothing, 1, dim3(32, 33), 0, f.device))
CASE(case_deep_block, float, 1, RUN(nothing, 1, dim3(1, 1, 65), 0, f.device))
CASE(case_no_block, float, 1, RUN(nothing, 1, 0, 0, f.device))
CASE(case_no_grid, float, 1, RUN(nothing, 0, 32, 0, f.device))
CASE(case_large_grid, float, 1, RUN(nothing, dim3(1, 65536), 32, 0, f.device))
CASE(case_much_dynamic, float, 1, RUN(nothing, 1, 32, (48 << 10) + 1, f.device))
CASE(case_more_than_allowed, float, 1, DO(cudaFuncSetAttribute(nothing, cudaFuncAttributeMaxDynamicSharedMemorySize, 65536));
     RUN(nothing, 1, 32, 65540, f.device))
CASE(case_much_static, float, 1, RUN(much_shared, 1, 1, 0, f.device))
CASE(case_static_and_dynamic, float, 1, RUN(shared_behind, 1, 1, 48 << 10, f.device, 0))
CASE(case_host_pointer, float, 1, float x = 0; RUN(nothing, 1, 1, 0, &x))
CASE(case_pinned_pointer, float, 1, RUN(nothing, 1, 1, 0, f.host))
CASE(case_wild_pointer, float, 1, RUN(nothing, 1, 1, 0, reinterpret_cast<float *>(64)))
CASE(case_host_in_structure, float, 1, float x = 0; pair_of p = {&x, 1}; RUN(reads_structure, 1, 1, 0, p, f.device))
CASE(case_freed_pointer, float, 1, float *p; DO(cudaMalloc(&p, 4)); DO(cudaFree(p)); RUN(nothing, 1, 1, 0, p))
CASE(case_freed_later, float, 1, float *p; DO(cudaMallocAsync(&p, 4, stream)); DO(cudaFreeAsync(p, stream)); RUN(nothing, 1, 1, 0, p))
CASE(case_behind, float, 5, RUN(behind, 1, 1, 0, f.device, 5))
CASE(case_before, float, 5, RUN(behind, 1, 1, 0, f.device, -1))
CASE(case_far_behind, float, 5, RUN(behind, 1, 1, 0, f.device, 1 << 24))
CASE(case_aligned, float, 9, RUN(four_at_once, 1, 1, 0, f.device, 4))
CASE(case_between_alignments, float, 9, RUN(four_at_once, 1, 1, 0, f.device, 2))
CASE(case_shared_behind, float, 5, RUN(shared_behind, 1, 1, 0, f.device, 32))
CASE(case_dynamic_behind, float, 5, RUN(dynamic_behind, 1, 1, 12, f.device, 3))
CASE(case_address_in_memory, float *, 1, f.host[0] = reinterpret_cast<float *>(f.device);
     DO(cudaMemcpyAsync(f.device, f.host, 8, cudaMemcpyHostToDevice, stream)); RUN(address_in_memory, 1, 1, 0, f.device))
CASE(case_deep_calls, float, 1, RUN(deep_calls, 1, 1, 0, f.device))

/* A stream frees what another one still uses. */
static void case_freed_across() {
  fixture<float> f(1);
  cudaStream_t stream = f.stream, other;
  float *p;
  DO(cudaStreamCreateWithFlags(&other, cudaStreamNonBlocking));
  DO(cudaMalloc(&p, 4));
  RUN(nothing, 1, 1, 0, p);
  DO(cudaFreeAsync(p, other));
  DO(cudaStreamSynchronize(other));
  f.finish();
}

static const test_case cases[] = {
    {"threads at two barriers", case_divergent, "divergent __syncthreads", false},
    {"a thread ends before a barrier", case_some_end, "__syncthreads", false},
    {"a lane ends before a warp function", case_lane_ends, "end", false},
    {"a mask with lanes that the block has not", case_full_mask, "names lane 31, which the block does not have", false},
    {"a mask without its own lane", case_not_named, "does not name it", false},
    {"a lane waits elsewhere", case_lane_elsewhere, "lane 7 of mask 0xffffffff never comes", false},
    {"lanes in different functions", case_different_functions, "different warp functions", false},
    {"a shuffle from a lane outside the mask", case_unnamed_source, "shuffles from lane 20", false},
    {"a shuffle of width 12", case_odd_width, "width 12", false},
    {"a block of 1056 threads", case_large_block, "1024 threads", false},
    {"a block of 65 in z", case_deep_block, "64 in z", false},
    {"an empty block", case_no_block, "block is empty", false},
    {"an empty grid", case_no_grid, "grid is empty", false},
    {"a grid of 65536 in y", case_large_grid, "65535", false},
    {"dynamic shared memory without leave", case_much_dynamic, "need cudaFuncSetAttribute", false},
    {"more dynamic shared memory than leave", case_more_than_allowed, "than cudaFuncSetAttribute allowed", false},
    {"static arrays of more than 48 KiB", case_much_static, "static shared arrays of 49156 bytes", false},
    {"static and dynamic arrays together", case_static_and_dynamic, "are the most", false},
    {"a host pointer as an argument", case_host_pointer, "points to host memory", false},
    {"a pinned pointer as an argument", case_pinned_pointer, "pinned host memory", false},
    {"a pointer to nothing as an argument", case_wild_pointer, "neither NULL nor device memory", false},
    {"a host pointer in a structure", case_host_in_structure, "structure among the arguments", false},
    {"freed memory as an argument", case_freed_pointer, "was freed", false},
    {"memory freed in stream order as an argument", case_freed_later, "was freed", false},
    {"memory that another stream freed", case_freed_across, "another stream has freed", false},
    {"a write behind device memory", case_behind, "written behind the end of a device allocation of 20 bytes", true},
    {"a write before device memory", case_before, "written in front of a device allocation", true},
    {"a write far from device memory", case_far_behind, "outside every allocation", false},
    {"four floats at once", case_aligned, nullptr, false},
    {"four floats at once between alignments", case_between_alignments, "between their alignments", true},
    {"a write behind a shared array", case_shared_behind, "behind the end of part", true},
    {"a write behind dynamic shared memory", case_dynamic_behind, "behind the end of the dynamic", true},
    {"a device address kept in memory", case_address_in_memory, "was not an argument", false},
    {"too much stack", case_deep_calls, "more stack", true},
};
CASES_MAIN(cases)

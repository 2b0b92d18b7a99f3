// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What right programs get: indices, barriers, warp functions, atomics. Each case runs in every order of threads. */
#include "testing.h"

static const char *const orders[] = {"forward", "backward", "shuffled:1", "shuffled:2"};

__global__ void places(unsigned *out) {
  unsigned b = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
  unsigned t = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
  out[b * (blockDim.x * blockDim.y * blockDim.z) + t] = b * 1000 + t;
}

/* Reverses a block through shared memory, twice, with votes in between. */
__global__ void barriers(int *out, int n) {
  OSS_SHARED(int, values, [2][128]);
  int t = (int)threadIdx.x;
  values[0][t] = t;
  __syncthreads();
  values[1][t] = values[0][n - 1 - t];
  int count = __syncthreads_count(t < 10), all = __syncthreads_and(t < n), none = __syncthreads_or(t > n), most = __syncthreads_and(t > 0);
  out[t] = values[1][n - 1 - t] == t && count == 10 && all == 1 && none == 0 && most == 0;
}

/* One warp after another goes on alone and comes back. */
__global__ void warps_apart(int *out) {
  OSS_SHARED(int, sums, [4]);
  OSS_SHARED_DYNAMIC(int, copy);
  int warp = (int)threadIdx.x / 32, lane = (int)threadIdx.x % 32, v = lane;
  for (int round = 0; round <= warp; round++)
    for (int flip = 16; flip > 0; flip /= 2) v += __shfl_xor_sync(0xffffffffu, v, flip);
  if (lane == 0) sums[warp] = v;
  __syncthreads();
  copy[threadIdx.x] = sums[(warp + 1) % 4];
  __syncwarp();
  out[threadIdx.x] = copy[threadIdx.x - lane + 31 - lane];
}

__global__ void shuffles(int *out) {
  int t = (int)threadIdx.x, bad = 0;
  bad += __shfl_sync(0xffffffffu, t * 3, 7) != 21;
  bad += __shfl_sync(0xffffffffu, t, 3, 8) != t / 8 * 8 + 3;
  bad += __shfl_up_sync(0xffffffffu, t, 5) != (t < 5 ? t : t - 5);
  bad += __shfl_up_sync(0xffffffffu, t, 1, 4) != (t % 4 == 0 ? t : t - 1);
  bad += __shfl_down_sync(0xffffffffu, t, 9) != (t > 22 ? t : t + 9);
  bad += __shfl_down_sync(0xffffffffu, t, 2, 16) != (t % 16 > 13 ? t : t + 2);
  bad += __shfl_xor_sync(0xffffffffu, t, 17) != (t ^ 17);
  bad += __shfl_xor_sync(0xffffffffu, t, 1, 2) != (t ^ 1);
  bad += __shfl_sync(0xffffffffu, 0.5 + t, 30) != 30.5;
  bad += __shfl_sync(0xffffffffu, 0.5f + (float)t, 31) != 31.5f;
  bad += __shfl_sync(0xffffffffu, (1ull << 40) + (unsigned long long)t, 2) != (1ull << 40) + 2;
  bad += __shfl_sync(0xffffffffu, -5ll - t, 1) != -6;
  out[t] = bad;
}

__global__ void votes(int *out) {
  int t = (int)threadIdx.x, bad = 0;
  const unsigned all = 0xffffffffu;
  bad += __ballot_sync(all, t % 2) != 0xaaaaaaaau;
  bad += __any_sync(all, t == 31) != 1 || __any_sync(all, t == 32) != 0;
  bad += __all_sync(all, t < 32) != 1 || __all_sync(all, t < 31) != 0;
  bad += __reduce_add_sync(all, t) != 496 || __reduce_add_sync(all, (unsigned)t) != 496u;
  bad += __reduce_min_sync(all, t - 9) != -9 || __reduce_max_sync(all, t - 40) != -9;
  bad += __reduce_min_sync(all, 7u + (unsigned)t) != 7u || __reduce_max_sync(all, (unsigned)-t) != 0xffffffffu;
  bad += __reduce_or_sync(all, 1u << t) != all || __reduce_and_sync(all, ~(1u << t)) != 0 || __reduce_xor_sync(all, (unsigned)t & 1u) != 0;
  bad += __match_any_sync(all, t / 8) != 0xffu << (t / 8 * 8);
  bad += (__activemask() >> t & 1u) != 1; /* others may have ended */
  out[t] = bad;
}

/* A block of 45 threads: its second warp has 13 lanes; even and odd lanes meet apart. */
__global__ void partial(int *out) {
  int t = (int)threadIdx.x, lane = t % 32, lanes = t < 32 ? 32 : 13;
  unsigned there = lanes == 32 ? 0xffffffffu : (1u << lanes) - 1u, mine = 0;
  for (int i = lane % 2; i < lanes; i += 2) mine |= 1u << i;
  int sum = 0, want = 0;
  if (lane % 2)
    sum = (int)__reduce_add_sync(mine, lane);
  else
    sum = (int)__reduce_add_sync(mine, lane + 100);
  for (int i = lane % 2; i < lanes; i += 2) want += i + (lane % 2 ? 0 : 100);
  out[t] = sum != want || __ballot_sync(there, 1) != there;
}

__global__ void counts(unsigned *out, int *low, unsigned long long *big, double *sum) {
  unsigned old = atomicAdd(out, 1u);
  atomicMax(out + 1, old);
  atomicInc(out + 2, 9u);
  atomicMin(low, -(int)old);
  atomicOr(big, 1ull << (old % 64));
  atomicAdd(sum, 0.5);
  atomicCAS(out + 3, 0u, old + 1u);
}

static void with_orders(void (*run)()) {
  for (const char *order : orders) {
    setenv("OSS_CUDA_HOST_ORDER", order, 1);
    run();
  }
  unsetenv("OSS_CUDA_HOST_ORDER");
  for (int i = 0; i < 4; i++) run();
}

static void run_places() {
  fixture<unsigned> f(1440);
  cudaStream_t stream = f.stream;
  RUN(places, dim3(2, 3, 4), dim3(3, 4, 5), 0, f.device);
  f.fetch();
  for (unsigned i = 0; i < 1440; i++) REQUIRE(f.host[i] == i / 60 * 1000 + i % 60);
}

static void run_barriers() {
  fixture<int> f(128);
  cudaStream_t stream = f.stream;
  for (int n : {11, 32, 33, 128}) {
    RUN(barriers, 3, (unsigned)n, 0, f.device, n);
    f.fetch();
    for (int i = 0; i < n; i++) REQUIRE(f.host[i] == 1);
  }
}

static void run_warps_apart() {
  fixture<int> f(128);
  cudaStream_t stream = f.stream;
  RUN(warps_apart, 5, 128, 512, f.device);
  f.fetch();
  for (int i = 0; i < 128; i++) {
    int want = 496;
    for (int round = 0; round < (i / 32 + 1) % 4; round++) want *= 32;
    REQUIRE(f.host[i] == want);
  }
}

static void run_zeros(void (*kernel)(int *), unsigned block) {
  fixture<int> f(block);
  cudaStream_t stream = f.stream;
  RUN(kernel, 2, block, 0, f.device);
  f.fetch();
  for (unsigned i = 0; i < block; i++) REQUIRE(f.host[i] == 0);
}

static void run_counts() {
  fixture<double> f(4);
  cudaStream_t stream = f.stream;
  unsigned *words = reinterpret_cast<unsigned *>(f.device);
  DO(cudaMemsetAsync(f.device, 0, f.bytes, stream));
  int *low = reinterpret_cast<int *>(f.device + 2);
  fixture<unsigned long long> g(1);
  DO(cudaMemset(g.device, 0, 8));
  DO(cudaDeviceSynchronize());
  RUN(counts, 10, 100, 0, words, low, g.device, f.device + 3);
  f.fetch();
  g.fetch();
  unsigned got[4];
  int least;
  memcpy(got, f.host, sizeof got);
  memcpy(&least, f.host + 2, sizeof least);
  REQUIRE(got[0] == 1000 && got[1] == 999 && got[2] == 0 && got[3] == 1 && least == -999 && g.host[0] == ~0ull && f.host[3] == 500.0);
}

static void in_places() {
  with_orders(run_places);
}
static void in_barriers() {
  with_orders(run_barriers);
}
static void in_warps() {
  with_orders(run_warps_apart);
}
static void in_shuffles() {
  with_orders([] { run_zeros(shuffles, 32); });
}
static void in_votes() {
  with_orders([] { run_zeros(votes, 32); });
}
static void in_partial() {
  with_orders([] { run_zeros(partial, 45); });
}
static void in_counts() {
  with_orders(run_counts);
}

static void numbers() {
  REQUIRE(__popc(0xf0f0u) == 8 && __clz(1) == 31 && __clz(0) == 32 && __ffs(8) == 4 && __brev(1u) == 0x80000000u);
  REQUIRE(__umulhi(0xffffffffu, 0xffffffffu) == 0xfffffffeu && __umul64hi(~0ull, 2) == 1 && __clzll(1) == 63);
  REQUIRE(__float_as_uint(1.0f) == 0x3f800000u && __longlong_as_double(__double_as_longlong(-2.5)) == -2.5);
  REQUIRE(__hiloint2double(__double2hiint(1.7), __double2loint(1.7)) == 1.7);
  REQUIRE(__saturatef(2.0f) == 1.0f && __saturatef(-1.0f) == 0.0f && min(1.0f, (float)NAN) == 1.0f && max(3u, 2u) == 3u);
  REQUIRE(__byte_perm(0x33221100u, 0x77665544u, 0x7531u) == 0x77553311u && __funnelshift_l(0x80000000u, 1u, 1u) == 3u);
  REQUIRE(sizeof(float3) == 12 && alignof(float4) == 16 && alignof(double2) == 16 && alignof(int2) == 8);
}

/* A barrier is missing: some order of threads must show it. */
__global__ void no_barrier(float *out) {
  OSS_SHARED(float, values, [64]);
  values[threadIdx.x] = (float)threadIdx.x;
  out[threadIdx.x] = values[63 - threadIdx.x];
}

static void missing_barrier() {
  fixture<float> f(64);
  cudaStream_t stream = f.stream;
  for (int launch = 0; launch < 3; launch++) {
    int wrong = 0;
    RUN(no_barrier, 1, 64, 0, f.device);
    f.fetch();
    for (int i = 0; i < 64; i++) wrong += !(f.host[i] == (float)(63 - i));
    REQUIRE(wrong >= 16);
  }
}

static void fresh_memory() {
  fixture<float> f(8);
  REQUIRE(f.host[3] != f.host[3]);
  f.fetch();
  for (int i = 0; i < 8; i++) REQUIRE(f.host[i] != f.host[i]);
  double d;
  unsigned long long n;
  memcpy(&d, f.host, 8);
  memcpy(&n, f.host, 8);
  REQUIRE(d != d && n > 1ull << 62);
}

static const test_case cases[] = {
    {"indices", in_places, nullptr, false},
    {"barriers and their votes", in_barriers, nullptr, false},
    {"warps apart", in_warps, nullptr, false},
    {"shuffles", in_shuffles, nullptr, false},
    {"votes and reductions", in_votes, nullptr, false},
    {"partial warps", in_partial, nullptr, false},
    {"atomics", in_counts, nullptr, false},
    {"intrinsics", numbers, nullptr, false},
    {"a missing barrier shows", missing_barrier, nullptr, false},
    {"fresh memory shows", fresh_memory, nullptr, false},
};
CASES_MAIN(cases)

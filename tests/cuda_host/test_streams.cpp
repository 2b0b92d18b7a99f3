// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Streams, events, graphs, errors, and the cuBLAS stand-in. */
#include "cublas_v2.h"
#include "testing.h"

__global__ void add(float *out, float value) {
  out[0] += value;
}

static void lazy() {
  fixture<float> f(1);
  cudaStream_t stream = f.stream;
  f.host[0] = 1;
  DO(cudaMemcpyAsync(f.device, f.host, 4, cudaMemcpyHostToDevice, stream));
  f.host[0] = 5; /* too early: the copy has not read it */
  RUN(add, 1, 1, 0, f.device, 2.0f);
  DO(cudaMemcpyAsync(f.host, f.device, 4, cudaMemcpyDeviceToHost, stream));
  REQUIRE(f.host[0] == 5); /* not yet */
  f.finish();
  REQUIRE(f.host[0] == 7);
}

static void events() {
  fixture<float> f(1), g(1);
  cudaStream_t stream = f.stream;
  cudaEvent_t first, last, bare;
  float ms = -1;
  DO(cudaEventCreate(&first));
  DO(cudaEventCreate(&last));
  DO(cudaEventCreateWithFlags(&bare, cudaEventDisableTiming));
  DO(cudaEventSynchronize(first)); /* never recorded: done */
  DO(cudaMemsetAsync(f.device, 0, 4, stream));
  DO(cudaEventRecord(first, stream));
  RUN(add, 1, 1, 0, f.device, 3.0f);
  DO(cudaMemcpyAsync(f.host, f.device, 4, cudaMemcpyDeviceToHost, stream));
  DO(cudaEventRecord(last, stream));
  DO(cudaStreamWaitEvent(g.stream, last));
  DO(cudaMemcpyAsync(g.host, f.device, 4, cudaMemcpyDeviceToHost, g.stream));
  DO(cudaEventSynchronize(first));
  REQUIRE(f.host[0] != 3); /* only up to the first event */
  REQUIRE(cudaEventElapsedTime(&ms, first, last) == cudaErrorNotReady && cudaGetLastError() == cudaErrorNotReady);
  int asked = 0;
  while (cudaEventQuery(last) == cudaErrorNotReady) asked++;
  REQUIRE(asked > 0 && f.host[0] == 3);
  DO(cudaEventElapsedTime(&ms, first, last));
  REQUIRE(ms >= 0);
  g.finish();
  REQUIRE(g.host[0] == 3);
  REQUIRE(cudaEventElapsedTime(&ms, bare, last) == cudaErrorInvalidResourceHandle);
  cudaGetLastError();
  for (cudaEvent_t e : {first, last, bare}) DO(cudaEventDestroy(e));
}

/* The other stream waits for an event, and so makes the first one go on. */
static void across() {
  fixture<float> f(1), g(1);
  cudaStream_t stream = f.stream;
  cudaEvent_t done;
  DO(cudaEventCreate(&done));
  DO(cudaMemsetAsync(f.device, 0, 4, stream));
  RUN(add, 1, 1, 0, f.device, 3.0f);
  DO(cudaEventRecord(done, stream));
  DO(cudaStreamWaitEvent(g.stream, done, 0));
  DO(cudaMemcpyAsync(g.host, f.device, 4, cudaMemcpyDeviceToHost, g.stream));
  DO(cudaStreamSynchronize(g.stream));
  REQUIRE(g.host[0] == 3);
  DO(cudaEventDestroy(done));
}

static void graphs() {
  fixture<float> f(1);
  cudaStream_t stream = f.stream;
  cudaGraph_t graph;
  cudaGraphExec_t again;
  size_t nodes = 0;
  float value = 2;
  DO(cudaMemsetAsync(f.device, 0, 4, stream));
  DO(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
  RUN(add, 1, 1, 0, f.device, value);
  value = 100; /* the graph has the value of then */
  DO(cudaMemcpyAsync(f.host, f.device, 4, cudaMemcpyDeviceToHost, stream));
  DO(cudaStreamEndCapture(stream, &graph));
  DO(cudaGraphGetNodes(graph, nullptr, &nodes));
  REQUIRE(nodes == 2);
  DO(cudaGraphInstantiate(&again, graph, 0));
  DO(cudaGraphDestroy(graph));
  f.fetch();
  REQUIRE(f.host[0] == 0); /* nothing ran while it was recorded */
  for (int i = 1; i <= 3; i++) {
    DO(cudaGraphLaunch(again, stream));
    f.finish();
    REQUIRE(f.host[0] == 2.0f * (float)i);
  }
  DO(cudaGraphLaunch(again, stream));
  DO(cudaGraphExecDestroy(again)); /* what was launched still runs */
  f.finish();
  REQUIRE(f.host[0] == 8);
}

static void memory_ends() {
  float *p = nullptr, *q = nullptr;
  size_t available = 0, total = 0;
  setenv("OSS_CUDA_HOST_MEMORY", "1000000", 1);
  DO(cudaMalloc(&p, 600000));
  DO(cudaMemGetInfo(&available, &total));
  REQUIRE(total == 1000000 && available == 400000);
  REQUIRE(cudaMalloc(&q, 600000) == cudaErrorMemoryAllocation && q == nullptr);
  REQUIRE(cudaPeekAtLastError() == cudaErrorMemoryAllocation && cudaGetLastError() == cudaErrorMemoryAllocation);
  REQUIRE(cudaGetLastError() == cudaSuccess && strcmp(cudaGetErrorName(cudaErrorMemoryAllocation), "cudaErrorMemoryAllocation") == 0);
  DO(cudaFree(p));
  DO(cudaMalloc(&q, 600000));
  DO(cudaFree(q));
}

static void devices() {
  int count = -1, version = 0, value = 0;
  cudaDeviceProp p;
  DO(cudaGetDeviceCount(&count));
  DO(cudaGetDeviceProperties(&p, 0));
  REQUIRE(count == 1 && p.major == 9 && p.multiProcessorCount == 4 && strcmp(p.name, "host emulation") == 0);
  REQUIRE(cudaSetDevice(1) == cudaErrorInvalidDevice);
  setenv("OSS_CUDA_HOST_CAPABILITY", "7.0", 1);
  DO(cudaDeviceGetAttribute(&value, cudaDevAttrComputeCapabilityMajor, 0));
  REQUIRE(value == 7);
  setenv("OSS_CUDA_HOST_DEVICES", "0", 1);
  REQUIRE(cudaGetDeviceCount(&count) == cudaErrorNoDevice && count == 0);
  setenv("OSS_CUDA_HOST_DRIVER", "old", 1);
  REQUIRE(cudaGetDeviceCount(&count) == cudaErrorInsufficientDriver);
  DO(cudaDriverGetVersion(&version));
  REQUIRE(version == 11040);
}

/* Against the sum as it is written, with leading dimensions larger than needed, in each transposition. */
static void products() {
  enum { M = 3, N = 4, K = 5, LEAD = 7, SIZE = LEAD * LEAD };
  const cublasOperation_t ops[] = {CUBLAS_OP_N, CUBLAS_OP_T};
  fixture<double> a(SIZE), b(SIZE), c(SIZE);
  cublasHandle_t handle;
  REQUIRE(cublasCreate(&handle) == CUBLAS_STATUS_SUCCESS && cublasSetStream(handle, c.stream) == CUBLAS_STATUS_SUCCESS);
  for (int i = 0; i < SIZE; i++) {
    a.host[i] = i % 11 - 5;
    b.host[i] = i % 7 - 3;
  }
  DO(cudaMemcpyAsync(a.device, a.host, a.bytes, cudaMemcpyHostToDevice, c.stream));
  DO(cudaMemcpyAsync(b.device, b.host, b.bytes, cudaMemcpyHostToDevice, c.stream));
  for (cublasOperation_t opa : ops)
    for (cublasOperation_t opb : ops) {
      const double alpha = 2, zero = 0, three = 3;
      for (int pass = 0; pass < 2; pass++) /* beta 0 does not read what is there: NaN */
        REQUIRE(cublasDgemm(handle, opa, opb, M, N, K, &alpha, a.device, LEAD, b.device, LEAD, pass == 0 ? &zero : &three, c.device,
                            LEAD) == CUBLAS_STATUS_SUCCESS);
      c.fetch();
      for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++) {
          double sum = 0;
          for (int l = 0; l < K; l++)
            sum += a.host[opa == CUBLAS_OP_N ? i + l * LEAD : l + i * LEAD] * b.host[opb == CUBLAS_OP_N ? l + j * LEAD : j + l * LEAD];
          REQUIRE(c.host[i + j * LEAD] == 2 * sum + 3 * 2 * sum);
        }
    }
  const double one = 1, none = 0;
  REQUIRE(cublasDgemm(handle, CUBLAS_OP_N, CUBLAS_OP_N, M, N, K, &one, a.device, M - 1, b.device, K, &none, c.device, M) ==
          CUBLAS_STATUS_INVALID_VALUE);
  REQUIRE(cublasDgemm(handle, CUBLAS_OP_T, CUBLAS_OP_N, M, N, K, &one, a.device, M, b.device, K, &none, c.device, M) ==
          CUBLAS_STATUS_INVALID_VALUE);
  REQUIRE(cublasDgemv(handle, CUBLAS_OP_T, M, N, &one, a.device, LEAD, b.device, 2, &none, c.device, 3) == CUBLAS_STATUS_SUCCESS);
  c.fetch();
  for (int j = 0; j < N; j++) {
    double sum = 0;
    for (int i = 0; i < M; i++) sum += a.host[i + j * LEAD] * b.host[2 * i];
    REQUIRE(c.host[3 * j] == sum);
  }
  REQUIRE(cublasDgemv(handle, CUBLAS_OP_N, M, N, &one, a.device, LEAD, b.device, 1, &none, c.device, 1) == CUBLAS_STATUS_SUCCESS);
  REQUIRE(cublasDgemmStridedBatched(handle, CUBLAS_OP_N, CUBLAS_OP_N, 1, 1, 2, &one, a.device, 1, 2, b.device, 2, 2, &none, c.device + 9, 1,
                                    1, 3) == CUBLAS_STATUS_SUCCESS);
  c.fetch();
  for (int i = 0; i < M; i++) {
    double sum = 0;
    for (int j = 0; j < N; j++) sum += a.host[i + j * LEAD] * b.host[j];
    REQUIRE(c.host[i] == sum);
  }
  for (int i = 0; i < 3; i++) REQUIRE(c.host[9 + i] == a.host[2 * i] * b.host[2 * i] + a.host[2 * i + 1] * b.host[2 * i + 1]);
  REQUIRE(cublasDestroy(handle) == CUBLAS_STATUS_SUCCESS && cublasDestroy(handle) == CUBLAS_STATUS_NOT_INITIALIZED);
}

/* One product of one element through GemmEx: 3 x + 1 y, as the compute type sees x. */
static float seen(cublasHandle_t handle, fixture<float> &f, float x, cublasComputeType_t compute) {
  const float one = 1, none = 0;
  f.host[0] = x, f.host[1] = 1, f.host[2] = 3, f.host[3] = 1;
  DO(cudaMemcpyAsync(f.device, f.host, f.bytes, cudaMemcpyHostToDevice, f.stream));
  REQUIRE(cublasGemmEx(handle, CUBLAS_OP_T, CUBLAS_OP_N, 1, 1, 2, &one, f.device, CUDA_R_32F, 2, f.device + 2, CUDA_R_32F, 2, &none,
                       f.device + 4, CUDA_R_32F, 1, compute, CUBLAS_GEMM_DEFAULT) == CUBLAS_STATUS_SUCCESS);
  f.fetch();
  return f.host[4];
}

static cublasStatus_t typed(cublasHandle_t handle, float *at, cudaDataType a, cudaDataType c, cublasComputeType_t compute, int lead) {
  const float one = 1;
  return cublasGemmEx(handle, CUBLAS_OP_N, CUBLAS_OP_N, 2, 1, 1, &one, at, a, lead, at + 2, a, 1, &one, at + 4, c, 2, compute,
                      CUBLAS_GEMM_DEFAULT_TENSOR_OP);
}

/* Compute types round the factors, to even at a tie; types that do not go together are refused as cuBLAS does. */
static void typed_products() {
  const float half_tf32 = 0x1p-11f, half_bf16 = 0x1p-8f, one = 1, none = 0;
  fixture<float> f(16);
  cublasHandle_t handle;
  REQUIRE(cublasCreate(&handle) == CUBLAS_STATUS_SUCCESS && cublasSetStream(handle, f.stream) == CUBLAS_STATUS_SUCCESS);
  REQUIRE(seen(handle, f, 1 + half_tf32, CUBLAS_COMPUTE_32F) == 4 + 3 * half_tf32);
  REQUIRE(seen(handle, f, 1 + half_tf32, CUBLAS_COMPUTE_32F_FAST_TF32) == 4);
  REQUIRE(seen(handle, f, 1 + 3 * half_tf32, CUBLAS_COMPUTE_32F_FAST_TF32) == 4 + 3 * 4 * half_tf32);
  REQUIRE(seen(handle, f, 1 + half_bf16, CUBLAS_COMPUTE_32F_FAST_TF32) == 4 + 3 * half_bf16);
  REQUIRE(seen(handle, f, 1 + half_bf16, CUBLAS_COMPUTE_32F_FAST_16BF) == 4);
  REQUIRE(seen(handle, f, -1 - 1.5f * half_bf16, CUBLAS_COMPUTE_32F_FAST_16BF) == -2 - 3 * 2 * half_bf16);
  REQUIRE(cublasSetMathMode(handle, CUBLAS_TF32_TENSOR_OP_MATH) == CUBLAS_STATUS_SUCCESS);
  REQUIRE(seen(handle, f, 1 + half_tf32, CUBLAS_COMPUTE_32F) == 4);
  REQUIRE(seen(handle, f, 1 + half_tf32, CUBLAS_COMPUTE_32F_PEDANTIC) == 4 + 3 * half_tf32);
  REQUIRE(cublasSetMathMode(handle, (cublasMath_t)9) == CUBLAS_STATUS_INVALID_VALUE);
  REQUIRE(typed(handle, f.device, CUDA_R_32F, CUDA_R_32F, CUBLAS_COMPUTE_32F, 2) == CUBLAS_STATUS_SUCCESS);
  REQUIRE(typed(handle, f.device, CUDA_R_32F, CUDA_R_32F, CUBLAS_COMPUTE_32F, 1) == CUBLAS_STATUS_INVALID_VALUE);
  REQUIRE(typed(handle, f.device, CUDA_R_32F, CUDA_R_64F, CUBLAS_COMPUTE_32F, 2) == CUBLAS_STATUS_NOT_SUPPORTED);
  REQUIRE(typed(handle, f.device, CUDA_R_64F, CUDA_R_64F, CUBLAS_COMPUTE_32F, 2) == CUBLAS_STATUS_NOT_SUPPORTED);
  REQUIRE(typed(handle, f.device, CUDA_R_32F, CUDA_R_32F, CUBLAS_COMPUTE_64F, 2) == CUBLAS_STATUS_NOT_SUPPORTED);
  REQUIRE(typed(handle, f.device, CUDA_R_32F, CUDA_R_32F, (cublasComputeType_t)1, 2) == CUBLAS_STATUS_INVALID_VALUE);
  REQUIRE(typed(nullptr, f.device, CUDA_R_32F, CUDA_R_32F, CUBLAS_COMPUTE_32F, 2) == CUBLAS_STATUS_NOT_INITIALIZED);
  /* Results side by side in the same columns: two of 1 x 2 with a leading dimension of 2. */
  for (int i = 0; i < 16; i++) f.host[i] = (float)i;
  DO(cudaMemcpyAsync(f.device, f.host, f.bytes, cudaMemcpyHostToDevice, f.stream));
  REQUIRE(cublasGemmStridedBatchedEx(handle, CUBLAS_OP_N, CUBLAS_OP_N, 1, 2, 1, &one, f.device + 2, CUDA_R_32F, 1, 1, f.device + 4,
                                     CUDA_R_32F, 1, 2, &none, f.device + 8, CUDA_R_32F, 2, 1, 2, CUBLAS_COMPUTE_32F,
                                     CUBLAS_GEMM_DEFAULT) == CUBLAS_STATUS_SUCCESS);
  f.fetch();
  REQUIRE(f.host[8] == 8 && f.host[10] == 10 && f.host[9] == 18 && f.host[11] == 21);
  setenv("OSS_CUDA_HOST_CAPABILITY", "7.5", 1);
  REQUIRE(typed(handle, f.device, CUDA_R_32F, CUDA_R_32F, CUBLAS_COMPUTE_32F_FAST_TF32, 2) == CUBLAS_STATUS_NOT_SUPPORTED);
  REQUIRE(cublasDestroy(handle) == CUBLAS_STATUS_SUCCESS);
}

/* 1e8 + 1 - 1e8 in the order that goes with one or more columns: 1 where the ones of 1e8 meet first, else 0. */
static void orders_of_sums() {
  enum { K = 3, MOST = 3 };
  const float one = 1, none = 0, terms[K] = {1e8f, 1, -1e8f};
  float seen[MOST + 1] = {};
  fixture<float> f(K + K * MOST + MOST);
  cublasHandle_t handle;
  REQUIRE(cublasCreate(&handle) == CUBLAS_STATUS_SUCCESS && cublasSetStream(handle, f.stream) == CUBLAS_STATUS_SUCCESS);
  for (int i = 0; i < K + K * MOST; i++) f.host[i] = i < K ? terms[i] : 1;
  DO(cudaMemcpyAsync(f.device, f.host, f.bytes, cudaMemcpyHostToDevice, f.stream));
  for (int n = 1; n <= MOST; n++) {
    for (int turn = 0; turn < 2; turn++)
      REQUIRE(cublasSgemm(handle, CUBLAS_OP_T, CUBLAS_OP_N, 1, n, K, &one, f.device, K, f.device + K, K, &none, f.device + K + K * MOST, 1) ==
              CUBLAS_STATUS_SUCCESS);
    f.fetch();
    seen[n] = f.host[K + K * MOST];
    for (int j = 0; j < n; j++) REQUIRE(f.host[K + K * MOST + j] == seen[n]);
  }
  REQUIRE(seen[1] + seen[2] + seen[3] == 1);
  REQUIRE(cublasDestroy(handle) == CUBLAS_STATUS_SUCCESS);
}

static const test_case cases[] = {
    {"nothing runs before it is waited for", lazy, nullptr, false},
    {"events", events, nullptr, false},
    {"a stream waits for another", across, nullptr, false},
    {"graphs", graphs, nullptr, false},
    {"memory ends", memory_ends, nullptr, false},
    {"devices and drivers", devices, nullptr, false},
    {"matrix products", products, nullptr, false},
    {"orders of sums", orders_of_sums, nullptr, false},
    {"matrix products of given types", typed_products, nullptr, false},
};
CASES_MAIN(cases)

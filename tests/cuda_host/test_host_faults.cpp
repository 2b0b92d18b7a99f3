// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Each case uses the host's side of CUDA wrongly, and must be reported. */
#include <thread>

#include "cublas_v2.h"
#include "cudnn.h"
#include "nvtx3/nvToolsExt.h"
#include "testing.h"

__global__ void fill(float *out) {
  out[0] = 1;
}

#define CASE(name, ...)             \
  static void name() {              \
    fixture<float> f(4);            \
    cudaStream_t stream = f.stream; \
    __VA_ARGS__;                    \
    (void)stream;                   \
    f.finish();                     \
  }

static float record(cudaStream_t stream, float *device, cudaGraphExec_t *out) {
  cudaGraph_t graph;
  DO(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
  RUN(fill, 1, 1, 0, device);
  DO(cudaStreamEndCapture(stream, &graph));
  DO(cudaGraphInstantiate(out, graph));
  DO(cudaGraphDestroy(graph));
  return 0;
}

CASE(read_device, volatile float x = f.device[0]; (void)x)
CASE(write_device, f.device[0] = 1)
CASE(unpinned, float x[4]; DO(cudaMemcpyAsync(x, f.device, 16, cudaMemcpyDeviceToHost, stream)))
CASE(part_unpinned, DO(cudaMemcpyAsync(f.device, f.host + 2, 16, cudaMemcpyHostToDevice, stream)))
CASE(too_long, float x[5] = {}; DO(cudaMemcpy(f.device, x, 20, cudaMemcpyHostToDevice)))
CASE(wrong_kind, DO(cudaMemcpyAsync(f.device, f.host, 16, cudaMemcpyDeviceToHost, stream)))
CASE(overlap, DO(cudaMemcpyAsync(f.device, f.device + 1, 12, cudaMemcpyDeviceToDevice, stream)))
CASE(long_fill, DO(cudaMemsetAsync(f.device + 1, 0, 16, stream)))
CASE(freed_copy, float *p; DO(cudaMalloc(&p, 16)); DO(cudaFree(p)); DO(cudaMemcpyAsync(f.device, p, 16, cudaMemcpyDeviceToDevice, stream)))
CASE(freed_twice, float *p; DO(cudaMalloc(&p, 16)); DO(cudaFree(p)); DO(cudaFree(p)))
CASE(freed_inside, DO(cudaFree(f.device + 1)))
CASE(freed_host, DO(cudaFreeHost(f.host + 1)))
CASE(capture_sync, DO(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal)); DO(cudaStreamSynchronize(stream)))
CASE(capture_malloc, float *p; DO(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal)); DO(cudaMallocAsync(&p, 4, stream)))
CASE(capture_query, cudaEvent_t e; DO(cudaEventCreate(&e)); DO(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
     DO(cudaEventQuery(e)))
CASE(capture_copy, float x[4]; DO(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
     DO(cudaMemcpy(x, f.device, 16, cudaMemcpyDeviceToHost)))
CASE(capture_freed, float *p; cudaGraphExec_t g; DO(cudaMalloc(&p, 16)); record(stream, p, &g); DO(cudaFree(p));
     DO(cudaGraphLaunch(g, stream)))
CASE(leak_device, float *p; DO(cudaMalloc(&p, 16)))
CASE(leak_pinned, float *p; DO(cudaMallocHost(&p, 16)))
CASE(leak_stream, cudaStream_t s; DO(cudaStreamCreate(&s)))
CASE(leak_event, cudaEvent_t e; DO(cudaEventCreate(&e)))
CASE(leak_graph, cudaGraphExec_t g; record(stream, f.device, &g))
CASE(leak_blas, cublasHandle_t h; REQUIRE(cublasCreate(&h) == CUBLAS_STATUS_SUCCESS))
CASE(second_thread, std::thread([] { (void)cudaDeviceSynchronize(); }).join())
CASE(range_underflow, nvtxRangePop())
CASE(short_matrix, cublasHandle_t h; REQUIRE(cublasCreate(&h) == CUBLAS_STATUS_SUCCESS); float one = 1;
     cublasSgemm(h, CUBLAS_OP_N, CUBLAS_OP_N, 2, 2, 2, &one, f.device, 3, f.device, 2, &one, f.device, 2))
CASE(device_scalar, cublasHandle_t h; REQUIRE(cublasCreate(&h) == CUBLAS_STATUS_SUCCESS); float one = 1;
     cublasSgemm(h, CUBLAS_OP_N, CUBLAS_OP_N, 2, 2, 2, f.device, f.device, 2, f.device, 2, &one, f.device, 2))
CASE(host_matrix, cublasHandle_t h; REQUIRE(cublasCreate(&h) == CUBLAS_STATUS_SUCCESS); float one = 1; float a[4] = {};
     cublasSgemm(h, CUBLAS_OP_N, CUBLAS_OP_N, 2, 2, 2, &one, a, 2, f.device, 2, &one, f.device, 2))

/* A convolution of one pixel, two channels to two, its arrays at places of 128 floats; want: what cuDNN answers. */
static void convolve(cudaStream_t stream, float *x, float *w, float *y, float *workspace, size_t bytes, cudnnTensorFormat_t format,
                     cudnnStatus_t want) {
  cudnnHandle_t h;
  cudnnTensorDescriptor_t image;
  cudnnFilterDescriptor_t filter;
  cudnnConvolutionDescriptor_t conv;
  float one = 1, zero = 0;
  REQUIRE(cudnnCreate(&h) == CUDNN_STATUS_SUCCESS && cudnnCreateTensorDescriptor(&image) == CUDNN_STATUS_SUCCESS);
  REQUIRE(cudnnCreateFilterDescriptor(&filter) == CUDNN_STATUS_SUCCESS && cudnnCreateConvolutionDescriptor(&conv) == CUDNN_STATUS_SUCCESS);
  REQUIRE(stream == nullptr || cudnnSetStream(h, stream) == CUDNN_STATUS_SUCCESS);
  REQUIRE(cudnnSetTensor4dDescriptor(image, format, CUDNN_DATA_FLOAT, 1, 2, 1, 1) == CUDNN_STATUS_SUCCESS);
  REQUIRE(cudnnSetFilter4dDescriptor(filter, CUDNN_DATA_FLOAT, format, 2, 2, 1, 1) == CUDNN_STATUS_SUCCESS);
  REQUIRE(cudnnSetConvolution2dDescriptor(conv, 0, 0, 1, 1, 1, 1, CUDNN_CROSS_CORRELATION, CUDNN_DATA_FLOAT) == CUDNN_STATUS_SUCCESS);
  REQUIRE(cudnnConvolutionForward(h, &one, image, x, filter, w, conv, CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM, workspace, bytes,
                                  &zero, image, y) == want);
  REQUIRE(cudnnDestroyTensorDescriptor(image) == CUDNN_STATUS_SUCCESS && cudnnDestroyFilterDescriptor(filter) == CUDNN_STATUS_SUCCESS);
  REQUIRE(cudnnDestroyConvolutionDescriptor(conv) == CUDNN_STATUS_SUCCESS && cudnnDestroy(h) == CUDNN_STATUS_SUCCESS);
}
#define CONVOLUTION(name, in, x, w, y, workspace, bytes, format, want)                                                         \
  CASE(name, float *p; DO(cudaMalloc(&p, 512)); convolve(in, p + (x), p + (w), p + (y), p + (workspace), bytes, format, want); \
       DO(cudaStreamSynchronize(f.stream)); DO(cudaFree(p)))
CONVOLUTION(dnn_good, stream, 0, 16, 32, 64, 256, CUDNN_TENSOR_NHWC, CUDNN_STATUS_SUCCESS)
CONVOLUTION(dnn_small_workspace, stream, 0, 16, 32, 64, 71, CUDNN_TENSOR_NHWC, CUDNN_STATUS_BAD_PARAM_SIZE_INSUFFICIENT)
CONVOLUTION(dnn_planes, stream, 0, 16, 32, 64, 256, CUDNN_TENSOR_NCHW, CUDNN_STATUS_NOT_SUPPORTED_LAYOUT)
CONVOLUTION(dnn_no_stream, nullptr, 0, 16, 32, 64, 256, CUDNN_TENSOR_NHWC, CUDNN_STATUS_SUCCESS)
CONVOLUTION(dnn_misaligned, stream, 1, 16, 32, 64, 256, CUDNN_TENSOR_NHWC, CUDNN_STATUS_SUCCESS)
CONVOLUTION(dnn_short, stream, 0, 128, 32, 64, 256, CUDNN_TENSOR_NHWC, CUDNN_STATUS_SUCCESS)
CONVOLUTION(dnn_over_input, stream, 0, 16, 0, 64, 256, CUDNN_TENSOR_NHWC, CUDNN_STATUS_SUCCESS)
CONVOLUTION(dnn_over_workspace, stream, 0, 16, 32, 28, 256, CUDNN_TENSOR_NHWC, CUDNN_STATUS_SUCCESS)
CONVOLUTION(dnn_long_workspace, stream, 0, 16, 32, 64, 260, CUDNN_TENSOR_NHWC, CUDNN_STATUS_SUCCESS)
CASE(leak_dnn, cudnnHandle_t h; REQUIRE(cudnnCreate(&h) == CUDNN_STATUS_SUCCESS))
CASE(leak_descriptor, cudnnTensorDescriptor_t t; REQUIRE(cudnnCreateTensorDescriptor(&t) == CUDNN_STATUS_SUCCESS))

/* A batch of two products of 1 x 1 matrices of type, their results apart from each other. */
static void batch(float *device, cudaDataType type, int apart, cublasMath_t math, cublasComputeType_t compute, cublasGemmAlgo_t algorithm) {
  const float one = 1;
  cublasHandle_t h;
  REQUIRE(cublasCreate(&h) == CUBLAS_STATUS_SUCCESS && cublasSetMathMode(h, math) == CUBLAS_STATUS_SUCCESS);
  cublasGemmStridedBatchedEx(h, CUBLAS_OP_N, CUBLAS_OP_N, 1, 1, 1, &one, device, type, 1, 1, device, type, 1, 1, &one, device, type, 1,
                             apart, 2, compute, algorithm);
}
CASE(fast_pedantic, batch(f.device, CUDA_R_32F, 1, CUBLAS_PEDANTIC_MATH, CUBLAS_COMPUTE_32F_FAST_TF32, CUBLAS_GEMM_DEFAULT))
CASE(results_overlap, batch(f.device, CUDA_R_32F, 0, CUBLAS_DEFAULT_MATH, CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT))
CASE(by_number, batch(f.device, CUDA_R_32F, 1, CUBLAS_DEFAULT_MATH, CUBLAS_COMPUTE_32F, (cublasGemmAlgo_t)3))
static void own_workspace(cudaStream_t stream, float *device, bool last) {
  cublasHandle_t h;
  void *workspace;
  const float one = 1;
  REQUIRE(cublasCreate(&h) == CUBLAS_STATUS_SUCCESS && cublasSetStream(h, stream) == CUBLAS_STATUS_SUCCESS);
  DO(cudaMalloc(&workspace, 256));
  REQUIRE(cublasSetWorkspace(h, workspace, 256) == CUBLAS_STATUS_SUCCESS);
  if (!last) REQUIRE(cublasSetStream(h, stream) == CUBLAS_STATUS_SUCCESS);
  DO(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
  REQUIRE(cublasSgemm(h, CUBLAS_OP_N, CUBLAS_OP_N, 1, 1, 1, &one, device, 1, device, 1, &one, device + 1, 1) == CUBLAS_STATUS_SUCCESS);
  cudaGraph_t graph;
  DO(cudaStreamEndCapture(stream, &graph));
  DO(cudaGraphDestroy(graph));
  DO(cudaFree(workspace));
  REQUIRE(cublasDestroy(h) == CUBLAS_STATUS_SUCCESS);
}
CASE(workspace_set, own_workspace(f.stream, f.device, true))
CASE(workspace_taken, own_workspace(f.stream, f.device, false))
CASE(half_matrices, batch(f.device, CUDA_R_16F, 1, CUBLAS_DEFAULT_MATH, CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT))
CASE(long_batch, batch(f.device, CUDA_R_32F, 4, CUBLAS_DEFAULT_MATH, CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT))

static void failed_program() { /* what is left behind then is not another fault */
  float *p;
  DO(cudaMalloc(&p, 16));
  exit(0);
}

static const test_case cases[] = {
    {"the host reads device memory", read_device, "the host uses device memory", false},
    {"the host writes device memory", write_device, "the host uses device memory", false},
    {"a copy to memory that is not pinned", unpinned, "not pinned", false},
    {"a copy from memory that ends before", part_unpinned, "not pinned", false},
    {"a copy longer than its memory", too_long, "20 bytes at 0 of a device allocation of 16", false},
    {"a copy of the wrong kind", wrong_kind, "is device memory; the kind says host", false},
    {"a copy onto itself", overlap, "overlap", false},
    {"a fill longer than its memory", long_fill, "16 bytes at 4", false},
    {"a copy from freed memory", freed_copy, "was freed", false},
    {"memory freed twice", freed_twice, "freed before", false},
    {"memory freed from the inside", freed_inside, "not the beginning", false},
    {"pinned memory freed from the inside", freed_host, "not pinned memory", false},
    {"a wait while capturing", capture_sync, "not while a stream captures", false},
    {"an allocation while capturing", capture_malloc, "not while a stream captures", false},
    {"a question while capturing", capture_query, "not while a stream captures", false},
    {"a copy that waits while capturing", capture_copy, "not while a stream captures", false},
    {"a graph with freed memory", capture_freed, "touches device memory that was freed since", false},
    {"device memory left", leak_device, "1 device allocations of 16 bytes", false},
    {"pinned memory left", leak_pinned, "1 pinned", false},
    {"a stream left", leak_stream, "1 streams", false},
    {"an event left", leak_event, "1 events", false},
    {"an executable graph left", leak_graph, "1 executable graphs", false},
    {"a cuBLAS handle left", leak_blas, "1 cuBLAS handles", false},
    {"a convolution", dnn_good, NULL, false},
    {"a workspace under what was said is refused", dnn_small_workspace, NULL, false},
    {"images by planes are refused", dnn_planes, NULL, false},
    {"a convolution without a stream", dnn_no_stream, "no stream was set", false},
    {"an image between alignments", dnn_misaligned, "x is not aligned", false},
    {"a filter longer than its memory", dnn_short, "16 bytes at 512 of a device allocation of 512", false},
    {"an output over its input", dnn_over_input, "y overlaps an input", false},
    {"a workspace over an output", dnn_over_workspace, "the workspace overlaps", false},
    {"a workspace longer than its memory", dnn_long_workspace, "260 bytes at 256", false},
    {"a cuDNN handle left", leak_dnn, "1 cuDNN handles", false},
    {"a cuDNN descriptor left", leak_descriptor, "1 cuDNN descriptors", false},
    {"memory left by exit", failed_program, "1 device allocations", false},
    {"a second thread", second_thread, "second thread", false},
    {"a range that was not begun", range_underflow, "nvtxRangePop", false},
    {"a matrix longer than its memory", short_matrix, "20 bytes at 0 of a device allocation of 16", false},
    {"a factor in device memory", device_scalar, "pointer mode host", false},
    {"a matrix in host memory", host_matrix, "not device memory", false},
    {"a fast type in pedantic mode", fast_pedantic, "pedantic math mode", false},
    {"results of a batch in one place", results_overlap, "results of a batch overlap", false},
    {"an algorithm by its number", by_number, "algorithm 3", false},
    {"a product while capturing", workspace_set, NULL, false},
    {"a product while capturing, its workspace taken away by a stream", workspace_taken, "takes memory: not while a stream captures", false},
    {"matrices of another type", half_matrices, "not part of this emulation", false},
    {"a batch longer than its memory", long_batch, "20 bytes at 0 of a device allocation of 16", false},
};
CASES_MAIN(cases)

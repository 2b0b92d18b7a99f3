// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* cuDNN for the CUDA backend. The library is looked up when the first convolution is packed: whoever has none computes all the same, and
 * loading its gigabyte takes longer than many runs. */
#ifndef OSS_KERNELS_CUDA_DNN_H
#define OSS_KERNELS_CUDA_DNN_H

#include <cudnn.h>

#include "kernels/cuda/cuda.h"
#include "kernels/layer.h"

/* THE list of its functions in use. */
#define OSS_CUDA_DNN_FUNCTIONS(F)            \
  F(cudnnCreate)                             \
  F(cudnnDestroy)                            \
  F(cudnnSetStream)                          \
  F(cudnnGetErrorString)                     \
  F(cudnnCreateTensorDescriptor)             \
  F(cudnnSetTensor4dDescriptor)              \
  F(cudnnDestroyTensorDescriptor)            \
  F(cudnnCreateFilterDescriptor)             \
  F(cudnnSetFilter4dDescriptor)              \
  F(cudnnDestroyFilterDescriptor)            \
  F(cudnnCreateConvolutionDescriptor)        \
  F(cudnnSetConvolution2dDescriptor)         \
  F(cudnnSetConvolutionMathType)             \
  F(cudnnDestroyConvolutionDescriptor)       \
  F(cudnnGetConvolutionForwardAlgorithm_v7)  \
  F(cudnnGetConvolutionForwardWorkspaceSize) \
  F(cudnnConvolutionForward)

typedef struct oss_cuda_dnn {
  void *library; /* NULL in emulation */
  cudnnHandle_t handle;
#define OSS_CUDA_DNN_MEMBER(name) decltype(&::name) name;
  OSS_CUDA_DNN_FUNCTIONS(OSS_CUDA_DNN_MEMBER)
#undef OSS_CUDA_DNN_MEMBER
} oss_cuda_dnn;

/* Loads the library and binds a handle to the state's stream, unless that was done before. OSS_ERR_UNAVAILABLE says what is missing. */
oss_status oss_cuda_dnn_open(oss_cuda_state *state);
void oss_cuda_dnn_close(oss_cuda_state *state); /* safe on a state without */

/* The failure of a cuDNN call: OSS_ERR_MEMORY when memory ran out, else OSS_ERR_UNAVAILABLE. */
oss_status oss_cuda_dnn_fail(const oss_cuda_dnn *dnn, cudnnStatus_t error, const char *what, const char *file, int line);

/* Calls a function of the list; returns from the caller when it fails. */
#define OSS_DNN_TRY(dnn, name, ...)                                                                                       \
  do {                                                                                                                    \
    cudnnStatus_t oss_dnn_error_ = (dnn)->name(__VA_ARGS__);                                                              \
    if (oss_dnn_error_ != CUDNN_STATUS_SUCCESS) return oss_cuda_dnn_fail(dnn, oss_dnn_error_, #name, __FILE__, __LINE__); \
  } while (0)

/* A packed convolution: what conv_pack makes and conv runs.
 *
 * cuDNN is always given `chunk` samples, whose number follows from the layer's shape alone, so that it chooses the same kernel each time
 * and the bits do not depend on how a batch is split. The rest of a batch goes through scratch, filled up with zeros. */
typedef struct oss_conv_cuda {
  oss_packed head;
  oss_conv_shape shape;
  size_t out_height, out_width, chunk;
  oss_compute compute;
  cudnnTensorDescriptor_t in, out; /* chunks */
  cudnnFilterDescriptor_t filter;
  cudnnConvolutionDescriptor_t conv;
  cudnnConvolutionFwdAlgo_t algorithm;
  size_t workspace; /* bytes */
  void *weights;    /* device: [out][kernel][kernel][in], floats or bfloat16 */
  float *bias;      /* device, or NULL */
} oss_conv_cuda;

/* Parts of the scratch: a chunk's input, a chunk's output, the workspace. */
enum {
  OSS_CONV_STAGE = 4 << 20, /* elements of the first two, 16 MiB */
  OSS_CONV_WORKSPACE_BYTES = OSS_CUDA_SCRATCH_BYTES - 2 * OSS_CONV_STAGE * 4
};

static inline size_t oss_conv_in_size(const oss_conv_cuda *c) {
  return c->shape.height * c->shape.width * c->shape.in;
}
static inline size_t oss_conv_out_size(const oss_conv_cuda *c) {
  return c->out_height * c->out_width * c->shape.out;
}
/* Whether a chunk goes through scratch at need. */
static inline int oss_conv_stages(const oss_conv_cuda *c) {
  return oss_conv_in_size(c) <= OSS_CONV_STAGE && oss_conv_out_size(c) <= OSS_CONV_STAGE;
}

/* A float's bits to the nearest bfloat16, halves to even; NaN stays one. */
static inline __host__ __device__ uint16_t oss_conv_bfloat16(uint32_t bits) {
  const int nan = (bits & 0x7fffffffu) > 0x7f800000u;
  return (uint16_t)(nan ? bits >> 16 | 0x40u : (bits + 0x7fffu + (bits >> 16 & 1)) >> 16);
}

/* One call of cuDNN: a chunk at in to a chunk at out, both in the form that it computes in. */
oss_status oss_conv_chunk(oss_backend *be, const oss_conv_cuda *conv, const void *in, void *out);

#endif

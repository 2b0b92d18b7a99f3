// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Making a convolution: descriptors for a chunk of samples, the algorithm, the weights channels last.
 *
 * The algorithm is asked for once a layer and taken from what cuDNN advises, where that sums products as they are and in one order:
 * implicit matrix products. Winograd's transforms and Fourier's round in other places (1e-5 and more), and would spread a NaN over a tile.
 * fp32 forbids the tensor units, tf32 and bf16 allow them; bf16 means inputs, weights and outputs of 16 bits and sums in float.
 *
 * A chunk has about as many outputs as the largest card works on at once, so that a smaller one would not take less time, and a batch of
 * many chunks keeps the card busy; the first call is made here, since loading its kernel may take memory. */
#include <stdlib.h>
#include <string.h>

#include "kernels/cuda/blas.h"
#include "kernels/cuda/dnn.h"
#include "kernels/images.h"

enum {
  OUTPUTS = OSS_CUDA_EMULATED ? 1 << 10 : 2 << 20, /* 128 tiles of 128 x 128 */
  NARROW = 32                                      /* fewer channels take as long as so many */
};

/* Samples a call: a multiple of four where there are so many, so that chunks begin where 16 bytes do. */
static size_t chunk_of(const oss_conv_cuda *c) {
  const size_t pixels = c->out_height * c->out_width, in = oss_conv_in_size(c), out = oss_conv_out_size(c);
  const size_t largest = in > out ? in : out, width = c->shape.out < NARROW ? (size_t)NARROW : c->shape.out;
  size_t chunk = OUTPUTS / (pixels * width);
  if (chunk > OSS_CONV_STAGE / largest) chunk = OSS_CONV_STAGE / largest;
  return chunk < 1 ? 1 : chunk < 4 ? chunk : chunk / 4 * 4;
}

static oss_status make_descriptors(const oss_cuda_dnn *dnn, oss_conv_cuda *c) {
  const oss_conv_shape *s = &c->shape;
  const cudnnDataType_t type = c->compute == OSS_COMPUTE_BF16 ? CUDNN_DATA_BFLOAT16 : CUDNN_DATA_FLOAT;
  const cudnnTensorFormat_t form = CUDNN_TENSOR_NHWC;
  OSS_DNN_TRY(dnn, cudnnCreateTensorDescriptor, &c->in);
  OSS_DNN_TRY(dnn, cudnnCreateTensorDescriptor, &c->out);
  OSS_DNN_TRY(dnn, cudnnCreateFilterDescriptor, &c->filter);
  OSS_DNN_TRY(dnn, cudnnCreateConvolutionDescriptor, &c->conv);
  OSS_DNN_TRY(dnn, cudnnSetTensor4dDescriptor, c->in, form, type, (int)c->chunk, (int)s->in, (int)s->height, (int)s->width);
  OSS_DNN_TRY(dnn, cudnnSetTensor4dDescriptor, c->out, form, type, (int)c->chunk, (int)s->out, (int)c->out_height, (int)c->out_width);
  OSS_DNN_TRY(dnn, cudnnSetFilter4dDescriptor, c->filter, type, form, (int)s->out, (int)s->in, s->kernel, s->kernel);
  OSS_DNN_TRY(dnn, cudnnSetConvolution2dDescriptor, c->conv, s->pad, s->pad, 1, 1, 1, 1, CUDNN_CROSS_CORRELATION, CUDNN_DATA_FLOAT);
  OSS_DNN_TRY(dnn, cudnnSetConvolutionMathType, c->conv, c->compute == OSS_COMPUTE_FP32 ? CUDNN_FMA_MATH : CUDNN_TENSOR_OP_MATH);
  return OSS_OK;
}

static int acceptable(const oss_conv_cuda *c, const cudnnConvolutionFwdAlgoPerf_t *p) {
  const int product = p->algo == CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_GEMM || p->algo == CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM;
  const int exact = p->mathType == CUDNN_FMA_MATH || p->mathType == CUDNN_DEFAULT_MATH;
  return p->status == CUDNN_STATUS_SUCCESS && p->determinism == CUDNN_DETERMINISTIC && product &&
         p->memory <= (size_t)OSS_CONV_WORKSPACE_BYTES && (c->compute != OSS_COMPUTE_FP32 || exact);
}

/* Under fp32 the descriptor's math type stays CUDNN_FMA_MATH, which no advice may loosen. */
static oss_status choose_algorithm(const oss_cuda_dnn *dnn, oss_conv_cuda *c) {
  cudnnConvolutionFwdAlgoPerf_t advice[CUDNN_CONVOLUTION_FWD_ALGO_COUNT];
  int count = 0;
  OSS_DNN_TRY(dnn, cudnnGetConvolutionForwardAlgorithm_v7, dnn->handle, c->in, c->filter, c->conv, c->out, CUDNN_CONVOLUTION_FWD_ALGO_COUNT,
              &count, advice);
  for (int i = 0; i < count; i++) {
    if (!acceptable(c, &advice[i])) continue;
    c->algorithm = advice[i].algo;
    if (c->compute != OSS_COMPUTE_FP32) OSS_DNN_TRY(dnn, cudnnSetConvolutionMathType, c->conv, advice[i].mathType);
    OSS_DNN_TRY(dnn, cudnnGetConvolutionForwardWorkspaceSize, dnn->handle, c->in, c->filter, c->conv, c->out, c->algorithm, &c->workspace);
    if (c->workspace <= (size_t)OSS_CONV_WORKSPACE_BYTES) return OSS_OK;
  }
  return oss_fail(OSS_ERR_UNSUPPORTED,
                  "cuDNN computes no convolution of %zu x %zu with %zu to %zu channels and kernel %d as it must be here", c->shape.height,
                  c->shape.width, c->shape.in, c->shape.out, c->shape.kernel);
}

static uint16_t bfloat16(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return oss_conv_bfloat16(bits);
}

/* [out][in][taps] to [out][taps][in]. */
static void reorder(const oss_conv_cuda *c, const float *weight, void *to) {
  const size_t taps = (size_t)c->shape.kernel * (size_t)c->shape.kernel, in = c->shape.in;
  for (size_t i = 0; i < c->shape.out * taps * in; i++) {
    const float value = weight[(i / in / taps * in + i % in) * taps + i / in % taps];
    if (c->compute == OSS_COMPUTE_BF16)
      static_cast<uint16_t *>(to)[i] = bfloat16(value);
    else
      static_cast<float *>(to)[i] = value;
  }
}

static oss_status load_weights(oss_backend *be, oss_conv_cuda *c, const float *weight, const float *bias, size_t *bytes) {
  const size_t taps = (size_t)c->shape.kernel * (size_t)c->shape.kernel, size = c->compute == OSS_COMPUTE_BF16 ? 2 : 4;
  *bytes = c->shape.out * c->shape.in * taps * size;
  OSS_TRY(oss_cuda_allocate(be, *bytes, &c->weights));
  void *ordered = malloc(*bytes);
  if (ordered == NULL) return oss_fail(OSS_ERR_MEMORY, "conv_pack: no memory for %zu bytes", *bytes);
  reorder(c, weight, ordered);
  oss_status status = oss_cuda_upload(be, *bytes, ordered, c->weights);
  free(ordered);
  if (status != OSS_OK || bias == NULL) return status;
  *bytes += c->shape.out * sizeof *bias;
  OSS_TRY(oss_cuda_allocate(be, c->shape.out * sizeof *bias, reinterpret_cast<void **>(&c->bias)));
  return oss_cuda_upload(be, c->shape.out * sizeof *bias, bias, c->bias);
}

/* The first call of a chunk that scratch does not hold. */
static oss_status warm_up_large(oss_backend *be, const oss_conv_cuda *c) {
  const size_t in = oss_cuda_ceil(oss_conv_in_size(c), 64) * 64, out = oss_conv_out_size(c);
  void *memory;
  OSS_TRY(oss_cuda_allocate(be, (in + out) * sizeof(float), &memory));
  oss_status status = oss_conv_chunk(be, c, memory, static_cast<float *>(memory) + in);
  oss_status released = oss_cuda_release(be, memory);
  return status != OSS_OK ? status : released;
}

/* The first call, of zeros. */
static oss_status warm_up(oss_backend *be, const oss_conv_cuda *c) {
  const oss_cuda_state *s = oss_cuda_state_of(be);
  if (!oss_conv_stages(c)) return warm_up_large(be, c);
  OSS_CUDA_TRY(cudaMemsetAsync(s->scratch, 0, OSS_CONV_STAGE * sizeof(float), s->stream));
  return oss_conv_chunk(be, c, s->scratch, static_cast<float *>(s->scratch) + OSS_CONV_STAGE);
}

static oss_status pack(oss_backend *be, oss_conv_cuda *c, const float *weight, const float *bias, size_t *bytes) {
  oss_cuda_state *s = oss_cuda_state_of(be);
  OSS_TRY(oss_cuda_dnn_open(s));
  OSS_TRY(make_descriptors(s->dnn, c));
  OSS_TRY(choose_algorithm(s->dnn, c));
  OSS_TRY(load_weights(be, c, weight, bias, bytes));
  return warm_up(be, c);
}

/* Also of a layer that is half made. Its memory waits in the stream for what uses it. */
static oss_status release(oss_backend *be, oss_packed *packed) {
  oss_conv_cuda *c = reinterpret_cast<oss_conv_cuda *>(packed);
  const oss_cuda_dnn *dnn = oss_cuda_state_of(be)->dnn;
  if (c->in != NULL) dnn->cudnnDestroyTensorDescriptor(c->in);
  if (c->out != NULL) dnn->cudnnDestroyTensorDescriptor(c->out);
  if (c->filter != NULL) dnn->cudnnDestroyFilterDescriptor(c->filter);
  if (c->conv != NULL) dnn->cudnnDestroyConvolutionDescriptor(c->conv);
  const oss_status weights = oss_cuda_release(be, c->weights), bias = oss_cuda_release(be, c->bias);
  free(c);
  return weights != OSS_OK ? weights : bias;
}

static oss_status check_compute(const oss_backend *be, const oss_conv_cuda *c) {
  OSS_TRY(oss_cuda_check_compute(be, c->compute));
  if (c->compute == OSS_COMPUTE_BF16 && !oss_conv_stages(c))
    return oss_fail(OSS_ERR_UNSUPPORTED, "compute: no bf16 for images of more than %d elements", (int)OSS_CONV_STAGE);
  return OSS_OK;
}

oss_status oss_cuda_conv_pack(oss_backend *be, oss_conv_shape shape, oss_compute compute, const float *weight, const float *bias,
                              oss_layer *out) {
  *out = oss_layer{NULL, 0};
  OSS_TRY(oss_cuda_not_recording(be, "conv_pack"));
  OSS_TRY(oss_check_conv_shape(&shape));
  oss_conv_cuda *c = static_cast<oss_conv_cuda *>(calloc(1, sizeof *c));
  if (c == NULL) return oss_fail(OSS_ERR_MEMORY, "conv_pack: no memory");
  size_t bytes = 0;
  c->head.kind = OSS_LAYER_CONV;
  c->head.release = release;
  c->shape = shape;
  c->compute = compute;
  c->out_height = oss_conv_length(shape.height, &shape);
  c->out_width = oss_conv_length(shape.width, &shape);
  c->chunk = chunk_of(c);
  oss_status status = check_compute(be, c);
  if (status == OSS_OK) status = pack(be, c, weight, bias, &bytes);
  if (status != OSS_OK) {
    (void)release(be, &c->head);
    return status;
  }
  out->packed = c;
  out->bytes = bytes;
  return OSS_OK;
}

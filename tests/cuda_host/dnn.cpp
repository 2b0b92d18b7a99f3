// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* cuDNN by plain loops: convolutions of images, channels last. What cuDNN refuses is refused; what it would read, write or need in silence
 * (alignment, the whole workspace, a stream of one's own) is a fault. Its first advice is a fast algorithm that rounds elsewhere, and where
 * tensor units are allowed, floats lose the bits that TF32 has not. */
#include <stddef.h>
#include <string.h>

#include <map>
#include <memory>
#include <vector>

#include "cudnn.h"
#include "internal.h"

struct cudnnContext {
  cudaStream_t stream;
};
struct cudnnTensorStruct { /* n x c x h x w, or the filter's k x c x h x w */
  bool set;
  cudnnDataType_t type;
  cudnnTensorFormat_t format;
  int n, c, h, w;
};
struct cudnnFilterStruct : cudnnTensorStruct {};
struct cudnnConvolutionStruct {
  bool set;
  int pad_h, pad_w;
  cudnnMathType_t math;
  cudnnDataType_t compute;
  bool plain;  /* cross-correlation, strides and dilations 1 */
  bool called; /* forward, since it was set */
};

using namespace oss_cuda_host;

namespace {

template <class T>
struct registry {
  std::map<T *, std::unique_ptr<T>> alive;
  T *add(T value) {
    auto made = std::make_unique<T>(value);
    T *at = made.get();
    alive[at] = std::move(made);
    return at;
  }
  bool has(T *at) const {
    return alive.count(at) != 0;
  }
};
registry<cudnnContext> handles;
registry<cudnnTensorStruct> tensors;
registry<cudnnFilterStruct> filters;
registry<cudnnConvolutionStruct> convolutions;

template <class T>
cudnnStatus_t destroy(const char *function, registry<T> *among, T *at) {
  enter(function);
  if (!among->has(at)) return CUDNN_STATUS_BAD_PARAM;
  among->alive.erase(at);
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t set(const char *function, cudnnTensorStruct *to, cudnnTensorFormat_t format, cudnnDataType_t type, int n, int c, int h,
                  int w) {
  enter(function);
  if (n <= 0 || c <= 0 || h <= 0 || w <= 0) return CUDNN_STATUS_BAD_PARAM;
  if (type != CUDNN_DATA_FLOAT && type != CUDNN_DATA_BFLOAT16) return CUDNN_STATUS_NOT_SUPPORTED_DATA_TYPE;
  if ((double)n * c * h * w >= 2147483648.0) return CUDNN_STATUS_NOT_SUPPORTED_SHAPE;
  to->set = true;
  to->type = type;
  to->format = format;
  to->n = n, to->c = c, to->h = h, to->w = w;
  return CUDNN_STATUS_SUCCESS;
}

struct job {
  cudnnTensorStruct x, w, y;
  cudnnConvolutionStruct conv;
};

bool compute_capability_8() {
  cudaDeviceProp properties;
  return cudaGetDeviceProperties(&properties, 0) == cudaSuccess && properties.major >= 8;
}

bool is_product(cudnnConvolutionFwdAlgo_t algorithm) {
  return algorithm == CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_GEMM || algorithm == CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM;
}

cudnnStatus_t check(const char *function, cudnnHandle_t handle, cudnnTensorDescriptor_t x, cudnnFilterDescriptor_t w,
                    cudnnConvolutionDescriptor_t conv, cudnnTensorDescriptor_t y, job *out) {
  enter(function);
  if (!handles.has(handle)) return CUDNN_STATUS_NOT_INITIALIZED;
  if (!tensors.has(x) || !filters.has(w) || !convolutions.has(conv) || !tensors.has(y)) return CUDNN_STATUS_BAD_PARAM;
  if (!x->set || !w->set || !conv->set || !y->set) return CUDNN_STATUS_BAD_PARAM;
  if (x->type != w->type || x->type != y->type || conv->compute != CUDNN_DATA_FLOAT) return CUDNN_STATUS_NOT_SUPPORTED_DATA_TYPE;
  if (x->format != CUDNN_TENSOR_NHWC || w->format != CUDNN_TENSOR_NHWC || y->format != CUDNN_TENSOR_NHWC)
    return CUDNN_STATUS_NOT_SUPPORTED_LAYOUT;
  if (!conv->plain) fail("%s: strides, dilations and reversed filters are not part of this emulation", function);
  if (x->c != w->c || y->c != w->n || x->n != y->n || y->h != x->h + 2 * conv->pad_h - w->h + 1 ||
      y->w != x->w + 2 * conv->pad_w - w->w + 1)
    return CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH;
  if (x->type == CUDNN_DATA_BFLOAT16 && !compute_capability_8()) return CUDNN_STATUS_NOT_SUPPORTED_ARCH_MISMATCH;
  *out = job{*x, *w, *y, *conv};
  return CUDNN_STATUS_SUCCESS;
}

/* Of no use here; PRECOMP_GEMM has its tables of offsets in it. */
size_t workspace_of(const job &j, cudnnConvolutionFwdAlgo_t algorithm) {
  return algorithm == CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_GEMM ? 0 : 64 + 4 * (size_t)j.w.h * (size_t)j.w.w * (size_t)j.w.c;
}

size_t elements(const cudnnTensorStruct &t) {
  return (size_t)t.n * (size_t)t.c * (size_t)t.h * (size_t)t.w;
}

uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}
float value_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}
/* To the nearest number with so many bits less, halves to even. */
uint32_t round_bits(float value, int less) {
  const uint32_t bits = bits_of(value), half = (1u << (less - 1)) - 1;
  if ((bits & 0x7fffffffu) >= 0x7f800000u) return bits;
  return (bits + half + (bits >> less & 1)) & ~((1u << less) - 1);
}

/* As what multiplies sees them. */
std::vector<float> read(const cudnnTensorStruct &t, const void *data, bool tf32) {
  std::vector<float> out(elements(t));
  if (t.type == CUDNN_DATA_BFLOAT16) {
    const uint16_t *from = static_cast<const uint16_t *>(data);
    for (size_t i = 0; i < out.size(); i++) out[i] = value_of((uint32_t)from[i] << 16);
  } else {
    memcpy(out.data(), data, out.size() * sizeof(float));
    for (size_t i = 0; tf32 && i < out.size(); i++) out[i] = value_of(round_bits(out[i], 13));
  }
  return out;
}

void write(const cudnnTensorStruct &t, size_t i, float value, void *data) {
  if (t.type == CUDNN_DATA_BFLOAT16)
    static_cast<uint16_t *>(data)[i] = value != value ? 0x7fc0 : (uint16_t)(round_bits(value, 16) >> 16);
  else
    static_cast<float *>(data)[i] = value;
}

/* One output pixel: its channels side by side. w is [h][w][c][k]. */
void pixel(const job &j, const float *image, const float *w, int y, int x, std::vector<float> *sum) {
  for (float &s : *sum) s = 0;
  for (int p = 0; p < j.w.h; p++)
    for (int q = 0; q < j.w.w; q++) {
      const int row = y + p - j.conv.pad_h, column = x + q - j.conv.pad_w;
      if (row < 0 || column < 0 || row >= j.x.h || column >= j.x.w) continue;
      const float *from = image + ((size_t)row * (size_t)j.x.w + (size_t)column) * (size_t)j.x.c;
      const float *taps = w + (size_t)(p * j.w.w + q) * (size_t)j.w.c * (size_t)j.w.n;
      for (int c = 0; c < j.x.c; c++)
        for (int k = 0; k < j.w.n; k++) (*sum)[(size_t)k] += from[c] * taps[c * j.w.n + k];
    }
}

void convolve(const job &j, const void *x, const void *w, void *y) {
  const bool tf32 = j.conv.math != CUDNN_FMA_MATH && compute_capability_8();
  const std::vector<float> in = read(j.x, x, tf32), filter = read(j.w, w, tf32);
  std::vector<float> turned(filter.size()), sum((size_t)j.w.n);
  const size_t taps = filter.size() / (size_t)j.w.n;
  for (size_t i = 0; i < filter.size(); i++) turned[i % taps * (size_t)j.w.n + i / taps] = filter[i];
  size_t at = 0;
  for (int n = 0; n < j.y.n; n++)
    for (int row = 0; row < j.y.h; row++)
      for (int column = 0; column < j.y.w; column++) {
        pixel(j, in.data() + (size_t)n * in.size() / (size_t)j.x.n, turned.data(), row, column, &sum);
        for (float s : sum) write(j.y, at++, s, y);
      }
}

/* The allocation's id. Kernels of cuDNN load 16 bytes at once. */
uint64_t check_data(const char *function, const char *what, const void *data, size_t bytes) {
  const uint64_t id = check_device(function, data, bytes)->id;
  if (reinterpret_cast<uintptr_t>(data) % 16 != 0) fail("%s: %s is not aligned to 16 bytes", function, what);
  return id;
}

bool overlap(const void *a, size_t a_bytes, const void *b, size_t b_bytes) {
  const char *x = static_cast<const char *>(a), *y = static_cast<const char *>(b);
  return a_bytes > 0 && b_bytes > 0 && x < y + b_bytes && y < x + a_bytes;
}

size_t bytes_of(const cudnnTensorStruct &t) {
  return elements(t) * (t.type == CUDNN_DATA_BFLOAT16 ? 2 : 4);
}

}  // namespace

void oss_cuda_host::dnn_leaks(std::string *out) {
  const size_t descriptors = tensors.alive.size() + filters.alive.size() + convolutions.alive.size();
  if (!handles.alive.empty()) *out += " " + std::to_string(handles.alive.size()) + " cuDNN handles;";
  if (descriptors != 0) *out += " " + std::to_string(descriptors) + " cuDNN descriptors;";
}

cudnnStatus_t cudnnCreate(cudnnHandle_t *handle) {
  enter("cudnnCreate");
  forbid_in_capture("cudnnCreate");
  *handle = handles.add(cudnnContext{nullptr});
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnDestroy(cudnnHandle_t handle) {
  forbid_in_capture("cudnnDestroy");
  if (handles.has(handle) && stream_exists(handle->stream)) finish_stream(handle->stream);
  return destroy("cudnnDestroy", &handles, handle);
}

cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, cudaStream_t stream) {
  if (!handles.has(handle)) return CUDNN_STATUS_NOT_INITIALIZED;
  if (!stream_exists(stream)) return CUDNN_STATUS_BAD_PARAM;
  handle->stream = stream;
  return CUDNN_STATUS_SUCCESS;
}

const char *cudnnGetErrorString(cudnnStatus_t status) {
  return status == CUDNN_STATUS_SUCCESS         ? "CUDNN_STATUS_SUCCESS"
         : status < CUDNN_STATUS_BAD_PARAM      ? "CUDNN_STATUS_NOT_INITIALIZED"
         : status < CUDNN_STATUS_NOT_SUPPORTED  ? "CUDNN_STATUS_BAD_PARAM"
         : status < CUDNN_STATUS_INTERNAL_ERROR ? "CUDNN_STATUS_NOT_SUPPORTED"
                                                : "CUDNN_STATUS_INTERNAL_ERROR";
}

cudnnStatus_t cudnnCreateTensorDescriptor(cudnnTensorDescriptor_t *out) {
  *out = tensors.add(cudnnTensorStruct{});
  return CUDNN_STATUS_SUCCESS;
}
cudnnStatus_t cudnnSetTensor4dDescriptor(cudnnTensorDescriptor_t tensor, cudnnTensorFormat_t format, cudnnDataType_t type, int n, int c,
                                         int h, int w) {
  if (!tensors.has(tensor)) return CUDNN_STATUS_BAD_PARAM;
  return set("cudnnSetTensor4dDescriptor", tensor, format, type, n, c, h, w);
}
cudnnStatus_t cudnnDestroyTensorDescriptor(cudnnTensorDescriptor_t tensor) {
  return destroy("cudnnDestroyTensorDescriptor", &tensors, tensor);
}

cudnnStatus_t cudnnCreateFilterDescriptor(cudnnFilterDescriptor_t *out) {
  *out = filters.add(cudnnFilterStruct{});
  return CUDNN_STATUS_SUCCESS;
}
cudnnStatus_t cudnnSetFilter4dDescriptor(cudnnFilterDescriptor_t filter, cudnnDataType_t type, cudnnTensorFormat_t format, int k, int c,
                                         int h, int w) {
  if (!filters.has(filter)) return CUDNN_STATUS_BAD_PARAM;
  return set("cudnnSetFilter4dDescriptor", filter, format, type, k, c, h, w);
}
cudnnStatus_t cudnnDestroyFilterDescriptor(cudnnFilterDescriptor_t filter) {
  return destroy("cudnnDestroyFilterDescriptor", &filters, filter);
}

cudnnStatus_t cudnnCreateConvolutionDescriptor(cudnnConvolutionDescriptor_t *out) {
  *out = convolutions.add(cudnnConvolutionStruct{});
  return CUDNN_STATUS_SUCCESS;
}
cudnnStatus_t cudnnSetConvolution2dDescriptor(cudnnConvolutionDescriptor_t conv, int pad_h, int pad_w, int u, int v, int dilation_h,
                                              int dilation_w, cudnnConvolutionMode_t mode, cudnnDataType_t compute) {
  if (!convolutions.has(conv) || pad_h < 0 || pad_w < 0 || u <= 0 || v <= 0 || dilation_h <= 0 || dilation_w <= 0)
    return CUDNN_STATUS_BAD_PARAM;
  const bool plain = u == 1 && v == 1 && dilation_h == 1 && dilation_w == 1 && mode == CUDNN_CROSS_CORRELATION;
  *conv = cudnnConvolutionStruct{true, pad_h, pad_w, CUDNN_DEFAULT_MATH, compute, plain, false};
  return CUDNN_STATUS_SUCCESS;
}
cudnnStatus_t cudnnSetConvolutionMathType(cudnnConvolutionDescriptor_t conv, cudnnMathType_t math) {
  if (!convolutions.has(conv) || math < CUDNN_DEFAULT_MATH || math > CUDNN_FMA_MATH) return CUDNN_STATUS_BAD_PARAM;
  conv->math = math;
  return CUDNN_STATUS_SUCCESS;
}
cudnnStatus_t cudnnDestroyConvolutionDescriptor(cudnnConvolutionDescriptor_t conv) {
  return destroy("cudnnDestroyConvolutionDescriptor", &convolutions, conv);
}

/* The fastest first, as cuDNN does: one that rounds elsewhere, one that wants a huge workspace, then the usual. To whom FMA was enough it
 * names the default, which would allow more. */
cudnnStatus_t cudnnGetConvolutionForwardAlgorithm_v7(cudnnHandle_t handle, cudnnTensorDescriptor_t x, cudnnFilterDescriptor_t w,
                                                     cudnnConvolutionDescriptor_t conv, cudnnTensorDescriptor_t y, int asked, int *count,
                                                     cudnnConvolutionFwdAlgoPerf_t *out) {
  job j;
  cudnnStatus_t status = check("cudnnGetConvolutionForwardAlgorithm_v7", handle, x, w, conv, y, &j);
  if (status != CUDNN_STATUS_SUCCESS) return status;
  if (asked < 1) return CUDNN_STATUS_BAD_PARAM;
  const cudnnConvolutionFwdAlgo_t precomputed = CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM;
  const cudnnMathType_t usual = j.conv.math == CUDNN_FMA_MATH ? CUDNN_DEFAULT_MATH : j.conv.math;
  const size_t huge = (size_t)1 << 40;
  const cudnnConvolutionFwdAlgoPerf_t all[] = {
      {CUDNN_CONVOLUTION_FWD_ALGO_WINOGRAD, CUDNN_STATUS_SUCCESS, -1, 0, CUDNN_DETERMINISTIC, j.conv.math, {}},
      {precomputed, CUDNN_STATUS_SUCCESS, -1, huge, CUDNN_DETERMINISTIC, j.conv.math, {}},
      {precomputed, CUDNN_STATUS_SUCCESS, -1, workspace_of(j, precomputed), CUDNN_DETERMINISTIC, usual, {}},
      {CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_GEMM, CUDNN_STATUS_SUCCESS, -1, 0, CUDNN_DETERMINISTIC, CUDNN_DEFAULT_MATH, {}},
      {CUDNN_CONVOLUTION_FWD_ALGO_DIRECT, CUDNN_STATUS_NOT_SUPPORTED, -1, 0, CUDNN_DETERMINISTIC, CUDNN_DEFAULT_MATH, {}}};
  for (*count = 0; *count < asked && *count < 5; ++*count) out[*count] = all[*count];
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnGetConvolutionForwardWorkspaceSize(cudnnHandle_t handle, cudnnTensorDescriptor_t x, cudnnFilterDescriptor_t w,
                                                      cudnnConvolutionDescriptor_t conv, cudnnTensorDescriptor_t y,
                                                      cudnnConvolutionFwdAlgo_t algorithm, size_t *bytes) {
  job j;
  cudnnStatus_t status = check("cudnnGetConvolutionForwardWorkspaceSize", handle, x, w, conv, y, &j);
  if (status != CUDNN_STATUS_SUCCESS) return status;
  if (!is_product(algorithm)) return CUDNN_STATUS_NOT_SUPPORTED;
  *bytes = workspace_of(j, algorithm);
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnConvolutionForward(cudnnHandle_t handle, const void *alpha, cudnnTensorDescriptor_t x, const void *x_data,
                                      cudnnFilterDescriptor_t w, const void *w_data, cudnnConvolutionDescriptor_t conv,
                                      cudnnConvolutionFwdAlgo_t algorithm, void *workspace, size_t workspace_bytes, const void *beta,
                                      cudnnTensorDescriptor_t y, void *y_data) {
  const char *function = "cudnnConvolutionForward";
  job j;
  cudnnStatus_t status = check(function, handle, x, w, conv, y, &j);
  if (status != CUDNN_STATUS_SUCCESS) return status;
  if (alpha == nullptr || beta == nullptr || x_data == nullptr || w_data == nullptr || y_data == nullptr)
    return CUDNN_STATUS_BAD_PARAM_NULL_POINTER;
  if (!is_product(algorithm)) return CUDNN_STATUS_NOT_SUPPORTED;
  if (handle->stream == nullptr) fail("%s: no stream was set", function);
  if (in_device_range(alpha) || in_device_range(beta)) fail("%s: alpha or beta in device memory", function);
  if (*static_cast<const float *>(alpha) != 1 || *static_cast<const float *>(beta) != 0)
    fail("%s: factors other than 1 and 0 are not part of this emulation", function);
  const size_t needed = workspace_of(j, algorithm), x_bytes = bytes_of(j.x), w_bytes = bytes_of(j.w), y_bytes = bytes_of(j.y);
  if (workspace_bytes < needed) return CUDNN_STATUS_BAD_PARAM_SIZE_INSUFFICIENT;
  if (needed > 0 && workspace == nullptr) return CUDNN_STATUS_BAD_PARAM_NULL_POINTER;
  if (!conv->called) forbid_in_capture("cudnnConvolutionForward for the first time, which loads its kernel,");
  conv->called = true;
  operation op;
  op.what = function;
  op.touches = {check_data(function, "x", x_data, x_bytes), check_data(function, "w", w_data, w_bytes),
                check_data(function, "y", y_data, y_bytes)};
  if (needed > 0) op.touches.push_back(check_data(function, "the workspace", workspace, workspace_bytes));
  if (overlap(y_data, y_bytes, x_data, x_bytes) || overlap(y_data, y_bytes, w_data, w_bytes)) fail("%s: y overlaps an input", function);
  if (overlap(workspace, needed, x_data, x_bytes) || overlap(workspace, needed, w_data, w_bytes) ||
      overlap(workspace, needed, y_data, y_bytes))
    fail("%s: the workspace overlaps x, w or y", function);
  op.run = [=] {
    if (needed > 0) fill_poison(device_bytes(static_cast<char *>(workspace)), workspace_bytes);
    convolve(j, device_bytes(static_cast<const char *>(x_data)), device_bytes(static_cast<const char *>(w_data)),
             device_bytes(static_cast<char *>(y_data)));
  };
  enqueue(handle->stream, std::move(op));
  return CUDNN_STATUS_SUCCESS;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* conv: chunks of samples by cuDNN, where they lie or by way of scratch, and the bias.
 *
 * in out kernel^2 FMA an output pixel. Bytes: 4 for each input and output, 8 an output for the bias, 8 an element that goes by way of
 * scratch (6 as bfloat16). Floor: the FMA, at the tensor units' rate under tf32 and bf16. Expected: 60 to 80 % of it for 64 channels or
 * more; of fewer, the bytes.
 *
 * By way of scratch go bfloat16, the last samples of a batch, and arrays that begin between multiples of 16 bytes, for which cuDNN might
 * take another kernel. */
#include "kernels/cuda/dnn.h"
#include "kernels/cuda/rows.h"

enum { THREADS = 256 };

typedef uint16_t bfloat16;

static __device__ inline float widen(float value) {
  return value;
}
static __device__ inline float widen(bfloat16 value) {
  return __uint_as_float((unsigned)value << 16);
}
static __device__ inline void narrow(float value, float *to) {
  *to = value;
}
static __device__ inline void narrow(float value, bfloat16 *to) {
  *to = oss_conv_bfloat16(__float_as_uint(value));
}

/* Elements of the chunk's input, zeros from count to all. One thread an element: 4 bytes read and 4 (2) written. */
// block: 256
template <class T>
static __global__ void __launch_bounds__(THREADS) conv_stage(size_t count, size_t all, const float *in, T *out) {
  const size_t stride = (size_t)gridDim.x * THREADS;
  for (size_t i = (size_t)blockIdx.x * THREADS + threadIdx.x; i < all; i += stride) narrow(i < count ? in[i] : 0.0f, &out[i]);
}

/* out[r][c] = in[r][c] + bias[c] (NULL: none); in may be out. A thread has one channel of several pixels. */
// block: 256
template <class T>
static __global__ void __launch_bounds__(THREADS) conv_finish(size_t pixels, size_t channels, const float *bias, const T *in, float *out) {
  for (size_t c = oss_cuda_x(); c < channels; c += oss_cuda_x_step()) {
    const float add = bias == NULL ? 0.0f : bias[c];
    for (size_t r = oss_cuda_y(); r < pixels; r += oss_cuda_y_step()) out[r * channels + c] = widen(in[r * channels + c]) + add;
  }
}

oss_status oss_conv_chunk(oss_backend *be, const oss_conv_cuda *c, const void *in, void *out) {
  const oss_cuda_state *s = oss_cuda_state_of(be);
  const float one = 1.0f, zero = 0.0f;
  void *workspace = static_cast<float *>(s->scratch) + 2 * (size_t)OSS_CONV_STAGE;
  OSS_DNN_TRY(s->dnn, cudnnConvolutionForward, s->dnn->handle, &one, c->in, in, c->filter, c->weights, c->conv, c->algorithm, workspace,
              c->workspace, &zero, c->out, out);
  return OSS_OK;
}

template <class T>
static oss_status stage(oss_backend *be, size_t count, size_t all, const float *in, T *out) {
  const auto kernel = conv_stage<T>;
  OSS_LAUNCH(be, kernel, oss_cuda_blocks(be, all, THREADS), THREADS, 0, count, all, in, out);
  return OSS_OK;
}

template <class T>
static oss_status finish(oss_backend *be, const oss_conv_cuda *c, size_t samples, const T *in, float *out) {
  const size_t pixels = samples * c->out_height * c->out_width;
  const oss_cuda_rows plan = oss_cuda_rows_plan(pixels, c->shape.out);
  const auto kernel = conv_finish<T>;
  OSS_LAUNCH(be, kernel, plan.grid, plan.block, 0, pixels, c->shape.out, c->bias, in, out);
  return OSS_OK;
}

template <class T>
static oss_status by_scratch(oss_backend *be, const oss_conv_cuda *c, size_t samples, const float *in, float *out) {
  float *scratch = static_cast<float *>(oss_cuda_state_of(be)->scratch);
  T *from = reinterpret_cast<T *>(scratch), *to = reinterpret_cast<T *>(scratch + OSS_CONV_STAGE);
  OSS_TRY(stage(be, samples * oss_conv_in_size(c), c->chunk * oss_conv_in_size(c), in, from));
  OSS_TRY(oss_conv_chunk(be, c, from, to));
  return finish(be, c, samples, to, out);
}

static oss_status in_place(oss_backend *be, const oss_conv_cuda *c, const float *in, float *out) {
  OSS_TRY(oss_conv_chunk(be, c, in, out));
  return c->bias == NULL ? OSS_OK : finish<float>(be, c, c->chunk, out, out);
}

oss_status oss_cuda_conv(oss_backend *be, size_t samples, const oss_layer *layer, const float *in, float *out) {
  OSS_TRY(oss_check_layer(layer, OSS_LAYER_CONV, "conv"));
  const oss_conv_cuda *c = static_cast<const oss_conv_cuda *>(layer->packed);
  const size_t in_size = oss_conv_in_size(c), out_size = oss_conv_out_size(c);
  if (!oss_fits(samples, in_size, 1, sizeof *in) || !oss_fits(samples, out_size, 1, sizeof *out))
    return oss_fail(OSS_ERR_INTERNAL, "conv: %zu samples of %zu to %zu overflow", samples, in_size, out_size);
  for (size_t first = 0; first < samples; first += c->chunk) {
    const size_t count = samples - first < c->chunk ? samples - first : c->chunk;
    const float *from = in + first * in_size;
    float *to = out + first * out_size;
    const int placed = count == c->chunk && oss_cuda_aligned(from) && oss_cuda_aligned(to);
    if (!placed && !oss_conv_stages(c)) return oss_fail(OSS_ERR_INTERNAL, "conv: images of so many elements must be aligned to 16 bytes");
    if (c->compute == OSS_COMPUTE_BF16)
      OSS_TRY(by_scratch<bfloat16>(be, c, count, from, to));
    else if (placed)
      OSS_TRY(in_place(be, c, from, to));
    else
      OSS_TRY(by_scratch<float>(be, c, count, from, to));
  }
  return OSS_OK;
}

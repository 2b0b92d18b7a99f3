// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* A packed convolution of the CPU backend: what conv_pack makes and conv runs, from oneDNN's parts.
 *
 * A sample's output is cut into bands of rows that follow from the layer's shape alone, and each band is one call of a primitive made for
 * one thread. Samples and bands are spread over the threads, so an image alone keeps them busy as a batch does, and neither their number
 * nor the batch can change a bit: oneDNN's own split over threads could, since it picks other blocks of channels for other numbers of
 * threads. */
#ifndef OSS_KERNELS_CPU_CONV_H
#define OSS_KERNELS_CPU_CONV_H

#include <dnnl.h>

#include "kernels/cpu/cpu.h"
#include "kernels/layer.h"

enum { OSS_CONV_BANDS = 16 };

/* Bands of one height that touch the same borders share a primitive. */
typedef struct oss_conv_kind {
  size_t rows, in_rows; /* of output and of the input that it is made from */
  int top, bottom;      /* rows of padding */
  dnnl_primitive_t primitive;
  dnnl_memory_desc_t in, out;
  size_t scratch; /* bytes */
} oss_conv_kind;

typedef struct oss_conv_band {
  size_t row, in_row; /* the first ones */
  int kind;
} oss_conv_band;

/* What one thread calls the primitives with. */
typedef struct oss_conv_thread {
  dnnl_stream_t stream;
  dnnl_memory_t in[OSS_CONV_BANDS], out[OSS_CONV_BANDS], scratch[OSS_CONV_BANDS]; /* of each kind */
} oss_conv_thread;

typedef struct oss_conv_cpu {
  oss_packed head;
  oss_conv_shape shape;
  size_t out_height, out_width;
  int bands, kinds, threads;
  oss_conv_band band[OSS_CONV_BANDS];
  oss_conv_kind kind[OSS_CONV_BANDS];
  dnnl_engine_t engine;
  dnnl_memory_desc_t weights_form, bias_form;
  dnnl_memory_t weights, bias;
  void *weights_data, *bias_data, *scratch_data;
  oss_conv_thread *thread; /* [threads] */
} oss_conv_cpu;

/* The failure of a oneDNN call. */
oss_status oss_conv_fail(dnnl_status_t status, const char *what);

#define OSS_DNNL_TRY(call)                                                               \
  do {                                                                                   \
    dnnl_status_t oss_dnnl_status_ = (call);                                             \
    if (oss_dnnl_status_ != dnnl_success) return oss_conv_fail(oss_dnnl_status_, #call); \
  } while (0)

#endif

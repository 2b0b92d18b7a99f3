// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Making a convolution: the bands, a primitive for each kind of band, the weights in the form that these ask for, and for every thread what
 * it needs to call them, so that conv itself only points them to their rows.
 *
 * How many bands: a power of two, as numbers of threads are, and no more than keep WORK multiply-adds (25 us) and PIXELS outputs each.
 * Shorter ones read the weights more often and repeat what a primitive does once: 1.02 to 1.08 of the time at WORK, 1.5 at a quarter of it.
 */
#include "kernels/cpu/conv.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/cpu/isa.h"
#include "kernels/images.h"

enum { WORK = 3 << 19, PIXELS = 24, ALIGNMENT = 64 };

oss_status oss_conv_fail(dnnl_status_t status, const char *what) {
  oss_status code = status == dnnl_out_of_memory ? OSS_ERR_MEMORY : OSS_ERR_INTERNAL;
  return oss_fail(code, "oneDNN: status %d in %s", (int)status, what);
}

static size_t ceiling(size_t count, size_t size) {
  return (count + size - 1) / size;
}

static size_t most_bands(const oss_conv_cpu *c) {
  const oss_conv_shape *s = &c->shape;
  const size_t pixels = c->out_height * c->out_width, taps = (size_t)s->kernel * (size_t)s->kernel;
  const double work = (double)pixels * (double)s->in * (double)s->out * (double)taps;
  size_t bands = 1;
  while (2 * bands <= OSS_CONV_BANDS && 2 * bands <= c->out_height && 2 * bands * PIXELS <= pixels && 2.0 * (double)bands * WORK <= work)
    bands *= 2;
  return bands;
}

/* The kind of bands like this one. */
static int find_kind(oss_conv_cpu *c, const oss_conv_kind *want) {
  for (int i = 0; i < c->kinds; i++) {
    const oss_conv_kind *k = &c->kind[i];
    if (k->rows == want->rows && k->in_rows == want->in_rows && k->top == want->top && k->bottom == want->bottom) return i;
  }
  c->kind[c->kinds] = *want;
  return c->kinds++;
}

/* Bands of equal height, to a row. Output row r is made from the input's rows r - pad .. r - pad + kernel - 1. */
static void cut_bands(oss_conv_cpu *c, size_t bands) {
  const size_t height = c->shape.height, pad = (size_t)c->shape.pad, kernel = (size_t)c->shape.kernel;
  c->bands = c->kinds = 0;
  for (size_t b = 0; b < bands; b++) {
    const size_t row = b * c->out_height / bands, next = (b + 1) * c->out_height / bands;
    const size_t begin = row > pad ? row - pad : 0, after = next - 1 + kernel; /* after is pad too large */
    const size_t end = after - pad < height ? after - pad : height;
    const oss_conv_kind kind = {
        .rows = next - row, .in_rows = end - begin, .top = (int)(begin + pad - row), .bottom = (int)(after - pad - end)};
    c->band[c->bands++] = (oss_conv_band){.row = row, .in_row = begin, .kind = find_kind(c, &kind)};
  }
}

/* A primitive descriptor for the kind of band; *weights in: the form asked for, or any. The caller destroys *out. */
static oss_status describe(const oss_conv_cpu *c, const oss_conv_kind *k, const dnnl_memory_desc_t *weights, dnnl_primitive_desc_t *out) {
  const dnnl_dims_t strides = {1, 1}, dilates = {0, 0}, left = {k->top, c->shape.pad}, right = {k->bottom, c->shape.pad};
  dnnl_convolution_desc_t conv;
  dnnl_primitive_attr_t attr = NULL;
  OSS_DNNL_TRY(dnnl_dilated_convolution_forward_desc_init(&conv, dnnl_forward_inference, dnnl_convolution_direct, &k->in, weights,
                                                          &c->bias_form, &k->out, strides, dilates, left, right));
  OSS_DNNL_TRY(dnnl_primitive_attr_create(&attr));
  dnnl_status_t status = dnnl_primitive_attr_set_scratchpad_mode(attr, dnnl_scratchpad_mode_user);
  if (status == dnnl_success) status = dnnl_primitive_desc_create(out, &conv, attr, c->engine, NULL);
  dnnl_primitive_attr_destroy(attr);
  return status == dnnl_success ? OSS_OK : oss_conv_fail(status, "dnnl_primitive_desc_create");
}

static oss_status image_form(size_t rows, size_t width, size_t channels, dnnl_memory_desc_t *out) {
  const dnnl_dims_t dims = {1, (dnnl_dim_t)channels, (dnnl_dim_t)rows, (dnnl_dim_t)width};
  OSS_DNNL_TRY(dnnl_memory_desc_init_by_tag(out, 4, dims, dnnl_f32, dnnl_nhwc));
  return OSS_OK;
}

/* Fills the kind's forms and *natural, the form in which its primitive would like the weights. */
static oss_status plan_kind(oss_conv_cpu *c, oss_conv_kind *k, dnnl_memory_desc_t *natural) {
  const oss_conv_shape *s = &c->shape;
  const dnnl_dims_t dims = {(dnnl_dim_t)s->out, (dnnl_dim_t)s->in, s->kernel, s->kernel};
  dnnl_memory_desc_t any;
  dnnl_primitive_desc_t description = NULL;
  OSS_TRY(image_form(k->in_rows, s->width, s->in, &k->in));
  OSS_TRY(image_form(k->rows, c->out_width, s->out, &k->out));
  OSS_DNNL_TRY(dnnl_memory_desc_init_by_tag(&any, 4, dims, dnnl_f32, dnnl_format_tag_any));
  OSS_TRY(describe(c, k, &any, &description));
  *natural = *dnnl_primitive_desc_query_md(description, dnnl_query_weights_md, 0);
  dnnl_primitive_desc_destroy(description);
  return OSS_OK;
}

/* As many bands as may be, so that all kinds agree on the form of the weights. */
static oss_status plan_bands(oss_conv_cpu *c) {
  for (size_t bands = most_bands(c);; bands /= 2) {
    int agreed = 1;
    cut_bands(c, bands);
    for (int i = 0; i < c->kinds; i++) {
      dnnl_memory_desc_t natural;
      OSS_TRY(plan_kind(c, &c->kind[i], &natural));
      if (i == 0) c->weights_form = natural;
      agreed = agreed && dnnl_memory_desc_equal(&natural, &c->weights_form);
    }
    if (agreed || bands == 1) return OSS_OK;
  }
}

static oss_status make_primitive(oss_conv_cpu *c, oss_conv_kind *k) {
  dnnl_primitive_desc_t description = NULL;
  OSS_TRY(describe(c, k, &c->weights_form, &description));
  k->scratch = dnnl_memory_desc_get_size(dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0));
  dnnl_status_t status = dnnl_primitive_create(&k->primitive, description);
  dnnl_primitive_desc_destroy(description);
  return status == dnnl_success ? OSS_OK : oss_conv_fail(status, "dnnl_primitive_create");
}

/* Weights from [out][in][kernel][kernel] to the primitives' form. */
static oss_status reorder(const oss_conv_cpu *c, dnnl_memory_t from, const dnnl_memory_desc_t *from_form) {
  dnnl_primitive_desc_t description = NULL;
  dnnl_primitive_t primitive = NULL;
  const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, c->weights}};
  OSS_DNNL_TRY(dnnl_reorder_primitive_desc_create(&description, from_form, c->engine, &c->weights_form, c->engine, NULL));
  dnnl_status_t status = dnnl_primitive_create(&primitive, description);
  dnnl_primitive_desc_destroy(description);
  if (status == dnnl_success) status = dnnl_primitive_execute(primitive, c->thread[0].stream, 2, arguments);
  if (status == dnnl_success) status = dnnl_stream_wait(c->thread[0].stream);
  dnnl_primitive_destroy(primitive);
  return status == dnnl_success ? OSS_OK : oss_conv_fail(status, "the reordering of weights");
}

static oss_status load_weights(oss_backend *be, oss_conv_cpu *c, const float *weight, const float *bias, size_t *bytes) {
  const oss_conv_shape *s = &c->shape;
  const dnnl_dims_t dims = {(dnnl_dim_t)s->out, (dnnl_dim_t)s->in, s->kernel, s->kernel};
  const size_t packed = dnnl_memory_desc_get_size(&c->weights_form);
  dnnl_memory_desc_t plain;
  dnnl_memory_t from = NULL;
  OSS_TRY(oss_cpu_allocate(be, packed, &c->weights_data));
  OSS_TRY(oss_cpu_allocate(be, s->out * sizeof(float), &c->bias_data));
  if (bias != NULL) memcpy(c->bias_data, bias, s->out * sizeof(float));
  *bytes += packed + s->out * sizeof(float);
  OSS_DNNL_TRY(dnnl_memory_create(&c->weights, &c->weights_form, c->engine, c->weights_data));
  OSS_DNNL_TRY(dnnl_memory_create(&c->bias, &c->bias_form, c->engine, c->bias_data));
  OSS_DNNL_TRY(dnnl_memory_desc_init_by_tag(&plain, 4, dims, dnnl_f32, dnnl_oihw));
  OSS_DNNL_TRY(dnnl_memory_create(&from, &plain, c->engine, (void *)(uintptr_t)weight)); /* only read */
  oss_status status = reorder(c, from, &plain);
  dnnl_memory_destroy(from);
  return status;
}

/* The scratchpad that is left to the caller is the thread's part of the backend's, or where that is too small the layer's own. */
static oss_status open_threads(oss_backend *be, oss_conv_cpu *c, size_t *bytes) {
  size_t scratch = 0;
  for (int i = 0; i < c->kinds; i++) scratch = c->kind[i].scratch > scratch ? c->kind[i].scratch : scratch;
  scratch = ceiling(scratch, ALIGNMENT) * ALIGNMENT;
  if (scratch > OSS_CPU_SCRATCH) {
    if (!oss_fits(scratch, (size_t)c->threads, 1, 1)) return oss_fail(OSS_ERR_MEMORY, "conv_pack: %zu bytes of scratch a thread", scratch);
    OSS_TRY(oss_cpu_allocate(be, scratch * (size_t)c->threads, &c->scratch_data));
    *bytes += scratch * (size_t)c->threads;
  }
  for (int t = 0; t < c->threads; t++) {
    oss_conv_thread *thread = &c->thread[t];
    void *pad = c->scratch_data != NULL ? (char *)c->scratch_data + scratch * (size_t)t : oss_cpu_scratch(be, t);
    OSS_DNNL_TRY(dnnl_stream_create(&thread->stream, c->engine, dnnl_stream_default_flags));
    for (int i = 0; i < c->kinds; i++) {
      const dnnl_dims_t size = {(dnnl_dim_t)c->kind[i].scratch};
      dnnl_memory_desc_t form;
      OSS_DNNL_TRY(dnnl_memory_desc_init_by_tag(&form, 1, size, dnnl_u8, dnnl_x));
      OSS_DNNL_TRY(dnnl_memory_create(&thread->scratch[i], &form, c->engine, pad));
      OSS_DNNL_TRY(dnnl_memory_create(&thread->in[i], &c->kind[i].in, c->engine, DNNL_MEMORY_NONE));
      OSS_DNNL_TRY(dnnl_memory_create(&thread->out[i], &c->kind[i].out, c->engine, DNNL_MEMORY_NONE));
    }
  }
  return OSS_OK;
}

static oss_status pack(oss_backend *be, oss_conv_cpu *c, const float *weight, const float *bias, size_t *bytes) {
  const dnnl_dims_t outs = {(dnnl_dim_t)c->shape.out};
  c->thread = calloc((size_t)c->threads, sizeof *c->thread);
  if (c->thread == NULL) return oss_fail(OSS_ERR_MEMORY, "conv_pack: no memory for %d threads", c->threads);
  OSS_DNNL_TRY(dnnl_engine_create(&c->engine, dnnl_cpu, 0));
  OSS_DNNL_TRY(dnnl_memory_desc_init_by_tag(&c->bias_form, 1, outs, dnnl_f32, dnnl_x));
  OSS_TRY(plan_bands(c));
  for (int i = 0; i < c->kinds; i++) OSS_TRY(make_primitive(c, &c->kind[i]));
  OSS_TRY(open_threads(be, c, bytes));
  return load_weights(be, c, weight, bias, bytes);
}

/* Also of a layer that is half made: oneDNN's functions take NULL for nothing to destroy. */
static oss_status release(oss_backend *be, oss_packed *packed) {
  oss_conv_cpu *c = (oss_conv_cpu *)packed;
  for (int t = 0; c->thread != NULL && t < c->threads; t++) {
    oss_conv_thread *thread = &c->thread[t];
    for (int i = 0; i < c->kinds; i++) {
      dnnl_memory_destroy(thread->in[i]);
      dnnl_memory_destroy(thread->out[i]);
      dnnl_memory_destroy(thread->scratch[i]);
    }
    dnnl_stream_destroy(thread->stream);
  }
  for (int i = 0; i < c->kinds; i++) dnnl_primitive_destroy(c->kind[i].primitive);
  dnnl_memory_destroy(c->weights);
  dnnl_memory_destroy(c->bias);
  dnnl_engine_destroy(c->engine);
  OSS_TRY(oss_cpu_release(be, c->weights_data));
  OSS_TRY(oss_cpu_release(be, c->bias_data));
  OSS_TRY(oss_cpu_release(be, c->scratch_data));
  free(c->thread);
  free(c);
  return OSS_OK;
}

/* oneDNN takes the unit that the backend's numerics name, whatever its own environment variables say. It obeys until it is used the first
 * time: the program's choice does not change. */
static void choose_unit(void) {
  const oss_isa isa = oss_isa_chosen();
  (void)dnnl_set_max_cpu_isa(isa == OSS_ISA_AVX512 ? dnnl_cpu_isa_avx512_core
                             : isa == OSS_ISA_AVX2 ? dnnl_cpu_isa_avx2
                                                   : dnnl_cpu_isa_sse41);
}

oss_status oss_cpu_conv_pack(oss_backend *be, oss_conv_shape shape, oss_compute compute, const float *weight, const float *bias,
                             oss_layer *out) {
  *out = (oss_layer){NULL, 0};
  OSS_TRY(oss_check_conv_shape(&shape));
  if (compute != OSS_COMPUTE_FP32) return oss_fail(OSS_ERR_UNSUPPORTED, "compute: the CPU backend has fp32 only");
  oss_conv_cpu *c = calloc(1, sizeof *c);
  if (c == NULL) return oss_fail(OSS_ERR_MEMORY, "conv_pack: no memory");
  c->head = (oss_packed){OSS_LAYER_CONV, release};
  c->shape = shape;
  c->out_height = oss_conv_length(shape.height, &shape);
  c->out_width = oss_conv_length(shape.width, &shape);
  c->threads = be->threads;
  choose_unit();
  size_t bytes = 0;
  const int threads = omp_get_max_threads();
  omp_set_num_threads(1); /* what primitives are made for */
  oss_status status = pack(be, c, weight, bias, &bytes);
  omp_set_num_threads(threads);
  if (status != OSS_OK) {
    (void)release(be, &c->head);
    return status;
  }
  *out = (oss_layer){c, bytes};
  return OSS_OK;
}

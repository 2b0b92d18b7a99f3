// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* conv: one oneDNN call for each band of each sample. in out kernel^2 FMA an output pixel; bytes: 4 for each input and output, and the
 * weights once a band from whichever cache holds them. Floor: the FMA; 90 % of it from 32 channels on, 80 % for odd numbers of channels. */
#include "kernels/cpu/conv.h"

#include <omp.h>

static dnnl_status_t run_band(const oss_conv_cpu *c, const oss_conv_band *band, const oss_conv_thread *thread, const float *in,
                              float *out) {
  const int k = band->kind;
  const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_SRC, thread->in[k]},
                                       {DNNL_ARG_WEIGHTS, c->weights},
                                       {DNNL_ARG_BIAS, c->bias},
                                       {DNNL_ARG_DST, thread->out[k]},
                                       {DNNL_ARG_SCRATCHPAD, thread->scratch[k]}};
  void *from = (void *)(uintptr_t)(in + band->in_row * c->shape.width * c->shape.in); /* only read */
  dnnl_status_t status = dnnl_memory_set_data_handle(thread->in[k], from);
  if (status == dnnl_success) status = dnnl_memory_set_data_handle(thread->out[k], out + band->row * c->out_width * c->shape.out);
  if (status == dnnl_success) status = dnnl_primitive_execute(c->kind[k].primitive, thread->stream, 5, arguments);
  return status;
}

oss_status oss_cpu_conv(oss_backend *be, size_t samples, const oss_layer *layer, const float *in, float *out) {
  OSS_TRY(oss_check_layer(layer, OSS_LAYER_CONV, "conv"));
  const oss_conv_cpu *c = layer->packed;
  const size_t in_size = c->shape.height * c->shape.width * c->shape.in, out_size = c->out_height * c->out_width * c->shape.out;
  const size_t bands = (size_t)c->bands;
  if (!oss_fits(samples, in_size, 1, sizeof *in) || !oss_fits(samples, out_size, 1, sizeof *out) || !oss_fits(samples, bands, 1, 1))
    return oss_fail(OSS_ERR_INTERNAL, "conv: %zu samples of %zu to %zu overflow", samples, in_size, out_size);
  const int threads = omp_get_max_threads();
  int failed = dnnl_success;
  omp_set_num_threads(1); /* a call is one thread's also where the loop is */
#pragma omp parallel for schedule(static) num_threads(c->threads) if (samples * bands > 1) reduction(max : failed)
  for (size_t i = 0; i < samples * bands; i++) {
    const size_t s = i / bands;
    const int status = (int)run_band(c, &c->band[i % bands], &c->thread[omp_get_thread_num()], in + s * in_size, out + s * out_size);
    failed = status > failed ? status : failed;
  }
  omp_set_num_threads(threads);
  (void)be;
  return failed == dnnl_success ? OSS_OK : oss_conv_fail((dnnl_status_t)failed, "dnnl_primitive_execute");
}

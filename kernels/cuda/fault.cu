// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Failures: of CUDA calls, and those that kernels find in the contents of their inputs. */
#include "kernels/cuda/cuda.h"

oss_status oss_cuda_fail(cudaError_t error, const char *what, const char *file, int line) {
  cudaError_t cleared = cudaGetLastError(); /* told here: the next launch asks for its own */
  (void)cleared;
  oss_status code = error == cudaErrorMemoryAllocation ? OSS_ERR_MEMORY : OSS_ERR_UNAVAILABLE;
  return oss_fail(code, "CUDA: %s (%s) in %s, %s:%d", cudaGetErrorString(error), cudaGetErrorName(error), what, file, line);
}

oss_status oss_cuda_not_recording(const oss_backend *be, const char *what) {
  if (!oss_cuda_state_of(be)->recording) return OSS_OK;
  return oss_fail(OSS_ERR_INTERNAL, "%s: not between repeat_begin and repeat_end", what);
}

oss_status oss_cuda_fault_fetch(oss_backend *be) {
  oss_cuda_state *s = oss_cuda_state_of(be);
  OSS_CUDA_TRY(cudaMemcpyAsync(s->fault_host, s->fault, sizeof *s->fault, cudaMemcpyDeviceToHost, s->stream));
  return OSS_OK;
}

static oss_status describe(const oss_cuda_fault *f) {
  switch (f->code) {
    case OSS_CUDA_FAULT_COLUMN:
      return oss_fail(OSS_ERR_INTERNAL, "gather_columns: column %lld (number %lld) is outside 0..%lld", f->a, f->b, f->c - 1);
    case OSS_CUDA_FAULT_ADVANCE:
      return oss_fail(OSS_ERR_INTERNAL, "advance: index %lld of sample %lld comes from %lld; %lld to N are possible", f->a, f->b, f->c,
                      f->a + 1);
    case OSS_CUDA_FAULT_GATHER:
      return oss_fail(OSS_ERR_INTERNAL, "gather_states: index %lld is outside 0..%lld", f->a, f->c);
    case OSS_CUDA_FAULT_LEVEL:
      return oss_fail(OSS_ERR_INTERNAL, "row_quantile: level %g is outside [0, 1]", f->x);
    case OSS_CUDA_FAULT_TIME:
      return oss_fail(OSS_ERR_INTERNAL, "mixture_weights: t = %g in row %lld is outside (0, 1]", f->x, f->a);
    case OSS_CUDA_FAULT_CLASS:
      return oss_fail(OSS_ERR_INPUT, "the mixture has no component of class %lld (row %lld)", f->b, f->a);
    case OSS_CUDA_FAULT_ENTRY:
      return oss_fail(OSS_ERR_INTERNAL, "table_rows: index %lld (row %lld) is outside -1..%lld", f->a, f->b, f->c);
    case OSS_CUDA_FAULT_NOISE:
      return oss_fail(OSS_ERR_INTERNAL, "precondition: t = %g in row %lld is outside (0, 1]", f->x, f->a);
    default:
      return oss_fail(OSS_ERR_INTERNAL, "CUDA: a kernel reported fault %d", f->code);
  }
}

oss_status oss_cuda_fault_report(oss_backend *be) {
  oss_cuda_state *s = oss_cuda_state_of(be);
  if (s->fault_host->code == OSS_CUDA_SOUND) return OSS_OK;
  oss_cuda_fault found = *s->fault_host;
  OSS_CUDA_TRY(cudaMemsetAsync(s->fault, 0, sizeof *s->fault, s->stream));
  OSS_CUDA_TRY(cudaStreamSynchronize(s->stream));
  *s->fault_host = oss_cuda_fault{};
  return describe(&found);
}

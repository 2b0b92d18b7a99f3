// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The stream's order: waiting, graphs of work that repeats, a profiler's ranges, the device's clock. */
#include <stdlib.h>

#include "kernels/cuda/cuda.h"
#include "nvtx3/nvToolsExt.h"

oss_status oss_cuda_finish(oss_backend *be) {
  OSS_TRY(oss_cuda_not_recording(be, "finish"));
  OSS_TRY(oss_cuda_fault_fetch(be));
  OSS_CUDA_TRY(cudaStreamSynchronize(oss_cuda_state_of(be)->stream));
  return oss_cuda_fault_report(be);
}

/* The first time is recorded while the stream captures, and launched at the end like every later time. */
oss_status oss_cuda_repeat_begin(oss_backend *be, oss_repeat *repeat, int *run) {
  oss_cuda_state *s = oss_cuda_state_of(be);
  OSS_TRY(oss_cuda_not_recording(be, "repeat_begin"));
  *run = repeat->recorded == NULL;
  if (!*run) {
    OSS_CUDA_TRY(cudaGraphLaunch(static_cast<cudaGraphExec_t>(repeat->recorded), s->stream));
    return OSS_OK;
  }
  OSS_CUDA_TRY(cudaStreamBeginCapture(s->stream, cudaStreamCaptureModeThreadLocal));
  s->recording = 1;
  return OSS_OK;
}

oss_status oss_cuda_repeat_end(oss_backend *be, oss_repeat *repeat) {
  oss_cuda_state *s = oss_cuda_state_of(be);
  cudaGraph_t graph = NULL;
  cudaGraphExec_t launchable = NULL;
  if (!s->recording) return oss_fail(OSS_ERR_INTERNAL, "repeat_end: nothing is being recorded");
  s->recording = 0;
  OSS_CUDA_TRY(cudaStreamEndCapture(s->stream, &graph));
  cudaError_t error = cudaGraphInstantiate(&launchable, graph, 0);
  cudaError_t destroyed = cudaGraphDestroy(graph);
  if (error != cudaSuccess) return oss_cuda_fail(error, "cudaGraphInstantiate", __FILE__, __LINE__);
  repeat->recorded = launchable;
  OSS_CUDA_TRY(destroyed);
  OSS_CUDA_TRY(cudaGraphLaunch(launchable, s->stream));
  return OSS_OK;
}

oss_status oss_cuda_repeat_free(oss_backend *be, oss_repeat *repeat) {
  oss_cuda_state *s = oss_cuda_state_of(be);
  if (s->recording) { /* an operation failed halfway: what was captured is thrown away */
    cudaGraph_t graph = NULL;
    s->recording = 0;
    if (cudaStreamEndCapture(s->stream, &graph) == cudaSuccess) cudaGraphDestroy(graph);
    cudaGetLastError();
  }
  if (repeat->recorded == NULL) return OSS_OK;
  cudaGraphExec_t launchable = static_cast<cudaGraphExec_t>(repeat->recorded);
  repeat->recorded = NULL;
  OSS_CUDA_TRY(cudaStreamSynchronize(s->stream));
  OSS_CUDA_TRY(cudaGraphExecDestroy(launchable));
  return OSS_OK;
}

oss_status oss_cuda_stage_begin(oss_backend *be, const char *name) {
  (void)be;
  nvtxRangePushA(name);
  return OSS_OK;
}

oss_status oss_cuda_stage_end(oss_backend *be) {
  (void)be;
  nvtxRangePop();
  return OSS_OK;
}

oss_status oss_cuda_timer_start(oss_backend *be) {
  oss_cuda_state *s = oss_cuda_state_of(be);
  OSS_TRY(oss_cuda_not_recording(be, "timer_start"));
  OSS_CUDA_TRY(cudaEventRecord(s->timer[0], s->stream));
  return OSS_OK;
}

oss_status oss_cuda_timer_stop(oss_backend *be, double *seconds) {
  oss_cuda_state *s = oss_cuda_state_of(be);
  float milliseconds = 0.0f;
  OSS_TRY(oss_cuda_not_recording(be, "timer_stop"));
  OSS_CUDA_TRY(cudaEventRecord(s->timer[1], s->stream));
  OSS_TRY(oss_cuda_finish(be));
  OSS_CUDA_TRY(cudaEventElapsedTime(&milliseconds, s->timer[0], s->timer[1]));
  *seconds = 1e-3 * (double)milliseconds;
  return OSS_OK;
}

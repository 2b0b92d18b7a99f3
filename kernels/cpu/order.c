// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Operations run when they are called: there is nothing to wait for, to record or to name. */
#include <time.h>

#include "kernels/cpu/cpu.h"

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

oss_status oss_cpu_finish(oss_backend *be) {
  (void)be;
  return OSS_OK;
}

oss_status oss_cpu_repeat_begin(oss_backend *be, oss_repeat *repeat, int *run) {
  (void)be;
  (void)repeat;
  *run = 1;
  return OSS_OK;
}

oss_status oss_cpu_repeat_end(oss_backend *be, oss_repeat *repeat) {
  (void)be;
  (void)repeat;
  return OSS_OK;
}

oss_status oss_cpu_repeat_free(oss_backend *be, oss_repeat *repeat) {
  (void)be;
  (void)repeat;
  return OSS_OK;
}

oss_status oss_cpu_stage_begin(oss_backend *be, const char *name) {
  (void)be;
  (void)name;
  return OSS_OK;
}

oss_status oss_cpu_stage_end(oss_backend *be) {
  (void)be;
  return OSS_OK;
}

oss_status oss_cpu_timer_start(oss_backend *be) {
  oss_cpu_state_of(be)->timer = now();
  return OSS_OK;
}

oss_status oss_cpu_timer_stop(oss_backend *be, double *seconds) {
  *seconds = now() - oss_cpu_state_of(be)->timer;
  return OSS_OK;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What the device of a backend can do, measured in the process that measures its kernels: the processor by peak.h, a card by peak_cuda.cu.
 * An emulated device has no rates. For bench programs: each includes it once. */
#ifndef OSS_BENCH_MACHINE_H
#define OSS_BENCH_MACHINE_H

#include <math.h>

#include "bench/peak.h"
#include "kernels/backend.h"

#if OSS_BENCH_CUDA
#include "bench/peak_cuda.h"
#endif

enum { MACHINE_COPY = 256 << 20, MACHINE_STEPS = 100000 /* of peak.h: about a millisecond */ };

/* The best samples so far: multiply-adds a second in float and in double, bytes a second of a copy (read + written). */
typedef struct machine {
  oss_backend *be;
  int threads;
  double fma, fma_double, bandwidth;
  void *from, *to; /* MACHINE_COPY bytes of the backend's memory each */
} machine;

/* OpenMP's waiting threads go to sleep meanwhile. */
static void machine_pause(void) {
  nanosleep(&(struct timespec){0, 10000000}, NULL);
}

static oss_status machine_sample_fma(machine *m) {
  double rate = 0.0, rate_double = 0.0;
  if (m->be->emulated) return OSS_OK;
  if (m->be->space == OSS_SPACE_HOST) { /* a register holds half as many doubles */
    rate = peak_sample(m->threads, MACHINE_STEPS, NULL, NULL);
    rate_double = 0.5 * rate;
  } else {
#if OSS_BENCH_CUDA
    OSS_TRY(peak_cuda_fma(m->be, &rate, &rate_double));
#else
    return oss_fail(OSS_ERR_UNAVAILABLE, "no peak is known for backend %s", m->be->name);
#endif
  }
  m->fma = fmax(m->fma, rate);
  m->fma_double = fmax(m->fma_double, rate_double);
  return OSS_OK;
}

static oss_status machine_sample_copy(machine *m) {
  double seconds = 0.0;
  if (m->be->emulated) return OSS_OK;
  if (m->be->space == OSS_SPACE_HOST) {
    m->bandwidth = fmax(m->bandwidth, peak_sample(m->threads, MACHINE_COPY, m->from, m->to));
    return OSS_OK;
  }
  OSS_TRY(m->be->ops->timer_start(m->be));
  OSS_TRY(m->be->ops->copy(m->be, MACHINE_COPY, m->from, m->to));
  OSS_TRY(m->be->ops->timer_stop(m->be, &seconds));
  m->bandwidth = fmax(m->bandwidth, 2.0 * MACHINE_COPY / seconds);
  return OSS_OK;
}

static oss_status machine_close(machine *m) {
  oss_status status = OSS_OK;
  if (m->from != NULL) status = m->be->ops->release(m->be, m->from);
  if (status == OSS_OK && m->to != NULL) status = m->be->ops->release(m->be, m->to);
  m->from = m->to = NULL;
  return status;
}

/* Takes `repeat` samples of everything. machine_close whatever it returns. */
static oss_status machine_open(oss_backend *be, int repeat, machine *m) {
  *m = (machine){.be = be, .threads = be->threads > 0 ? be->threads : 1};
  if (be->emulated) return OSS_OK;
  OSS_TRY(be->ops->allocate(be, MACHINE_COPY, &m->from)); /* zeroed: the pages exist before they are timed */
  OSS_TRY(be->ops->allocate(be, MACHINE_COPY, &m->to));
  machine_pause();
  for (int i = 0; i < repeat; i++) {
    OSS_TRY(machine_sample_fma(m));
    OSS_TRY(machine_sample_copy(m));
  }
  return OSS_OK;
}

#endif

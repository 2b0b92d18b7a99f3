// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/backend.h"

#include <ctype.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "kernels/cpu/cpu.h"
#include "kernels/cpu/isa.h"

enum { MOST_THREADS = 1024 }; /* the OpenMP runtime aborts when it cannot start what it is asked for */

static const oss_ops ops = {
#define OSS_OP(name, params) .name = oss_cpu_##name,
#include "kernels/ops.def"
#undef OSS_OP
};

/* The processor in words: Linux's own on x86, the architecture where that is not given. */
static void processor_name(char *out, size_t bytes) {
  struct utsname system;
  snprintf(out, bytes, "%.64s", uname(&system) == 0 ? system.machine : "unknown processor");
  FILE *file = fopen("/proc/cpuinfo", "r");
  if (file == NULL) return;
  char line[512];
  while (fgets(line, sizeof line, file) != NULL) {
    const char *colon = strchr(line, ':');
    if (strncmp(line, "model name", 10) != 0 || colon == NULL) continue;
    const char *name = colon + 1;
    while (isspace((unsigned char)*name)) name++;
    size_t length = strlen(name);
    while (length > 0 && isspace((unsigned char)name[length - 1])) length--;
    if (length > 0) snprintf(out, bytes, "%.*s", (int)length, name);
    break;
  }
  fclose(file);
}

/* Pages of the scratch come when a thread first writes to them. */
static oss_status open_state(oss_backend *be) {
  oss_cpu_state *state = calloc(1, sizeof *state);
  be->state = state;
  if (state != NULL) state->scratch = aligned_alloc(64, (size_t)be->threads * OSS_CPU_SCRATCH);
  if (state != NULL && state->scratch != NULL) return OSS_OK;
  oss_cpu_close(be);
  return oss_fail(OSS_ERR_MEMORY, "no memory for %d threads", be->threads);
}

oss_status oss_cpu_open(int threads, oss_backend *be) {
  if (threads < 0 || threads > MOST_THREADS)
    return oss_fail(OSS_ERR_USAGE, "%d threads asked for; 0 (all) to %d are possible", threads, MOST_THREADS);
  char name[200];
  processor_name(name, sizeof name);
  *be = (oss_backend){.name = "cpu", .ops = &ops, .space = OSS_SPACE_HOST};
  be->threads = threads > 0 ? threads : omp_get_max_threads();
  OSS_TRY(open_state(be));
  int cores = omp_get_num_procs();
  snprintf(be->numerics, sizeof be->numerics, "cpu %s", oss_isa_name(oss_isa_chosen()));
  snprintf(be->device, sizeof be->device, "%s, %d core%s", name, cores, cores == 1 ? "" : "s");
  return OSS_OK;
}

void oss_cpu_close(oss_backend *be) {
  oss_cpu_state *state = oss_cpu_state_of(be);
  if (state != NULL) free(state->scratch);
  free(state);
  be->state = NULL;
}

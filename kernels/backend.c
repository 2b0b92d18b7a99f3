// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/backend.h"

#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OSS_BACKEND(backend)                                     \
  oss_status oss_##backend##_open(int threads, oss_backend *be); \
  void oss_##backend##_close(oss_backend *be);
#include "kernels/backends.def"

typedef struct backend_entry {
  const char *name;
  oss_status (*open)(int threads, oss_backend *be); /* NULL: not in this build */
  void (*close)(oss_backend *be);
  const char *why;
} backend_entry;

static const backend_entry entries[] = {
#define OSS_BACKEND(backend) {#backend, oss_##backend##_open, oss_##backend##_close, NULL},
#define OSS_BACKEND_ABSENT(backend, why) {#backend, NULL, NULL, why},
#include "kernels/backends.def"
};
enum { ENTRY_COUNT = sizeof entries / sizeof entries[0] };

static const char *const entry_names[] = {
#define OSS_BACKEND(backend) #backend,
#include "kernels/backends.def"
    NULL};

static const char *const absent_names[] = {
#define OSS_BACKEND_ABSENT(backend, why) #backend,
#include "kernels/backends.def"
    NULL};

/* ", cpu" and so on, for messages. */
static const char entry_words[] =
#define OSS_BACKEND(backend) ", " #backend
#include "kernels/backends.def"
    ;

const char *const *oss_backend_names(void) {
  return entry_names;
}

const char *const *oss_backend_absent_names(void) {
  return absent_names;
}

int oss_backend_gpu_required(void) {
  const char *value = getenv("OSS_REQUIRE_GPU");
  return value != NULL && value[0] != '\0' && strcmp(value, "0") != 0;
}

static int is_gpu(const oss_backend *be) {
  return be->space == OSS_SPACE_DEVICE && !be->emulated;
}

oss_status oss_backend_check_required(const oss_backend *be) {
  if (!oss_backend_gpu_required() || is_gpu(be)) return OSS_OK;
  return oss_fail(OSS_ERR_UNAVAILABLE, "OSS_REQUIRE_GPU is set, and backend %s is not a GPU (%s)", be->name, be->device);
}

/* The failure leaves its reason as the message. */
static oss_status open_entry(const backend_entry *entry, int threads, oss_backend *be) {
  memset(be, 0, sizeof *be);
  if (entry->open == NULL) return oss_fail(OSS_ERR_UNAVAILABLE, "%s", entry->why);
  return entry->open(threads, be);
}

static oss_status open_named(const char *name, int threads, oss_backend *be) {
  for (size_t i = 0; i < ENTRY_COUNT; i++) {
    if (strcmp(name, entries[i].name) != 0) continue;
    return oss_fail_context(open_entry(&entries[i], threads, be), "backend %s", name);
  }
  return oss_fail(OSS_ERR_USAGE, "backend '%s' is not one of those in this build: auto%s", name, entry_words);
}

/* The first that works. What is not there or cannot be used (no device, an old driver, no cuBLAS) is passed over, and the notice says so; a
 * device that runs out of memory is a failure. An imitation is for tests and has to be asked for. */
static oss_status open_best(int threads, oss_backend *be) {
  char notice[sizeof be->notice] = "";
  for (size_t i = 0; i < ENTRY_COUNT; i++) {
    oss_status status = open_entry(&entries[i], threads, be);
    const char *why = oss_message();
    if (status != OSS_OK && status != OSS_ERR_UNAVAILABLE) return oss_fail_context(status, "backend %s", entries[i].name);
    if (status == OSS_OK && oss_backend_gpu_required() && be->space == OSS_SPACE_HOST) {
      entries[i].close(be);
      return oss_fail(OSS_ERR_UNAVAILABLE, "OSS_REQUIRE_GPU is set, and there is no GPU to compute on: %s", notice);
    }
    if (status == OSS_OK && !be->emulated) {
      memcpy(be->notice, notice, sizeof notice);
      return OSS_OK;
    }
    if (status == OSS_OK) {
      entries[i].close(be);
      why = "an emulation on the processor in this build, for tests: taken by name only";
    }
    size_t used = strlen(notice);
    snprintf(notice + used, sizeof notice - used, "%s%s: %s", used > 0 ? "; " : "", entries[i].name, why);
  }
  return oss_fail(OSS_ERR_UNAVAILABLE, "no backend works here: %s", notice);
}

oss_status oss_backend_create(const char *name, int threads, oss_backend **out) {
  *out = NULL;
  oss_backend *be = calloc(1, sizeof *be);
  if (be == NULL) return oss_fail(OSS_ERR_MEMORY, "backend: no memory");
  oss_status status = strcmp(name, "auto") == 0 ? open_best(threads, be) : open_named(name, threads, be);
  if (status != OSS_OK) {
    free(be);
    return status;
  }
  openblas_set_num_threads(1); /* whatever the backend, BLAS is called from inside the host's parallel loops */
  *out = be;
  return OSS_OK;
}

void oss_backend_destroy(oss_backend *be) {
  if (be == NULL) return;
  for (size_t i = 0; i < ENTRY_COUNT; i++)
    if (strcmp(be->name, entries[i].name) == 0) entries[i].close(be);
  free(be);
}

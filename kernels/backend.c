// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/backend.h"

#include <stdlib.h>
#include <string.h>

#define OSS_BACKEND(backend)                                     \
  oss_status oss_##backend##_open(int threads, oss_backend *be); \
  void oss_##backend##_close(oss_backend *be);
#include "kernels/backends.def"
#undef OSS_BACKEND

typedef struct backend_entry {
  const char *name;
  oss_status (*open)(int threads, oss_backend *be);
  void (*close)(oss_backend *be);
} backend_entry;

static const backend_entry entries[] = {
#define OSS_BACKEND(backend) {#backend, oss_##backend##_open, oss_##backend##_close},
#include "kernels/backends.def"
#undef OSS_BACKEND
};
enum { ENTRY_COUNT = sizeof entries / sizeof entries[0] };

static const char *const entry_names[] = {
#define OSS_BACKEND(backend) #backend,
#include "kernels/backends.def"
#undef OSS_BACKEND
    NULL};

/* ", cpu" and so on, for messages. */
#define OSS_BACKEND(backend) ", " #backend
static const char entry_words[] =
#include "kernels/backends.def"
    ;
#undef OSS_BACKEND

const char *const *oss_backend_names(void) {
  return entry_names;
}

oss_status oss_backend_create(const char *name, int threads, oss_backend **out) {
  *out = NULL;
  int automatic = strcmp(name, "auto") == 0;
  oss_backend *be = calloc(1, sizeof *be);
  if (be == NULL) return oss_fail(OSS_ERR_MEMORY, "backend: no memory");
  oss_status status = oss_fail(OSS_ERR_USAGE, "backend '%s' is not one of those in this build: auto%s", name, entry_words);
  for (size_t i = 0; i < ENTRY_COUNT; i++) {
    if (!automatic && strcmp(name, entries[i].name) != 0) continue;
    status = entries[i].open(threads, be);
    if (status == OSS_OK) {
      *out = be;
      return OSS_OK;
    }
  }
  free(be);
  return status;
}

void oss_backend_destroy(oss_backend *be) {
  if (be == NULL) return;
  for (size_t i = 0; i < ENTRY_COUNT; i++)
    if (strcmp(be->name, entries[i].name) == 0) entries[i].close(be);
  free(be);
}

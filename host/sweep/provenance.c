// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/sweep/provenance.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "host/core/threads.h"
#include "host/core/version.h"
#include "host/io/reader.h"
#include "host/sweep/memory.h"

static void add_number(oss_provenance *p, const char *name, int64_t number) {
  p->attributes[p->count++] = (oss_attribute){name, NULL, number};
}

static void add_text(oss_provenance *p, const char *name, const char *text) {
  p->attributes[p->count++] = (oss_attribute){name, text, 0};
}

/* Takes text over; NULL (no memory) is reported by the caller. */
static oss_status add_owned(oss_provenance *p, const char *name, char *text) {
  if (text == NULL) return oss_fail(OSS_ERR_MEMORY, "provenance");
  p->owned[p->owned_count++] = text;
  add_text(p, name, text);
  return OSS_OK;
}

static char *seeds_text(const oss_config *config) {
  oss_text text = {0};
  char *out = NULL;
  for (size_t i = 0; i < config->seeds.count; i++) oss_text_add(&text, "%s%lld", i > 0 ? ", " : "", (long long)config->seeds.at[i]);
  if (oss_text_take(&text, &out) != OSS_OK) return NULL;
  return out;
}

static char *date_text(void) {
  char buffer[64];
  time_t now = time(NULL);
  struct tm parts;
  if (gmtime_r(&now, &parts) == NULL || strftime(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) return oss_strdup("unknown");
  return oss_strdup(buffer);
}

oss_status oss_provenance_create(const oss_context *context, const char *argv, oss_provenance *out) {
  const oss_config *config = context->config;
  struct utsname system;
  char *yaml = NULL;
  oss_provenance *p = out;
  *p = (oss_provenance){0};
  add_number(p, "schema_version", OSS_SCHEMA_VERSION);
  add_text(p, "name", config->name);
  OSS_TRY(oss_config_yaml(config, &yaml));
  OSS_TRY(add_owned(p, "config", yaml));
  add_text(p, "argv", argv);
  add_text(p, "git_commit", oss_git_commit());
  add_number(p, "git_dirty", oss_git_dirty());
  OSS_TRY(add_owned(p, "hostname", oss_strdup(uname(&system) == 0 ? system.nodename : "unknown")));
  OSS_TRY(add_owned(p, "date", date_text()));
  add_text(p, "backend", context->be->name);
  add_text(p, "device", context->be->device);
  add_number(p, "threads", oss_host_threads(context->be));
  add_text(p, "ossbench_version", oss_version());
  add_text(p, "compiler", oss_compiler());
  add_text(p, "hdf5_version", oss_io_library_version());
  add_text(p, "blas_version", oss_blas_version());
  OSS_TRY(add_owned(p, "dnnl_version", oss_dnnl_version()));
  add_text(p, "yaml_version", oss_yaml_version());
  add_text(p, "rng", "Random123 philox4x32-10, Box-Muller (kernels/normal.h)");
  add_number(p, "peak_bytes", (int64_t)oss_peak_bytes());
  if (config->seeds.count == 1)
    add_number(p, "seed", config->seeds.at[0]);
  else
    OSS_TRY(add_owned(p, "seed", seeds_text(config)));
  return OSS_OK;
}

void oss_provenance_free(oss_provenance *provenance) {
  for (size_t i = 0; i < provenance->owned_count; i++) free(provenance->owned[i]);
  *provenance = (oss_provenance){0};
}

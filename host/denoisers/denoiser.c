// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/denoisers/denoiser.h"

#include <stdlib.h>
#include <string.h>

#include "host/core/registries.h"
#include "host/io/reader.h"

#define OSS_DENOISER(name) extern const oss_denoiser_desc oss_denoiser_##name;
#include "host/denoisers/denoisers.def"
#undef OSS_DENOISER

static const oss_denoiser_desc *const denoisers[] = {
#define OSS_DENOISER(name) &oss_denoiser_##name,
#include "host/denoisers/denoisers.def"
#undef OSS_DENOISER
};

OSS_DEFINE_REGISTRY(oss_denoisers, denoisers, "denoisers", "denoiser",
                    "what maps (x, t, condition) to the posterior mean D = E[x0 given x_t]")

oss_status oss_denoiser_open(const oss_member *member, oss_backend *be, oss_denoiser **out) {
  *out = NULL;
  oss_denoiser *denoiser = calloc(1, sizeof *denoiser);
  if (denoiser == NULL) return oss_fail(OSS_ERR_MEMORY, "denoiser");
  denoiser->desc = (const oss_denoiser_desc *)member->desc;
  denoiser->be = be;
  denoiser->data_range = 2.0;
  denoiser->evaluations = 1;
  oss_status status = denoiser->desc->open(member, denoiser);
  if (status != OSS_OK) {
    free(denoiser->about);
    free(denoiser);
    return oss_fail_context(status, "denoiser %s", member->desc->name);
  }
  denoiser->loaded = denoiser->desc->load == NULL;
  *out = denoiser;
  return OSS_OK;
}

oss_status oss_denoiser_load(oss_denoiser *denoiser) {
  if (denoiser->loaded) return OSS_OK;
  OSS_TRY(oss_fail_context(denoiser->desc->load(denoiser), "denoiser %s", denoiser->desc->base.name));
  denoiser->loaded = 1;
  return OSS_OK;
}

oss_status oss_denoiser_create(const oss_member *member, oss_backend *be, oss_denoiser **out) {
  OSS_TRY(oss_denoiser_open(member, be, out));
  oss_status status = oss_denoiser_load(*out);
  if (status == OSS_OK) return OSS_OK;
  oss_denoiser_destroy(*out);
  *out = NULL;
  return status;
}

void oss_denoiser_destroy(oss_denoiser *denoiser) {
  if (denoiser == NULL) return;
  denoiser->desc->close(denoiser);
  free(denoiser->about);
  free(denoiser);
}

oss_status oss_denoiser_read_range(const char *path, oss_denoiser *denoiser) {
  OSS_TRY(oss_io_attribute_real(path, "/", "data_range", 2.0, &denoiser->data_range));
  if (denoiser->data_range > 0.0) return OSS_OK;
  return oss_fail(OSS_ERR_INPUT, "%s: attribute data_range is %g: the range of the data is above 0", path, denoiser->data_range);
}

oss_status oss_denoiser_call(oss_denoiser *denoiser, size_t rows, const double *t, const int32_t *label, const float *x, float *out) {
  if (rows == 0) return OSS_OK;
  if (!denoiser->loaded) return oss_fail(OSS_ERR_INTERNAL, "denoiser %s is called before it is loaded", denoiser->desc->base.name);
  return denoiser->desc->call(denoiser, rows, t, label, x, out);
}

oss_status oss_denoiser_labels(oss_denoiser *denoiser, uint64_t seed, size_t first, size_t count, int32_t *out) {
  if (denoiser->desc->labels != NULL) return denoiser->desc->labels(denoiser, seed, first, count, out);
  for (size_t i = 0; i < count; i++) out[i] = -1;
  return OSS_OK;
}

oss_status oss_denoiser_data(oss_denoiser *denoiser, uint64_t seed, size_t count, float *out) {
  const char *name = denoiser->desc->base.name;
  if (denoiser->desc->data == NULL) return oss_fail(OSS_ERR_UNSUPPORTED, "denoiser %s knows no data", name);
  if (denoiser->data_points > 0 && count > denoiser->data_points)
    return oss_fail(OSS_ERR_INTERNAL, "denoiser %s: %zu data samples of %zu", name, count, denoiser->data_points);
  return denoiser->desc->data(denoiser, seed, count, out);
}

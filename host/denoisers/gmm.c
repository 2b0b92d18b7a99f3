// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <stdio.h>
#include <stdlib.h>

#include "host/denoisers/mixture.h"
#include "host/io/reader.h"

static const oss_option options[] = {
    {.name = "file",
     .type = OSS_OPTION_FILE,
     .fallback = NULL,
     .help = "HDF5 file with gmm/means (K,D), gmm/scales (K), gmm/weights (K), optionally gmm/shape (of a sample, product D)"},
};

typedef struct gmm_file {
  oss_array means, scales, weights, shape;
} gmm_file;

static void free_file(gmm_file *f) {
  oss_array_free(&f->means);
  oss_array_free(&f->scales);
  oss_array_free(&f->weights);
  oss_array_free(&f->shape);
}

static oss_status check(const char *path, const gmm_file *f) {
  size_t k = f->means.dims[0], d = f->means.dims[1];
  const double *scales = f->scales.data, *weights = f->weights.data;
  if (f->scales.dims[0] != k)
    return oss_fail(OSS_ERR_INPUT, "%s: gmm/scales has %zu values for %zu components", path, f->scales.dims[0], k);
  if (f->weights.dims[0] != k)
    return oss_fail(OSS_ERR_INPUT, "%s: gmm/weights has %zu values for %zu components", path, f->weights.dims[0], k);
  for (size_t i = 0; i < k; i++) {
    if (scales[i] < 0.0) return oss_fail(OSS_ERR_INPUT, "%s: gmm/scales[%zu] is %g: scales are at least 0", path, i, scales[i]);
    if (!(weights[i] > 0.0)) return oss_fail(OSS_ERR_INPUT, "%s: gmm/weights[%zu] is %g: weights are above 0", path, i, weights[i]);
  }
  if (f->shape.data == NULL) return OSS_OK;
  size_t product = 1;
  for (size_t i = 0; i < f->shape.dims[0]; i++) {
    int64_t extent = ((const int64_t *)f->shape.data)[i];
    if (extent < 1) return oss_fail(OSS_ERR_INPUT, "%s: gmm/shape[%zu] is %lld: extents are at least 1", path, i, (long long)extent);
    product *= (size_t)extent;
  }
  if (f->shape.dims[0] > OSS_MAX_SAMPLE_RANK || product != d)
    return oss_fail(OSS_ERR_INPUT, "%s: gmm/shape holds %zu elements (rank %zu, at most %d), a mean has %zu", path, product,
                    f->shape.dims[0], OSS_MAX_SAMPLE_RANK, d);
  return OSS_OK;
}

static oss_status load(const char *path, gmm_file *f) {
  OSS_TRY(oss_io_read(path, "gmm/means", OSS_F32, 2, 2, &f->means));
  OSS_TRY(oss_io_read(path, "gmm/scales", OSS_F64, 1, 1, &f->scales));
  OSS_TRY(oss_io_read(path, "gmm/weights", OSS_F64, 1, 1, &f->weights));
  if (oss_io_exists(path, "gmm/shape")) OSS_TRY(oss_io_read(path, "gmm/shape", OSS_I64, 1, 1, &f->shape));
  return check(path, f);
}

static oss_status gmm_open(const oss_member *member, oss_denoiser *denoiser) {
  const char *path = oss_member_path(member, "file");
  gmm_file f = {0};
  oss_mixture *mixture = NULL;
  oss_status status;
  OSS_TRY_TO(done, load(path, &f));
  oss_mixture_data data = {.components = f.means.dims[0],
                           .elements = f.means.dims[1],
                           .means = f.means.data,
                           .scales = f.scales.data,
                           .weights = f.weights.data};
  OSS_TRY_TO(done, oss_hash_file(path, denoiser->content));
  OSS_TRY_TO(done, oss_denoiser_read_range(path, denoiser));
  OSS_TRY_TO(done, oss_mixture_create(denoiser->be, &data, 1.0, &mixture));
  oss_mixture_attach(mixture, denoiser);
  denoiser->rank = 1;
  denoiser->dims[0] = data.elements;
  if (f.shape.data != NULL) {
    denoiser->rank = (int)f.shape.dims[0];
    for (int i = 0; i < denoiser->rank; i++) denoiser->dims[i] = (size_t)((const int64_t *)f.shape.data)[i];
  }
done:
  free_file(&f);
  return status;
}

static void gmm_close(oss_denoiser *denoiser) {
  oss_mixture_destroy(denoiser->state);
}

static oss_status gmm_call(oss_denoiser *denoiser, size_t rows, const double *t, const int32_t *label, const float *x, float *out) {
  (void)label;
  return oss_mixture_call(denoiser->state, rows, t, NULL, x, out);
}

static oss_status gmm_data(oss_denoiser *denoiser, uint64_t seed, size_t count, float *out) {
  return oss_mixture_draw(denoiser->state, seed, count, out);
}

const oss_denoiser_desc oss_denoiser_gmm = {
    .base = {.name = "gmm",
             .summary = "exact posterior mean of a mixture of isotropic Gaussians",
             .source = "closed form (docs/DERIVATIONS.md, mixture)",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .open = gmm_open,
    .close = gmm_close,
    .call = gmm_call,
    .repeatable = 1,
    .data = gmm_data,
};

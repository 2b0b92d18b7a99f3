// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The exact denoiser of a mixture of isotropic Gaussians, shared by the members gmm and dataset. */
#ifndef OSS_DENOISERS_MIXTURE_H
#define OSS_DENOISERS_MIXTURE_H

#include "host/denoisers/denoiser.h"
#include "kernels/buffer.h"

/* x0 ~ sum_k w_k N(mean_k, scale_k^2 I). Host arrays, borrowed during creation only. */
typedef struct oss_mixture_data {
  size_t components, elements;
  const float *means;     /* (K, D) */
  const double *scales;   /* (K), >= 0 */
  const double *weights;  /* (K), > 0, any sum */
  const int32_t *classes; /* (K) or NULL: not conditional */
} oss_mixture_data;

typedef struct oss_mixture {
  oss_backend *be;
  size_t components, elements, chunk; /* chunk: rows a pass through the work space */
  int conditional;
  double guidance; /* D = D(none) + guidance (D(label) - D(none)) */
  oss_buffer means, scales, log_weights, classes;
  oss_buffer distance, gain, shrink, unconditional, guide;
} oss_mixture;

oss_status oss_mixture_create(oss_backend *be, const oss_mixture_data *data, double guidance, oss_mixture **out);
void oss_mixture_destroy(oss_mixture *mixture); /* NULL-safe */
size_t oss_mixture_bytes(const oss_mixture *mixture);
double oss_mixture_flops(const oss_mixture *mixture);

/* As oss_denoiser_desc.call; label may be NULL when the mixture is not conditional. */
oss_status oss_mixture_call(oss_mixture *mixture, size_t rows, const double *t, const int32_t *label, const float *x, float *out);

/* Host: count samples of the mixture itself; number i depends on (seed, i) alone. */
oss_status oss_mixture_draw(const oss_mixture *mixture, uint64_t seed, size_t count, float *out);

/* Fills what every denoiser made of a mixture has in common and takes the mixture over. */
void oss_mixture_attach(oss_mixture *mixture, oss_denoiser *denoiser);

#endif

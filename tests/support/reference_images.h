// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* reference.h for operations on images, channels last. */
#ifndef OSS_TESTS_SUPPORT_REFERENCE_IMAGES_H
#define OSS_TESTS_SUPPORT_REFERENCE_IMAGES_H

#include "kernels/backend.h"

/* weight [out][in][kernel][kernel]; bias may be NULL. */
void ref_conv(size_t samples, oss_conv_shape shape, const float *weight, const float *bias, const float *in, double *out);
void ref_resample(size_t samples, size_t height, size_t width, size_t channels, int up, int pad, oss_filter filter, const float *in,
                  double *out);

#endif

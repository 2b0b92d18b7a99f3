// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>

#include "host/metrics/metric.h"

/* 10 log10(R^2 / MSE) of each sample; infinite for identical states. */
static oss_status evaluate(const oss_member *member, const oss_metric_input *input, double *out) {
  (void)member;
  OSS_TRY(oss_metric_row_error(input, 2.0, out));
  for (size_t i = 0; i < input->rows; i++) out[i] = 10.0 * log10(input->data_range * input->data_range / out[i]);
  return OSS_OK;
}

const oss_metric_desc oss_metric_psnr = {
    .base = {.name = "psnr",
             .summary = "peak signal-to-noise ratio, 10 log10(R^2 / MSE), R the denoiser's data range",
             .source = "OSS (arXiv 2503.21774), tables 2 to 4 and 6"},
    .evaluate = evaluate,
    .higher_is_better = 1,
    .unit = "dB",
};

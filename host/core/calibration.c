// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/core/calibration.h"

/* In the order of oss_calibration_kind. */
static const oss_member_desc calibrations[] = {
    {.name = "none", .summary = "states as the steps made them", .source = "the usual sampler"},
    {.name = "scale",
     .summary = "each state scaled so that its quantiles are as far apart as the teacher's",
     .source = "OSS, arXiv 2503.21774, amplitude calibration, its formula"},
    {.name = "affine",
     .summary = "each state scaled and shifted so that its quantiles are the teacher's",
     .source = "the published code of OSS, arXiv 2503.21774"},
};

static size_t calibration_count(void) {
  return sizeof calibrations / sizeof calibrations[0];
}

static const oss_member_desc *calibration_at(size_t i) {
  return &calibrations[i];
}

const oss_registry oss_calibrations = {.name = "calibrations",
                                       .singular = "calibration",
                                       .summary = "what is done to the student's state before each denoiser call",
                                       .count = calibration_count,
                                       .at = calibration_at};

oss_calibration_kind oss_calibration_of(const oss_member *calibration) {
  return (oss_calibration_kind)(calibration->desc - calibrations);
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* How the student's amplitudes are calibrated: none, scale or affine, as a registry of members without options. */
#ifndef OSS_CORE_CALIBRATION_H
#define OSS_CORE_CALIBRATION_H

#include "host/core/member.h"

extern const oss_registry oss_calibrations;

typedef enum oss_calibration_kind {
  OSS_CALIBRATION_NONE,
  OSS_CALIBRATION_SCALE, /* x <- a x */
  OSS_CALIBRATION_AFFINE /* x <- a x + b */
} oss_calibration_kind;

oss_calibration_kind oss_calibration_of(const oss_member *calibration);

#endif

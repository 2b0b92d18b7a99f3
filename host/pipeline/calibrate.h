// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Amplitude calibration (OSS, arXiv 2503.21774): before a denoiser call at time t each state is mapped so that its two quantiles x5 and
 * x95, over all its elements, meet the teacher's mean quantiles S5 and S95 at that time:
 *   a = (S95 - S5) / (x95 - x5),   scale: x <- a x,   affine: x <- a x + b with b = S5 - a x5.
 * Only the student is calibrated: neither teacher nor search. */
#ifndef OSS_PIPELINE_CALIBRATE_H
#define OSS_PIPELINE_CALIBRATE_H

#include "host/core/calibration.h"
#include "host/pipeline/teacher.h"

/* Borrowed arrays. */
typedef struct oss_calibration {
  oss_calibration_kind kind; /* NONE: states are measured and left as they are */
  double level[2];           /* which quantiles: ascending, within (0, 1) */
  size_t points;             /* at least 1 */
  const double *t;           /* (points) ascending */
  const double *quantile;    /* (points, 2) the teacher's at those times */
} oss_calibration;

/* What a walk of count samples needs for it. {0} is empty. */
typedef struct oss_calibrator {
  const oss_problem *problem;
  const oss_calibration *calibration; /* NULL: oss_calibrate does nothing */
  size_t count;
  oss_buffer level, pairs; /* pairs: [count][2], quantiles or maps */
  double *host;            /* [count][2] */
} oss_calibrator;

/* calibration may be NULL. */
oss_status oss_calibrator_open(const oss_problem *problem, const oss_calibration *calibration, size_t count, oss_calibrator *out);
void oss_calibrator_close(oss_calibrator *calibrator);
oss_bytes oss_calibrator_bytes(size_t count);

/* Maps every row of x (backend [count][D]) in place, t (host, [count]) being the rows' times. Off the grid the teacher's quantiles are
 * interpolated linearly in t, beyond its ends they are those of the end. A row whose two quantiles are equal (a constant one) is left as
 * it is. seen: NULL, or two sums to which the quantiles of every row, as they are afterwards, are added in order. */
oss_status oss_calibrate(oss_calibrator *calibrator, const double *t, float *x, double *seen);

/* Only adds the quantiles of the rows to seen. */
oss_status oss_calibrator_measure(oss_calibrator *calibrator, const float *x, double *seen);

/* The teacher's mean over its samples of each sample's quantiles, at every grid time: out (N+1, 2). The teacher has all its points. */
oss_status oss_calibration_learn(const oss_problem *problem, oss_teacher *teacher, size_t samples, const double level[2], double *out);

#endif

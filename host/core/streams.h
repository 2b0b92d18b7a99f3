// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The streams of the random numbers: draws of different kinds under one seed have nothing to do with each other. The second word of
 * Philox's counter. */
#ifndef OSS_CORE_STREAMS_H
#define OSS_CORE_STREAMS_H

enum {
  OSS_STREAM_NOISE = 0, /* starting noise of samples */
  OSS_STREAM_LABEL = 1, /* classes of samples */
  OSS_STREAM_DATA = 16, /* which component or data point a reference sample is */
  OSS_STREAM_DATA_NORMAL = 17,
  OSS_STREAM_BOOTSTRAP = 18,
  OSS_STREAM_DIRECTION = 19, /* of sliced_wasserstein */
  OSS_STREAM_WEIGHTS = 20    /* of networks without a file */
};

#endif

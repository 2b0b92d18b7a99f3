// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* A small classifier whose last hidden layer gives features of pictures: twice a 3x3 convolution, SiLU and the mean of 2x2 pixels, then a
 * layer with SiLU (class DigitsClassifier of scripts/train.py). It runs on the backend, planned as a denoiser's network is. */
#ifndef OSS_METRICS_CLASSIFIER_H
#define OSS_METRICS_CLASSIFIER_H

#include "host/core/bytes.h"
#include "kernels/backend.h"

typedef struct oss_classifier oss_classifier;

/* Reads the file's header and plans the network; every tensor must be there in its shape. OSS_ERR_INPUT names what is wrong. */
oss_status oss_classifier_open(oss_backend *be, const char *path, oss_classifier **out);
void oss_classifier_close(oss_classifier *classifier); /* NULL-safe */

/* OSS_ERR_UNSUPPORTED unless samples are (channels, height, width) as it takes them. */
oss_status oss_classifier_check(const oss_classifier *classifier, int rank, const size_t *dims);

size_t oss_classifier_features(const oss_classifier *classifier);

/* Memory of a run. */
oss_bytes oss_classifier_bytes(const oss_classifier *classifier);

/* samples: host, [rows][channels][height][width]; out: host, [rows][features]. Loads the weights with the first call. */
oss_status oss_classifier_run(oss_classifier *classifier, size_t rows, const float *samples, double *out);

#endif

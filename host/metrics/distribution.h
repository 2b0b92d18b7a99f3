// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Metrics of all samples together: two sets of samples, turned into features and compared. */
#ifndef OSS_METRICS_DISTRIBUTION_H
#define OSS_METRICS_DISTRIBUTION_H

#include "host/core/bytes.h"
#include "host/metrics/metric.h"

/* What every such metric takes, at the head of its options. */
#define OSS_DISTRIBUTION_OPTIONS                                                                                                         \
  {.name = "against",                                                                                                                    \
   .type = OSS_OPTION_CHOICE,                                                                                                            \
   .fallback = "teacher",                                                                                                                \
   .choices = "teacher data",                                                                                                            \
   .help = "the other set: the teacher's end states, or samples of the denoiser's data distribution"},                                   \
      {.name = "references",                                                                                                             \
       .type = OSS_OPTION_COUNT,                                                                                                         \
       .fallback = "all",                                                                                                                \
       .min = 1,                                                                                                                         \
       .max = 1e7,                                                                                                                       \
       .help = "against: data: how many of its samples; all: a data set whole, of a mixture as many as are scored"},                     \
      {.name = "features",                                                                                                               \
       .type = OSS_OPTION_CHOICE,                                                                                                        \
       .fallback = "raw",                                                                                                                \
       .choices = "raw pca file digits",                                                                                                 \
       .help =                                                                                                                           \
           "what is compared: the elements, their principal components (of the other set), a matrix applied to them, or what a "         \
           "classifier of digits sees in them"},                                                                                         \
      {.name = "components", .type = OSS_OPTION_INT, .fallback = "16", .min = 1, .max = 1e6, .help = "features: pca: how many"},         \
      {.name = "file",                                                                                                                   \
       .type = OSS_OPTION_FILE,                                                                                                          \
       .fallback = "",                                                                                                                   \
       .help = "features: file: HDF5 file with the matrix; digits: safetensors file of the classifier"},                                 \
      {.name = "dataset",                                                                                                                \
       .type = OSS_OPTION_TEXT,                                                                                                          \
       .fallback = "features",                                                                                                           \
       .help = "features: file: the matrix (D, F); F features are x W"},                                                                 \
      {.name = "bootstrap",                                                                                                              \
       .type = OSS_OPTION_INT,                                                                                                           \
       .fallback = "200",                                                                                                                \
       .min = 0,                                                                                                                         \
       .max = 1e6,                                                                                                                       \
       .help = "resamplings that std and the interval are taken from; 0: none of them"},                                                 \
  {                                                                                                                                      \
    .name = "confidence", .type = OSS_OPTION_REAL, .fallback = "0.95", .min = 0.01, .max = 0.9999, .help = "of the interval low to high" \
  }

/* Two sets of feature vectors. */
struct oss_distribution {
  size_t n, m, d;
  double *x, *y; /* (n, d) of the student, (m, d) it is compared with; row-major */
  oss_resampling resampling;
};

/* The samples themselves, host memory. */
typedef struct oss_sample_sets {
  oss_backend *be; /* for features that a network gives */
  size_t students, references, elements;
  const float *student, *reference; /* (students, D), (references, D) */
  int paired;                       /* reference i grew from the noise of student i */
  int threads;
} oss_sample_sets;

/* Whether the metric compares with data, and with how many samples. */
int oss_distribution_takes_data(const oss_member *member);
size_t oss_distribution_references(const oss_member *member, const oss_metric_scope *scope);

/* The rules of these metrics for oss_metric_check. */
oss_status oss_distribution_check(const oss_member *member, const oss_metric_scope *scope);

/* Features, value and interval of one metric. OSS_ERR_NUMERIC when a sample is not finite. */
oss_status oss_distribution_compare(const oss_member *member, const oss_sample_sets *sets, oss_estimate *out);

/* Memory of that, the samples not included. */
oss_bytes oss_distribution_bytes(const oss_member *member, const oss_metric_scope *scope);

#endif

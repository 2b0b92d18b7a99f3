// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdio.h>

#include "host/io/show.h"

char *oss_show_value(const oss_h5_attribute *attribute) {
  char number[OSS_NUMBER_BYTES];
  switch (attribute->kind) {
    case OSS_H5_TEXT:
      return oss_strdup(attribute->text);
    case OSS_H5_INT:
      return oss_format("%lld", (long long)attribute->integer);
    case OSS_H5_REAL:
      return oss_strdup(oss_number_text(attribute->real, number));
    default:
      return oss_strdup("(several values)");
  }
}

size_t oss_show_metric_width(const oss_cell_metric *metric) {
  return metric->count == 0 && isnan(metric->mean) ? 0 : (size_t)snprintf(NULL, 0, "%.4g", metric->mean);
}

char *oss_show_metric(const oss_cell_metric *metric, size_t width) {
  if (metric->count == 0 && isnan(metric->mean)) return oss_strdup("");
  if (metric->count == 1 || isnan(metric->std)) return oss_format("%*.4g", (int)width, metric->mean);
  return oss_format("%*.4g ± %.2g", (int)width, metric->mean, metric->std);
}

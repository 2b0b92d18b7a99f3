// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/metrics/distribution.h"

#include <math.h>
#include <stdlib.h>

#include "host/metrics/features.h"

int oss_distribution_takes_data(const oss_member *member) {
  return oss_member_is(member, "against", "data");
}

size_t oss_distribution_references(const oss_member *member, const oss_metric_scope *scope) {
  int64_t asked = oss_member_int(member, "references");
  if (!oss_distribution_takes_data(member)) return scope->samples;
  if (asked > 0) return (size_t)asked;
  return scope->data_points > 0 ? scope->data_points : scope->samples;
}

static oss_status check_references(const oss_member *member, const oss_metric_scope *scope) {
  int64_t asked = oss_member_int(member, "references");
  if (!oss_distribution_takes_data(member))
    return asked == 0 ? OSS_OK : oss_member_fail(member, "references is for against: data; a teacher has as many samples as the student");
  if (!scope->has_data)
    return oss_fail(OSS_ERR_UNSUPPORTED, "metric %s against data: this denoiser knows no data; against: teacher is possible",
                    member->desc->name);
  if (scope->data_points == 0 || (size_t)asked <= scope->data_points) return OSS_OK;
  return oss_fail(OSS_ERR_UNSUPPORTED, "metric %s against %lld data samples: there are %zu", member->desc->name, (long long)asked,
                  scope->data_points);
}

oss_status oss_distribution_check(const oss_member *member, const oss_metric_scope *scope) {
  const oss_metric_desc *desc = oss_metric_desc_of(member);
  if (oss_member_int(member, "bootstrap") == 1)
    return oss_member_fail(member, "bootstrap is 0 (none) or at least 2; one resampling has no spread");
  OSS_TRY(check_references(member, scope));
  size_t references = oss_distribution_references(member, scope);
  if (scope->samples < desc->least || references < desc->least)
    return oss_fail(OSS_ERR_UNSUPPORTED, "metric %s needs %zu samples on both sides: the student has %zu (samples.evaluate), the %s %zu",
                    desc->base.name, desc->least, scope->samples, oss_distribution_takes_data(member) ? "data" : "teacher", references);
  return oss_features_check(member, scope);
}

static oss_status check_finite(size_t rows, size_t d, const float *x, const char *what) {
  for (size_t i = 0; i < rows * d; i++)
    if (!isfinite(x[i])) return oss_fail(OSS_ERR_NUMERIC, "%s %zu is not finite", what, i / d);
  return OSS_OK;
}

oss_status oss_distribution_compare(const oss_member *member, const oss_sample_sets *samples, oss_estimate *out) {
  oss_distribution sets = {0};
  oss_status status;
  OSS_TRY_TO(done, check_finite(samples->students, samples->elements, samples->student, "the student's end state of sample"));
  OSS_TRY_TO(done, check_finite(samples->references, samples->elements, samples->reference, "reference sample"));
  OSS_TRY_TO(done, oss_features_make(member, samples, &sets));
  sets.resampling = (oss_resampling){.paired = samples->paired,
                                     .replicates = (size_t)oss_member_int(member, "bootstrap"),
                                     .confidence = oss_member_real(member, "confidence"),
                                     .threads = samples->threads};
  status = oss_metric_desc_of(member)->compare(member, &sets, out);
done:
  free(sets.x);
  return oss_fail_context(status, "metric %s", member->desc->name);
}

oss_bytes oss_distribution_bytes(const oss_member *member, const oss_metric_scope *scope) {
  size_t n = scope->samples, m = oss_distribution_references(member, scope), d;
  oss_bytes making;
  if (oss_features_plan(member, scope, &d, &making) != OSS_OK) return (oss_bytes){0};
  oss_resampling plan = {.replicates = (size_t)oss_member_int(member, "bootstrap"), .threads = scope->threads};
  size_t comparing = oss_metric_desc_of(member)->compare_bytes(member, &plan, n, m, d);
  return oss_bytes_add(oss_bytes_of(0, (n + m) * d * sizeof(double)), oss_bytes_most(making, oss_bytes_of(0, comparing)));
}

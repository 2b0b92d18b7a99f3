// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>

#include "kernels/checks.h"
#include "kernels/cpu/norm.h"

enum {
  CHANNELS = 256, /* of which the sums and lines are kept at once; a larger group is walked over in pieces */
  CACHE_LINE = 16 /* floats */
};

typedef struct group_job {
  size_t pixels, channels, members;               /* members: channels of a group */
  double share, eps;                              /* share: 1 / pixels */
  const float *gain, *bias, *add, *shift, *scale; /* the last three of one sample, or NULL */
  oss_activation activation;
  oss_norm_unit unit;
} group_job;

/* What a group's channels add up to. Their means are taken from its first value, so that nothing is lost where they are large. */
typedef struct group_sums {
  double first, apart, apart_squares, within;
} group_sums;

static double first_value(const group_job *job, size_t c, const float *in) {
  return (double)in[c] + (job->add != NULL ? (double)job->add[c] : 0.0);
}

/* Channels first .. first + count - 1 of a group join its sums; sum and square are theirs (norm.h). */
static void join(const group_job *job, size_t first, size_t count, const float *in, const double *sum, const double *square,
                 group_sums *group) {
  for (size_t i = 0; i < count; i++) {
    const double more = sum[i] * job->share, apart = first_value(job, first + i, in) - group->first + more;
    group->apart += apart;
    group->apart_squares += apart * apart;
    group->within += square[i] - sum[i] * more;
  }
}

static void finish(const group_job *job, const group_sums *group, double *mean, double *inverse) {
  const double share = 1.0 / (double)job->members, apart = group->apart * share;
  *mean = group->first + apart;
  const double squares = group->within * job->share + (group->apart_squares - group->apart * apart);
  *inverse = 1.0 / sqrt(squares * share + job->eps);
}

/* The lines of channels first .. first + count - 1. What rounding takes from a centre goes into the offset. */
static void make_lines(const group_job *job, size_t first, size_t count, double mean, double inverse, float *centre, float *slope,
                       float *offset) {
  for (size_t i = 0; i < count; i++) {
    const size_t c = first + i;
    double rise = inverse * (double)job->gain[c], level = (double)job->bias[c];
    if (job->scale != NULL) {
      const double more = (double)job->scale[c] + 1.0;
      rise *= more;
      level = level * more + (double)job->shift[c];
    }
    const double middle = mean - (job->add != NULL ? (double)job->add[c] : 0.0);
    centre[i] = (float)middle;
    slope[i] = (float)rise;
    offset[i] = (float)(level + ((double)centre[i] - middle) * rise);
  }
}

/* Whole groups that have no more than CHANNELS channels. */
static void small_groups(const group_job *job, size_t first, size_t count, const float *in, float *out) {
  double sum[CHANNELS + OSS_NORM_ROOM], square[CHANNELS + OSS_NORM_ROOM];
  float centre[CHANNELS], slope[CHANNELS], offset[CHANNELS];
  job->unit.moments(job->pixels, job->channels, count, in + first, sum, square);
  for (size_t at = 0; at < count; at += job->members) {
    group_sums group = {.first = first_value(job, first + at, in)};
    double mean, inverse;
    join(job, first + at, job->members, in, sum + at, square + at, &group);
    finish(job, &group, &mean, &inverse);
    make_lines(job, first + at, job->members, mean, inverse, centre + at, slope + at, offset + at);
  }
  job->unit.apply(job->pixels, job->channels, count, (oss_norm_line){centre, slope, offset}, job->activation, in + first, out + first);
}

static size_t piece(size_t members, size_t at) {
  return members - at < CHANNELS ? members - at : CHANNELS;
}

static void large_group(const group_job *job, size_t first, const float *in, float *out) {
  double sum[CHANNELS + OSS_NORM_ROOM], square[CHANNELS + OSS_NORM_ROOM];
  float centre[CHANNELS], slope[CHANNELS], offset[CHANNELS];
  group_sums group = {.first = first_value(job, first, in)};
  for (size_t at = 0; at < job->members; at += CHANNELS) {
    const size_t count = piece(job->members, at);
    job->unit.moments(job->pixels, job->channels, count, in + first + at, sum, square);
    join(job, first + at, count, in, sum, square, &group);
  }
  double mean, inverse;
  finish(job, &group, &mean, &inverse);
  for (size_t at = 0; at < job->members; at += CHANNELS) {
    const size_t count = piece(job->members, at);
    make_lines(job, first + at, count, mean, inverse, centre, slope, offset);
    job->unit.apply(job->pixels, job->channels, count, (oss_norm_line){centre, slope, offset}, job->activation, in + first + at,
                    out + first + at);
  }
}

/* Groups that a thread takes at a time: a whole sample's (as many as CHANNELS allow) where there are samples enough, else a part of them,
 * of whole lines of the cache. */
static size_t groups_at_once(const oss_backend *be, size_t samples, size_t groups, size_t members) {
  const size_t wanted = 2 * (size_t)be->threads, most = CHANNELS / members, least = (CACHE_LINE + members - 1) / members;
  size_t count = groups;
  if (samples < wanted && be->threads > 1) count = groups * samples / wanted;
  if (count < least) count = least;
  if (count > most) count = most;
  return count > groups ? groups : count > 0 ? count : 1;
}

/* Mapping: threads take samples, or a few groups of one: a group's channels are summed one beside the other and joined in their order, so
 * nobody's bits depend on that. 12 bytes a float, from the cache but for 8 where a sample fits the second level. */
oss_status oss_cpu_group_norm(oss_backend *be, size_t samples, size_t pixels, size_t channels, size_t groups, double eps, const float *gain,
                              const float *bias, size_t stride, const float *add, const float *shift, const float *scale,
                              oss_activation activation, const float *in, float *out) {
  OSS_TRY(oss_check_group_norm(samples, pixels, channels, groups, eps, stride, shift, scale, activation));
  if (samples == 0 || pixels == 0 || channels == 0) return OSS_OK;
  const size_t members = channels / groups, at_once = groups_at_once(be, samples, groups, members), runs = (groups + at_once - 1) / at_once;
  const oss_norm_unit unit = oss_norm_unit_chosen();
#pragma omp parallel for collapse(2) schedule(static) num_threads(be->threads) if (samples * pixels * channels > OSS_CPU_SERIAL)
  for (size_t s = 0; s < samples; s++)
    for (size_t run = 0; run < runs; run++) {
      const size_t first = run * at_once, count = groups - first < at_once ? groups - first : at_once;
      const float *from = in + s * pixels * channels;
      float *to = out + s * pixels * channels;
      const group_job job = {.pixels = pixels,
                             .channels = channels,
                             .members = members,
                             .share = 1.0 / (double)pixels,
                             .eps = eps,
                             .gain = gain,
                             .bias = bias,
                             .add = add != NULL ? add + s * stride : NULL,
                             .shift = shift != NULL ? shift + s * stride : NULL,
                             .scale = scale != NULL ? scale + s * stride : NULL,
                             .activation = activation,
                             .unit = unit};
      if (members <= CHANNELS)
        small_groups(&job, first * members, count * members, from, to);
      else
        large_group(&job, first * members, from, to);
    }
  return OSS_OK;
}

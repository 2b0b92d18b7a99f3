// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <Random123/philox.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/log.h"
#include "host/core/streams.h"
#include "host/denoisers/classes.h"
#include "host/denoisers/mixture.h"
#include "host/io/reader.h"

static const oss_option options[] = {
    {.name = "file", .type = OSS_OPTION_FILE, .fallback = NULL, .help = "HDF5 file with the data points"},
    {.name = "dataset", .type = OSS_OPTION_TEXT, .fallback = "data/points", .help = "the points: (n, D), (n, C, H, W) or (n, C, F, H, W)"},
    {.name = "bandwidth",
     .type = OSS_OPTION_REAL,
     .fallback = "0",
     .min = 0,
     .max = 1e3,
     .help = "kernel bandwidth s; 0: the points themselves"},
    {.name = "limit", .type = OSS_OPTION_COUNT, .fallback = "all", .min = 1, .max = 1e9, .help = "use the first points only"},
    {.name = "class",
     .type = OSS_OPTION_TEXT,
     .fallback = "none",
     .help = "condition: none, drawn (a class a sample, with the data's frequencies, from the seed), or the number of one class"},
    {.name = "labels", .type = OSS_OPTION_TEXT, .fallback = "data/labels", .help = "dataset with the class of each point (n), for class"},
    {.name = "guidance",
     .type = OSS_OPTION_REAL,
     .fallback = "1",
     .min = 0,
     .max = 100,
     .help = "classifier-free guidance w: D = D(none) + w (D(class) - D(none)); 1: conditional only"},
};

typedef struct dataset_state {
  oss_mixture *mixture;
  int32_t *labels; /* (n), owned; NULL: unconditional */
  size_t points;
  int64_t choice; /* OSS_CLASS_NONE, OSS_CLASS_DRAWN or a class */
} dataset_state;

static void dataset_close(oss_denoiser *denoiser) {
  dataset_state *s = denoiser->state;
  if (s == NULL) return;
  oss_mixture_destroy(s->mixture);
  free(s->labels);
  free(s);
}

static oss_status load_labels(const oss_member *member, dataset_state *s) {
  const char *path = oss_member_path(member, "file"), *dataset = oss_member_text(member, "labels");
  oss_array array = {0};
  OSS_TRY(oss_io_read_rows(path, dataset, OSS_I32, 0, s->points, &array));
  s->labels = array.data;
  if (array.rank != 1) return oss_fail(OSS_ERR_INPUT, "%s: '%s' has rank %d: one class a point", path, dataset, array.rank);
  int found = s->choice == OSS_CLASS_DRAWN;
  for (size_t i = 0; i < s->points; i++) {
    if (s->labels[i] < 0) return oss_fail(OSS_ERR_INPUT, "%s: '%s'[%zu] is %d: classes are at least 0", path, dataset, i, s->labels[i]);
    found |= s->labels[i] == s->choice;
  }
  if (!found) return oss_member_fail(member, "class %lld has no point in '%s'", (long long)s->choice, dataset);
  return OSS_OK;
}

/* PSNR takes the range from the file; points far outside it mean that the file does not say, or that they were never scaled. */
static void warn_of_range(const char *path, const oss_array *points, double range) {
  const float *x = points->data;
  float low = x[0], high = x[0];
  size_t count = oss_array_count(points);
  for (size_t i = 1; i < count; i++) {
    low = x[i] < low ? x[i] : low;
    high = x[i] > high ? x[i] : high;
  }
  if ((double)high - (double)low > 1.5 * range)
    oss_log_warning(
        "%s: the points reach from %g to %g, but the data range is taken as %g: scale them (to [-1, 1]) or set the file's attribute "
        "data_range, or PSNR means little",
        path, low, high, range);
}

/* Equal weights and equal bandwidths around the points. */
static oss_status build_mixture(const oss_member *member, oss_denoiser *denoiser, const oss_array *points) {
  dataset_state *s = denoiser->state;
  double *constant = malloc(2 * s->points * sizeof *constant);
  if (constant == NULL) return oss_fail(OSS_ERR_MEMORY, "%zu bandwidths", s->points);
  for (size_t i = 0; i < s->points; i++) {
    constant[i] = oss_member_real(member, "bandwidth");
    constant[s->points + i] = 1.0;
  }
  oss_mixture_data data = {.components = s->points,
                           .elements = oss_array_count(points) / s->points,
                           .means = points->data,
                           .scales = constant,
                           .weights = constant + s->points,
                           .classes = s->labels};
  oss_status status = oss_mixture_create(denoiser->be, &data, oss_member_real(member, "guidance"), &s->mixture);
  free(constant);
  if (status != OSS_OK) return status;
  oss_mixture_attach(s->mixture, denoiser);
  denoiser->state = s;
  return OSS_OK;
}

static oss_status content_key(const oss_member *member, const char *path, char out[OSS_HASH_BYTES]) {
  char file[OSS_HASH_BYTES], number[2][OSS_NUMBER_BYTES];
  OSS_TRY(oss_hash_file(path, file));
  char *text =
      oss_format("%s %s %s %s limit %lld class %s guidance %s", file, oss_member_text(member, "dataset"), oss_member_text(member, "labels"),
                 oss_number_text(oss_member_real(member, "bandwidth"), number[0]), (long long)oss_member_int(member, "limit"),
                 oss_member_text(member, "class"), oss_number_text(oss_member_real(member, "guidance"), number[1]));
  if (text == NULL) return oss_fail(OSS_ERR_MEMORY, "content key");
  oss_hash_text(text, out);
  free(text);
  return OSS_OK;
}

/* The data of a denoiser of one class are that class's points. */
static int is_eligible(const dataset_state *s, size_t point) {
  return s->choice < 0 || s->labels[point] == s->choice;
}

static size_t count_eligible(const dataset_state *s) {
  size_t count = 0;
  for (size_t i = 0; i < s->points; i++) count += is_eligible(s, i) != 0;
  return count;
}

static oss_status dataset_open(const oss_member *member, oss_denoiser *denoiser) {
  const char *path = oss_member_path(member, "file"), *dataset = oss_member_text(member, "dataset");
  oss_array points = {0};
  oss_status status = OSS_OK;
  dataset_state *s = calloc(1, sizeof *s);
  if (s == NULL) return oss_fail(OSS_ERR_MEMORY, "data set");
  denoiser->state = s;
  OSS_TRY_TO(done, oss_class_parse(member, 0, &s->choice));
  OSS_TRY_TO(done, oss_io_shape(path, dataset, &points));
  if (points.rank < 2 || points.rank > OSS_MAX_SAMPLE_RANK + 1) {
    status =
        oss_fail(OSS_ERR_INPUT, "%s: '%s' has rank %d: points are (n, D), (n, C, H, W) or (n, C, F, H, W)", path, dataset, points.rank);
    goto done;
  }
  int64_t limit = oss_member_int(member, "limit");
  s->points = limit > 0 ? (size_t)limit : points.dims[0];
  OSS_TRY_TO(done, oss_io_read_rows(path, dataset, OSS_F32, 0, s->points, &points));
  if (s->choice != OSS_CLASS_NONE) OSS_TRY_TO(done, load_labels(member, s));
  OSS_TRY_TO(done, content_key(member, path, denoiser->content));
  OSS_TRY_TO(done, oss_denoiser_read_range(path, denoiser));
  warn_of_range(path, &points, denoiser->data_range);
  OSS_TRY_TO(done, build_mixture(member, denoiser, &points));
  denoiser->data_points = count_eligible(s);
  denoiser->rank = points.rank - 1;
  for (int i = 0; i < denoiser->rank; i++) denoiser->dims[i] = points.dims[i + 1];
done:
  oss_array_free(&points);
  if (status != OSS_OK) dataset_close(denoiser);
  return status;
}

static oss_status dataset_call(oss_denoiser *denoiser, size_t rows, const double *t, const int32_t *label, const float *x, float *out) {
  const dataset_state *s = denoiser->state;
  return oss_mixture_call(s->mixture, rows, t, label, x, out);
}

static oss_status dataset_labels(oss_denoiser *denoiser, uint64_t seed, size_t first, size_t count, int32_t *out) {
  const dataset_state *s = denoiser->state;
  for (size_t i = 0; i < count; i++) {
    out[i] = (int32_t)s->choice;
    if (s->choice == OSS_CLASS_NONE) continue;
    if (s->choice == OSS_CLASS_DRAWN) /* the class of a point drawn at random */
      out[i] = s->labels[(size_t)(oss_class_uniform(seed, first + i) * (double)s->points)];
  }
  return OSS_OK;
}

/* The points themselves (no bandwidth around them), the first of a shuffled order. */
static oss_status dataset_data(oss_denoiser *denoiser, uint64_t seed, size_t count, float *out) {
  const dataset_state *s = denoiser->state;
  size_t bytes = denoiser->elements * sizeof *out, found = 0;
  size_t *order = malloc(denoiser->data_points * sizeof *order);
  oss_status status = OSS_OK;
  if (order == NULL) return oss_fail(OSS_ERR_MEMORY, "order of %zu points", denoiser->data_points);
  for (size_t i = 0; i < s->points; i++)
    if (is_eligible(s, i)) order[found++] = i;
  for (size_t i = 0; i < count; i++) {
    philox4x32_ctr_t counter = {{0, OSS_STREAM_DATA, (uint32_t)i, (uint32_t)((uint64_t)i >> 32)}};
    philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
    size_t other = i + (size_t)(((uint64_t)philox4x32(counter, key).v[0] * (found - i)) >> 32), chosen = order[other];
    order[other] = order[i];
    order[i] = chosen;
    OSS_TRY_TO(done, oss_buffer_download(&s->mixture->means, chosen * bytes, bytes, out + i * denoiser->elements));
  }
done:
  free(order);
  return status;
}

const oss_denoiser_desc oss_denoiser_dataset = {
    .base = {.name = "dataset",
             .summary = "ideal denoiser of a data set (each point a Gaussian of the bandwidth), optionally class-conditional",
             .source = "Karras et al. 2022 (arXiv 2206.00364), equation 57; guidance: Ho and Salimans 2022 (arXiv 2207.12598)",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .open = dataset_open,
    .close = dataset_close,
    .call = dataset_call,
    .repeatable = 1,
    .labels = dataset_labels,
    .data = dataset_data,
};

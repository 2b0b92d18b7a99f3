// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Samples of the data that a denoiser was made for: what metrics against data compare with. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/registries.h"
#include "host/denoisers/denoiser.h"
#include "host/io/reader.h"
#include "tests/support/check.h"
#include "tests/support/members.h"

#define DIGITS OSS_MODELS_DIR "/digits.h5"
#define MIXTURE OSS_GOLDEN_DIR "/oss_search_1d.h5"

typedef struct opened {
  oss_member *member;
  oss_backend *be;
  oss_denoiser *denoiser;
} opened;

static opened open_denoiser(const char *text) {
  static const oss_registry *const where[] = {&oss_denoisers, NULL};
  opened out = {.member = member_of(where, text)};
  check_ok(oss_backend_create("cpu", 1, &out.be));
  check_ok(oss_denoiser_create(out.member, out.be, &out.denoiser));
  return out;
}

static void close_denoiser(opened *o) {
  oss_denoiser_destroy(o->denoiser);
  oss_backend_destroy(o->be);
  oss_member_free(o->member);
}

static float *draw(const opened *o, uint64_t seed, size_t count) {
  float *out = check_alloc(count * o->denoiser->elements, sizeof *out);
  check_ok(oss_denoiser_data(o->denoiser, seed, count, out));
  return out;
}

/* Which of the points a sample is; fails where it is none. */
static size_t find(size_t points, size_t d, const float *all, const float *row) {
  for (size_t i = 0; i < points; i++)
    if (memcmp(all + i * d, row, d * sizeof *row) == 0) return i;
  fail_msg("a sample that is no data point");
  return 0;
}

/* All of them are a permutation, fewer are its beginning, and the order is the seed's. */
static void a_data_set_gives_its_points(void **state) {
  enum { N = 150 };
  opened o = open_denoiser("{kind: dataset, limit: 150, bandwidth: 0.2, file: " DIGITS "}");
  size_t d = o.denoiser->elements, moved = 0;
  oss_array points;
  unsigned char seen[N] = {0};
  (void)state;
  check_ok(oss_io_read_rows(DIGITS, "data/points", OSS_F32, 0, N, &points));
  assert_int_equal(o.denoiser->data_points, N);
  float *all = draw(&o, 4, N), *few = draw(&o, 4, 11), *other = draw(&o, 5, N);
  for (size_t i = 0; i < N; i++) {
    size_t at = find(N, d, points.data, all + i * d);
    moved += at != i;
    seen[at]++;
  }
  for (size_t i = 0; i < N; i++) assert_int_equal(seen[i], 1);
  assert_true(moved > N / 2);
  check_same_bits("fewer", 11 * d * sizeof *few, few, all);
  assert_memory_not_equal(other, all, N * d * sizeof *all);
  check_fails(oss_denoiser_data(o.denoiser, 4, N + 1, all), OSS_ERR_INTERNAL, "151 data samples of 150");
  oss_array_free(&points);
  free(all);
  free(few);
  free(other);
  close_denoiser(&o);
}

static void a_class_gives_its_own_points(void **state) {
  opened o = open_denoiser("{kind: dataset, limit: 200, class: 3, file: " DIGITS "}");
  opened drawn = open_denoiser("{kind: dataset, limit: 200, class: drawn, file: " DIGITS "}");
  size_t d = o.denoiser->elements, count = 0;
  oss_array points, labels;
  (void)state;
  check_ok(oss_io_read_rows(DIGITS, "data/points", OSS_F32, 0, 200, &points));
  check_ok(oss_io_read_rows(DIGITS, "data/labels", OSS_I32, 0, 200, &labels));
  for (size_t i = 0; i < 200; i++) count += ((int32_t *)labels.data)[i] == 3;
  assert_int_equal(o.denoiser->data_points, count);
  assert_int_equal(drawn.denoiser->data_points, 200);
  float *all = draw(&o, 0, count);
  for (size_t i = 0; i < count; i++) assert_int_equal(((int32_t *)labels.data)[find(200, d, points.data, all + i * d)], 3);
  oss_array_free(&points);
  oss_array_free(&labels);
  free(all);
  close_denoiser(&o);
  close_denoiser(&drawn);
}

/* Mean and second moment of many samples, within six standard errors. */
static void a_mixture_gives_its_moments(void **state) {
  enum { COUNT = 20000 };
  opened o = open_denoiser("{kind: gmm, file: " MIXTURE "}");
  size_t d = o.denoiser->elements;
  oss_array means, scales, weights;
  (void)state;
  check_ok(oss_io_read(MIXTURE, "gmm/means", OSS_F64, 2, 2, &means));
  check_ok(oss_io_read(MIXTURE, "gmm/scales", OSS_F64, 1, 1, &scales));
  check_ok(oss_io_read(MIXTURE, "gmm/weights", OSS_F64, 1, 1, &weights));
  assert_int_equal(o.denoiser->data_points, 0);
  float *all = draw(&o, 9, COUNT), *few = draw(&o, 9, 7);
  check_same_bits("fewer", 7 * d * sizeof *few, few, all);
  for (size_t e = 0; e < d; e++) {
    double first = 0.0, second = 0.0, fourth = 0.0, mean = 0.0, square = 0.0, total = 0.0;
    for (size_t i = 0; i < COUNT; i++) {
      double x = all[i * d + e];
      first += x / COUNT;
      second += x * x / COUNT;
      fourth += x * x * x * x / COUNT;
    }
    for (size_t k = 0; k < means.dims[0]; k++) {
      double w = ((double *)weights.data)[k], m = ((double *)means.data)[k * d + e], s = ((double *)scales.data)[k];
      total += w;
      mean += w * m;
      square += w * (m * m + s * s);
    }
    mean /= total;
    square /= total;
    assert_true(fabs(first - mean) < 6.0 * sqrt(square / COUNT));
    assert_true(fabs(second - square) < 6.0 * sqrt(fourth / COUNT));
  }
  oss_array_free(&means);
  oss_array_free(&scales);
  oss_array_free(&weights);
  free(all);
  free(few);
  close_denoiser(&o);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_data_set_gives_its_points),
      cmocka_unit_test(a_class_gives_its_own_points),
      cmocka_unit_test(a_mixture_gives_its_moments),
  };
  oss_io_init();
  return cmocka_run_group_tests(tests, NULL, NULL);
}

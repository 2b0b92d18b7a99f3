// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/images.h"
#include "tests/support/parity.h"
#include "tests/support/reference_images.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* The two of the published networks; one and eight taps; none symmetric where it may be otherwise. */
static const oss_filter filters[] = {{2, {0.5f, 0.5f}},
                                     {4, {0.125f, 0.375f, 0.375f, 0.125f}},
                                     {1, {1.0f}},
                                     {3, {0.2f, 0.7f, 0.1f}},
                                     {8, {0.05f, 0.1f, 0.2f, 0.25f, 0.15f, 0.1f, -0.05f, 0.2f}}};
static const size_t sides[][2] = {{1, 1}, {2, 2}, {3, 8}, {8, 7}, {16, 16}}, all_channels[] = {1, 3, 4, 12, 15, 16, 17, 33, 64, 100};

typedef struct resample_case {
  size_t samples, height, width, channels;
  int up, pad;
  oss_filter filter;
} resample_case;

static size_t in_size(const resample_case *c) {
  return c->height * c->width * c->channels;
}
static size_t out_size(const resample_case *c) {
  return oss_resample_length(c->height, c->up, c->pad, c->filter.taps) * oss_resample_length(c->width, c->up, c->pad, c->filter.taps) *
         c->channels;
}

static oss_status call_resample(oss_backend *be, const resample_case *c, size_t samples, const float *in, float *out) {
  return be->ops->resample(be, samples, c->height, c->width, c->channels, c->up, c->pad, c->filter, in, out);
}

static void run_resample(oss_backend *be, const resample_case *c, size_t samples, const float *in, float *out) {
  check_call call;
  check_call_begin(be, &call);
  float *x = check_in(&call, in, samples * in_size(c) * sizeof *in);
  float *y = check_out(&call, out, samples * out_size(c) * sizeof *out);
  check_ok(call_resample(be, c, samples, x, y));
  check_call_end(&call);
}

static void check_case(check_rng *rng, const resample_case *c) {
  const size_t count = c->samples * out_size(c);
  float *in = check_floats(rng, c->samples * in_size(c), 1.0), *out = check_alloc(count, sizeof *out),
        *again = check_alloc(count, sizeof *out);
  double *want = check_alloc(count, sizeof *want);
  in[check_bits(rng) % (c->samples * in_size(c))] = NAN;
  ref_resample(c->samples, c->height, c->width, c->channels, c->up, c->pad, c->filter, in, want);
  run_resample(parity_backend(1), c, c->samples, in, out);
  check_close_float("resample", count, out, want, 0.0, 2e-6); /* weights sum to 4 at most in magnitude: 64 roundings of 6e-8 at worst */
  for (int threads = 2; threads <= PARITY_THREADS; threads++) {
    run_resample(parity_backend(threads), c, c->samples, in, again);
    check_same_bits("resample: threads", count * sizeof *out, again, out);
  }
  run_resample(parity_backend(2), c, 1, in + (c->samples - 1) * in_size(c), again);
  check_same_bits("resample: a sample alone", out_size(c) * sizeof *out, again, out + (c->samples - 1) * out_size(c));
  free(in);
  free(out);
  free(again);
  free(want);
}

/* Whether something is left. */
static int possible(const resample_case *c) {
  const long shortest = (long)(c->height < c->width ? c->height : c->width), border = 2 * c->pad - c->filter.taps;
  return c->up ? 2 * (shortest - 1) - border >= 1 : shortest + border >= 0;
}

static void parity_resample(void **state) {
  (void)state;
  check_rng rng = {44};
  size_t number = 0;
  for (size_t f = 0; f < COUNT(filters); f++)
    for (size_t i = 0; i < COUNT(sides); i++)
      for (size_t k = 0; k < COUNT(all_channels); k++)
        for (int up = 0; up < 2 && (f + i + k) % 3 == 0; up++) {
          resample_case c = {1 + k % 3, sides[i][0], sides[i][1], all_channels[k], up, 0, filters[f]};
          for (c.pad = 0; c.pad < filters[f].taps; c.pad++) {
            if (parity_small() && (number++ % 7 != 0 || in_size(&c) > 3000)) continue;
            if (possible(&c)) check_case(&rng, &c);
          }
        }
}

static void resample_limits(void **state) {
  (void)state;
  static const struct {
    resample_case c;
    const char *part;
  } bad[] = {{{1, 4, 4, 2, 0, 0, {0, {1.0f}}}, "0 taps"},
             {{1, 4, 4, 2, 0, 0, {9, {1.0f}}}, "9 taps"},
             {{1, 4, 4, 2, 0, 2, {2, {0.5f, 0.5f}}}, "padding 2"},
             {{1, 4, 4, 2, 1, -1, {2, {0.5f, 0.5f}}}, "padding -1"},
             {{1, 4, 0, 2, 1, 0, {2, {0.5f, 0.5f}}}, "none may be 0"},
             {{1, 1, 4, 2, 0, 0, {2, {0.5f, 0.5f}}}, "nothing is left"},
             {{1, 4, 1, 2, 1, 1, {2, {0.5f, 0.5f}}}, "nothing is left"},
             {{1, SIZE_MAX / 2, 4, 2, 1, 1, {2, {0.5f, 0.5f}}}, "overflow"},
             {{1, 1 << 15, 1 << 14, 2, 1, 0, {2, {0.5f, 0.5f}}}, "overflow"},
             {{SIZE_MAX / 64, 4, 4, 2, 1, 0, {2, {0.5f, 0.5f}}}, "overflow"}};
  oss_backend *be = parity_backend(1);
  for (size_t i = 0; i < COUNT(bad); i++)
    check_fails(call_resample(be, &bad[i].c, bad[i].c.samples, NULL, NULL), OSS_ERR_INTERNAL, bad[i].part);
  const resample_case good = {0, 4, 4, 2, 0, 0, {2, {0.5f, 0.5f}}};
  check_ok(call_resample(be, &good, 0, NULL, NULL));
}

int main(void) {
  const struct CMUnitTest tests[] = {PARITY_RESAMPLE(PARITY_TEST) cmocka_unit_test(resample_limits)};
  return parity_run_each_isa("resample", tests, sizeof tests / sizeof tests[0]);
}

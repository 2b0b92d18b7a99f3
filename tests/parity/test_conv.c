// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/images.h"
#include "tests/support/parity.h"
#include "tests/support/reference_images.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

typedef struct conv_case {
  oss_conv_shape shape; /* height, width, in, out, kernel, pad */
  size_t samples;
} conv_case;

/* Channels 1, odd, around 16 and 32; images smaller than the kernel, one pixel, not square; several bands of rows, the last one shorter. */
static const conv_case cases[] = {
    {{1, 1, 1, 1, 1, 0}, 1},     {{1, 1, 3, 5, 3, 1}, 2},   {{2, 3, 1, 16, 3, 1}, 11},  {{5, 7, 15, 17, 3, 1}, 3},
    {{8, 8, 16, 16, 3, 1}, 4},   {{8, 9, 17, 15, 3, 0}, 2}, {{6, 6, 3, 12, 3, 2}, 2},   {{9, 5, 6, 24, 5, 2}, 2},
    {{12, 12, 24, 1, 3, 1}, 2},  {{7, 7, 33, 31, 1, 0}, 5}, {{16, 16, 12, 3, 3, 1}, 2}, {{11, 4, 32, 32, 2, 1}, 3},
    {{13, 13, 32, 48, 3, 1}, 3}, {{4, 4, 64, 65, 3, 1}, 2}, {{15, 3, 8, 8, 4, 3}, 1},
};
/* Where a sample is several calls of the library. */
static const conv_case large[] = {
    {{28, 28, 16, 32, 3, 1}, 3}, {{7, 7, 128, 96, 3, 1}, 2}, {{24, 24, 96, 96, 1, 0}, 2}, {{40, 37, 33, 32, 3, 2}, 2}};

static size_t in_size(const oss_conv_shape *s) {
  return s->height * s->width * s->in;
}
static size_t out_size(const oss_conv_shape *s) {
  return oss_conv_length(s->height, s) * oss_conv_length(s->width, s) * s->out;
}
static size_t weight_size(const oss_conv_shape *s) {
  return s->out * s->in * (size_t)s->kernel * (size_t)s->kernel;
}

static void run_conv(oss_backend *be, size_t samples, const oss_conv_shape *shape, oss_compute compute, const float *weight,
                     const float *bias, const float *in, float *out) {
  check_call call;
  oss_layer layer;
  check_ok(be->ops->conv_pack(be, *shape, compute, weight, bias, &layer));
  assert_true(layer.bytes >= weight_size(shape) * (compute == OSS_COMPUTE_BF16 ? 2 : 4));
  check_call_begin(be, &call);
  float *x = check_in(&call, in, samples * in_size(shape) * sizeof *in);
  float *y = check_out(&call, out, samples * out_size(shape) * sizeof *out);
  check_ok(be->ops->conv(be, samples, &layer, x, y));
  check_call_end(&call);
  check_ok(be->ops->layer_free(be, &layer));
  assert_null(layer.packed);
}

/* Outputs are of order 1, partial sums too: roundings of 6e-8 each, of which there are as many as terms, in random directions. Beside it a
 * part of the output itself, for those that are several. */
static double allowed(const oss_conv_shape *s) {
  return 3e-7 + 4e-7 * sqrt((double)(s->in * (size_t)s->kernel * (size_t)s->kernel));
}

static void check_case(check_rng *rng, const conv_case *c) {
  const oss_conv_shape *s = &c->shape;
  const size_t count = c->samples * out_size(s);
  float *weight = check_floats(rng, weight_size(s), 1.0 / sqrt((double)(s->in * (size_t)s->kernel * (size_t)s->kernel)));
  float *bias = check_floats(rng, s->out, 1.0), *in = check_floats(rng, c->samples * in_size(s), 1.0);
  float *out = check_alloc(count, sizeof *out), *again = check_alloc(count, sizeof *again);
  double *want = check_alloc(count, sizeof *want);
  ref_conv(c->samples, *s, weight, bias, in, want);
  run_conv(parity_backend(1), c->samples, s, OSS_COMPUTE_FP32, weight, bias, in, out);
  check_close_float("conv", count, out, want, 1.2e-6, allowed(s));
  for (int threads = 2; threads <= PARITY_THREADS; threads++) {
    run_conv(parity_backend(threads), c->samples, s, OSS_COMPUTE_FP32, weight, bias, in, again);
    check_same_bits("conv: threads", count * sizeof *out, again, out);
  }
  for (size_t i = 0; i < c->samples; i++) {
    run_conv(parity_backend(1 + (int)i % PARITY_THREADS), 1, s, OSS_COMPUTE_FP32, weight, bias, in + i * in_size(s), again);
    check_same_bits("conv: a sample alone", out_size(s) * sizeof *out, again, out + i * out_size(s));
  }
  ref_conv(c->samples, *s, weight, NULL, in, want);
  run_conv(parity_backend(2), c->samples, s, OSS_COMPUTE_FP32, weight, NULL, in, out);
  check_close_float("conv: no bias", count, out, want, 1.2e-6, allowed(s));
  free(weight);
  free(bias);
  free(in);
  free(out);
  free(again);
  free(want);
}

static void parity_conv(void **state) {
  (void)state;
  check_rng rng = {41};
  for (size_t i = 0; i < COUNT(cases); i++) check_case(&rng, &cases[i]);
  for (size_t i = 0; i < COUNT(large) && !parity_watched(); i++) check_case(&rng, &large[i]);
}

/* To the nearest of 8 bits, halves to even. */
static float *rounded(const float *x, size_t count) {
  float *out = check_alloc(count, sizeof *out);
  for (size_t i = 0; i < count; i++) {
    int exponent;
    const double fraction = frexp((double)x[i], &exponent);
    out[i] = (float)ldexp(nearbyint(256.0 * fraction), exponent - 8);
  }
  return out;
}

/* Factors of 8 bits are exact products in float: what remains is a float's sum, rounded to 8 bits, and the bias, which is not. */
static void check_bfloat16(const conv_case *c, const float *weight, const float *bias, const float *in, const float *out) {
  const oss_conv_shape *s = &c->shape;
  const size_t count = c->samples * out_size(s);
  float *w = rounded(weight, weight_size(s)), *x = rounded(in, c->samples * in_size(s));
  double *want = check_alloc(count, sizeof *want);
  ref_conv(c->samples, *s, w, NULL, x, want);
  for (size_t i = 0; i < count; i++) {
    const double sum = want[i];
    want[i] += (double)bias[i % s->out];
    check_close_float("conv: bf16", 1, out + i, want + i, 1.2e-7, allowed(s) + 0x1.02p-8 * fabs(sum));
  }
  free(w);
  free(x);
  free(want);
}

/* Refused without units for them. 11 and 8 bits of each factor, and of a result in 16 bits 8 too. */
static void conv_compute(void **state) {
  (void)state;
  const conv_case c = {{6, 5, 24, 40, 3, 1}, 5};
  const oss_conv_shape *s = &c.shape;
  const size_t count = c.samples * out_size(s);
  oss_backend *be = parity_backend(1);
  if (!parity_rounds_factors()) {
    const float nothing[24 * 40 * 9] = {0.0f};
    oss_layer layer;
    check_fails(be->ops->conv_pack(be, *s, OSS_COMPUTE_TF32, nothing, NULL, &layer), OSS_ERR_UNSUPPORTED, "compute");
    assert_null(layer.packed);
    return;
  }
  check_rng rng = {45};
  float *weight = check_floats(&rng, weight_size(s), 1.0 / sqrt((double)(s->in * 9))), *bias = check_floats(&rng, s->out, 1.0);
  float *in = check_floats(&rng, c.samples * in_size(s), 1.0), *exact = check_alloc(count, sizeof *exact);
  float *out = check_alloc(count, sizeof *out), *again = check_alloc(count, sizeof *again);
  double *want = check_alloc(count, sizeof *want);
  ref_conv(c.samples, *s, weight, bias, in, want);
  run_conv(be, c.samples, s, OSS_COMPUTE_FP32, weight, bias, in, exact);
  for (int compute = OSS_COMPUTE_TF32; compute <= OSS_COMPUTE_BF16; compute++) {
    const double error = compute == OSS_COMPUTE_TF32 ? 3e-3 : 3e-2; /* five deviations of the roundings' sum */
    run_conv(be, c.samples, s, (oss_compute)compute, weight, bias, in, out);
    check_close_float("conv: other arithmetic", count, out, want, 0.0, error);
    if (compute == OSS_COMPUTE_BF16) check_bfloat16(&c, weight, bias, in, out);
    if (be->emulated) assert_memory_not_equal(out, exact, count * sizeof *out);
    run_conv(be, 1, s, (oss_compute)compute, weight, bias, in + 4 * in_size(s), again);
    check_same_bits("conv: other arithmetic, a sample alone", out_size(s) * sizeof *out, again, out + 4 * out_size(s));
  }
  in[3] = NAN;
  run_conv(be, 1, s, OSS_COMPUTE_BF16, weight, bias, in, out);
  assert_true(isnan(out[0]) && !isnan(out[out_size(s) - 1]));
  free(weight);
  free(bias);
  free(in);
  free(exact);
  free(out);
  free(again);
  free(want);
}

/* However many threads the library finds: it would choose other blocks of channels by them, and so another order of sums. */
static void conv_library_threads(void **state) {
  (void)state;
  const oss_conv_shape shapes[] = {{4, 4, 768, 64, 3, 1}, {8, 8, 256, 96, 3, 1}, {2, 2, 96, 768, 3, 1}};
  const int before = omp_get_max_threads(), counts[] = {1, 2, 7, 16};
  check_rng rng = {48};
  for (size_t i = 0; i < COUNT(shapes) && !parity_small(); i++) {
    const oss_conv_shape *s = &shapes[i];
    float *weight = check_floats(&rng, weight_size(s), 0.1), *in = check_floats(&rng, in_size(s), 1.0);
    float *out = check_alloc(out_size(s), sizeof *out), *first = check_alloc(out_size(s), sizeof *out);
    for (size_t k = 0; k < COUNT(counts); k++) {
      omp_set_num_threads(counts[k]);
      run_conv(parity_backend(1), 1, s, OSS_COMPUTE_FP32, weight, NULL, in, k == 0 ? first : out);
      assert_int_equal(omp_get_max_threads(), counts[k]);
      if (k > 0) check_same_bits("conv: threads of the library", out_size(s) * sizeof *out, out, first);
    }
    free(weight);
    free(in);
    free(out);
    free(first);
  }
  omp_set_num_threads(before);
}

/* Images that begin between the addresses where several floats move as one. */
static void conv_between_alignments(void **state) {
  (void)state;
  enum { SAMPLES = 3 };
  const oss_conv_shape s = {3, 3, 5, 7, 3, 1};
  oss_backend *be = parity_backend(2);
  check_rng rng = {46};
  float *weight = check_floats(&rng, weight_size(&s), 0.2), *in = check_floats(&rng, SAMPLES * in_size(&s) + 1, 1.0);
  float *out = check_alloc(SAMPLES * out_size(&s), sizeof *out), *shifted = check_floats(&rng, SAMPLES * out_size(&s) + 1, 1.0);
  const float first = shifted[0];
  oss_layer layer;
  check_call call;
  run_conv(be, SAMPLES, &s, OSS_COMPUTE_FP32, weight, weight, in + 1, out);
  check_ok(be->ops->conv_pack(be, s, OSS_COMPUTE_FP32, weight, weight, &layer));
  check_call_begin(be, &call);
  float *x = check_in(&call, in, (SAMPLES * in_size(&s) + 1) * sizeof *in);
  float *y = check_inout(&call, shifted, (SAMPLES * out_size(&s) + 1) * sizeof *out);
  check_ok(be->ops->conv(be, SAMPLES, &layer, x + 1, y + 1));
  check_call_end(&call);
  check_ok(be->ops->layer_free(be, &layer));
  check_same_bits("conv: between alignments", SAMPLES * out_size(&s) * sizeof *out, shifted + 1, out);
  assert_memory_equal(shifted, &first, sizeof first);
  free(weight);
  free(in);
  free(out);
  free(shifted);
}

/* What a NaN reaches is NaN, in all channels; everything else has the bits that it has without. */
static void conv_nan(void **state) {
  (void)state;
  enum { SAMPLES = 2, SIDE = 17, CHANNELS = 24, AT_Y = 8, AT_X = 3 };
  const oss_conv_shape s = {SIDE, SIDE, CHANNELS, CHANNELS, 3, 1};
  check_rng rng = {42};
  const size_t count = SAMPLES * out_size(&s);
  float *weight = check_floats(&rng, weight_size(&s), 0.1), *in = check_floats(&rng, SAMPLES * in_size(&s), 1.0);
  float *clean = check_alloc(count, sizeof *clean), *out = check_alloc(count, sizeof *out);
  run_conv(parity_backend(2), SAMPLES, &s, OSS_COMPUTE_FP32, weight, NULL, in, clean);
  in[in_size(&s) + (AT_Y * SIDE + AT_X) * CHANNELS + 7] = NAN;
  run_conv(parity_backend(2), SAMPLES, &s, OSS_COMPUTE_FP32, weight, NULL, in, out);
  for (size_t i = 0; i < count; i++) {
    const long y = (long)(i / CHANNELS / SIDE % SIDE), x = (long)(i / CHANNELS % SIDE);
    const int reached = i >= out_size(&s) && labs(y - AT_Y) <= 1 && labs(x - AT_X) <= 1;
    if (reached ? !isnan(out[i]) : memcmp(&out[i], &clean[i], sizeof *out) != 0)
      fail_msg("output %zu is %g, %g without", i, out[i], clean[i]);
  }
  free(weight);
  free(in);
  free(clean);
  free(out);
}

/* One layer called again and again, with other numbers of samples: nothing is left from the call before. */
static void conv_again(void **state) {
  (void)state;
  enum { MOST = 7 };
  const oss_conv_shape s = {3, 3, 20, 36, 3, 1};
  static const size_t order[] = {MOST, 0, 1, 3, MOST, 2};
  oss_backend *be = parity_backend(PARITY_THREADS);
  check_rng rng = {43};
  float *weight = check_floats(&rng, weight_size(&s), 0.1), *in = check_floats(&rng, MOST * in_size(&s), 1.0);
  float *out = check_alloc(MOST * out_size(&s), sizeof *out), *first = check_alloc(MOST * out_size(&s), sizeof *out);
  oss_layer layer;
  check_ok(be->ops->conv_pack(be, s, OSS_COMPUTE_FP32, weight, NULL, &layer));
  for (size_t i = 0; i < COUNT(order); i++) {
    check_call call;
    check_call_begin(be, &call);
    float *x = check_in(&call, in, order[i] * in_size(&s) * sizeof *in);
    float *y = check_out(&call, i == 0 ? first : out, order[i] * out_size(&s) * sizeof *out);
    check_ok(be->ops->conv(be, order[i], &layer, x, y));
    check_call_end(&call);
    if (i > 0) check_same_bits("conv: the layer again", order[i] * out_size(&s) * sizeof *out, out, first);
  }
  check_ok(be->ops->layer_free(be, &layer));
  free(weight);
  free(in);
  free(out);
  free(first);
}

/* Recorded once and replayed: the arrays' contents at the time count, by way of scratch too. Nothing is set up while that is recorded. */
static void check_repeated(size_t samples, oss_conv_shape s) {
  oss_backend *be = parity_backend(2);
  check_rng rng = {47};
  float *weight = check_floats(&rng, weight_size(&s), 0.1), *out = check_alloc(samples * out_size(&s), sizeof *out);
  float *want = check_alloc(samples * out_size(&s), sizeof *want);
  void *x, *y;
  oss_layer layer;
  oss_repeat repeat = {NULL};
  check_ok(be->ops->conv_pack(be, s, OSS_COMPUTE_FP32, weight, weight, &layer));
  check_ok(be->ops->allocate(be, samples * in_size(&s) * sizeof(float), &x));
  check_ok(be->ops->allocate(be, samples * out_size(&s) * sizeof(float), &y));
  for (int turn = 0; turn < 3; turn++) {
    float *in = check_floats(&rng, samples * in_size(&s), 1.0);
    int run;
    run_conv(be, samples, &s, OSS_COMPUTE_FP32, weight, weight, in, want);
    check_ok(be->ops->upload(be, samples * in_size(&s) * sizeof *in, in, x));
    check_ok(be->ops->repeat_begin(be, &repeat, &run));
    if (run) {
      check_ok(be->ops->conv(be, samples, &layer, x, y));
      if (be->space == OSS_SPACE_DEVICE) check_fails(be->ops->layer_free(be, &layer), OSS_ERR_INTERNAL, "layer_free");
      check_ok(be->ops->repeat_end(be, &repeat));
    }
    check_ok(be->ops->download(be, samples * out_size(&s) * sizeof *out, y, out));
    check_same_bits("conv: repeated", samples * out_size(&s) * sizeof *out, out, want);
    free(in);
  }
  check_ok(be->ops->repeat_free(be, &repeat));
  check_ok(be->ops->release(be, x));
  check_ok(be->ops->release(be, y));
  check_ok(be->ops->layer_free(be, &layer));
  free(weight);
  free(out);
  free(want);
}

static void conv_repeated(void **state) {
  (void)state;
  check_repeated(5, (oss_conv_shape){3, 3, 20, 36, 3, 1});
  if (!parity_watched()) check_repeated(1, (oss_conv_shape){2100, 2000, 1, 1, 1, 0}); /* more than a card's scratch takes */
}

/* conv_pack's refusals. */
static void parity_conv_pack(void **state) {
  (void)state;
  static const struct {
    oss_conv_shape shape;
    const char *part;
  } bad[] = {{{4, 4, 2, 2, 0, 0}, "kernel 0"},
             {{4, 4, 2, 2, 65, 1}, "kernel 65"},
             {{4, 4, 2, 2, 3, 3}, "padding 3"},
             {{4, 4, 2, 2, 3, -1}, "padding -1"},
             {{0, 4, 2, 2, 3, 1}, "none may be 0"},
             {{4, 4, 2, 0, 3, 1}, "none may be 0"},
             {{4, 2, 2, 2, 3, 0}, "under a kernel of 3"},
             {{SIZE_MAX, 4, 2, 2, 3, 1}, "2^31"},
             {{1 << 16, 1 << 15, 1, 1, 3, 1}, "2^31"},
             {{4, 4, 1 << 16, 1 << 15, 1, 0}, "2^31"}};
  oss_backend *be = parity_backend(1);
  oss_layer layer;
  for (size_t i = 0; i < COUNT(bad); i++) {
    check_fails(be->ops->conv_pack(be, bad[i].shape, OSS_COMPUTE_FP32, NULL, NULL, &layer), OSS_ERR_INTERNAL, bad[i].part);
    assert_null(layer.packed);
  }
  const oss_conv_shape s = {4, 4, 2, 2, 3, 1};
  const float weight[36] = {0.5f};
  check_fails(be->ops->conv(be, 1, &layer, NULL, NULL), OSS_ERR_INTERNAL, "the layer is empty");
  check_ok(be->ops->conv_pack(be, s, OSS_COMPUTE_FP32, weight, NULL, &layer));
  check_fails(be->ops->conv(be, SIZE_MAX / 8, &layer, NULL, NULL), OSS_ERR_INTERNAL, "overflow");
  check_ok(be->ops->conv(be, 0, &layer, NULL, NULL));
  check_ok(be->ops->layer_free(be, &layer));
}

int main(void) {
  const struct CMUnitTest tests[] = {PARITY_CONV(PARITY_TEST) cmocka_unit_test(conv_compute),
                                     cmocka_unit_test(conv_library_threads),
                                     cmocka_unit_test(conv_between_alignments),
                                     cmocka_unit_test(conv_nan),
                                     cmocka_unit_test(conv_again),
                                     cmocka_unit_test(conv_repeated)};
  return parity_run("conv", tests, sizeof tests / sizeof tests[0]);
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/parity.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Arguments of both operations: layer_norm is one group over each place's channels. */
typedef struct norm_case {
  size_t samples, places, channels, groups; /* groups 0: layer_norm */
  double eps;
  size_t stride;
  float *gain, *bias, *add, *shift, *scale, *in;
  oss_activation activation;
} norm_case;

static double ref_activation(oss_activation activation, double x) {
  const double u = sqrt(2.0 / 3.14159265358979323846) * (x + 0.044715 * x * x * x);
  if (activation == OSS_ACT_SILU) return x / (1.0 + exp(-x));
  if (activation == OSS_ACT_GELU) return 0.5 * x * (1.0 + tanh(u));
  return x;
}

/* One set of values that share a mean: places x channels from place and channel on. */
static void ref_set(const norm_case *c, size_t s, size_t place, size_t places, size_t channel, size_t channels, double *out) {
  const size_t at = (s * c->places + place) * c->channels;
  long double sum = 0.0L, squares = 0.0L;
  for (int pass = 0; pass < 3; pass++)
    for (size_t p = 0; p < places; p++)
      for (size_t i = channel; i < channel + channels; i++) {
        const long double count = (long double)(places * channels);
        const long double v =
            (long double)c->in[at + p * c->channels + i] + (c->add != NULL ? (long double)c->add[s * c->stride + i] : 0.0L);
        const long double apart = v - sum / count;
        if (pass == 0) sum += v;
        if (pass == 1) squares += apart * apart;
        if (pass < 2) continue;
        long double y = apart / sqrtl(squares / count + (long double)c->eps);
        if (c->gain != NULL) y *= (long double)c->gain[i];
        if (c->bias != NULL) y += (long double)c->bias[i];
        if (c->scale != NULL) y = y * ((long double)c->scale[s * c->stride + i] + 1.0L) + (long double)c->shift[s * c->stride + i];
        out[at + p * c->channels + i] = ref_activation(c->activation, (double)y);
      }
}

static void ref_norm(const norm_case *c, double *out) {
  for (size_t s = 0; s < c->samples; s++) {
    for (size_t g = 0; g < c->groups; g++) ref_set(c, s, 0, c->places, g * (c->channels / c->groups), c->channels / c->groups, out);
    for (size_t p = 0; c->groups == 0 && p < c->places; p++) ref_set(c, s, p, 1, 0, c->channels, out);
  }
}

static float *row_in(check_call *call, const float *host, size_t samples, size_t stride, size_t channels) {
  return host == NULL ? NULL : check_in(call, host, ((samples - 1) * stride + channels) * sizeof *host);
}

static void run(oss_backend *be, const norm_case *c, int in_place, float *out) {
  const size_t bytes = c->samples * c->places * c->channels * sizeof *out;
  check_call call;
  check_call_begin(be, &call);
  if (in_place) memcpy(out, c->in, bytes);
  float *gain = row_in(&call, c->gain, 1, 0, c->channels), *bias = row_in(&call, c->bias, 1, 0, c->channels);
  float *add = row_in(&call, c->add, c->samples, c->stride, c->channels),
        *shift = row_in(&call, c->shift, c->samples, c->stride, c->channels);
  float *scale = row_in(&call, c->scale, c->samples, c->stride, c->channels);
  float *o = in_place ? check_inout(&call, out, bytes) : check_out(&call, out, bytes), *x = in_place ? o : check_in(&call, c->in, bytes);
  if (c->groups == 0)
    check_ok(be->ops->layer_norm(be, c->samples, c->places, c->channels, c->eps, gain, bias, c->stride, shift, scale, c->activation, x, o));
  else
    check_ok(be->ops->group_norm(be, c->samples, c->places, c->channels, c->groups, c->eps, gain, bias, c->stride, add, shift, scale,
                                 c->activation, x, o));
  check_call_end(&call);
}

static void free_case(norm_case *c) {
  float *arrays[] = {c->gain, c->bias, c->add, c->shift, c->scale, c->in};
  for (size_t i = 0; i < COUNT(arrays); i++) free(arrays[i]);
}

static norm_case one_sample(const norm_case *c, size_t s) {
  norm_case one = *c;
  one.samples = 1;
  one.in += s * c->places * c->channels;
  if (one.add != NULL) one.add += s * c->stride;
  if (one.shift != NULL) one.shift += s * c->stride;
  if (one.scale != NULL) one.scale += s * c->stride;
  return one;
}

/* Deviations of a channel are of order deviation, about a mean of order mean that differs between channels by deviation too. which chooses
 * what of the optional arguments is there. */
static norm_case make_case(check_rng *rng, size_t samples, size_t places, size_t channels, size_t groups, double mean, double deviation,
                           unsigned which) {
  norm_case c = {.samples = samples, .places = places, .channels = channels, .groups = groups, .eps = which % 2 ? 1e-6 : 1e-5};
  c.stride = which % 3 == 0 && samples > 1 ? 0 : channels + which % 3;
  c.activation = (oss_activation)(which / 2 % 3);
  const size_t rows = samples * (c.stride + channels);
  if (groups != 0 || which % 4 != 1) c.gain = check_floats(rng, channels, 1.0);
  if (groups != 0 || which % 4 < 2) c.bias = check_floats(rng, channels, 1.0);
  if (groups != 0 && which % 4 < 2) c.add = check_floats(rng, rows, 1.0);
  if (which % 5 < 3) c.scale = check_floats(rng, rows, 0.5), c.shift = check_floats(rng, rows, 1.0);
  c.in = check_floats(rng, samples * places * channels, deviation);
  float *level = check_floats(rng, channels, deviation);
  for (size_t i = 0; i < samples * places * channels; i++) c.in[i] = (float)(mean + (double)level[i % channels] + (double)c.in[i]);
  free(level);
  return c;
}

static void norm_parity(const norm_case *c, double tolerance) {
  const char *name = c->groups == 0 ? "layer_norm" : "group_norm";
  const size_t sample = c->places * c->channels, count = c->samples * sample;
  float *out = check_alloc(count, sizeof *out), *again = check_alloc(count, sizeof *again);
  double *want = check_alloc(count, sizeof *want), largest = 0.0;
  ref_norm(c, want);
  for (size_t i = 0; i < count; i++) largest = fmax(largest, fabs(want[i]));
  run(parity_backend(1), c, 0, out);
  check_close_float(name, count, out, want, 0.0, tolerance * largest);
  for (int threads = 2; threads <= PARITY_THREADS; threads++) {
    run(parity_backend(threads), c, threads % 2, again);
    check_same_bits("norm: threads, in place", count * sizeof *out, again, out);
  }
  for (size_t s = 0; s < c->samples && c->samples > 1; s++) {
    const norm_case one = one_sample(c, s);
    run(parity_backend(2), &one, 0, again);
    check_same_bits("norm: a sample alone", sample * sizeof *out, again, out + s * sample);
  }
  free(out);
  free(again);
  free(want);
}

/* 1e-6 of the largest output: a deviation, its line and the activation round five times (6e-8 each); outputs are a few deviations, and gain
 * and scale take them to a few times that. */
static const double ROUNDED = 1e-6;

static void case_of(check_rng *rng, size_t samples, size_t places, size_t channels, size_t groups, unsigned which) {
  norm_case c = make_case(rng, samples, places, channels, groups, 0.5, 1.0, which);
  norm_parity(&c, ROUNDED);
  free_case(&c);
}

/* A mean far above the deviation, which sums of squares in float, or about 0, would lose; inputs that underflow when squared in float. */
static void hard_levels(check_rng *rng, size_t groups) {
  const double level[][2] = {{1000.0, 0.01}, {-3e4, 1.0}, {1e6, 0.5}, {1e-30, 1e-25}, {0.0, 1e20}};
  for (size_t i = 0; i < COUNT(level); i++) {
    norm_case c =
        make_case(rng, 2, 37, 40, groups, level[i][0], level[i][1], 6); /* no add: it would round the level in the reference alone */
    c.eps = 1e-6 * level[i][1] * level[i][1];
    norm_parity(&c, ROUNDED);
    free_case(&c);
  }
}

/* NaN or infinity spreads over what shares its statistics, and no further. */
static void not_finite(check_rng *rng, size_t groups) {
  enum { SAMPLES = 3, PLACES = 37, CHANNELS = 40, WHERE = (PLACES + 20) * CHANNELS + 17 };
  const float values[] = {NAN, INFINITY, -INFINITY};
  float out[SAMPLES * PLACES * CHANNELS];
  for (size_t k = 0; k < COUNT(values); k++)
    for (unsigned which = 0; which < 6; which += 2) {
      norm_case c = make_case(rng, SAMPLES, PLACES, CHANNELS, groups, 0.0, 1.0, which);
      c.in[WHERE] = values[k];
      run(parity_backend(2), &c, 0, out);
      for (size_t i = 0; i < COUNT(out); i++) {
        const size_t place = i / CHANNELS, channel = i % CHANNELS, members = groups == 0 ? CHANNELS : CHANNELS / groups;
        const int same = groups == 0 ? place == WHERE / CHANNELS
                                     : place / PLACES == WHERE / CHANNELS / PLACES && channel / members == WHERE % CHANNELS / members;
        if (isnan(out[i]) != same)
          fail_msg("%zu groups: %g at %d makes element %zu %g", groups, (double)values[k], WHERE, i, (double)out[i]);
      }
      free_case(&c);
    }
}

/* Where all values are one number, only eps is left under the root. */
static void constant(size_t groups) {
  enum { PLACES = 9, CHANNELS = 20 };
  float in[2 * PLACES * CHANNELS], gain[CHANNELS], bias[CHANNELS], out[2 * PLACES * CHANNELS];
  double want[2 * PLACES * CHANNELS];
  for (size_t i = 0; i < COUNT(in); i++) in[i] = 0.1f, want[i] = 0.25 * (double)(i % CHANNELS);
  for (size_t i = 0; i < CHANNELS; i++) gain[i] = 3.0f, bias[i] = 0.25f * (float)i;
  const norm_case c = {
      .samples = 2, .places = PLACES, .channels = CHANNELS, .groups = groups, .eps = 1e-6, .gain = gain, .bias = bias, .in = in};
  run(parity_backend(1), &c, 0, out);
  check_close_float("norm: one number", COUNT(out), out, want, 0.0, 1e-9);
}

static void parity_group_norm(void **state) {
  (void)state;
  check_rng rng = {51};
  const size_t pixels[] = {1, 2, 7, 31, 49, 64, 65}, channels[] = {1, 3, 4, 8, 12, 16, 17, 31, 32, 33, 48, 64, 66, 96, 257};
  const size_t shapes[][3] = {{784, 16, 4}, {784, 64, 16}, {1023, 33, 11}, {4100, 8, 2},   {4096, 192, 32}, {64, 768, 32},
                              {5, 513, 1},  {3, 600, 1},   {6, 1030, 2},   {2, 2048, 512}, {3, 2056, 2}};
  unsigned which = 0;
  for (size_t i = 0; i < COUNT(pixels); i++)
    for (size_t j = 0; j < COUNT(channels); j++)
      for (size_t groups = 1; groups <= channels[j]; groups++) {
        if (channels[j] % groups != 0 || (groups != 1 && groups != channels[j] && groups % 4 != 0 && groups != 3)) continue;
        if (parity_small() && (i * 5 + j * 3 + groups) % 4 != 0) continue;
        case_of(&rng, 1 + which % 3, pixels[i], channels[j], groups, which);
        which++;
      }
  for (size_t i = 0; i < COUNT(shapes); i++) {
    if (parity_watched() && shapes[i][0] * shapes[i][1] > 20000) continue;
    case_of(&rng, parity_small() ? 1 : 2, shapes[i][0], shapes[i][1], shapes[i][2], (unsigned)i);
  }
  const size_t few[] = {1, 5, 40};
  for (size_t i = 0; i < COUNT(few); i++) {
    hard_levels(&rng, few[i]);
    not_finite(&rng, few[i]);
  }
  constant(4);
  oss_backend *be = parity_backend(1);
  const float *some = (const float *)&rng;
  check_ok(be->ops->group_norm(be, 0, 4, 8, 2, 0.1, NULL, NULL, 0, NULL, NULL, NULL, OSS_ACT_NONE, NULL, NULL));
  check_fails(be->ops->group_norm(be, 1, 4, 8, 0, 0.1, NULL, NULL, 0, NULL, NULL, NULL, OSS_ACT_NONE, NULL, NULL), OSS_ERR_INTERNAL,
              "0 groups");
  check_fails(be->ops->group_norm(be, 1, 4, 8, 3, 0.1, NULL, NULL, 0, NULL, NULL, NULL, OSS_ACT_NONE, NULL, NULL), OSS_ERR_INTERNAL,
              "3 groups");
  check_fails(be->ops->group_norm(be, 1, 4, 8, 2, NAN, NULL, NULL, 0, NULL, NULL, NULL, OSS_ACT_NONE, NULL, NULL), OSS_ERR_INTERNAL, "eps");
  check_fails(be->ops->group_norm(be, 1, 4, 8, 2, 0.1, NULL, NULL, 7, NULL, NULL, NULL, OSS_ACT_NONE, NULL, NULL), OSS_ERR_INTERNAL,
              "stride 7");
  check_fails(be->ops->group_norm(be, 1, 4, 8, 2, 0.1, NULL, NULL, 8, NULL, some, NULL, OSS_ACT_NONE, NULL, NULL), OSS_ERR_INTERNAL,
              "together");
  check_fails(be->ops->group_norm(be, 1, 4, 8, 2, 0.1, NULL, NULL, 8, NULL, NULL, NULL, (oss_activation)3, NULL, NULL), OSS_ERR_INTERNAL,
              "activation 3");
  check_fails(be->ops->group_norm(be, SIZE_MAX / 2, 4, 8, 2, 0.1, NULL, NULL, 8, NULL, NULL, NULL, OSS_ACT_NONE, NULL, NULL),
              OSS_ERR_INTERNAL, "overflow");
}

static void parity_layer_norm(void **state) {
  (void)state;
  check_rng rng = {52};
  const size_t tokens[] = {1, 3, 49},
               width[] = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 96, 127, 128, 129, 257, 1023, 1024, 1025, 1152};
  unsigned which = 0;
  for (size_t i = 0; i < COUNT(tokens); i++)
    for (size_t j = 0; j < COUNT(width); j++)
      for (int k = 0; k < 2; k++, which++) {
        if (parity_small() && tokens[i] * width[j] > 20000) continue;
        case_of(&rng, 1 + which % 3, tokens[i], width[j], 0, which);
      }
  case_of(&rng, 2, 2, 5003, 0, 4);                                        /* wider than what a device keeps of a token */
  for (which = 0; which < 60; which++) case_of(&rng, 2, 3, 40, 0, which); /* every choice of what is there */
  hard_levels(&rng, 0);
  not_finite(&rng, 0);
  constant(0);
  oss_backend *be = parity_backend(1);
  const float *some = (const float *)&rng;
  check_ok(be->ops->layer_norm(be, 0, 4, 8, 0.1, NULL, NULL, 0, NULL, NULL, OSS_ACT_NONE, NULL, NULL));
  check_fails(be->ops->layer_norm(be, 1, 4, 8, -1.0, NULL, NULL, 0, NULL, NULL, OSS_ACT_NONE, NULL, NULL), OSS_ERR_INTERNAL,
              "layer_norm: eps");
  check_fails(be->ops->layer_norm(be, 1, 4, 8, 0.1, NULL, NULL, 8, NULL, some, OSS_ACT_NONE, NULL, NULL), OSS_ERR_INTERNAL, "together");
  check_fails(be->ops->layer_norm(be, 1, 4, 8, 0.1, NULL, NULL, 5, NULL, NULL, OSS_ACT_NONE, NULL, NULL), OSS_ERR_INTERNAL, "stride 5");
}

PARITY_MAIN(parity_run_each_isa, "norm", PARITY_NORM)

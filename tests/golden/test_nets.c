// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The networks against the official implementations: their own output, and D through every preconditioning, on every backend. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/registries.h"
#include "host/denoisers/network.h"
#include "host/io/reader.h"
#include "tests/support/members.h"
#include "tests/support/parity.h"

#define NETS OSS_GOLDEN_DIR "/nets/"

typedef struct golden {
  const char *kind, *file, *group, *options;
  double tolerance; /* of the largest output of a sample */
} golden;

/* Round-off of the official float32 modules is 3e-6 to 6e-6, of NCSN++ (angles up to 860) 2.5e-5. */
static const double usual = 1e-5, fourier = 5e-5;

/* What came in and out; the condition's class or row of each sample. */
typedef struct call {
  oss_array x, time, label, out;
  size_t rows, width, out_width; /* floats of a sample */
} call;

static void read_part(const golden *g, const char *name, oss_type type, oss_array *out) {
  char *path = oss_format(NETS "%s.h5", g->file), *dataset = oss_format("%s/%s", g->group, name);
  check_ok(oss_io_read(path, dataset, type, 1, 4, out));
  free(path);
  free(dataset);
}

static int has_labels(const golden *g) {
  char *path = oss_format(NETS "%s.h5", g->file), *dataset = oss_format("%s/label", g->group);
  int has = oss_io_exists(path, dataset);
  free(path);
  free(dataset);
  return has;
}

static call read_call(const golden *g) {
  call c = {0};
  read_part(g, "x", OSS_F32, &c.x);
  read_part(g, "time", OSS_F64, &c.time);
  read_part(g, "out", OSS_F32, &c.out);
  c.rows = c.x.dims[0];
  c.width = oss_array_count(&c.x) / c.rows;
  c.out_width = oss_array_count(&c.out) / c.rows;
  if (has_labels(g)) {
    read_part(g, "label", OSS_I32, &c.label);
    return c;
  }
  int rows_are_conditions = strcmp(g->kind, "mar_mlp") == 0;
  int32_t *label = c.label.data = check_alloc(c.rows, sizeof *label);
  for (size_t i = 0; i < c.rows; i++) label[i] = rows_are_conditions ? (int32_t)i : -1;
  return c;
}

static void free_call(call *c) {
  oss_array_free(&c->x);
  oss_array_free(&c->time);
  oss_array_free(&c->label);
  oss_array_free(&c->out);
}

typedef struct opened {
  oss_member *member;
  oss_denoiser *denoiser;
} opened;

static opened open_network(oss_backend *be, const golden *g, const char *more) {
  static const oss_registry *const where[] = {&oss_denoisers, NULL};
  char *text = oss_format("{kind: %s, file: " NETS "%s.safetensors%s%s}", g->kind, g->file, g->options, more);
  opened out = {.member = member_of(where, text)};
  check_ok(oss_denoiser_create(out.member, be, &out.denoiser));
  free(text);
  return out;
}

static void close_network(opened *o) {
  oss_denoiser_destroy(o->denoiser);
  oss_member_free(o->member);
}

/* Rows first .. first + rows - 1 of the call by the network alone, all channels. */
static void forward(oss_backend *be, oss_denoiser *d, const call *c, size_t first, size_t rows, float *out) {
  check_call run;
  check_call_begin(be, &run);
  const double *time = check_in(&run, (const double *)c->time.data + first, rows * sizeof *time);
  const int32_t *label = check_in(&run, (const int32_t *)c->label.data + first, rows * sizeof *label);
  const float *x = check_in(&run, (const float *)c->x.data + first * c->width, rows * c->width * sizeof *x);
  float *to = check_out(&run, out + first * c->out_width, rows * c->out_width * sizeof *to);
  check_ok(oss_network_forward(d, rows, time, 1, label, c->out_width / (c->width / d->dims[0]), x, to));
  check_ok(be->ops->finish(be));
  check_call_end(&run);
}

/* The same by the denoiser, the noise level being sigma: flow coordinates in, data units out. */
static void denoise(oss_backend *be, oss_denoiser *d, const call *c, size_t first, size_t rows, float *out) {
  double *t = check_alloc(rows, sizeof *t);
  float *x = check_alloc(rows * c->width, sizeof *x);
  for (size_t i = 0; i < rows; i++) {
    double sigma = ((const double *)c->time.data)[first + i];
    t[i] = sigma / (1.0 + sigma);
    for (size_t e = 0; e < c->width; e++)
      x[i * c->width + e] = (float)(((const float *)c->x.data)[(first + i) * c->width + e] / (1.0 + sigma));
  }
  check_call run;
  check_call_begin(be, &run);
  const double *time = check_in(&run, t, rows * sizeof *t);
  const int32_t *label = check_in(&run, (const int32_t *)c->label.data + first, rows * sizeof *label);
  const float *in = check_in(&run, x, rows * c->width * sizeof *x);
  float *to = check_out(&run, out + first * c->out_width, rows * c->out_width * sizeof *to);
  check_ok(oss_denoiser_call(d, rows, time, label, in, to));
  check_ok(be->ops->finish(be));
  check_call_end(&run);
  free(t);
  free(x);
}

/* A sample at a time: the largest sigma would hide the others. */
static void compare(const golden *g, const call *c, const float *got) {
  for (size_t i = 0; i < c->rows; i++) {
    const float *want = (const float *)c->out.data + i * c->out_width, *is = got + i * c->out_width;
    double largest = 0.0, worst = 0.0;
    for (size_t e = 0; e < c->out_width; e++) {
      largest = fmax(largest, fabs((double)want[e]));
      double error = fabs((double)is[e] - (double)want[e]);
      worst = error <= worst ? worst : error; /* NaN stays */
    }
    if (!(worst <= g->tolerance * largest))
      fail_msg("%s %s, sample %zu: off by %.3g of the largest output %.4g (allowed %.1e)", g->file, g->group, i, worst / largest, largest,
               g->tolerance);
  }
}

typedef void caller(oss_backend *, oss_denoiser *, const call *, size_t, size_t, float *);

/* All samples together by one thread, and one at a time in other chunks by two: the same bits, and the official ones to round-off. Where
 * time is no matter also the other two ways. */
static void check_golden(const golden *g, caller *run) {
  call c = read_call(g);
  size_t bytes = c.rows * c.out_width * sizeof(float);
  float *all = check_alloc(c.rows * c.out_width, sizeof *all), *other = check_alloc(c.rows * c.out_width, sizeof *other);
  for (int threads = 1; threads <= 2; threads++) {
    oss_backend *be = parity_backend(threads);
    opened o = open_network(be, g, threads == 1 ? "" : ", chunk: 4");
    assert_int_equal(o.denoiser->elements, c.width);
    if (threads == 1) run(be, o.denoiser, &c, 0, c.rows, all);
    if (threads == 2 && !parity_small()) {
      run(be, o.denoiser, &c, 0, c.rows, other);
      check_same_bits("two threads", bytes, other, all);
    }
    for (size_t i = 0; i < c.rows && (threads == 2 || !parity_small()); i++) {
      run(be, o.denoiser, &c, i, 1, other);
      if (i + 1 == c.rows) check_same_bits("one sample at a time", bytes, other, all);
    }
    close_network(&o);
  }
  compare(g, &c, all);
  free(all);
  free(other);
  free_call(&c);
}

static const char own_rows[] = ", conditions: " NETS "mar_mlp.h5, dataset: raw/condition";
static const char guided_rows[] =
    ", conditions: " NETS "mar_mlp.h5, dataset: guided/condition, null: guided/null, guidance: 1.5, guide_channels: 8";
static const char guided_class[] = ", class: drawn, guidance: 1.5, guide_channels: 3";

static void networks_give_the_official_output(void **state) {
  const golden cases[] = {{"songunet", "songunet_ddpmpp", "raw", "", usual},
                          {"songunet", "songunet_cond", "raw", "", usual},
                          {"songunet", "songunet_ncsnpp", "raw", "", fourier},
                          {"dhariwal", "dhariwal", "raw", "", usual},
                          {"dhariwal", "dhariwal_mh", "raw", "", usual},
                          {"dit", "dit", "raw", "", usual},
                          {"dit", "dit_b", "raw", "", usual},
                          {"mar_mlp", "mar_mlp", "raw", own_rows, usual}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) check_golden(&cases[i], forward);
}

static void times_may_be_fractions(void **state) {
  const golden cases[] = {{"dit", "dit", "fractional", "", usual},
                          {"dit", "dit_b", "fractional", "", usual},
                          {"mar_mlp", "mar_mlp", "fractional", own_rows, usual}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) check_golden(&cases[i], forward);
}

static void guidance_is_the_official_one(void **state) {
  const golden cases[] = {{"dit", "dit", "guided", guided_class, usual},
                          {"dit", "dit_b", "guided", guided_class, usual},
                          {"mar_mlp", "mar_mlp", "guided", guided_rows, usual}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) check_golden(&cases[i], forward);
}

static void preconditioned_networks_give_the_official_denoiser(void **state) {
  const golden cases[] = {{"songunet", "songunet_ddpmpp", "edm_D", "", usual},
                          {"songunet", "songunet_ddpmpp", "vp_D", ", precondition: vp", usual},
                          {"songunet", "songunet_cond", "edm_D", "", usual},
                          {"songunet", "songunet_cond", "edm_D_nolabel", "", usual},
                          {"songunet", "songunet_cond", "vp_D", ", precondition: vp", usual},
                          {"songunet", "songunet_cond", "vp_D_nolabel", ", precondition: vp", usual},
                          {"songunet", "songunet_ncsnpp", "edm_D", "", fourier},
                          {"songunet", "songunet_ncsnpp", "ve_D", ", precondition: ve", fourier},
                          {"dhariwal", "dhariwal", "edm_D", "", usual},
                          {"dhariwal", "dhariwal", "edm_D_nolabel", "", usual},
                          {"dhariwal", "dhariwal_mh", "edm_D", "", usual},
                          {"dhariwal", "dhariwal_mh", "edm_D_nolabel", "", usual}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) check_golden(&cases[i], denoise);
}

/* sigma of a whole time under DiT's betas, linear from 1e-4 to 0.02. */
static double linear_sigma(size_t time) {
  double product = 1.0;
  for (size_t i = 0; i <= time; i++) product *= 1.0 - (1e-4 + (0.02 - 1e-4) * (double)i / 999.0);
  return sqrt(1.0 / product - 1.0);
}

/* The golden output of a network that predicts the noise at whole times, turned into the denoiser's D: what goes in is the state that c_in
 * scales to the golden input. */
static void noise_prediction_gives_the_data(void **state) {
  const golden g = {"dit", "dit", "raw", "", usual};
  (void)state;
  call c = read_call(&g);
  size_t width = c.width;
  float *want = check_alloc(c.rows * width, sizeof *want), *x = c.x.data, *f = c.out.data;
  double *time = c.time.data;
  for (size_t i = 0; i < c.rows; i++) {
    double sigma = linear_sigma((size_t)time[i]), t = sigma / (1.0 + sigma), root = sqrt(1.0 + sigma * sigma);
    for (size_t e = 0; e < width; e++) {
      double edm = (double)x[i * width + e] * root; /* x0 + sigma eps */
      x[i * width + e] = (float)edm;
      want[i * width + e] = (float)(((double)x[i * width + e] * (1.0 - t) - t * (double)f[i * c.out_width + e]) / (1.0 - t));
    }
    time[i] = sigma;
  }
  free(c.out.data);
  c.out = (oss_array){.type = OSS_F32, .data = want};
  c.out_width = width;
  float *got = check_alloc(c.rows * width, sizeof *got);
  oss_backend *be = parity_backend(1);
  for (int nearest = 0; nearest < 2; nearest++) {
    opened o = open_network(be, &g, nearest ? ", timestep: nearest" : "");
    denoise(be, o.denoiser, &c, 0, c.rows, got);
    compare(&g, &c, got);
    close_network(&o);
  }
  free(got);
  free_call(&c);
}

/* D = x - t F: the network is asked at time_scale t. */
static void velocity_prediction_gives_the_data(void **state) {
  const golden g = {"dit", "dit", "fractional", ", precondition: v, time_scale: 1000", usual};
  (void)state;
  call c = read_call(&g);
  oss_backend *be = parity_backend(1);
  opened o = open_network(be, &g, "");
  float *got = check_alloc(c.rows * c.width, sizeof *got), *want = check_alloc(c.rows * c.width, sizeof *want);
  double *t = check_alloc(c.rows, sizeof *t);
  for (size_t i = 0; i < c.rows; i++) {
    t[i] = ((double *)c.time.data)[i] / 1000.0;
    for (size_t e = 0; e < c.width; e++)
      want[i * c.width + e] = (float)(((float *)c.x.data)[i * c.width + e] - t[i] * ((float *)c.out.data)[i * c.out_width + e]);
  }
  check_call run;
  check_call_begin(be, &run);
  const double *time = check_in(&run, t, c.rows * sizeof *t);
  const int32_t *label = check_in(&run, c.label.data, c.rows * sizeof *label);
  const float *x = check_in(&run, c.x.data, c.rows * c.width * sizeof *x);
  float *to = check_out(&run, got, c.rows * c.width * sizeof *got);
  check_ok(oss_denoiser_call(o.denoiser, c.rows, time, label, x, to));
  check_ok(be->ops->finish(be));
  check_call_end(&run);
  free(c.out.data);
  c.out = (oss_array){.type = OSS_F32, .data = want};
  c.out_width = c.width;
  compare(&g, &c, got);
  close_network(&o);
  free(t);
  free(got);
  free_call(&c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(networks_give_the_official_output), cmocka_unit_test(times_may_be_fractions),
      cmocka_unit_test(guidance_is_the_official_one),      cmocka_unit_test(preconditioned_networks_give_the_official_denoiser),
      cmocka_unit_test(noise_prediction_gives_the_data),   cmocka_unit_test(velocity_prediction_gives_the_data)};
  return parity_run("nets", tests, sizeof tests / sizeof tests[0]);
}

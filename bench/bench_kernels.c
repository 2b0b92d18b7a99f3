// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Kernels against their floor. Measures what the machine can do (fused multiply-adds and bytes copied a second), then each operation: its
 * time as a fraction of the floor, and beside it the largest error against a reference in double. Exits 1 when an error is above what the
 * operation promises. On an emulated device it checks the errors only: there are no times. Method and figures: bench/README.md. */
#define _GNU_SOURCE /* getopt_long */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/kernel_cases.h"
#include "bench/machine.h"

typedef struct options {
  const char *op, *backend;
  size_t n, d, b, k;
  int threads, repeat, counts;
  FILE *csv; /* or NULL */
} options;

/* Runs the case so many times; the seconds that took on the device's clock. */
static double call(const bench_case *c, const problem *w, size_t times) {
  double seconds = 0.0;
  if (w->be->ops->timer_start(w->be) != OSS_OK) stop("timer_start");
  for (size_t i = 0; i < times; i++)
    if (c->run(w) != OSS_OK) stop(c->op);
  if (w->be->ops->timer_stop(w->be, &seconds) != OSS_OK) stop(c->op);
  return seconds;
}

/* The best time of a call. The peak is taken again around each sample: the clock moves with what the machine does. */
static double best_time(const bench_case *c, const problem *w, machine *m, int repeat) {
  const double once = call(c, w, 1);
  const size_t times = once < 2e-3 ? (size_t)(2e-3 / (once + 1e-7)) + 1 : 1;
  double best = INFINITY;
  m->fma = m->fma_double = 0.0;
  for (int i = 0; i < repeat; i++) {
    machine_pause();
    if (machine_sample_fma(m) != OSS_OK) stop("peak");
    call(c, w, 1);
    best = fmin(best, call(c, w, times) / (double)times);
  }
  return best;
}

static void print_measured(const bench_case *c, const options *o, const problem *w, const machine *m, double best, double error) {
  const double fma = c->fma(w), fma_double = c->fma_double(w), bytes = c->bytes(w);
  const double compute = fma / m->fma + fma_double / m->fma_double, memory = bytes / m->bandwidth, floor = fmax(compute, memory);
  const char *limit = compute > memory ? "fma" : "bytes", *verdict = error <= c->tolerance ? "ok" : "WRONG";
  printf("%-17s %-9s %2d %9.2f %9.2f  %-5s %9.4f %9.4f %7.1f %7.1f %5.0f %%  %8.1e %8.1e  %s\n", c->op, c->variant, m->threads,
         (fma + fma_double) * 1e-6, bytes * 1e-6, limit, floor * 1e3, best * 1e3, (fma + fma_double) / best * 1e-9, bytes / best * 1e-9,
         100.0 * floor / best, error, c->tolerance, verdict);
  if (o->csv == NULL) return;
  fprintf(o->csv, "%s,%s,%s,%d,%zu,%zu,%zu,%zu,%.6g,%.6g,%.6g,%.6g,%.6g,%.6g,%s,%.6g,%.6g,%.4f,%.3g,%.3g,%s\n", w->be->name, c->op,
          c->variant, m->threads, o->n, o->d, o->b, o->k, m->fma, m->fma_double, m->bandwidth, fma, fma_double, bytes, limit, floor, best,
          floor / best, error, c->tolerance, verdict);
}

/* Returns 0 when the result is wrong. */
static int measure(const bench_case *c, const options *o, machine *m) {
  oss_backend *be = m->be;
  double best = 0.0;
  problem w = sized(c, be, o->n, o->d, o->b, o->k);
  c->prepare(&w);
  for (int i = 0; i < w.used; i++)
    if (be->ops->upload(be, w.bytes[i], w.host[i], w.at[i]) != OSS_OK) stop("upload");
  if (be->emulated)
    call(c, &w, 1);
  else
    best = best_time(c, &w, m, o->repeat);
  if (be->ops->download(be, w.bytes[c->out], w.at[c->out], w.host[c->out]) != OSS_OK) stop("download");
  const double error = c->error(&w);
  const int good = error <= c->tolerance; /* NaN is not */
  if (be->emulated)
    printf("%-17s %-9s error %8.1e allowed %8.1e  %s\n", c->op, c->variant, error, c->tolerance, good ? "ok" : "WRONG");
  else
    print_measured(c, o, &w, m, best, error);
  fflush(stdout);
  for (int i = 0; i < w.used; i++) {
    free(w.host[i]);
    if (be->ops->release(be, w.at[i]) != OSS_OK) stop("release");
  }
  if (be->ops->layer_free(be, &w.layer) != OSS_OK) stop("layer_free");
  return good;
}

static void usage(FILE *out) {
  fprintf(out,
          "usage: bench_kernels [--op NAME] [--n STEPS] [--d ELEMENTS] [--b SAMPLES] [--k MEANS] [--threads T] [--repeat R]\n"
          "                     [--backend NAME] [--csv FILE] [--counts]\n"
          "defaults: every operation, n 200, d 3072, b 1, k 1000, one thread and all, 15 repeats, cpu. --counts only writes what the\n"
          "floors are made of. Operations:\n");
  for (int i = 0; i < CASE_COUNT; i++) fprintf(out, "  %s %s\n", cases[i].op, cases[i].variant);
}

static size_t number(const char *text, const char *option) {
  char *end;
  unsigned long long value = strtoull(text, &end, 10);
  if (*text < '0' || *text > '9' || *end != '\0' || value == 0 || value > 1000000000) {
    fprintf(stderr, "bench_kernels: --%s takes a number from 1 to 1000000000, not '%s'\n", option, text);
    exit(2);
  }
  return (size_t)value;
}

static options parse(int argc, char **argv) {
  options o = {.backend = "cpu", .n = 200, .d = 3072, .b = 1, .k = 1000, .repeat = 15};
  static const struct option known[] = {{"op", 1, NULL, 'o'},     {"n", 1, NULL, 'n'},       {"d", 1, NULL, 'd'},
                                        {"b", 1, NULL, 'b'},      {"k", 1, NULL, 'k'},       {"threads", 1, NULL, 't'},
                                        {"repeat", 1, NULL, 'r'}, {"backend", 1, NULL, 'e'}, {"csv", 1, NULL, 'c'},
                                        {"counts", 0, NULL, 'u'}, {"help", 0, NULL, 'h'},    {NULL, 0, NULL, 0}};
  int c, index = 0;
  while ((c = getopt_long(argc, argv, "", known, &index)) != -1) {
    const char *name = known[index].name;
    if (c == 'o') o.op = optarg;
    if (c == 'n') o.n = number(optarg, name);
    if (c == 'd') o.d = number(optarg, name);
    if (c == 'b') o.b = number(optarg, name);
    if (c == 'k') o.k = number(optarg, name);
    if (c == 't') o.threads = (int)number(optarg, name);
    if (c == 'r') o.repeat = (int)number(optarg, name);
    if (c == 'e') o.backend = optarg;
    if (c == 'c' && (o.csv = fopen(optarg, "w")) == NULL) perror(optarg), exit(1);
    if (c == 'u') o.counts = 1;
    if (c == 'h') usage(stdout), exit(0);
    if (c == '?') usage(stderr), exit(2);
  }
  int found = o.op == NULL;
  for (int i = 0; i < CASE_COUNT; i++) found |= o.op != NULL && strcmp(cases[i].op, o.op) == 0;
  if (!found || optind < argc) usage(stderr), exit(2);
  return o;
}

static void print_machine(const machine *m) {
  printf("\n%s", m->be->device);
  if (m->be->space == OSS_SPACE_HOST) printf("; %s; %d thread%s", oss_isa_name(oss_isa_chosen()), m->threads, m->threads == 1 ? "" : "s");
  if (m->be->emulated) {
    printf("\n");
    return;
  }
  printf(": %.1f GFMA/s float, %.1f double, copy %.1f GB/s (read + written)\n", m->fma * 1e-9, m->fma_double * 1e-9, m->bandwidth * 1e-9);
  printf("%-17s %-9s %2s %9s %9s  %-5s %9s %9s %7s %7s %7s  %8s %8s\n", "operation", "", "th", "MFMA", "MB", "limit", "floor ms", "time ms",
         "GFMA/s", "GB/s", "floor", "error", "allowed");
}

static void print_counts(const options *o) {
  printf("op,variant,n,d,b,k,fma,fma_double,bytes\n");
  for (int i = 0; i < CASE_COUNT; i++) {
    const bench_case *c = &cases[i];
    const problem w = sized(c, NULL, o->n, o->d, o->b, o->k);
    printf("%s,%s,%zu,%zu,%zu,%zu,%.6g,%.6g,%.6g\n", c->op, c->variant, o->n, o->d, o->b, o->k, c->fma(&w), c->fma_double(&w),
           c->bytes(&w));
  }
}

/* All cases with so many threads (0: all), unless these are fewer than least. Returns how many were wrong. */
static int run(const options *o, int threads, int least) {
  oss_backend *be;
  machine m;
  int wrong = 0;
  if (oss_backend_create(o->backend, threads, &be) != OSS_OK || oss_backend_check_required(be) != OSS_OK) stop("backend");
  if (be->threads < least) {
    oss_backend_destroy(be);
    return 0;
  }
  if (machine_open(be, o->repeat, &m) != OSS_OK) stop("peak");
  print_machine(&m);
  for (int i = 0; i < CASE_COUNT; i++)
    if (o->op == NULL || strcmp(cases[i].op, o->op) == 0) wrong += !measure(&cases[i], o, &m);
  if (machine_close(&m) != OSS_OK) stop("release");
  oss_backend_destroy(be);
  return wrong;
}

int main(int argc, char **argv) {
  const options o = parse(argc, argv);
  if (o.counts) {
    print_counts(&o);
    return 0;
  }
  if (o.csv != NULL)
    fprintf(o.csv,
            "backend,op,variant,threads,n,d,b,k,peak_fma,peak_fma_double,copy_bandwidth,fma,fma_double,bytes,limit,floor_s,time_s,"
            "fraction,error,allowed,check\n");
  printf("n %zu, d %zu, b %zu, k %zu, best of %d\n", o.n, o.d, o.b, o.k, o.repeat);
  int wrong = run(&o, o.threads > 0 ? o.threads : 1, 0);
  if (o.threads == 0) wrong += run(&o, 0, 2);
  if (o.csv != NULL && fclose(o.csv) != 0) perror("bench_kernels: --csv"), wrong++;
  if (wrong > 0) fprintf(stderr, "bench_kernels: %d result%s wrong\n", wrong, wrong == 1 ? " is" : "s are");
  return wrong > 0;
}

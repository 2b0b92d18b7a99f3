// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Kernels against their floor. Measures what the machine can do (float32 fused multiply-adds and bytes copied a second), then each
 * operation: its time as a fraction of the floor, and beside it the largest error against a reference in double. Exits 1 when an error is
 * above what the operation promises. Method and figures: bench/README.md. */
#define _GNU_SOURCE /* getopt_long */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/kernel_cases.h"
#include "bench/peak.h"

typedef struct options {
  const char *op, *backend;
  size_t n, d, b, k;
  int threads, repeat, csv;
} options;

typedef struct machine {
  double fma, bandwidth; /* a second; the best samples */
  char *from, *to;       /* for the copy */
  size_t size;
} machine;

enum { COPY_BYTES = 256 << 20, PEAK_STEPS = 100000 /* about a millisecond */ };

static void pause_briefly(void) { /* until the threads of the last parallel loop have gone to sleep */
  nanosleep(&(struct timespec){0, 10000000}, NULL);
}

static void sample_fma(machine *m, int threads) {
  m->fma = fmax(m->fma, peak_sample(threads, PEAK_STEPS, NULL, NULL));
}

static void measure_machine(machine *m, int threads, int repeat) {
  m->fma = m->bandwidth = 0.0;
  pause_briefly();
  for (int i = 0; i < repeat; i++) {
    sample_fma(m, threads);
    m->bandwidth = fmax(m->bandwidth, peak_sample(threads, m->size, m->from, m->to));
  }
}

static void call(const bench_case *c, const problem *w, size_t times) {
  for (size_t i = 0; i < times; i++)
    if (c->run(w) != OSS_OK) stop(c->op);
}

/* Returns 0 when the result is wrong. */
static int measure(const bench_case *c, const options *o, oss_backend *be, machine *m, int threads) {
  problem w = {.be = be, .n = o->n, .d = o->d, .b = o->b, .k = o->k, .q = c->q, .p = c->p, .near = c->near};
  c->prepare(&w);
  for (int i = 0; i < w.used; i++)
    if (be->ops->upload(be, w.bytes[i], w.host[i], w.at[i]) != OSS_OK) stop("upload");

  double begin = now();
  call(c, &w, 1);
  const double once = now() - begin;
  const size_t times = once < 2e-3 ? (size_t)(2e-3 / (once + 1e-7)) + 1 : 1;
  double best = INFINITY;
  m->fma = 0.0;
  for (int i = 0; i < o->repeat; i++) { /* the peak is taken again around each sample: the clock moves with what the machine does */
    pause_briefly();
    sample_fma(m, threads);
    call(c, &w, 1);
    begin = now();
    call(c, &w, times);
    best = fmin(best, (now() - begin) / (double)times);
  }
  if (be->ops->download(be, w.bytes[c->out], w.at[c->out], w.host[c->out]) != OSS_OK) stop("download");
  const double error = c->error(&w), fma = c->fma(&w), bytes = c->bytes(&w);
  const double compute = fma / m->fma, memory = bytes / m->bandwidth, floor = fmax(compute, memory);
  const int good = error <= c->tolerance; /* NaN is not */
  if (o->csv)
    printf("%s,%s,%d,%zu,%zu,%zu,%zu,%.6g,%.6g,%.6g,%.6g,%s,%.6g,%.6g,%.4f,%.3g,%.3g,%s\n", c->op, c->variant, threads, o->n, o->d, o->b,
           o->k, m->fma, m->bandwidth, fma, bytes, compute > memory ? "fma" : "bytes", floor, best, floor / best, error, c->tolerance,
           good ? "ok" : "WRONG");
  else
    printf("%-17s %-9s %2d %9.2f %9.2f  %-5s %9.4f %9.4f %7.1f %7.1f %5.0f %%  %8.1e %8.1e  %s\n", c->op, c->variant, threads, fma * 1e-6,
           bytes * 1e-6, compute > memory ? "fma" : "bytes", floor * 1e3, best * 1e3, fma / best * 1e-9, bytes / best * 1e-9,
           100.0 * floor / best, error, c->tolerance, good ? "ok" : "WRONG");
  fflush(stdout);
  for (int i = 0; i < w.used; i++) {
    free(w.host[i]);
    if (be->ops->release(be, w.at[i]) != OSS_OK) stop("release");
  }
  return good;
}

static void usage(FILE *out) {
  fprintf(out,
          "usage: bench_kernels [--op NAME] [--n STEPS] [--d ELEMENTS] [--b SAMPLES] [--k MEANS] [--threads T] [--repeat R]\n"
          "                     [--backend NAME] [--csv]\n"
          "defaults: every operation, n 200, d 3072, b 1, k 1000, one thread and all, 15 repeats, cpu. Operations:\n");
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
                                        {"repeat", 1, NULL, 'r'}, {"backend", 1, NULL, 'e'}, {"csv", 0, NULL, 'c'},
                                        {"help", 0, NULL, 'h'},   {NULL, 0, NULL, 0}};
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
    if (c == 'c') o.csv = 1;
    if (c == 'h') usage(stdout), exit(0);
    if (c == '?') usage(stderr), exit(2);
  }
  int found = o.op == NULL;
  for (int i = 0; i < CASE_COUNT; i++) found |= o.op != NULL && strcmp(cases[i].op, o.op) == 0;
  if (!found || optind < argc) usage(stderr), exit(2);
  return o;
}

/* All cases with so many threads (0: all). Returns how many were wrong; *threads is set to the number used. */
static int run(const options *o, machine *m, int *threads) {
  oss_backend *be;
  if (oss_backend_create(o->backend, *threads, &be) != OSS_OK || oss_backend_check_required(be) != OSS_OK) stop("backend");
  *threads = be->threads > 0 ? be->threads : 1;
  measure_machine(m, *threads, o->repeat);
  fprintf(o->csv ? stderr : stdout, "%s%s; %s; %d thread%s: %.1f GFMA/s float32, copy %.1f GB/s (read + written)\n", o->csv ? "" : "\n",
          be->device, oss_isa_name(oss_isa_chosen()), *threads, *threads == 1 ? "" : "s", m->fma * 1e-9, m->bandwidth * 1e-9);
  if (!o->csv)
    printf("%-17s %-9s %2s %9s %9s  %-5s %9s %9s %7s %7s %7s  %8s %8s\n", "operation", "", "th", "MFMA", "MB", "limit", "floor ms",
           "time ms", "GFMA/s", "GB/s", "floor", "error", "allowed");
  int wrong = 0;
  for (int i = 0; i < CASE_COUNT; i++)
    if (o->op == NULL || strcmp(o->op, cases[i].op) == 0) wrong += !measure(&cases[i], o, be, m, *threads);
  oss_backend_destroy(be);
  return wrong;
}

int main(int argc, char **argv) {
  const options o = parse(argc, argv);
  machine m = {.size = COPY_BYTES};
  m.from = malloc(m.size), m.to = malloc(m.size);
  if (m.from == NULL || m.to == NULL) {
    fprintf(stderr, "bench_kernels: no memory for the copy\n");
    return 1;
  }
  memset(m.from, 1, m.size), memset(m.to, 2, m.size); /* the pages exist before they are timed */
  if (o.csv)
    printf("op,variant,threads,n,d,b,k,peak_fma,copy_bandwidth,fma,bytes,limit,floor_s,time_s,fraction,error,allowed,check\n");
  else
    printf("n %zu, d %zu, b %zu, k %zu, best of %d\n", o.n, o.d, o.b, o.k, o.repeat);
  int all = 0, one = 1, wrong = 0, asked = o.threads;
  if (asked > 0) {
    wrong = run(&o, &m, &asked);
  } else {
    wrong = run(&o, &m, &one);
    oss_backend *be;
    if (oss_backend_create(o.backend, 0, &be) != OSS_OK) stop("backend");
    const int more = be->threads > 1;
    oss_backend_destroy(be);
    if (more) wrong += run(&o, &m, &all);
  }
  free(m.from), free(m.to);
  if (wrong > 0) fprintf(stderr, "bench_kernels: %d result%s wrong\n", wrong, wrong == 1 ? " is" : "s are");
  return wrong > 0;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Where the time of a whole search goes: Optimal Stepsize Distillation on a Gaussian mixture, N = 200, M = 20, D = 3072, K = 64 by default.
 *
 * The operations of the backend are wrapped by its timers, so the shares are of the very code that a run uses. A device works behind the
 * caller's back and replays recorded rows: there the search runs once as it is, for the total, and once more with every operation issued
 * and waited for, for the shares of that total. Prints a table; exits 1 when pair errors and denoiser calls take less than 90 % of the
 * search, or when the schedule's claimed cost is not what sampling it gives. On an emulated device only the latter is looked at. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* getopt_long */
#endif
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/core/log.h"
#include "host/io/reader.h"
#include "host/io/writer.h"
#include "host/search/dp.h"
#include "host/sweep/context.h"

typedef enum timed { PAIR_ERROR, DISTANCE, WEIGHTS, COMBINE, ADVANCE, RELAX, TIMED_COUNT } timed;
static const char *const timed_names[TIMED_COUNT] = {"pair_error",      "mixture_distance", "mixture_weights",
                                                     "mixture_combine", "advance",          "dp_relax"};

/* The wrappers have the signatures of ops.def and so no place for a handle of their own. */
static const oss_ops *inner;
static double spent[TIMED_COUNT];

#define TIME(which, call)                      \
  do {                                         \
    double seconds_ = 0.0;                     \
    OSS_TRY(inner->timer_start(be));           \
    OSS_TRY(call);                             \
    OSS_TRY(inner->timer_stop(be, &seconds_)); \
    spent[which] += seconds_;                  \
    return OSS_OK;                             \
  } while (0)

static oss_status timed_pair_error(oss_backend *be, size_t b, size_t n, size_t d, int q, double p, size_t stride, const double *coef,
                                   const float *x, oss_terms h, const float *target, double *cost) {
  TIME(PAIR_ERROR, inner->pair_error(be, b, n, d, q, p, stride, coef, x, h, target, cost));
}

static oss_status timed_distance(oss_backend *be, size_t rows, size_t k, size_t d, const float *x, const double *t, const float *means,
                                 double *out) {
  TIME(DISTANCE, inner->mixture_distance(be, rows, k, d, x, t, means, out));
}

static oss_status timed_weights(oss_backend *be, size_t rows, size_t k, size_t d, const double *t, const double *scales, const double *logs,
                                const int32_t *classes, const int32_t *label, const double *distance, float *gain, double *shrink) {
  TIME(WEIGHTS, inner->mixture_weights(be, rows, k, d, t, scales, logs, classes, label, distance, gain, shrink));
}

static oss_status timed_combine(oss_backend *be, size_t rows, size_t k, size_t d, const double *shrink, const float *gain,
                                const float *means, const float *x, float *out) {
  TIME(COMBINE, inner->mixture_combine(be, rows, k, d, shrink, gain, means, x, out));
}

static oss_status timed_advance(oss_backend *be, size_t b, size_t n, size_t d, int q, size_t stride, const double *coef, size_t from_stride,
                                const int32_t *from, const float *x, oss_terms h, float *out) {
  TIME(ADVANCE, inner->advance(be, b, n, d, q, stride, coef, from_stride, from, x, h, out));
}

static oss_status timed_relax(oss_backend *be, size_t b, size_t n, unsigned flags, const double *cost, const double *previous, double *cur,
                              int32_t *from) {
  TIME(RELAX, inner->dp_relax(be, b, n, flags, cost, previous, cur, from));
}

/* Nothing is recorded: what a timer surrounds cannot be. */
static oss_status timed_repeat_begin(oss_backend *be, oss_repeat *repeat, int *run) {
  (void)be;
  (void)repeat;
  *run = 1;
  return OSS_OK;
}

static oss_status timed_repeat_end(oss_backend *be, oss_repeat *repeat) {
  (void)be;
  (void)repeat;
  return OSS_OK;
}

static oss_ops with_timers(const oss_ops *ops) {
  oss_ops timers = *ops;
  timers.pair_error = timed_pair_error;
  timers.mixture_distance = timed_distance;
  timers.mixture_weights = timed_weights;
  timers.mixture_combine = timed_combine;
  timers.advance = timed_advance;
  timers.dp_relax = timed_relax;
  timers.repeat_begin = timed_repeat_begin;
  timers.repeat_end = timed_repeat_end;
  return timers;
}

typedef struct settings {
  const char *backend;
  long long n, m, d, k, samples, threads;
} settings;

static oss_status parse(int argc, char **argv, settings *s) {
  static const struct option options[] = {{"backend", 1, NULL, 'b'}, {"n", 1, NULL, 'n'}, {"m", 1, NULL, 'm'},
                                          {"d", 1, NULL, 'd'},       {"k", 1, NULL, 'k'}, {"samples", 1, NULL, 's'},
                                          {"threads", 1, NULL, 't'}, {NULL, 0, NULL, 0}};
  *s = (settings){.backend = "cpu", .n = 200, .m = 20, .d = 3072, .k = 64, .samples = 2, .threads = 0};
  int option;
  while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
    if (option == 'b') {
      s->backend = optarg;
      continue;
    }
    long long *to = option == 'n'   ? &s->n
                    : option == 'm' ? &s->m
                    : option == 'd' ? &s->d
                    : option == 'k' ? &s->k
                    : option == 's' ? &s->samples
                    : option == 't' ? &s->threads
                                    : NULL;
    if (to == NULL)
      return oss_fail(OSS_ERR_USAGE, "bench_search [--backend NAME] [--n N] [--m M] [--d D] [--k K] [--samples S] [--threads T]");
    *to = atoll(optarg);
    if (*to < (option == 't' ? 0 : 1)) return oss_fail(OSS_ERR_USAGE, "'%s': a whole number >= 1", optarg);
  }
  return OSS_OK;
}

/* Means in [-1, 1], scales 0.1 to 0.3: overlapping at high noise, apart at low. */
static oss_status write_mixture(const char *path, size_t k, size_t d) {
  oss_writer *writer = NULL;
  double *values = malloc(k * d * sizeof *values);
  oss_status status;
  if (values == NULL) return oss_fail(OSS_ERR_MEMORY, "mixture");
  oss_array means = {.type = OSS_F64, .rank = 2, .dims = {k, d}, .data = values},
            scales = {.type = OSS_F64, .rank = 1, .dims = {k}, .data = values};
  OSS_TRY_TO(failed, oss_writer_create(path, &writer));
  srand(1);
  for (size_t i = 0; i < k * d; i++) values[i] = 2.0 * rand() / RAND_MAX - 1.0;
  OSS_TRY_TO(failed, oss_writer_array(writer, "/gmm/means", &means));
  for (size_t i = 0; i < k; i++) values[i] = 0.1 + 0.2 * (double)i / (double)k;
  OSS_TRY_TO(failed, oss_writer_array(writer, "/gmm/scales", &scales));
  OSS_TRY_TO(failed, oss_writer_array(writer, "/gmm/weights", &scales));
  status = oss_writer_finish(writer);
  writer = NULL;
failed:
  oss_writer_abort(writer);
  free(values);
  return status;
}

static double flops_of(timed which, const settings *s) {
  double rows = (double)(s->m * s->samples * s->n), pairs = rows * (double)(s->n + 1) / 2;
  if (which == PAIR_ERROR) return pairs * 6.0 * (double)s->d;
  if (which == DISTANCE) return rows * 4.0 * (double)(s->k * s->d);
  if (which == COMBINE) return rows * 2.0 * (double)(s->k * s->d);
  return 0.0;
}

/* Returns whether the search's time is spent where it should be. */
static int print_table(const settings *s, double total, const oss_backend *be) {
  double listed = 0.0, needed = spent[PAIR_ERROR] + spent[DISTANCE] + spent[WEIGHTS] + spent[COMBINE];
  printf("search N=%lld M=%lld D=%lld K=%lld samples=%lld on %s (%s), %d threads", s->n, s->m, s->d, s->k, s->samples, be->device, be->name,
         be->threads);
  if (be->emulated) {
    printf("\n");
    return 1;
  }
  printf(": %.3f s\n\n%-18s %9s %7s %9s\n", total, "operation", "seconds", "share", "GFLOP/s");
  for (int i = 0; i < TIMED_COUNT; i++) {
    double flops = flops_of((timed)i, s);
    printf("%-18s %9.4f %6.1f%% ", timed_names[i], spent[i], 100.0 * spent[i] / total);
    if (flops > 0.0)
      printf("%9.1f\n", flops / spent[i] * 1e-9);
    else
      printf("%9s\n", "-");
    listed += spent[i];
  }
  printf("%-18s %9.4f %6.1f%%\n\n", "everything else", total - listed, 100.0 * (total - listed) / total);
  printf("pair errors and denoiser calls: %.1f%% (at least 90 wanted)\n", 100.0 * needed / total);
  return needed >= 0.9 * total;
}

/* The claimed cost of each sample's schedule against sampling it. */
static oss_status check_claims(const oss_context *context, oss_found *found) {
  oss_evaluation evaluation = oss_context_evaluation(context);
  oss_record record = {0};
  oss_status status = oss_evaluate(&evaluation, &found->schedule, &record);
  double worst = 0.0;
  for (size_t i = 0; status == OSS_OK && i < found->schedule.rows; i++) {
    const oss_tables *t = &found->tables;
    double claimed = t->cost[(i * t->steps + t->steps - 1) * (t->n + 1)], got = record.metrics[0].values[i];
    double off = fabs(claimed - got) / got;
    if (!(off <= worst)) worst = off;
  }
  oss_record_free(&record);
  if (status != OSS_OK) return status;
  printf("claimed cost against sampling the schedule: %.1e relative at most\n", worst);
  return worst < 1e-3 ? OSS_OK : oss_fail(OSS_ERR_NUMERIC, "the claimed cost is off by %.1e", worst);
}

/* One search; *seconds by the clock on the wall. */
static oss_status find(const settings *s, oss_context *context, const oss_member *schedule, double *seconds, oss_found *found) {
  int64_t budget = s->m;
  oss_search_input input = oss_context_search_input(context, &budget, 1);
  double begin = oss_now();
  OSS_TRY(oss_schedule_find(schedule, &input, found));
  *seconds = oss_now() - begin;
  return OSS_OK;
}

static oss_status search(const settings *s, const char *folder) {
  oss_document document = {0};
  oss_config config = {0};
  oss_context context = {0};
  oss_backend *be = NULL;
  oss_found found = {0};
  int fast = 0;
  oss_status status;
  char *path = oss_format("%s/mixture.h5", folder);
  char *yaml = oss_format(
      "{name: bench, denoiser: {kind: gmm, file: %s}, samples: {search: %lld, evaluate: same, batch: %lld}, "
      "teacher: {grid: edm, steps: %lld, cache: none}, "
      "student: {steps: %lld, schedule: {kind: oss, variant: paper, samples: per_sample}}, output: {save: [tables]}}",
      path, s->samples, s->samples, s->n, s->m);
  if (path == NULL || yaml == NULL) {
    status = oss_fail(OSS_ERR_MEMORY, "bench");
    goto done;
  }
  OSS_TRY_TO(done, write_mixture(path, (size_t)s->k, (size_t)s->d));
  OSS_TRY_TO(done, oss_yaml_parse("bench", yaml, strlen(yaml), &document));
  OSS_TRY_TO(done, oss_config_parse(&document, &config));
  OSS_TRY_TO(done, oss_backend_create(s->backend, (int)s->threads, &be));
  OSS_TRY_TO(done, oss_backend_check_required(be));
  OSS_TRY_TO(done, oss_context_create(&config, be, NULL, &context));
  oss_cell cell = oss_config_cell(&config, 0);
  OSS_TRY_TO(done, oss_context_move(&context, &cell));
  OSS_TRY_TO(done, oss_context_teach(&context));
  const float *states; /* all samples are one batch, whose teacher is made before the clock starts */
  OSS_TRY_TO(done, oss_teacher_states(context.search_teacher, 0, (size_t)s->samples, &states));
  double total = 0.0;
  if (be->space == OSS_SPACE_DEVICE) {
    OSS_TRY_TO(done, find(s, &context, cell.schedule, &total, &found)); /* allocates and loads the kernels */
    oss_found_free(&found);
    OSS_TRY_TO(done, find(s, &context, cell.schedule, &total, &found));
    oss_found_free(&found);
  }
  inner = be->ops;
  oss_ops timers = with_timers(inner);
  double timed_total = 0.0;
  be->ops = &timers;
  status = find(s, &context, cell.schedule, &timed_total, &found);
  be->ops = inner;
  if (status != OSS_OK) goto done;
  fast = print_table(s, be->space == OSS_SPACE_DEVICE ? total : timed_total, be);
  OSS_TRY_TO(done, check_claims(&context, &found));
  if (!fast) status = oss_fail(OSS_ERR_INTERNAL, "less than 90 %% of the search is pair errors and denoiser calls");
done:
  oss_found_free(&found);
  oss_context_destroy(&context);
  oss_backend_destroy(be);
  oss_config_free(&config);
  oss_document_free(&document);
  if (path != NULL) unlink(path);
  free(path);
  free(yaml);
  return status;
}

int main(int argc, char **argv) {
  char folder[] = "/tmp/ossbench-search-XXXXXX";
  settings s;
  oss_io_init();
  oss_status status = parse(argc, argv, &s);
  if (status == OSS_OK && mkdtemp(folder) == NULL) status = oss_fail(OSS_ERR_IO, "%s: no temporary folder", folder);
  if (status == OSS_OK) {
    status = search(&s, folder);
    rmdir(folder);
  }
  if (status == OSS_OK) return 0;
  oss_log_error("%s", oss_message());
  return status == OSS_ERR_USAGE ? 2 : 1;
}

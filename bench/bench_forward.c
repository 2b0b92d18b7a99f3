// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* How long one call of a denoiser takes, preconditioning included: bench_forward --denoiser YAML [--backend NAME] [--threads N] [--batch B]
 * [--seconds S] [--keep FILE]. Prints rows, calls, the best and the median call in seconds and GFLOP/s as one line of CSV under a heading.
 * --keep writes x, t, label and D, for whoever wants to compute the same elsewhere (bench/forward.py). */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* getopt_long */
#endif
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/log.h"
#include "host/core/registries.h"
#include "host/denoisers/denoiser.h"
#include "host/io/reader.h"
#include "host/io/writer.h"
#include "kernels/buffer.h"

enum { MOST_CALLS = 100000, WARM_CALLS = 3, NOISE_STREAM = 0 };

typedef struct settings {
  const char *denoiser, *backend, *keep;
  long batch, threads;
  double seconds;
} settings;

typedef struct bench {
  oss_backend *be;
  oss_member **members;
  size_t count;
  oss_denoiser *denoiser;
  oss_buffer x, t, label, out;
} bench;

static oss_status parse(int argc, char **argv, settings *s) {
  static const struct option options[] = {{"denoiser", 1, NULL, 'd'}, {"backend", 1, NULL, 'b'}, {"keep", 1, NULL, 'k'},
                                          {"batch", 1, NULL, 'n'},    {"threads", 1, NULL, 't'}, {"seconds", 1, NULL, 's'},
                                          {NULL, 0, NULL, 0}};
  *s = (settings){.backend = "cpu", .batch = 32, .seconds = 1.0};
  int option;
  while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) switch (option) {
      case 'd':
        s->denoiser = optarg;
        break;
      case 'b':
        s->backend = optarg;
        break;
      case 'k':
        s->keep = optarg;
        break;
      case 'n':
        s->batch = atol(optarg);
        break;
      case 't':
        s->threads = atol(optarg);
        break;
      case 's':
        s->seconds = atof(optarg);
        break;
      default:
        s->batch = 0;
    }
  if (s->denoiser == NULL || s->batch < 1 || s->threads < 0 || !(s->seconds > 0.0))
    return oss_fail(OSS_ERR_USAGE,
                    "bench_forward --denoiser '{kind: NAME, ...}' [--backend NAME] [--threads N] [--batch B] [--seconds S] [--keep FILE]");
  return OSS_OK;
}

static oss_status open_denoiser(const settings *s, bench *b) {
  const oss_registry *where[] = {&oss_denoisers, NULL};
  oss_document document = {0};
  oss_status status;
  char *yaml = oss_format("{denoiser: %s}", s->denoiser);
  if (yaml == NULL) return oss_fail(OSS_ERR_MEMORY, "bench");
  OSS_TRY_TO(done, oss_yaml_parse("--denoiser", yaml, strlen(yaml), &document));
  OSS_TRY_TO(done, oss_members_parse(where, oss_node_get(document.root, "denoiser"), "denoiser", ".", &b->members, &b->count));
  if (b->count != 1) {
    status = oss_fail(OSS_ERR_USAGE, "--denoiser: %zu denoisers; one is timed at a time", b->count);
    goto done;
  }
  OSS_TRY_TO(done, oss_backend_create(s->backend, (int)s->threads, &b->be));
  OSS_TRY_TO(done, oss_backend_check_required(b->be));
  OSS_TRY_TO(done, oss_denoiser_create(b->members[0], b->be, &b->denoiser));
done:
  oss_document_free(&document);
  free(yaml);
  return status;
}

/* Noise at times between data and noise, one a row. */
static oss_status fill(const settings *s, bench *b) {
  size_t rows = (size_t)s->batch, d = b->denoiser->elements;
  double *t = malloc(rows * sizeof *t);
  int32_t *label = malloc(rows * sizeof *label);
  oss_status status;
  if (t == NULL || label == NULL) {
    status = oss_fail(OSS_ERR_MEMORY, "%zu rows", rows);
    goto done;
  }
  OSS_TRY_TO(done, oss_buffer_create(b->be, "x", rows * d, sizeof(float), &b->x));
  OSS_TRY_TO(done, oss_buffer_create(b->be, "D", rows * d, sizeof(float), &b->out));
  OSS_TRY_TO(done, oss_buffer_create(b->be, "t", rows, sizeof *t, &b->t));
  OSS_TRY_TO(done, oss_buffer_create(b->be, "labels", rows, sizeof *label, &b->label));
  for (size_t i = 0; i < rows; i++) t[i] = ((double)i + 1.0) / ((double)rows + 1.0);
  OSS_TRY_TO(done, oss_denoiser_labels(b->denoiser, 0, 0, rows, label));
  OSS_TRY_TO(done, oss_buffer_upload(&b->t, 0, rows * sizeof *t, t));
  OSS_TRY_TO(done, oss_buffer_upload(&b->label, 0, rows * sizeof *label, label));
  status = b->be->ops->noise(b->be, rows, d, 0, NOISE_STREAM, 0, b->x.data);
done:
  free(t);
  free(label);
  return status;
}

static oss_status call(const settings *s, bench *b) {
  return oss_denoiser_call(b->denoiser, (size_t)s->batch, b->t.data, b->label.data, b->x.data, b->out.data);
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static oss_status measure(const settings *s, bench *b) {
  double *taken = malloc(MOST_CALLS * sizeof *taken), total = 0.0;
  size_t calls = 0;
  oss_status status = OSS_OK;
  if (taken == NULL) return oss_fail(OSS_ERR_MEMORY, "times");
  for (int i = 0; i < WARM_CALLS; i++) OSS_TRY_TO(done, call(s, b));
  OSS_TRY_TO(done, b->be->ops->finish(b->be));
  while (calls < MOST_CALLS && (total < s->seconds || calls < WARM_CALLS)) {
    OSS_TRY_TO(done, b->be->ops->timer_start(b->be));
    OSS_TRY_TO(done, call(s, b));
    OSS_TRY_TO(done, b->be->ops->timer_stop(b->be, &taken[calls]));
    total += taken[calls++];
  }
  qsort(taken, calls, sizeof *taken, ascending);
  printf("rows,threads,calls,best_seconds,median_seconds,gflops,device\n%ld,%d,%zu,%.6g,%.6g,%.4g,\"%s\"\n", s->batch, b->be->threads,
         calls, taken[0], taken[calls / 2], b->denoiser->flops * (double)s->batch / taken[0] * 1e-9, b->be->device);
done:
  free(taken);
  return status;
}

static oss_status keep_array(oss_writer *writer, const char *name, oss_type type, size_t rows, size_t width, const oss_buffer *from) {
  oss_array array = {.type = type, .rank = width > 0 ? 2 : 1, .dims = {rows, width}};
  array.data = malloc(from->bytes);
  if (array.data == NULL) return oss_fail(OSS_ERR_MEMORY, "%s", name);
  oss_status status = oss_buffer_download(from, 0, from->bytes, array.data);
  if (status == OSS_OK) status = oss_writer_array(writer, name, &array);
  oss_array_free(&array);
  return status;
}

static oss_status keep(const settings *s, const bench *b) {
  size_t rows = (size_t)s->batch, d = b->denoiser->elements;
  oss_writer *writer = NULL;
  oss_status status;
  OSS_TRY(oss_writer_create(s->keep, &writer));
  OSS_TRY_TO(failed, keep_array(writer, "/x", OSS_F32, rows, d, &b->x));
  OSS_TRY_TO(failed, keep_array(writer, "/t", OSS_F64, rows, 0, &b->t));
  OSS_TRY_TO(failed, keep_array(writer, "/label", OSS_I32, rows, 0, &b->label));
  OSS_TRY_TO(failed, keep_array(writer, "/D", OSS_F32, rows, d, &b->out));
  return oss_writer_finish(writer);
failed:
  oss_writer_abort(writer);
  return status;
}

int main(int argc, char **argv) {
  settings s;
  bench b = {0};
  oss_status status;
  oss_io_init();
  OSS_TRY_TO(done, parse(argc, argv, &s));
  OSS_TRY_TO(done, open_denoiser(&s, &b));
  OSS_TRY_TO(done, fill(&s, &b));
  OSS_TRY_TO(done, measure(&s, &b));
  if (s.keep != NULL) status = keep(&s, &b);
done:
  if (status != OSS_OK) oss_log_error("%s", oss_message());
  oss_buffer_destroy(&b.x);
  oss_buffer_destroy(&b.t);
  oss_buffer_destroy(&b.label);
  oss_buffer_destroy(&b.out);
  oss_denoiser_destroy(b.denoiser);
  oss_backend_destroy(b.be);
  oss_members_free(b.members, b.count);
  return status == OSS_OK ? 0 : status == OSS_ERR_USAGE || status == OSS_ERR_CONFIG ? 2 : 1;
}

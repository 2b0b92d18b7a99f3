// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/dp_block.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/search/coefs.h"

/* One list of a block's buffers serves the allocation and the estimate. */
typedef struct request {
  oss_buffer *buffer;
  const char *what;
  size_t count, size;
} request;

enum { MAX_REQUESTS = 2 * OSS_MAX_TERMS + 12 };

static size_t list_requests(dp_block *b, const dp_shared *s, size_t count, int copy_teacher, request *out) {
  size_t n = 0, cells = s->side * count, state = cells * s->d, chosen = cells * s->chosen;
  int selects = s->options->columns != NULL;
  out[n++] = (request){&b->x, "search states", state, sizeof(float)};
  out[n++] = (request){&b->next, "search states", state, sizeof(float)};
  out[n++] = (request){&b->output, "search denoiser outputs", state, sizeof(float)};
  out[n++] = (request){&b->times, "search times", cells, sizeof(double)};
  out[n++] = (request){&b->previous, "search costs", cells, sizeof(double)};
  out[n++] = (request){&b->cur, "search costs", cells, sizeof(double)};
  out[n++] = (request){&b->from, "search choices", cells, sizeof(int32_t)};
  if (copy_teacher || selects) out[n++] = (request){&b->target, "search targets", chosen, sizeof(float)};
  if (selects)
    for (int m = 0; m <= s->terms; m++) out[n++] = (request){&b->chosen[m], "elements of the cost", chosen, sizeof(float)};
  if (s->terms == 1) return n;
  out[n++] = (request){&b->moved, "search states", state, sizeof(float)};
  out[n++] = (request){&b->own, "search histories", state, sizeof(float)};
  out[n++] = (request){&b->history_coef, "search history coefficients", 2 * cells, sizeof(double)};
  for (int m = 0; m < s->terms - 1; m++) out[n++] = (request){&b->history[m], "search histories", state, sizeof(float)};
  return n;
}

size_t dp_block_bytes(const dp_shared *shared, size_t count, int copy_teacher) {
  dp_block block = {0};
  request list[MAX_REQUESTS];
  size_t n = list_requests(&block, shared, count, copy_teacher, list), bytes = 0;
  for (size_t i = 0; i < n; i++) bytes += list[i].count * list[i].size;
  return bytes + shared->side * count * (sizeof(int32_t) * (size_t)shared->terms); /* labels, paths */
}

size_t dp_shared_bytes(const dp_shared *s) {
  size_t table = s->side * s->side * sizeof(double), row = (size_t)s->terms + 1;
  size_t tables = s->terms > 1 && !s->options->joint ? s->batch : 1;
  return s->batch * table + (tables + 1) * row * table;
}

oss_status dp_shared_open(dp_shared *s, const oss_search_input *input, const oss_dp_options *options) {
  const oss_problem *p = input->problem;
  size_t table = s->side * s->side, row = (size_t)s->terms + 1;
  size_t tables = s->terms > 1 && !options->joint ? s->batch : 1;
  s->coef_stride = tables > 1 ? row * table : 0;
  s->host_coef = calloc(row * table, sizeof *s->host_coef);
  if (s->host_coef == NULL) return oss_fail(OSS_ERR_MEMORY, "search coefficients of %zu grid points", s->side);
  OSS_TRY(oss_buffer_create(p->be, "search coefficients", tables * row * table, sizeof(double), &s->coef));
  OSS_TRY(oss_buffer_create(p->be, "search pair costs", s->batch * table, sizeof(double), &s->cost));
  if (s->terms == 1) {
    oss_coefs_fill(input->solver, &p->grid, 1, NULL, s->host_coef);
    OSS_TRY(oss_buffer_upload(&s->coef, 0, row * table * sizeof(double), s->host_coef));
  }
  if (options->columns == NULL) return OSS_OK;
  OSS_TRY(oss_buffer_create(p->be, "cost elements", s->chosen, sizeof(int32_t), &s->columns));
  return oss_buffer_upload(&s->columns, 0, s->chosen * sizeof(int32_t), options->columns);
}

void dp_shared_close(dp_shared *s) {
  oss_buffer_destroy(&s->coef);
  oss_buffer_destroy(&s->columns);
  oss_buffer_destroy(&s->cost);
  free(s->host_coef);
}

static oss_status select_columns(const dp_shared *s, size_t rows, const float *in, float *out) {
  oss_backend *be = s->input->problem->be;
  return be->ops->gather_columns(be, rows, s->d, s->chosen, s->columns.data, in, out);
}

static oss_status place_teacher(dp_block *b, const dp_shared *s) {
  oss_backend *be = s->input->problem->be;
  const float *states;
  OSS_TRY(oss_teacher_states(s->input->teacher, b->first, b->count, &states));
  b->teacher = b->target.data != NULL ? b->target.data : states;
  if (s->options->columns != NULL) return select_columns(s, s->side * b->count, states, b->target.data);
  if (b->target.data == NULL) return OSS_OK;
  return be->ops->copy(be, b->target.bytes, states, b->target.data);
}

/* z[0][j] = x_T for every j, and the tables that have a value for every row of x. */
static oss_status fill_start(dp_block *b, const dp_shared *s) {
  const oss_problem *p = s->input->problem;
  size_t count = b->count, state = count * p->elements;
  double *host = malloc(2 * s->side * count * sizeof *host);
  oss_status status;
  if (host == NULL) return oss_fail(OSS_ERR_MEMORY, "search start");
  for (size_t i = 0; i < count; i++) host[i] = p->grid.t[p->grid.n];
  OSS_TRY_TO(done, oss_problem_start(p, b->first, count, host, b->x.data));
  for (size_t j = 1; j < s->side; j++)
    OSS_TRY_TO(done, p->be->ops->copy(p->be, state * sizeof(float), b->x.data, (float *)b->x.data + j * state));
  for (size_t i = 0; i < s->side * count; i++) host[i] = p->grid.t[i / count];
  OSS_TRY_TO(done, oss_buffer_upload(&b->times, 0, s->side * count * sizeof *host, host));
  if (s->terms > 1) {
    for (size_t i = 0; i < s->side * count; i++) {
      double t = p->grid.t[i / count];
      if (t > 0.0)
        oss_solver_history_row(s->input->solver, t, host + 2 * i);
      else
        host[2 * i] = host[2 * i + 1] = 0.0;
    }
    OSS_TRY_TO(done, oss_buffer_upload(&b->history_coef, 0, 2 * s->side * count * sizeof *host, host));
  }
  for (size_t i = 0; i < s->side * count; i++) host[i] = INFINITY;
  status = oss_buffer_upload(&b->previous, 0, s->side * count * sizeof *host, host);
done:
  free(host);
  return status;
}

oss_status dp_block_open(dp_block *b, const dp_shared *s, size_t first, size_t count, int copy_teacher) {
  request list[MAX_REQUESTS];
  oss_backend *be = s->input->problem->be;
  size_t n = list_requests(b, s, count, copy_teacher, list);
  b->first = first;
  b->count = count;
  for (size_t i = 0; i < n; i++) OSS_TRY(oss_buffer_create(be, list[i].what, list[i].count, list[i].size, list[i].buffer));
  OSS_TRY(oss_problem_labels(s->input->problem, first, count, s->side, &b->labels));
  if (s->terms > 1) {
    size_t entries = count * s->side * (size_t)(s->terms - 1);
    b->path = malloc(entries * sizeof *b->path);
    if (b->path == NULL) return oss_fail(OSS_ERR_MEMORY, "search paths");
    for (size_t i = 0; i < entries; i++) b->path[i] = -1;
  }
  OSS_TRY(place_teacher(b, s));
  return fill_start(b, s);
}

void dp_block_close(dp_block *b) {
  oss_buffer *all[] = {&b->x,     &b->next,         &b->moved,  &b->output,   &b->own, &b->target,
                       &b->times, &b->history_coef, &b->labels, &b->previous, &b->cur, &b->from};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) oss_buffer_destroy(all[i]);
  for (int m = 0; m < OSS_MAX_TERMS; m++) {
    oss_buffer_destroy(&b->history[m]);
    oss_buffer_destroy(&b->chosen[m]);
  }
  free(b->path);
  *b = (dp_block){0};
}

/* A multistep solver's coefficients depend on each cell's own path; a joint search has one path for all samples. */
static oss_status upload_coefs(dp_block *b, dp_shared *s) {
  size_t table = ((size_t)s->terms + 1) * s->side * s->side, path = s->side * (size_t)(s->terms - 1);
  size_t tables = s->coef_stride == 0 ? 1 : b->count;
  for (size_t i = 0; i < tables; i++) {
    oss_coefs_fill(s->input->solver, &s->input->problem->grid, s->terms, b->path + i * path, s->host_coef);
    OSS_TRY(oss_buffer_upload(&s->coef, i * table * sizeof(double), table * sizeof(double), s->host_coef));
  }
  return OSS_OK;
}

oss_status dp_block_costs(dp_block *b, dp_shared *s) {
  const oss_problem *p = s->input->problem;
  const oss_ops *ops = p->be->ops;
  size_t skip = b->count, rows = (s->side - 1) * b->count, n = s->side - 1;
  OSS_TRY(oss_denoiser_call(p->denoiser, rows, (double *)b->times.data + skip, (int32_t *)b->labels.data + skip,
                            (float *)b->x.data + skip * s->d, (float *)b->output.data + skip * s->d));
  const float *x = b->x.data;
  oss_terms h = {{b->output.data}};
  for (int m = 1; m < s->terms; m++) h.at[m] = b->history[m - 1].data;
  if (s->terms > 1) OSS_TRY(upload_coefs(b, s));
  if (s->options->columns != NULL) {
    OSS_TRY(select_columns(s, s->side * b->count, x, b->chosen[0].data));
    x = b->chosen[0].data;
    for (int m = 0; m < s->terms; m++) {
      OSS_TRY(select_columns(s, s->side * b->count, h.at[m], b->chosen[m + 1].data));
      h.at[m] = b->chosen[m + 1].data;
    }
  }
  return ops->pair_error(p->be, b->count, n, s->chosen, s->terms, s->options->p, s->coef_stride, s->coef.data, x, h, b->teacher,
                         s->cost.data);
}

static void swap_buffers(oss_buffer *a, oss_buffer *b) {
  oss_buffer swap = *a;
  *a = *b;
  *b = swap;
}

/* New paths: the chosen k in front of k's own path; a cell that keeps its state keeps its path. */
static oss_status advance_paths(dp_block *b, const dp_shared *s, size_t from_stride, const int32_t *from) {
  size_t width = (size_t)(s->terms - 1), entries = s->side * width;
  int32_t *old = malloc(entries * sizeof *old);
  if (old == NULL) return oss_fail(OSS_ERR_MEMORY, "search paths");
  for (size_t i = 0; i < b->count; i++) {
    int32_t *path = b->path + i * entries;
    memcpy(old, path, entries * sizeof *old);
    for (size_t j = 0; j < s->side; j++) {
      int32_t k = from[i * from_stride + j];
      if (k < 0) continue;
      path[j * width] = k;
      memcpy(path + j * width + 1, old + (size_t)k * width, (width - 1) * sizeof *path);
    }
  }
  free(old);
  return OSS_OK;
}

static oss_status advance_histories(dp_block *b, const dp_shared *s, const int32_t *from, size_t from_stride) {
  const oss_problem *p = s->input->problem;
  const oss_ops *ops = p->be->ops;
  size_t n = s->side - 1;
  oss_terms terms = {{b->x.data, b->output.data}};
  OSS_TRY(ops->lincomb(p->be, s->side * b->count, s->d, 2, 2, b->history_coef.data, terms, b->own.data));
  for (int m = s->terms - 2; m >= 0; m--) { /* oldest first: each takes what the younger one held */
    const float *in = m > 0 ? b->history[m - 1].data : b->own.data;
    OSS_TRY(ops->gather_states(p->be, b->count, n, s->d, from_stride, from, in, b->history[m].data, b->next.data));
    swap_buffers(&b->history[m], &b->next);
  }
  return OSS_OK;
}

oss_status dp_block_advance(dp_block *b, dp_shared *s, const int32_t *from, size_t from_stride, const int32_t *host_from) {
  const oss_problem *p = s->input->problem;
  size_t n = s->side - 1;
  oss_terms h = {{b->output.data}};
  const oss_buffer *moved = s->terms > 1 ? &b->moved : &b->next;
  for (int m = 1; m < s->terms; m++) h.at[m] = b->history[m - 1].data;
  OSS_TRY(
      p->be->ops->advance(p->be, b->count, n, s->d, s->terms, s->coef_stride, s->coef.data, from_stride, from, b->x.data, h, moved->data));
  if (s->terms == 1) {
    swap_buffers(&b->x, &b->next);
    return OSS_OK;
  }
  OSS_TRY(advance_histories(b, s, from, from_stride)); /* from the old x, through next */
  swap_buffers(&b->x, &b->moved);
  return advance_paths(b, s, from_stride, host_from);
}

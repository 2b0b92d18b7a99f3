// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/dp_block.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One list of a block's buffers serves the allocation and the estimate. */
typedef struct request {
  oss_buffer *buffer;
  const char *what;
  size_t count, size;
} request;

enum { MAX_REQUESTS = 2 * OSS_MAX_TERMS + 20 };

/* The views of x, output and histories; a pairwise cost looks at one candidate at a time. */
static int view_count(const dp_shared *s) {
  return !s->views ? 0 : s->pairwise ? 1 : s->terms + 1;
}

static size_t list_requests(dp_block *b, const dp_shared *s, size_t count, int copy_teacher, request *out) {
  size_t n = 0, cells = s->side * count, state = cells * s->d, chosen = cells * s->chosen;
  int stages = oss_solver_stages(s->input->solver);
  out[n++] = (request){&b->x, "search states", state, sizeof(float)};
  out[n++] = (request){&b->next, "search states", state, sizeof(float)};
  out[n++] = (request){&b->output, "search denoiser outputs", state, sizeof(float)};
  out[n++] = (request){&b->times, "search times", cells, sizeof(double)};
  out[n++] = (request){&b->previous, "search costs", cells, sizeof(double)};
  out[n++] = (request){&b->cur, "search costs", cells, sizeof(double)};
  out[n++] = (request){&b->from, "search choices", cells, sizeof(int32_t)};
  if (oss_solver_afs(s->input->solver)) out[n++] = (request){&b->gains, "search first steps", cells, sizeof(double)};
  if (copy_teacher || s->views || s->options->cost.data) out[n++] = (request){&b->target, "search targets", chosen, sizeof(float)};
  for (int m = 0; m < view_count(s); m++) out[n++] = (request){&b->chosen[m], "what the cost looks at", chosen, sizeof(float)};
  if (s->terms > 1 || stages) out[n++] = (request){&b->moved, "search states", state, sizeof(float)};
  if (s->pairwise) {
    out[n++] = (request){&b->second, "search denoiser outputs", state, sizeof(float)};
    out[n++] = (request){&b->pair_coef, "search pair coefficients", 2 * cells, sizeof(double)};
    out[n++] = (request){&b->pair_times, "search pair times", cells, sizeof(double)};
    out[n++] = (request){&b->errors, "search pair errors", cells, sizeof(double)};
  }
  if (s->terms == 1) return n;
  out[n++] = (request){&b->own, "search histories", state, sizeof(float)};
  out[n++] = (request){&b->history_coef, "search history coefficients", 2 * cells, sizeof(double)};
  for (int m = 0; m < s->terms - 1; m++) out[n++] = (request){&b->history[m], "search histories", state, sizeof(float)};
  return n;
}

oss_bytes dp_block_bytes(const dp_shared *shared, size_t count, int copy_teacher) {
  dp_block block = {0};
  request list[MAX_REQUESTS];
  size_t n = list_requests(&block, shared, count, copy_teacher, list), words = shared->side * count * sizeof(int32_t);
  size_t device = words; /* labels */
  for (size_t i = 0; i < n; i++) device += list[i].count * list[i].size;
  return oss_bytes_of(device, words * ((size_t)shared->terms - 1 + (shared->orders > 1 ? 2 : 0))); /* paths, orders */
}

void dp_shared_size(dp_shared *s, const oss_search_input *input, const oss_dp_options *options) {
  const oss_problem *p = input->problem;
  *s = (dp_shared){.input = input,
                   .options = options,
                   .side = (size_t)p->grid.n + 1,
                   .d = p->elements,
                   .chosen = options->cost.count,
                   .terms = oss_solver_terms(input->solver),
                   .orders = options->best ? oss_solver_orders(input->solver) : 1,
                   .pairwise = oss_dp_pairwise(input->solver, &options->cost),
                   .views = options->cost.columns != NULL || options->cost.matrix != NULL,
                   .batch = p->batch < input->samples ? p->batch : input->samples};
  s->own_coefs = s->terms > 1 && !options->joint;
}

int dp_repeatable(const dp_shared *s) {
  return s->terms == 1 && s->orders == 1 && !s->pairwise && !s->options->cost.data && s->input->problem->denoiser->desc->repeatable;
}

oss_bytes dp_shared_bytes(const dp_shared *s) {
  size_t table = s->side * s->side * sizeof(double), row = (size_t)s->terms + 1, matrix = s->chosen * s->d * sizeof(float);
  size_t stages = oss_solver_stages(s->input->solver) ? 2 * table : 0;
  size_t device = s->batch * table + (s->own_coefs ? s->batch : 1) * row * table + stages, host = row * table + stages;
  if (s->orders > 1) device += s->batch * (table + table / 2);
  if (s->orders > 1) host += table / 2;
  if (s->pairwise) host += s->batch * table;
  if (s->options->cost.matrix != NULL) device += matrix;
  if (s->options->cost.matrix != NULL) host += matrix;
  return oss_bytes_of(device, host);
}

static oss_status open_view(dp_shared *s) {
  const oss_cost_view *view = &s->options->cost;
  oss_backend *be = s->input->problem->be;
  size_t count = view->matrix != NULL ? s->chosen * s->d : s->chosen;
  size_t size = view->matrix != NULL ? sizeof *view->matrix : sizeof *view->columns;
  if (!s->views) return OSS_OK;
  OSS_TRY(oss_buffer_create(be, "what the cost looks at", count, size, &s->view));
  return oss_buffer_upload(&s->view, 0, count * size, view->matrix != NULL ? (const void *)view->matrix : view->columns);
}

oss_status dp_shared_open(dp_shared *s) {
  oss_backend *be = s->input->problem->be;
  size_t table = s->side * s->side, row = (size_t)s->terms + 1;
  s->coef_stride = s->own_coefs ? row * table : 0;
  s->host_coef = calloc(row * table, sizeof *s->host_coef);
  if (s->host_coef == NULL) return oss_fail(OSS_ERR_MEMORY, "search coefficients of %zu grid points", s->side);
  OSS_TRY(oss_buffer_create(be, "search coefficients", (s->own_coefs ? s->batch : 1) * row * table, sizeof(double), &s->coef));
  OSS_TRY(oss_buffer_create(be, "search pair costs", s->batch * table, sizeof(double), &s->cost));
  if (s->orders > 1) {
    s->host_choice = malloc(table * sizeof *s->host_choice);
    if (s->host_choice == NULL) return oss_fail(OSS_ERR_MEMORY, "search orders");
    OSS_TRY(oss_buffer_create(be, "search pair costs", s->batch * table, sizeof(double), &s->trial));
    OSS_TRY(oss_buffer_create(be, "search pair orders", s->batch * table, sizeof(int32_t), &s->choice));
  }
  if (s->pairwise) OSS_TRY(dp_pairs_open(s));
  return open_view(s);
}

void dp_shared_close(dp_shared *s) {
  oss_buffer *all[] = {&s->coef, &s->view, &s->cost, &s->trial, &s->choice, &s->middle};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) oss_buffer_destroy(all[i]);
  free(s->host_coef);
  free(s->middle_times);
  free(s->second);
  free(s->host_cost);
  free(s->host_choice);
}

/* What the costs compare with. */
static oss_status place_teacher(dp_block *b, const dp_shared *s) {
  oss_backend *be = s->input->problem->be;
  const float *states;
  OSS_TRY(oss_teacher_states(s->input->teacher, b->first, b->count, &states));
  b->teacher = b->target.data != NULL ? b->target.data : states;
  if (s->options->cost.data) {
    float *to = s->views ? b->next.data : b->target.data;
    OSS_TRY(dp_data(b, s, s->side, states, to));
    states = to;
  }
  if (s->views) return dp_view(s, s->side * b->count, states, b->target.data);
  if (b->target.data == NULL || states == b->target.data) return OSS_OK;
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
  if (b->gains.data != NULL) {
    for (size_t i = 0; i < s->side * count; i++) host[i] = oss_solver_afs_gain(p->grid.t[i / count]);
    OSS_TRY_TO(done, oss_buffer_upload(&b->gains, 0, s->side * count * sizeof *host, host));
  }
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

static oss_status open_paths(dp_block *b, const dp_shared *s) {
  size_t cells = b->count * s->side, entries = cells * (size_t)(s->terms - 1);
  if (s->terms > 1) {
    b->path = malloc(entries * sizeof *b->path);
    if (b->path == NULL) return oss_fail(OSS_ERR_MEMORY, "search paths");
    for (size_t i = 0; i < entries; i++) b->path[i] = -1;
  }
  if (s->orders == 1) return OSS_OK;
  b->arrived = calloc(cells, sizeof *b->arrived);
  b->order = calloc(cells, sizeof *b->order);
  return b->arrived != NULL && b->order != NULL ? OSS_OK : oss_fail(OSS_ERR_MEMORY, "search orders");
}

oss_status dp_block_open(dp_block *b, const dp_shared *s, size_t first, size_t count, int copy_teacher) {
  request list[MAX_REQUESTS];
  oss_backend *be = s->input->problem->be;
  size_t n = list_requests(b, s, count, copy_teacher, list);
  b->first = first;
  b->count = count;
  for (size_t i = 0; i < n; i++) OSS_TRY(oss_buffer_create(be, list[i].what, list[i].count, list[i].size, list[i].buffer));
  OSS_TRY(oss_problem_labels(s->input->problem, first, count, s->side, &b->labels));
  OSS_TRY(open_paths(b, s));
  OSS_TRY(fill_start(b, s));
  return place_teacher(b, s); /* may call the denoiser at the times */
}

void dp_block_close(dp_block *b) {
  oss_buffer *all[] = {&b->x,     &b->next,         &b->moved,     &b->output,     &b->own,   &b->target,
                       &b->times, &b->history_coef, &b->labels,    &b->gains,      &b->cur,   &b->previous,
                       &b->from,  &b->second,       &b->pair_coef, &b->pair_times, &b->errors};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) oss_buffer_destroy(all[i]);
  for (int m = 0; m < OSS_MAX_TERMS; m++) {
    oss_buffer_destroy(&b->history[m]);
    oss_buffer_destroy(&b->chosen[m]);
  }
  free(b->path);
  free(b->arrived);
  free(b->order);
  *b = (dp_block){0};
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
      if (b->order != NULL) b->arrived[i * s->side + j] = b->order[i * s->side + j];
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

void dp_block_turn(dp_block *b) {
  swap_buffers(&b->x, &b->next);
}

oss_status dp_block_advance(dp_block *b, dp_shared *s, int remaining, const int32_t *from, size_t from_stride, const int32_t *host_from) {
  const oss_problem *p = s->input->problem;
  size_t n = s->side - 1;
  oss_terms h = {{b->output.data}};
  oss_buffer *moved = s->terms > 1 ? &b->moved : &b->next;
  for (int m = 1; m < s->terms; m++) h.at[m] = b->history[m - 1].data;
  OSS_TRY(dp_upload_chosen(b, s, remaining, from_stride, host_from));
  OSS_TRY(
      p->be->ops->advance(p->be, b->count, n, s->d, s->terms, s->coef_stride, s->coef.data, from_stride, from, b->x.data, h, moved->data));
  if (oss_solver_stages(s->input->solver)) OSS_TRY(dp_pairs_finish(b, s, from, from_stride, host_from, moved->data));
  if (s->terms == 1) {
    dp_block_turn(b);
    return OSS_OK;
  }
  OSS_TRY(advance_histories(b, s, from, from_stride)); /* from the old x, through next */
  swap_buffers(&b->x, &b->moved);
  return advance_paths(b, s, from_stride, host_from);
}

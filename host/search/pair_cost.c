// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/pair_cost.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/search/line.h"
#include "host/solvers/solver.h"

typedef struct pairs {
  const oss_search_input *input;
  oss_pair_metric metric;
  size_t side, d, batch;
  oss_buffer coef, cost;                    /* [2][side][side] of Euler steps, and [batch][side][side] */
  oss_buffer output;                        /* [side][count][D] */
  oss_buffer times, labels;                 /* [side][count] */
  oss_buffer states, denoised, line, apart; /* dev: [side][count][D] off the line, y_0 there; and [side][count] of the teacher itself */
  oss_line *direction;                      /* dev */
  double *host;                             /* staging: [side][side], at least [side][batch] */
} pairs;

static size_t batch_of(const oss_search_input *input) {
  return input->samples < input->problem->batch ? input->samples : input->problem->batch;
}

static size_t staging(const pairs *p) {
  return 2 * p->side * (p->side > p->batch ? p->side : p->batch);
}

static void close_pairs(pairs *p) {
  oss_buffer *all[] = {&p->coef, &p->cost, &p->output, &p->times, &p->labels, &p->states, &p->denoised, &p->line, &p->apart};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) oss_buffer_destroy(all[i]);
  oss_line_destroy(p->direction);
  free(p->host);
}

/* The coefficients of Euler's step from every index to every lower one. */
static oss_status upload_steps(pairs *p) {
  const double *t = p->input->problem->grid.t;
  size_t table = p->side * p->side;
  memset(p->host, 0, 2 * table * sizeof *p->host);
  for (size_t k = 1; k < p->side; k++)
    for (size_t j = 0; j < k; j++) {
      oss_row row;
      oss_step step = {.known = 1, .t = &t[k], .next = t[j], .remaining = OSS_MANY_STEPS};
      oss_row_euler(&step, &row);
      p->host[k * p->side + j] = row.a;
      p->host[table + k * p->side + j] = row.b[0];
    }
  return oss_buffer_upload(&p->coef, 0, 2 * table * sizeof *p->host, p->host);
}

static oss_status open_pairs(pairs *p) {
  oss_backend *be = p->input->problem->be;
  size_t table = p->side * p->side, cells = p->side * p->batch, state = cells * p->d;
  p->host = malloc(staging(p) * sizeof *p->host);
  if (p->host == NULL) return oss_fail(OSS_ERR_MEMORY, "pair costs of %zu grid points", p->side);
  OSS_TRY(oss_buffer_create(be, "step coefficients", 2 * table, sizeof(double), &p->coef));
  OSS_TRY(oss_buffer_create(be, "pair costs", p->batch * table, sizeof(double), &p->cost));
  OSS_TRY(oss_buffer_create(be, "denoiser outputs", state, sizeof(float), &p->output));
  OSS_TRY(oss_buffer_create(be, "times", cells, sizeof(double), &p->times));
  OSS_TRY(upload_steps(p));
  if (p->metric != OSS_PAIR_DEV) return OSS_OK;
  OSS_TRY(oss_buffer_create(be, "teacher's states", state, sizeof(float), &p->states));
  OSS_TRY(oss_buffer_create(be, "denoiser outputs", state, sizeof(float), &p->denoised));
  OSS_TRY(oss_buffer_create(be, "teacher's line", state, sizeof(float), &p->line));
  OSS_TRY(oss_buffer_create(be, "teacher's deviations", cells, sizeof(double), &p->apart));
  return oss_line_create(be, p->batch, p->d, &p->direction);
}

/* The denoiser at the teacher's states 1 .. N; under the teacher's analytical first step, what that took for it at N. */
static oss_status denoise(pairs *p, size_t first, size_t count, const float *x) {
  const oss_problem *problem = p->input->problem;
  size_t skip = count, state = count * p->d, last = p->side - 1;
  size_t called = oss_solver_afs(problem->teacher_solver) ? last - 1 : last;
  oss_buffer_destroy(&p->labels);
  OSS_TRY(oss_problem_labels(problem, first, count, p->side, &p->labels));
  for (size_t i = 0; i < p->side * count; i++) p->host[i] = problem->grid.t[i / count];
  OSS_TRY(oss_buffer_upload(&p->times, 0, p->side * count * sizeof *p->host, p->host));
  float *out = p->output.data;
  if (called > 0)
    OSS_TRY(oss_denoiser_call(problem->denoiser, called * count, (double *)p->times.data + skip, (int32_t *)p->labels.data + skip,
                              x + state, out + state));
  if (called == last) return OSS_OK;
  double gain = oss_solver_afs_gain(problem->grid.t[last]);
  oss_terms terms = {{x + last * state}};
  OSS_TRY(oss_buffer_upload(&p->times, 0, sizeof gain, &gain));
  return problem->be->ops->lincomb(problem->be, count, p->d, 1, 0, p->times.data, terms, out + last * state);
}

/* dev: everything without its part along the teacher's line, and how far the teacher itself is from it. y_0 lies on the line, so at every
 * j it is what states are compared with; (1-t_j) y_0 in flow coordinates. */
static oss_status leave_line(pairs *p, size_t count, const float *x) {
  const oss_problem *problem = p->input->problem;
  const oss_ops *ops = problem->be->ops;
  const double *t = problem->grid.t;
  size_t state = count * p->d;
  float *states = p->states.data, *denoised = p->denoised.data, *line = p->line.data, *output = p->output.data;
  OSS_TRY(oss_line_set(p->direction, count, (1.0 - t[p->side - 1]) / (1.0 - t[0]), x, x + (p->side - 1) * state));
  for (size_t k = 0; k < p->side; k++) {
    OSS_TRY(oss_line_remove(p->direction, 1.0, x + k * state, states + k * state));
    OSS_TRY(oss_line_remove(p->direction, (1.0 - t[k]) / (1.0 - t[0]), x, line + k * state));
    if (k > 0) OSS_TRY(oss_line_remove(p->direction, 1.0, output + k * state, denoised + k * state));
  }
  return ops->row_error(problem->be, p->side * count, p->d, 2.0, states, line, p->apart.data);
}

/* Adds the costs of one sample, whose means over the elements are in host [side][side]. apart: dev, the teacher's [side][count]. */
static void add_sample(const pairs *p, size_t sample, size_t count, const double *apart, double *cost) {
  const double *t = p->input->problem->grid.t;
  for (size_t k = 1; k < p->side; k++)
    for (size_t j = 0; j < k; j++) {
      double sum = (double)p->d * p->host[k * p->side + j], value = p->metric == OSS_PAIR_L1 ? sum : sqrt(sum);
      if (p->metric == OSS_PAIR_DEV) value -= sqrt((double)p->d * apart[j * count + sample]);
      cost[k * p->side + j] += value / (1.0 - t[j]);
    }
}

static oss_status add_batch(pairs *p, size_t first, size_t count, double *cost) {
  const oss_problem *problem = p->input->problem;
  int dev = p->metric == OSS_PAIR_DEV;
  double *apart = p->host + p->side * p->side;
  const float *x;
  OSS_TRY(oss_teacher_states(p->input->teacher, first, count, &x));
  if (p->input->progress != NULL)
    oss_progress_stage(p->input->progress, "cost of the teacher's steps, samples %zu to %zu", first, first + count - 1);
  OSS_TRY(denoise(p, first, count, x));
  if (dev) OSS_TRY(leave_line(p, count, x));
  oss_terms terms = {{dev ? p->denoised.data : p->output.data}};
  OSS_TRY(problem->be->ops->pair_error(problem->be, count, p->side - 1, p->d, 1, p->metric == OSS_PAIR_L1 ? 1.0 : 2.0, 0, p->coef.data,
                                       dev ? p->states.data : x, terms, dev ? p->line.data : x, p->cost.data));
  size_t table = p->side * p->side * sizeof *p->host;
  if (dev) OSS_TRY(oss_buffer_download(&p->apart, 0, p->side * count * sizeof *apart, apart));
  for (size_t s = 0; s < count; s++) {
    OSS_TRY(oss_buffer_download(&p->cost, s * table, table, p->host));
    add_sample(p, s, count, apart, cost);
  }
  return OSS_OK;
}

static oss_status finish(const oss_search_input *input, double *cost) {
  size_t side = (size_t)input->problem->grid.n + 1;
  for (size_t i = 0; i < side * side; i++) {
    cost[i] /= (double)input->samples;
    if (!isfinite(cost[i])) return oss_fail(OSS_ERR_NUMERIC, "the step from grid index %zu to %zu has no finite cost", i / side, i % side);
  }
  return OSS_OK;
}

oss_status oss_pair_cost_fill(const oss_search_input *input, oss_pair_metric metric, double *cost) {
  pairs p = {.input = input,
             .metric = metric,
             .side = (size_t)input->problem->grid.n + 1,
             .d = input->problem->elements,
             .batch = batch_of(input)};
  oss_status status;
  memset(cost, 0, p.side * p.side * sizeof *cost);
  OSS_TRY_TO(done, open_pairs(&p));
  for (size_t first = 0; first < input->samples; first += p.batch) {
    size_t count = input->samples - first < p.batch ? input->samples - first : p.batch;
    OSS_TRY_TO(done, add_batch(&p, first, count, cost));
    if (input->progress != NULL) oss_progress_work(input->progress, oss_pair_cost_work(input) * (double)count / (double)input->samples);
  }
  status = finish(input, cost);
done:
  close_pairs(&p);
  return status;
}

oss_bytes oss_pair_cost_bytes(const oss_search_input *input, oss_pair_metric metric) {
  pairs p = {.side = (size_t)input->problem->grid.n + 1, .d = input->problem->elements, .batch = batch_of(input)};
  size_t table = p.side * p.side, cells = p.side * p.batch, state = cells * p.d * sizeof(float);
  size_t device = (2 + p.batch) * table * sizeof(double) + state + cells * (sizeof(double) + sizeof(int32_t));
  oss_bytes bytes = oss_bytes_of(device, staging(&p) * sizeof(double));
  if (metric != OSS_PAIR_DEV) return bytes;
  return oss_bytes_add(bytes, oss_bytes_add(oss_bytes_of(3 * state + cells * sizeof(double), 0), oss_line_bytes(p.batch, p.d)));
}

int64_t oss_pair_cost_calls(const oss_search_input *input) {
  return input->problem->grid.n - (oss_solver_afs(input->problem->teacher_solver) ? 1 : 0);
}

double oss_pair_cost_work(const oss_search_input *input) {
  double n = (double)input->problem->grid.n, pairs_work = n * (n + 1) / 2 * 6 * (double)input->problem->elements;
  return (double)input->samples * ((double)oss_pair_cost_calls(input) * input->problem->denoiser->flops + pairs_work);
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Candidates made one by one, where a denoiser call a pair is needed: two-call steps, and costs on the denoiser's output at the candidate.
 * All candidates from one k are made at once: `advance` with every j < k coming from k. */
#include <math.h>
#include <stdlib.h>

#include "host/search/coefs.h"
#include "host/search/dp_block.h"

oss_status dp_pairs_open(dp_shared *s) {
  const oss_problem *p = s->input->problem;
  size_t table = s->side * s->side;
  s->host_cost = malloc(s->batch * table * sizeof *s->host_cost);
  if (s->host_cost == NULL) return oss_fail(OSS_ERR_MEMORY, "search costs of %zu grid points", s->side);
  if (!oss_solver_stages(s->input->solver)) return OSS_OK;
  double *coef = calloc(2 * table, sizeof *coef);
  s->middle_times = calloc(table, sizeof *s->middle_times);
  s->second = calloc(table, sizeof *s->second);
  oss_status status = OSS_OK;
  if (coef == NULL || s->middle_times == NULL || s->second == NULL) {
    status = oss_fail(OSS_ERR_MEMORY, "search coefficients of %zu grid points", s->side);
    goto done;
  }
  oss_coefs_fill_middle(s->input->solver, &p->grid, coef, s->middle_times, s->second);
  OSS_TRY_TO(done, oss_buffer_create(p->be, "search intermediate coefficients", 2 * table, sizeof(double), &s->middle));
  status = oss_buffer_upload(&s->middle, 0, 2 * table * sizeof *coef, coef);
done:
  free(coef);
  return status;
}

/* The cells from low up to and with high, at the times given by (from[j], j) of a table [side][side], 0 standing for the time of from[j].
 */
static oss_status call_cells(dp_block *b, const dp_shared *s, size_t low, size_t high, size_t from_stride, const int32_t *from,
                             const double *table, const float *x, float *out) {
  const oss_problem *p = s->input->problem;
  size_t rows = (high - low + 1) * b->count;
  double *times = malloc(rows * sizeof *times);
  if (times == NULL) return oss_fail(OSS_ERR_MEMORY, "search times");
  for (size_t j = low; j <= high; j++)
    for (size_t i = 0; i < b->count; i++) {
      int32_t k = from[i * from_stride + j];
      double t = k >= 0 ? table[(size_t)k * s->side + j] : 0.0;
      times[(j - low) * b->count + i] = t > 0.0 ? t : p->grid.t[k >= 0 ? (size_t)k : s->side - 1];
    }
  oss_status status = oss_buffer_upload(&b->pair_times, 0, rows * sizeof *times, times);
  free(times);
  OSS_TRY(status);
  return oss_denoiser_call(p->denoiser, rows, b->pair_times.data, (int32_t *)b->labels.data + low * b->count, x + low * b->count * s->d,
                           out + low * b->count * s->d);
}

/* x += b_1 (output at the intermediate point), which is in out, for the cells from low on. */
static oss_status add_second(dp_block *b, const dp_shared *s, size_t low, size_t high, size_t from_stride, const int32_t *from, float *x) {
  const oss_problem *p = s->input->problem;
  size_t rows = (high - low + 1) * b->count;
  double *coef = malloc(2 * rows * sizeof *coef);
  if (coef == NULL) return oss_fail(OSS_ERR_MEMORY, "search coefficients");
  for (size_t r = 0; r < rows; r++) {
    size_t j = low + r / b->count;
    int32_t k = from[r % b->count * from_stride + j];
    coef[2 * r] = 1.0;
    coef[2 * r + 1] = k >= 0 ? s->second[(size_t)k * s->side + j] : 0.0;
  }
  oss_status status = oss_buffer_upload(&b->pair_coef, 0, 2 * rows * sizeof *coef, coef);
  free(coef);
  OSS_TRY(status);
  size_t skip = low * b->count * s->d;
  oss_terms terms = {{x + skip, (float *)b->second.data + skip}};
  return p->be->ops->lincomb(p->be, rows, s->d, 2, 2, b->pair_coef.data, terms, x + skip);
}

/* The first cell below k whose step from k makes a second call; k when none does. */
static size_t first_staged(const dp_shared *s, size_t k) {
  size_t j = 0;
  while (j < k && !(s->middle_times[k * s->side + j] > 0.0)) j++;
  return j;
}

/* The intermediate points of the steps that from names, and the outputs there. */
static oss_status visit_middle(dp_block *b, dp_shared *s, size_t low, size_t high, const int32_t *from, size_t from_stride,
                               const int32_t *host_from) {
  const oss_problem *p = s->input->problem;
  oss_terms h = {{b->output.data}};
  OSS_TRY(p->be->ops->advance(p->be, b->count, s->side - 1, s->d, 1, 0, s->middle.data, from_stride, from, b->x.data, h, b->moved.data));
  return call_cells(b, s, low, high, from_stride, host_from, s->middle_times, b->moved.data, b->second.data);
}

oss_status dp_pairs_finish(dp_block *b, dp_shared *s, const int32_t *from, size_t from_stride, const int32_t *host_from, float *x) {
  if (s->side < 3) return OSS_OK; /* cell 0 is no source: nothing goes on from it */
  OSS_TRY(visit_middle(b, s, 1, s->side - 2, from, from_stride, host_from));
  return add_second(b, s, 1, s->side - 2, from_stride, host_from, x);
}

/* All candidates from k into b->next. */
static oss_status candidates(dp_block *b, dp_shared *s, size_t k, const int32_t *host_from) {
  const oss_problem *p = s->input->problem;
  oss_terms h = {{b->output.data}};
  for (int m = 1; m < s->terms; m++) h.at[m] = b->history[m - 1].data;
  OSS_TRY(oss_buffer_upload(&b->from, 0, s->side * sizeof *host_from, host_from));
  OSS_TRY(p->be->ops->advance(p->be, b->count, s->side - 1, s->d, s->terms, s->coef_stride, s->coef.data, 0, b->from.data, b->x.data, h,
                              b->next.data));
  if (!oss_solver_stages(s->input->solver)) return OSS_OK;
  size_t low = first_staged(s, k);
  if (low == k) return OSS_OK;
  OSS_TRY(visit_middle(b, s, low, k - 1, b->from.data, 0, host_from));
  return add_second(b, s, low, k - 1, 0, host_from, b->next.data);
}

/* The data that each candidate's step carries (coefs.h), into b->second. */
static oss_status carry_data(dp_block *b, const dp_shared *s, size_t k) {
  const oss_problem *p = s->input->problem;
  const double *t = p->grid.t;
  size_t state = b->count * s->d;
  double *coef = malloc(2 * k * sizeof *coef);
  if (coef == NULL) return oss_fail(OSS_ERR_MEMORY, "search coefficients");
  for (size_t j = 0; j < k; j++) {
    coef[2 * j] = 1.0 - t[k] / (t[k] - t[j]);
    coef[2 * j + 1] = t[k] / (t[k] - t[j]);
  }
  oss_status status = oss_buffer_upload(&b->pair_coef, 0, 2 * k * sizeof *coef, coef);
  free(coef);
  for (size_t j = 0; j < k && status == OSS_OK; j++) {
    oss_terms terms = {{(float *)b->x.data + k * state, (float *)b->next.data + j * state}};
    status =
        p->be->ops->lincomb(p->be, b->count, s->d, 2, 0, (double *)b->pair_coef.data + 2 * j, terms, (float *)b->second.data + j * state);
  }
  return status;
}

static oss_status costs_from(dp_block *b, dp_shared *s, size_t k, int32_t *host_from, double *errors) {
  const oss_problem *p = s->input->problem;
  const oss_cost_view *view = &s->options->cost;
  size_t rows = k * b->count;
  for (size_t j = 0; j < s->side; j++) host_from[j] = j < k ? (int32_t)k : -1;
  OSS_TRY(candidates(b, s, k, host_from));
  const float *seen = b->next.data;
  if (view->data) {
    OSS_TRY(view->calls ? dp_data(b, s, k, b->next.data, b->second.data) : carry_data(b, s, k));
    seen = b->second.data;
  }
  if (s->views) {
    OSS_TRY(dp_view(s, rows, seen, b->chosen[0].data));
    seen = b->chosen[0].data;
  }
  OSS_TRY(p->be->ops->row_error(p->be, rows, s->chosen, view->p, seen, b->teacher, b->errors.data));
  OSS_TRY(oss_buffer_download(&b->errors, 0, rows * sizeof *errors, errors));
  for (size_t r = 0; r < rows; r++) s->host_cost[((r % b->count) * s->side + k) * s->side + r / b->count] = errors[r];
  return OSS_OK;
}

oss_status dp_pairs_costs(dp_block *b, dp_shared *s, oss_buffer *out) {
  size_t cells = b->count * s->side * s->side;
  int32_t *from = malloc(s->side * sizeof *from);
  double *errors = malloc(s->side * b->count * sizeof *errors);
  oss_status status = OSS_OK;
  if (from == NULL || errors == NULL) {
    status = oss_fail(OSS_ERR_MEMORY, "search costs");
    goto done;
  }
  for (size_t i = 0; i < cells; i++) s->host_cost[i] = INFINITY;
  for (size_t k = 1; k < s->side; k++) OSS_TRY_TO(done, costs_from(b, s, k, from, errors));
  status = oss_buffer_upload(out, 0, cells * sizeof *s->host_cost, s->host_cost);
done:
  free(from);
  free(errors);
  return status;
}

int oss_dp_pairwise(const oss_member *solver, const oss_cost_view *cost) {
  return oss_solver_stages(solver) || cost->calls;
}

int64_t oss_dp_calls(const oss_search_input *input, const oss_dp_options *o, int64_t steps) {
  const oss_grid *grid = &input->problem->grid;
  int64_t n = grid->n, first = oss_solver_afs(input->solver) ? (steps - 1) * n : steps * n, pairs = 0;
  int64_t targets = o->cost.data ? n + (grid->t[0] > 0.0) : 0; /* the denoiser at the teacher's states */
  int64_t orders = o->best ? oss_solver_orders(input->solver) : 1;
  if (oss_solver_stages(input->solver)) {
    for (int64_t k = 1; k <= n; k++)
      for (int64_t j = 0; j < k; j++) {
        oss_step step = {.known = 1, .t = &grid->t[k], .next = grid->t[j], .remaining = j == 0 ? 1 : OSS_MANY_STEPS};
        oss_row unused;
        pairs += oss_solver_stage(input->solver, &step, &unused) > 0.0;
      }
    first += (steps - 1) * (n - 1); /* once more for the chosen ones */
  }
  if (o->cost.calls) pairs += orders * (grid->t[0] > 0.0 ? n * (n + 1) / 2 : n * (n - 1) / 2);
  return first + steps * pairs + targets;
}

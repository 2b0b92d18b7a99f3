// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/dp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/log.h"
#include "host/search/dp_block.h"

typedef struct dp_run {
  dp_shared shared;
  dp_block *blocks;
  size_t block_count;
  oss_buffer reduced, reduced_trial; /* joint: [side][side]; the second for one order of several */
  int32_t *raw;                      /* host [batch][side]: the choices of a row as the operation leaves them */
  double *zeros;                     /* host: a cost matrix of them, to clear reduced */
  oss_tables *tables;
  double *seconds;
  double lap;
} dp_run;

/* Under start: free the start is there at every index before the first row and at N for good, so N stays a source in later rows, in
 * algorithm 1 too; the schedule then takes fewer steps. Pinned, only official and carry allow that.
 * Where the last steps depend on how many remain (by_budget), carry keeps no cell in the rows of those: a state kept there was made by a
 * step that had more ahead of it. */
static unsigned row_flags(const dp_run *r, size_t row) {
  const oss_dp_options *o = r->shared.options;
  size_t tail = o->by_budget ? (size_t)oss_solver_tail(r->shared.input->solver) : 0;
  unsigned flags = o->variant == OSS_VARIANT_PAPER ? 0 : OSS_RELAX_KEEP | OSS_RELAX_ROOT;
  if (o->variant == OSS_VARIANT_CARRY && row + tail >= r->tables->steps && tail > 0) flags &= ~(unsigned)OSS_RELAX_KEEP;
  if (!o->pinned || row == 0) flags |= OSS_RELAX_ROOT;
  if (!o->pinned && row == 0) flags |= OSS_RELAX_ALL;
  return flags;
}

/* What a table says where no candidate was taken (record.h). before: the row above, NULL for the first. */
static int32_t untouched(const oss_dp_options *o, size_t n, size_t j, double cost, const int32_t *before) {
  if (o->variant == OSS_VARIANT_OFFICIAL) return before != NULL ? before[j] : (int32_t)n;
  return o->variant == OSS_VARIANT_CARRY && !(cost == INFINITY) ? (int32_t)j : -1;
}

/* Brings a row of costs and choices of `rows` table rows back to the host and into the tables. */
static oss_status record_row(dp_run *r, const dp_block *b, size_t first_row, size_t rows, size_t m) {
  const dp_shared *s = &r->shared;
  oss_tables *t = r->tables;
  for (size_t i = 0; i < rows; i++) {
    double *cost = t->cost + ((first_row + i) * t->steps + m) * s->side;
    int32_t *from = t->from + ((first_row + i) * t->steps + m) * s->side, *raw = r->raw + i * s->side;
    OSS_TRY(oss_buffer_download(&b->cur, i * s->side * sizeof *cost, s->side * sizeof *cost, cost));
    OSS_TRY(oss_buffer_download(&b->from, i * s->side * sizeof *raw, s->side * sizeof *raw, raw));
    const int32_t *before = m > 0 ? from - s->side : NULL;
    for (size_t j = 0; j < s->side; j++) {
      from[j] = raw[j] >= 0 ? raw[j] : untouched(s->options, s->side - 1, j, cost[j], before);
      if (s->options->joint && s->options->log) cost[j] = exp(cost[j]);
    }
  }
  return OSS_OK;
}

static void swap_rows(dp_block *b) {
  oss_buffer swap = b->previous;
  b->previous = b->cur;
  b->cur = swap;
}

/* The orders that row m chose, after record_row has brought the choices. A cell that was kept has the order of the row before. */
static oss_status record_orders(dp_run *r, dp_block *b, const oss_buffer *choice, size_t first_row, size_t rows, size_t m) {
  dp_shared *s = &r->shared;
  oss_tables *t = r->tables;
  if (s->orders == 1) return OSS_OK;
  OSS_TRY(dp_block_orders(b, s, choice, s->options->joint, r->raw, s->options->joint ? 0 : s->side));
  for (size_t i = 0; i < rows; i++) {
    int32_t *order = t->order + ((first_row + i) * t->steps + m) * s->side;
    for (size_t j = 0; j < s->side; j++) {
      int kept = r->raw[i * s->side + j] < 0;
      order[j] = !kept ? b->order[i * s->side + j] : m > 0 ? (order - s->side)[j] : 0;
    }
  }
  return OSS_OK;
}

/* Steps left in row m. */
static int remaining_in(const dp_run *r, size_t m) {
  return r->shared.options->by_budget ? (int)(r->tables->steps - m) : OSS_MANY_STEPS;
}

/* One row where every sample chooses for itself. */
static oss_status row_per_sample(dp_run *r, size_t m) {
  dp_shared *s = &r->shared;
  dp_block *b = &r->blocks[0];
  oss_backend *be = s->input->problem->be;
  int remaining = remaining_in(r, m);
  OSS_TRY(dp_block_denoise(b, s, m));
  if (s->orders == 1) OSS_TRY(dp_block_costs(b, s, 0, remaining, &s->cost));
  for (int order = 1; s->orders > 1 && order <= s->orders; order++) {
    OSS_TRY(dp_block_costs(b, s, order, remaining, &s->trial));
    OSS_TRY(be->ops->cost_select(be, b->count * s->side * s->side, order, s->trial.data, s->cost.data, s->choice.data));
  }
  OSS_TRY(be->ops->dp_relax(be, b->count, s->side - 1, row_flags(r, m), s->cost.data, b->previous.data, b->cur.data, b->from.data));
  OSS_TRY(record_row(r, b, b->first, b->count, m));
  OSS_TRY(record_orders(r, b, &s->choice, b->first, b->count, m));
  if (m + 1 < r->tables->steps) OSS_TRY(dp_block_advance(b, s, remaining, b->from.data, s->side, r->raw));
  swap_rows(b);
  return OSS_OK;
}

/* The costs of one order, reduced over all samples. */
static oss_status reduce_costs(dp_run *r, int order, int remaining, oss_buffer *out) {
  dp_shared *s = &r->shared;
  oss_backend *be = s->input->problem->be;
  size_t cells = s->side * s->side;
  OSS_TRY(oss_buffer_upload(out, 0, cells * sizeof(double), r->zeros));
  for (size_t i = 0; i < r->block_count; i++) {
    OSS_TRY(dp_block_costs(&r->blocks[i], s, order, remaining, &s->cost));
    OSS_TRY(
        be->ops->cost_accumulate(be, r->blocks[i].count, cells, s->options->log, 1.0 / (double)s->input->samples, s->cost.data, out->data));
  }
  return OSS_OK;
}

/* One row where all samples share the choice: the costs are reduced first. */
static oss_status row_joint(dp_run *r, size_t m) {
  dp_shared *s = &r->shared;
  dp_block *lead = &r->blocks[0];
  oss_backend *be = s->input->problem->be;
  int remaining = remaining_in(r, m);
  for (size_t i = 0; i < r->block_count; i++) OSS_TRY(dp_block_denoise(&r->blocks[i], s, m));
  if (s->orders == 1) OSS_TRY(reduce_costs(r, 0, remaining, &r->reduced));
  for (int order = 1; s->orders > 1 && order <= s->orders; order++) {
    OSS_TRY(reduce_costs(r, order, remaining, &r->reduced_trial));
    OSS_TRY(be->ops->cost_select(be, s->side * s->side, order, r->reduced_trial.data, r->reduced.data, s->choice.data));
  }
  OSS_TRY(be->ops->dp_relax(be, 1, s->side - 1, row_flags(r, m), r->reduced.data, lead->previous.data, lead->cur.data, lead->from.data));
  OSS_TRY(record_row(r, lead, 0, 1, m));
  for (size_t i = r->block_count; i-- > 1;) OSS_TRY(dp_block_orders(&r->blocks[i], s, &s->choice, 1, r->raw, 0));
  OSS_TRY(record_orders(r, lead, &s->choice, 0, 1, m));
  if (m + 1 < r->tables->steps)
    for (size_t i = 0; i < r->block_count; i++) OSS_TRY(dp_block_advance(&r->blocks[i], s, remaining, lead->from.data, 0, r->raw));
  swap_rows(lead);
  return OSS_OK;
}

static oss_status run_rows(dp_run *r, size_t samples) {
  const dp_shared *s = &r->shared;
  oss_progress *progress = s->input->progress;
  r->lap = oss_now();
  for (size_t m = 0; m < r->tables->steps; m++) {
    if (progress != NULL)
      oss_progress_stage(progress, "search, samples %zu to %zu, row %zu of %zu", r->blocks[0].first, r->blocks[0].first + samples - 1,
                         m + 1, r->tables->steps);
    OSS_TRY(s->options->joint ? row_joint(r, m) : row_per_sample(r, m));
    double now = oss_now();
    for (size_t i = m; i < r->tables->steps; i++) r->seconds[i] += now - r->lap;
    r->lap = now;
    if (progress != NULL) oss_progress_work(progress, oss_dp_row_work(s->input, samples));
  }
  return OSS_OK;
}

static oss_status run_samples(dp_run *r) {
  size_t batch = r->shared.batch, samples = r->shared.input->samples;
  int copy = r->block_count > 1;
  for (size_t first = 0, i = 0; first < samples; first += batch, i++) {
    size_t count = samples - first < batch ? samples - first : batch;
    dp_block *b = &r->blocks[r->block_count > 1 ? i : 0];
    OSS_TRY(dp_block_open(b, &r->shared, first, count, copy));
    if (r->shared.options->joint) continue;
    OSS_TRY(run_rows(r, count));
    dp_block_close(b);
  }
  return r->shared.options->joint ? run_rows(r, samples) : OSS_OK;
}

static oss_status open_tables(oss_tables *t, size_t rows, size_t steps, size_t n, int orders) {
  size_t cells = rows * steps * (n + 1);
  *t = (oss_tables){.rows = rows, .steps = steps, .n = n};
  t->cost = malloc(cells * sizeof *t->cost);
  t->from = malloc(cells * sizeof *t->from);
  if (orders > 1) t->order = malloc(cells * sizeof *t->order);
  if (t->cost != NULL && t->from != NULL && (orders == 1 || t->order != NULL)) return OSS_OK;
  oss_tables_free(t);
  return oss_fail(OSS_ERR_MEMORY, "search tables (%.1f MiB)", (double)(cells * 12) / 1048576.0);
}

oss_status oss_dp_run(const oss_search_input *input, const oss_dp_options *options, int64_t steps, oss_tables *out, double *seconds) {
  dp_run r = {.tables = out, .seconds = seconds};
  oss_status status;
  dp_shared_size(&r.shared, input, options);
  size_t side = r.shared.side, batches = (input->samples + r.shared.batch - 1) / r.shared.batch;
  memset(seconds, 0, (size_t)steps * sizeof *seconds);
  OSS_TRY(open_tables(out, options->joint ? 1 : input->samples, (size_t)steps, side - 1, r.shared.orders));
  r.block_count = options->joint ? batches : 1;
  r.blocks = calloc(r.block_count, sizeof *r.blocks);
  r.raw = malloc(r.shared.batch * side * sizeof *r.raw);
  r.zeros = calloc(side * side, sizeof *r.zeros);
  if (r.blocks == NULL || r.raw == NULL || r.zeros == NULL) {
    status = oss_fail(OSS_ERR_MEMORY, "search over %zu grid points", side);
    goto done;
  }
  OSS_TRY_TO(done, dp_shared_open(&r.shared));
  if (options->joint)
    OSS_TRY_TO(done, oss_buffer_create(input->problem->be, "search reduced costs", side * side, sizeof(double), &r.reduced));
  if (options->joint && r.shared.orders > 1)
    OSS_TRY_TO(done, oss_buffer_create(input->problem->be, "search reduced costs", side * side, sizeof(double), &r.reduced_trial));
  status = run_samples(&r);
done:
  for (size_t i = 0; r.blocks != NULL && i < r.block_count; i++) dp_block_close(&r.blocks[i]);
  dp_shared_close(&r.shared);
  oss_buffer_destroy(&r.reduced);
  oss_buffer_destroy(&r.reduced_trial);
  free(r.blocks);
  free(r.raw);
  free(r.zeros);
  if (status != OSS_OK) oss_tables_free(out);
  return status;
}

int oss_dp_by_budget(const oss_member *solver, int best) {
  return !best && oss_solver_tail(solver) > 1; /* the step onto the end is known by its target */
}

double oss_dp_row_work(const oss_search_input *input, size_t samples) {
  const oss_problem *p = input->problem;
  double n = (double)p->grid.n, terms = (double)oss_solver_terms(input->solver);
  return (double)samples * (n * p->denoiser->flops + n * (n + 1) / 2 * 2 * (terms + 2) * (double)p->elements);
}

size_t oss_dp_bytes(const oss_search_input *input, const oss_dp_options *options, int64_t steps) {
  dp_shared shared;
  dp_shared_size(&shared, input, options);
  size_t batches = (input->samples + shared.batch - 1) / shared.batch;
  size_t blocks = options->joint ? batches : 1, rows = options->joint ? 1 : input->samples;
  return dp_shared_bytes(&shared) + blocks * dp_block_bytes(&shared, shared.batch, blocks > 1) +
         rows * (size_t)steps * shared.side * (sizeof(double) + (shared.orders > 1 ? 2 : 1) * sizeof(int32_t));
}

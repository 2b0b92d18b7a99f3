// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/dp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/log.h"
#include "host/pipeline/stage.h"
#include "host/search/dp_block.h"

typedef struct dp_run {
  dp_shared shared;
  dp_block *blocks;
  size_t block_count;
  oss_buffer reduced, reduced_trial, zeros; /* joint: [side][side]; the second for one order of several; the third to clear them */
  double *raw_cost;                         /* host [batch][side]: the costs and choices of a row as the operation leaves them */
  int32_t *raw;
  oss_repeat recorded[2]; /* a row that is operations only, for either turn of its buffers */
  unsigned flags[2];      /* what it was recorded with */
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

/* Table rows that a row of the programme fills. */
static size_t table_rows(const dp_run *r) {
  return r->shared.options->joint ? 1 : r->blocks[0].count;
}

/* Brings a row of costs and choices back to the host and into the tables. */
static oss_status record_row(dp_run *r, size_t m) {
  const dp_shared *s = &r->shared;
  const dp_block *b = &r->blocks[0];
  oss_tables *t = r->tables;
  size_t rows = table_rows(r);
  OSS_TRY(oss_buffer_download(&b->cur, 0, rows * s->side * sizeof *r->raw_cost, r->raw_cost));
  OSS_TRY(oss_buffer_download(&b->from, 0, rows * s->side * sizeof *r->raw, r->raw));
  for (size_t i = 0; i < rows; i++) {
    size_t at = ((b->first + i) * t->steps + m) * s->side;
    double *cost = t->cost + at;
    int32_t *from = t->from + at, *raw = r->raw + i * s->side;
    const int32_t *before = m > 0 ? from - s->side : NULL;
    memcpy(cost, r->raw_cost + i * s->side, s->side * sizeof *cost);
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
static oss_status record_orders(dp_run *r, size_t m) {
  dp_shared *s = &r->shared;
  dp_block *b = &r->blocks[0];
  oss_tables *t = r->tables;
  int joint = s->options->joint;
  if (s->orders == 1) return OSS_OK;
  for (size_t i = 0; i < r->block_count; i++) OSS_TRY(dp_block_orders(&r->blocks[i], s, &s->choice, joint, r->raw, joint ? 0 : s->side));
  for (size_t i = 0; i < table_rows(r); i++) {
    int32_t *order = t->order + ((b->first + i) * t->steps + m) * s->side;
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

/* The costs that a row chooses by, under one order: a table a sample, or reduced over all samples. */
static oss_status fill_costs(dp_run *r, int order, int remaining, int trial) {
  dp_shared *s = &r->shared;
  oss_backend *be = s->input->problem->be;
  size_t cells = s->side * s->side;
  if (!s->options->joint) return dp_block_costs(&r->blocks[0], s, order, remaining, trial ? &s->trial : &s->cost);
  oss_buffer *out = trial ? &r->reduced_trial : &r->reduced;
  OSS_TRY(be->ops->copy(be, cells * sizeof(double), r->zeros.data, out->data));
  for (size_t i = 0; i < r->block_count; i++) {
    OSS_TRY(dp_block_costs(&r->blocks[i], s, order, remaining, &s->cost));
    OSS_TRY(
        be->ops->cost_accumulate(be, r->blocks[i].count, cells, s->options->log, 1.0 / (double)s->input->samples, s->cost.data, out->data));
  }
  return OSS_OK;
}

/* From the states to the row's costs and choices. */
static oss_status choose(dp_run *r, size_t m) {
  dp_shared *s = &r->shared;
  dp_block *lead = &r->blocks[0];
  oss_backend *be = s->input->problem->be;
  int remaining = remaining_in(r, m);
  size_t rows = table_rows(r);
  const oss_buffer *cost = s->options->joint ? &r->reduced : &s->cost, *trial = s->options->joint ? &r->reduced_trial : &s->trial;
  for (size_t i = 0; i < r->block_count; i++) OSS_TRY(dp_block_denoise(&r->blocks[i], s, m));
  if (s->orders == 1) OSS_TRY(fill_costs(r, 0, remaining, 0));
  for (int order = 1; s->orders > 1 && order <= s->orders; order++) {
    OSS_TRY(fill_costs(r, order, remaining, 1));
    OSS_TRY(be->ops->cost_select(be, rows * s->side * s->side, order, trial->data, cost->data, s->choice.data));
  }
  return be->ops->dp_relax(be, rows, s->side - 1, row_flags(r, m), cost->data, lead->previous.data, lead->cur.data, lead->from.data);
}

/* From the choices to the next row's states; the last row has none. */
static oss_status move(dp_run *r, size_t m) {
  dp_shared *s = &r->shared;
  if (m + 1 == r->tables->steps) return OSS_OK;
  for (size_t i = 0; i < r->block_count; i++)
    OSS_TRY(dp_block_advance(&r->blocks[i], s, remaining_in(r, m), r->blocks[0].from.data, s->options->joint ? 0 : s->side, r->raw));
  return OSS_OK;
}

/* A row that is operations only: its buffers take turns, so that every second row is the same work. The first row differs from the others,
 * and so does the last. */
static oss_status repeat_row(dp_run *r, size_t m) {
  oss_backend *be = r->shared.input->problem->be;
  oss_repeat *recorded = &r->recorded[m % 2];
  unsigned flags = row_flags(r, m);
  int run = 1;
  if (m > 0 && m + 1 < r->tables->steps) {
    if (flags != r->flags[m % 2]) OSS_TRY(be->ops->repeat_free(be, recorded));
    r->flags[m % 2] = flags;
    OSS_TRY(be->ops->repeat_begin(be, recorded, &run));
    for (size_t i = 0; !run && i < r->block_count; i++) dp_block_turn(&r->blocks[i]);
    if (!run) return OSS_OK;
    OSS_TRY(choose(r, m));
    OSS_TRY(move(r, m));
    return be->ops->repeat_end(be, recorded);
  }
  OSS_TRY(choose(r, m));
  return move(r, m);
}

static oss_status take_row(dp_run *r, size_t m) {
  if (dp_repeatable(&r->shared)) {
    OSS_TRY(repeat_row(r, m));
    OSS_TRY(record_row(r, m));
  } else {
    OSS_TRY(choose(r, m));
    OSS_TRY(record_row(r, m));
    OSS_TRY(record_orders(r, m));
    OSS_TRY(move(r, m));
  }
  swap_rows(&r->blocks[0]);
  return OSS_OK;
}

static oss_status each_row(dp_run *r, size_t samples) {
  const dp_shared *s = &r->shared;
  oss_backend *be = s->input->problem->be;
  oss_progress *progress = s->input->progress;
  double rows = (double)r->tables->steps, row_work = (double)samples * oss_dp_work(s->input, s->options, (int64_t)r->tables->steps) / rows;
  r->lap = oss_now();
  for (size_t m = 0; m < r->tables->steps; m++) {
    if (progress != NULL)
      oss_progress_stage(progress, "search, samples %zu to %zu, row %zu of %zu", r->blocks[0].first, r->blocks[0].first + samples - 1,
                         m + 1, r->tables->steps);
    OSS_TRY(oss_stage_begin(be, "row"));
    OSS_TRY(oss_stage_end(be, take_row(r, m)));
    OSS_TRY(be->ops->finish(be)); /* the row's time is its own */
    double now = oss_now();
    for (size_t i = m; i < r->tables->steps; i++) r->seconds[i] += now - r->lap;
    r->lap = now;
    if (progress != NULL) oss_progress_work(progress, row_work);
  }
  return OSS_OK;
}

static oss_status run_rows(dp_run *r, size_t samples) {
  oss_backend *be = r->shared.input->problem->be;
  oss_status status = each_row(r, samples);
  for (int i = 0; i < 2; i++) { /* what was recorded names this block's memory */
    oss_status freed = be->ops->repeat_free(be, &r->recorded[i]);
    if (status == OSS_OK) status = freed;
  }
  return status;
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

static oss_status open_reduced(dp_run *r) {
  oss_backend *be = r->shared.input->problem->be;
  size_t cells = r->shared.side * r->shared.side;
  OSS_TRY(oss_buffer_create(be, "search reduced costs", cells, sizeof(double), &r->reduced));
  OSS_TRY(oss_buffer_create(be, "search reduced costs", cells, sizeof(double), &r->zeros));
  return r->shared.orders > 1 ? oss_buffer_create(be, "search reduced costs", cells, sizeof(double), &r->reduced_trial) : OSS_OK;
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
  r.raw_cost = malloc(r.shared.batch * side * sizeof *r.raw_cost);
  if (r.blocks == NULL || r.raw == NULL || r.raw_cost == NULL) {
    status = oss_fail(OSS_ERR_MEMORY, "search over %zu grid points", side);
    goto done;
  }
  OSS_TRY_TO(done, dp_shared_open(&r.shared));
  if (options->joint) OSS_TRY_TO(done, open_reduced(&r));
  status = run_samples(&r);
done:
  for (size_t i = 0; r.blocks != NULL && i < r.block_count; i++) dp_block_close(&r.blocks[i]);
  dp_shared_close(&r.shared);
  oss_buffer_destroy(&r.reduced);
  oss_buffer_destroy(&r.reduced_trial);
  oss_buffer_destroy(&r.zeros);
  free(r.blocks);
  free(r.raw);
  free(r.raw_cost);
  if (status != OSS_OK) oss_tables_free(out);
  return status;
}

int oss_dp_by_budget(const oss_member *solver, int best) {
  return !best && oss_solver_tail(solver) > 1; /* the step onto the end is known by its target */
}

double oss_dp_work(const oss_search_input *input, const oss_dp_options *options, int64_t steps) {
  const oss_problem *p = input->problem;
  if (steps < 1) return 0.0; /* no budget is served */
  double n = (double)p->grid.n, terms = (double)oss_solver_terms(input->solver), pair = 2 * (terms + 2) * (double)p->elements;
  return (double)oss_dp_calls(input, options, steps) * p->denoiser->flops + (double)steps * n * (n + 1) / 2 * pair;
}

oss_bytes oss_dp_bytes(const oss_search_input *input, const oss_dp_options *options, int64_t steps) {
  dp_shared shared;
  dp_shared_size(&shared, input, options);
  size_t batches = (input->samples + shared.batch - 1) / shared.batch;
  size_t blocks = options->joint ? batches : 1, rows = options->joint ? 1 : input->samples;
  size_t table = shared.side * shared.side * sizeof(double), words = (shared.orders > 1 ? 2 : 1) * sizeof(int32_t);
  oss_bytes bytes = oss_bytes_add(dp_shared_bytes(&shared), oss_bytes_of(options->joint ? (shared.orders > 1 ? 3 : 2) * table : 0,
                                                                         rows * (size_t)steps * shared.side * (sizeof(double) + words)));
  for (size_t i = 0; i < blocks; i++) bytes = oss_bytes_add(bytes, dp_block_bytes(&shared, shared.batch, blocks > 1));
  return oss_bytes_add(bytes, oss_bytes_of(0, shared.batch * shared.side * (sizeof(double) + sizeof(int32_t))));
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/threads.h"
#include "host/search/average.h"
#include "host/search/cost.h"
#include "host/search/dp.h"

static const oss_option options[] = {
    {.name = "variant",
     .type = OSS_OPTION_CHOICE,
     .fallback = "paper",
     .choices = "official paper carry",
     .help = "paper: M steps (under start: free the start is also a source later on); official: as published, whose schedule can miss the "
             "cost it claims; carry: up to M steps"},
    {.name = "start", .type = OSS_OPTION_CHOICE, .fallback = "free", .choices = "free pinned", .help = "first index: any, or N"},
    {.name = "samples",
     .type = OSS_OPTION_CHOICE,
     .fallback = "average",
     .choices = "per_sample average joint",
     .help = "a schedule a sample (needs samples.evaluate: same), their average (OSS-ave), or one search over all samples"},
    {.name = "average",
     .type = OSS_OPTION_CHOICE,
     .fallback = "median",
     .choices = "median mean official",
     .help = "samples: average: of each step's index; official: the published code's median"},
    {.name = "reduce",
     .type = OSS_OPTION_CHOICE,
     .fallback = "mean",
     .choices = "mean log_mean",
     .help = "samples: joint: mean of the costs over the samples, or of their logarithms (matches averaged PSNR)"},
    {.name = "orders",
     .type = OSS_OPTION_CHOICE,
     .fallback = "fixed",
     .choices = "fixed best",
     .help = "multistep solvers: the solver's own order, or each pair's best of all orders up to it (algorithm 2)"},
    {.name = "sampling",
     .type = OSS_OPTION_CHOICE,
     .fallback = "fixed",
     .choices = "fixed stored",
     .help = "orders: best: the student takes the solver's own orders, as published, or those that the search chose"},
    {.name = "max_calls",
     .type = OSS_OPTION_INT,
     .fallback = "2000000",
     .min = 1,
     .max = 9e18,
     .help = "largest number of denoiser calls of a search with a call a pair (two-call solvers, cost: x0)"},
    {.name = "cost", .type = OSS_OPTION_NESTED, .fallback = "xt", .nested = &oss_costs, .help = "what is compared with the teacher"},
};

typedef struct settings {
  oss_dp_options dp; /* its cost is owned */
  int average, per_sample, stored;
  oss_average how;
} settings;

/* All but what the cost looks at, which may be in a file: enough to count calls. */
static void read_options(const oss_member *member, const oss_search_input *input, settings *s) {
  const oss_cost_desc *cost = (const oss_cost_desc *)oss_member_value(member, "cost")->nested->desc;
  *s = (settings){.average = oss_member_is(member, "samples", "average"), .per_sample = oss_member_is(member, "samples", "per_sample")};
  s->dp.cost = (oss_cost_view){.data = cost->data, .calls = cost->calls};
  s->dp.best = oss_member_is(member, "orders", "best");
  s->dp.by_budget = oss_dp_by_budget(input->solver, s->dp.best);
  s->dp.threads = oss_host_threads(input->problem->be);
  s->stored = oss_member_is(member, "sampling", "stored");
  s->dp.variant = oss_member_is(member, "variant", "official") ? OSS_VARIANT_OFFICIAL
                  : oss_member_is(member, "variant", "carry")  ? OSS_VARIANT_CARRY
                                                               : OSS_VARIANT_PAPER;
  s->dp.pinned = oss_member_is(member, "start", "pinned");
  s->dp.joint = oss_member_is(member, "samples", "joint");
  s->dp.log = oss_member_is(member, "reduce", "log_mean");
  s->how = oss_member_is(member, "average", "mean")       ? OSS_AVERAGE_MEAN
           : oss_member_is(member, "average", "official") ? OSS_AVERAGE_OFFICIAL
                                                          : OSS_AVERAGE_MEDIAN;
}

static oss_status read_settings(const oss_member *member, const oss_search_input *input, settings *s) {
  read_options(member, input, s);
  return oss_cost_view_create(oss_member_value(member, "cost")->nested, input->problem, &s->dp.cost);
}

static int64_t calls_of(const settings *s, const oss_search_input *input, int64_t steps) {
  return oss_search_product((int64_t)input->samples, oss_dp_calls(input, &s->dp, steps));
}

/* A run of the programme serves all budgets, or each has its own. */
static double work(const oss_member *member, const oss_search_input *input) {
  settings s;
  read_options(member, input, &s);
  if (!s.dp.by_budget) return (double)input->samples * oss_dp_work(input, &s.dp, oss_search_largest(input));
  double sum = 0.0;
  for (size_t i = 0; i < input->budget_count; i++) sum += (double)input->samples * oss_dp_work(input, &s.dp, input->budgets[i]);
  return sum;
}

static oss_status check_settings(const oss_member *member, const oss_search_input *input, const settings *s) {
  int64_t most = oss_member_int(member, "max_calls"), calls = calls_of(s, input, oss_search_largest(input));
  if (s->per_sample && !input->evaluate_same)
    return oss_fail(OSS_ERR_UNSUPPORTED, "samples: per_sample finds a schedule for one noise: it needs samples.evaluate: same");
  if (s->stored && !s->dp.best) return oss_member_fail(member, "sampling: stored needs orders: best");
  if (s->stored && s->average)
    return oss_fail(OSS_ERR_UNSUPPORTED,
                    "sampling: stored needs samples: per_sample or joint: an average schedule has no orders of its own");
  if (oss_dp_pairwise(input->solver, &s->dp.cost) && calls > most)
    return oss_fail(
        OSS_ERR_UNSUPPORTED,
        "a denoiser call a pair of grid points makes %lld calls, above max_calls %lld: fewer teacher.steps or samples.search, or a "
        "larger max_calls",
        (long long)calls, (long long)most);
  return OSS_OK;
}

static oss_status check(const oss_member *member, const oss_search_input *input) {
  settings s;
  OSS_TRY(read_settings(member, input, &s));
  oss_status status = check_settings(member, input, &s);
  oss_cost_view_free(&s.dp.cost);
  return status;
}

static int64_t nfe(const oss_member *member, const oss_search_input *input, int64_t steps) {
  settings s;
  read_options(member, input, &s);
  return oss_search_product(calls_of(&s, input, steps), input->problem->denoiser->evaluations);
}

/* The first `steps` rows of every sample's tables. */
static oss_status cut_tables(const oss_tables *all, size_t steps, oss_tables *out) {
  size_t side = all->n + 1, row = steps * side;
  *out = (oss_tables){.rows = all->rows, .steps = steps, .n = all->n};
  out->cost = malloc(all->rows * row * sizeof *out->cost);
  out->from = malloc(all->rows * row * sizeof *out->from);
  if (all->order != NULL) out->order = malloc(all->rows * row * sizeof *out->order);
  if (out->cost == NULL || out->from == NULL || (all->order != NULL && out->order == NULL)) {
    oss_tables_free(out);
    return oss_fail(OSS_ERR_MEMORY, "search tables");
  }
  for (size_t r = 0; r < all->rows; r++) {
    memcpy(out->cost + r * row, all->cost + r * all->steps * side, row * sizeof *out->cost);
    memcpy(out->from + r * row, all->from + r * all->steps * side, row * sizeof *out->from);
    if (all->order != NULL) memcpy(out->order + r * row, all->order + r * all->steps * side, row * sizeof *out->order);
  }
  return OSS_OK;
}

/* The schedule of one budget from the tables. */
static oss_status extract(const settings *s, const oss_search_input *input, const oss_tables *tables, size_t steps, oss_found *found) {
  const oss_grid *grid = &input->problem->grid;
  size_t width = steps + 1;
  int32_t *index = malloc(tables->rows * width * sizeof *index), *mean = malloc(width * sizeof *mean), *order = NULL;
  oss_status status = OSS_OK;
  if (tables->order != NULL && !s->average) order = malloc(tables->rows * steps * sizeof *order);
  if (index == NULL || mean == NULL || (tables->order != NULL && !s->average && order == NULL)) {
    status = oss_fail(OSS_ERR_MEMORY, "schedules");
    goto done;
  }
  for (size_t r = 0; r < tables->rows; r++)
    OSS_TRY_TO(done, oss_dp_backtrack(tables, r, steps, index + r * width, order != NULL ? order + r * steps : NULL));
  if (s->average) OSS_TRY_TO(done, oss_average_schedules(s->how, tables->rows, steps, index, mean));
  OSS_TRY_TO(done, oss_schedule_from_indices(grid, s->average ? 1 : tables->rows, steps, s->average ? mean : index, &found->schedule));
  found->schedule.order = order;
  found->schedule.follow = s->stored && order != NULL;
  order = NULL;
  if (s->average) {
    found->per_sample = (oss_array){.type = OSS_I32, .rank = 2, .dims = {tables->rows, width}, .data = index};
    index = NULL;
  }
done:
  free(index);
  free(mean);
  free(order);
  return status;
}

/* One run of the programme, of `most` rows, for budgets[first .. first + count - 1]. */
static oss_status serve(const settings *s, const oss_member *member, const oss_search_input *input, int64_t most, size_t first,
                        size_t count, oss_found *found) {
  oss_tables tables = {0};
  oss_status status;
  double *seconds = malloc((size_t)most * sizeof *seconds);
  if (seconds == NULL) return oss_fail(OSS_ERR_MEMORY, "search");
  OSS_TRY_TO(done, oss_dp_run(input, &s->dp, most, &tables, seconds));
  for (size_t i = first; i < first + count; i++) {
    size_t steps = (size_t)input->budgets[i];
    OSS_TRY_TO(done, extract(s, input, &tables, steps, &found[i]));
    found[i].nfe = nfe(member, input, input->budgets[i]);
    found[i].seconds = seconds[steps - 1];
    if (input->want_tables) OSS_TRY_TO(done, cut_tables(&tables, steps, &found[i].tables));
  }
done:
  oss_tables_free(&tables);
  free(seconds);
  return status;
}

static oss_status find(const oss_member *member, const oss_search_input *input, oss_found *found) {
  settings s;
  oss_status status = OSS_OK;
  OSS_TRY(read_settings(member, input, &s));
  if (!s.dp.by_budget) {
    status = serve(&s, member, input, oss_search_largest(input), 0, input->budget_count, found);
  } else {
    for (size_t i = 0; i < input->budget_count && status == OSS_OK; i++) status = serve(&s, member, input, input->budgets[i], i, 1, found);
  }
  if (status != OSS_OK)
    for (size_t i = 0; i < input->budget_count; i++) oss_found_free(&found[i]);
  oss_cost_view_free(&s.dp.cost);
  return status;
}

/* The programme's own memory is gone when the tables are cut, one cut a budget. */
static oss_bytes bytes(const oss_member *member, const oss_search_input *input, size_t *held) {
  settings s;
  if (read_settings(member, input, &s) != OSS_OK) return (oss_bytes){0};
  oss_bytes searching = oss_dp_bytes(input, &s.dp, oss_search_largest(input));
  size_t rows = s.dp.joint ? 1 : input->samples;
  size_t row = rows * ((size_t)input->problem->grid.n + 1) * (sizeof(double) + (s.dp.best ? 2 : 1) * sizeof(int32_t));
  for (size_t i = 0; i < input->budget_count; i++) {
    *held += rows * ((size_t)input->budgets[i] + 1) * (sizeof(double) + 3 * sizeof(int32_t));
    if (input->want_tables) *held += row * (size_t)input->budgets[i];
  }
  size_t cutting = row * (size_t)oss_search_largest(input) + *held;
  oss_cost_view_free(&s.dp.cost);
  return oss_bytes_most(searching, oss_bytes_of(0, cutting));
}

const oss_schedule_desc oss_search_oss = {
    .base = {.name = "oss",
             .summary = "Optimal Stepsize Distillation: dynamic programming against the teacher's trajectory",
             .source = "Pei et al. 2025 (arXiv 2503.21774), algorithms 1 and 2",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .needs_teacher = 1,
    .check = check,
    .find = find,
    .bytes = bytes,
    .nfe = nfe,
    .work = work,
};

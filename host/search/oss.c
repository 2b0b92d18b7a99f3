// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
    {.name = "cost", .type = OSS_OPTION_NESTED, .fallback = "xt", .nested = &oss_costs, .help = "what is compared with the teacher"},
};

typedef struct settings {
  oss_dp_options dp;
  int average, per_sample;
  oss_average how;
  int32_t *columns; /* owned */
} settings;

static oss_status read_settings(const oss_member *member, const oss_problem *problem, settings *s) {
  const oss_member *cost = oss_member_value(member, "cost")->nested;
  *s = (settings){.average = oss_member_is(member, "samples", "average"), .per_sample = oss_member_is(member, "samples", "per_sample")};
  OSS_TRY(oss_cost_columns(cost, problem, &s->columns, &s->dp.column_count));
  s->dp.columns = s->columns;
  s->dp.p = oss_member_real(cost, "p");
  s->dp.variant = oss_member_is(member, "variant", "official") ? OSS_VARIANT_OFFICIAL
                  : oss_member_is(member, "variant", "carry")  ? OSS_VARIANT_CARRY
                                                               : OSS_VARIANT_PAPER;
  s->dp.pinned = oss_member_is(member, "start", "pinned");
  s->dp.joint = oss_member_is(member, "samples", "joint");
  s->dp.log = oss_member_is(member, "reduce", "log_mean");
  s->how = oss_member_is(member, "average", "mean")       ? OSS_AVERAGE_MEAN
           : oss_member_is(member, "average", "official") ? OSS_AVERAGE_OFFICIAL
                                                          : OSS_AVERAGE_MEDIAN;
  return OSS_OK;
}

static oss_status check(const oss_member *member, const oss_search_input *input) {
  settings s;
  OSS_TRY(read_settings(member, input->problem, &s));
  free(s.columns);
  if (s.per_sample && !input->evaluate_same)
    return oss_fail(OSS_ERR_UNSUPPORTED, "samples: per_sample finds a schedule for one noise: it needs samples.evaluate: same");
  return OSS_OK;
}

static int64_t largest(const oss_search_input *input) {
  int64_t most = 0;
  for (size_t i = 0; i < input->budget_count; i++)
    if (input->budgets[i] > most) most = input->budgets[i];
  return most;
}

static int64_t nfe(const oss_member *member, const oss_search_input *input, int64_t steps) {
  (void)member;
  return (int64_t)input->samples * input->problem->grid.n * steps * input->problem->denoiser->evaluations;
}

/* The first `steps` rows of every sample's tables. */
static oss_status cut_tables(const oss_tables *all, size_t steps, oss_tables *out) {
  size_t side = all->n + 1, row = steps * side;
  *out = (oss_tables){.rows = all->rows, .steps = steps, .n = all->n};
  out->cost = malloc(all->rows * row * sizeof *out->cost);
  out->from = malloc(all->rows * row * sizeof *out->from);
  if (out->cost == NULL || out->from == NULL) {
    oss_tables_free(out);
    return oss_fail(OSS_ERR_MEMORY, "search tables");
  }
  for (size_t r = 0; r < all->rows; r++) {
    memcpy(out->cost + r * row, all->cost + r * all->steps * side, row * sizeof *out->cost);
    memcpy(out->from + r * row, all->from + r * all->steps * side, row * sizeof *out->from);
  }
  return OSS_OK;
}

/* The schedule of one budget from the tables. */
static oss_status extract(const settings *s, const oss_search_input *input, const oss_tables *tables, size_t steps, oss_found *found) {
  const oss_grid *grid = &input->problem->grid;
  size_t width = steps + 1;
  int32_t *index = malloc(tables->rows * width * sizeof *index), *mean = NULL;
  oss_status status = OSS_OK;
  if (index == NULL) return oss_fail(OSS_ERR_MEMORY, "schedules");
  for (size_t r = 0; r < tables->rows; r++) OSS_TRY_TO(done, oss_dp_backtrack(tables, r, steps, index + r * width));
  if (!s->average) {
    status = oss_schedule_from_indices(grid, tables->rows, steps, index, &found->schedule);
    goto done;
  }
  mean = malloc(width * sizeof *mean);
  if (mean == NULL) {
    status = oss_fail(OSS_ERR_MEMORY, "schedules");
    goto done;
  }
  OSS_TRY_TO(done, oss_average_schedules(s->how, tables->rows, steps, index, mean));
  OSS_TRY_TO(done, oss_schedule_from_indices(grid, 1, steps, mean, &found->schedule));
  found->per_sample = (oss_array){.type = OSS_I32, .rank = 2, .dims = {tables->rows, width}, .data = index};
  index = NULL;
done:
  free(index);
  free(mean);
  return status;
}

static oss_status find(const oss_member *member, const oss_search_input *input, oss_found *found) {
  settings s;
  oss_tables tables = {0};
  int64_t most = largest(input);
  double *seconds = NULL;
  oss_status status = OSS_OK;
  OSS_TRY(read_settings(member, input->problem, &s));
  seconds = malloc((size_t)most * sizeof *seconds);
  if (seconds == NULL) {
    status = oss_fail(OSS_ERR_MEMORY, "search");
    goto done;
  }
  OSS_TRY_TO(done, oss_dp_run(input, &s.dp, most, &tables, seconds));
  for (size_t i = 0; i < input->budget_count; i++) {
    size_t steps = (size_t)input->budgets[i];
    OSS_TRY_TO(done, extract(&s, input, &tables, steps, &found[i]));
    found[i].nfe = nfe(member, input, input->budgets[i]);
    found[i].seconds = seconds[steps - 1];
    if (input->want_tables) OSS_TRY_TO(done, cut_tables(&tables, steps, &found[i].tables));
  }
done:
  if (status != OSS_OK)
    for (size_t i = 0; i < input->budget_count; i++) oss_found_free(&found[i]);
  oss_tables_free(&tables);
  free(seconds);
  free(s.columns);
  return status;
}

/* The programme's own memory is gone when the tables are cut, one cut a budget. */
static size_t bytes(const oss_member *member, const oss_search_input *input, size_t *held) {
  settings s;
  if (read_settings(member, input->problem, &s) != OSS_OK) return 0;
  size_t searching = oss_dp_bytes(input, &s.dp, largest(input)), rows = s.dp.joint ? 1 : input->samples;
  size_t row = rows * ((size_t)input->problem->grid.n + 1) * (sizeof(double) + sizeof(int32_t));
  for (size_t i = 0; i < input->budget_count; i++) {
    *held += rows * ((size_t)input->budgets[i] + 1) * (sizeof(double) + 2 * sizeof(int32_t));
    if (input->want_tables) *held += row * (size_t)input->budgets[i];
  }
  size_t cutting = row * (size_t)largest(input) + *held;
  free(s.columns);
  return searching > cutting ? searching : cutting;
}

const oss_schedule_desc oss_search_oss = {
    .base = {.name = "oss",
             .summary = "Optimal Stepsize Distillation: dynamic programming against the teacher's trajectory",
             .source = "Pei et al. 2025 (arXiv 2503.21774), algorithm 1",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .needs_teacher = 1,
    .check = check,
    .find = find,
    .bytes = bytes,
    .nfe = nfe,
};

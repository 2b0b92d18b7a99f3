// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/log.h"
#include "host/search/pair_cost.h"

static const oss_option options[] = {
    {.name = "metric",
     .type = OSS_OPTION_CHOICE,
     .fallback = "dev",
     .choices = "l1 l2 dev",
     .help = "cost of a step: its distance from the teacher (sum of absolute differences, or Euclidean), or how much farther than the "
             "teacher it is from the line through the teacher's ends"},
    {.name = "coefficient",
     .type = OSS_OPTION_REAL,
     .fallback = "1.15",
     .open_min = 1,
     .help = "weight of all that follows a step against its own cost; above 1 asks for more care near the data"},
};

static oss_pair_metric metric_of(const oss_member *member) {
  return oss_member_is(member, "metric", "l1") ? OSS_PAIR_L1 : oss_member_is(member, "metric", "l2") ? OSS_PAIR_L2 : OSS_PAIR_DEV;
}

static int64_t nfe(const oss_member *member, const oss_search_input *input, int64_t steps) {
  (void)member;
  (void)steps;
  return (int64_t)input->samples * oss_pair_cost_calls(input) * input->problem->denoiser->evaluations;
}

static double work(const oss_member *member, const oss_search_input *input) {
  (void)member;
  return input->budget_count > 0 ? oss_pair_cost_work(input) : 0.0;
}

/* left [steps+1][side]: the cost from each index to the end in exactly so many steps, left[1] the last step alone; infinite where that is
 * impossible. next: the index after it; the largest of equally good ones, as the published code takes the first it meets from the noise. */
static void fill_rows(const double *cost, size_t side, size_t steps, double coefficient, double *left, int32_t *next) {
  for (size_t k = 0; k < side; k++) {
    left[side + k] = cost[k * side];
    next[side + k] = 0;
  }
  for (size_t m = 2; m <= steps; m++)
    for (size_t k = 0; k < side; k++) {
      double best = INFINITY;
      next[m * side + k] = -1;
      for (size_t j = k; j-- > 1;) {
        double through = cost[k * side + j] + coefficient * left[(m - 1) * side + j];
        if (!(through < best)) continue;
        best = through;
        next[m * side + k] = (int32_t)j;
      }
      left[m * side + k] = best;
    }
}

static oss_status extract(const oss_grid *grid, size_t steps, const int32_t *next, oss_schedule *out) {
  size_t side = (size_t)grid->n + 1;
  int32_t *index = malloc((steps + 1) * sizeof *index);
  if (index == NULL) return oss_fail(OSS_ERR_MEMORY, "schedule");
  index[0] = (int32_t)grid->n;
  oss_status status = OSS_OK;
  for (size_t i = 0; i < steps && status == OSS_OK; i++) {
    index[i + 1] = next[(steps - i) * side + (size_t)index[i]];
    if (index[i + 1] < 0) status = oss_fail(OSS_ERR_NUMERIC, "gits: no schedule of %zu steps has a finite cost", steps);
  }
  if (status == OSS_OK) status = oss_schedule_from_indices(grid, 1, steps, index, out);
  free(index);
  return status;
}

static oss_status keep_costs(const double *cost, size_t side, oss_array *out) {
  *out = (oss_array){.type = OSS_F64, .rank = 2, .dims = {side, side}, .data = malloc(side * side * sizeof *cost)};
  if (out->data == NULL) return oss_fail(OSS_ERR_MEMORY, "pair costs of %zu grid points", side);
  memcpy(out->data, cost, side * side * sizeof *cost);
  return OSS_OK;
}

static oss_status find(const oss_member *member, const oss_search_input *input, oss_found *found) {
  const oss_grid *grid = &input->problem->grid;
  size_t side = (size_t)grid->n + 1, most = (size_t)oss_search_largest(input);
  double *cost = malloc(side * side * sizeof *cost), *left = malloc((most + 1) * side * sizeof *left), begin = oss_now();
  int32_t *next = malloc((most + 1) * side * sizeof *next);
  oss_status status = OSS_OK;
  if (cost == NULL || left == NULL || next == NULL) {
    status = oss_fail(OSS_ERR_MEMORY, "search over %zu grid points", side);
    goto done;
  }
  OSS_TRY_TO(done, oss_pair_cost_fill(input, metric_of(member), cost));
  fill_rows(cost, side, most, oss_member_real(member, "coefficient"), left, next);
  for (size_t i = 0; i < input->budget_count; i++) {
    OSS_TRY_TO(done, extract(grid, (size_t)input->budgets[i], next, &found[i].schedule));
    if (input->want_tables) OSS_TRY_TO(done, keep_costs(cost, side, &found[i].pair_cost));
    found[i].nfe = nfe(member, input, input->budgets[i]);
    found[i].seconds = oss_now() - begin;
  }
done:
  if (status != OSS_OK)
    for (size_t i = 0; i < input->budget_count; i++) oss_found_free(&found[i]);
  free(cost);
  free(left);
  free(next);
  return status;
}

static oss_bytes bytes(const oss_member *member, const oss_search_input *input, size_t *held) {
  size_t side = (size_t)input->problem->grid.n + 1, table = side * side * sizeof(double);
  for (size_t i = 0; i < input->budget_count; i++)
    *held += ((size_t)input->budgets[i] + 1) * (sizeof(double) + 2 * sizeof(int32_t)) + (input->want_tables ? table : 0);
  size_t rows = ((size_t)oss_search_largest(input) + 1) * side * (sizeof(double) + sizeof(int32_t));
  oss_bytes most = oss_bytes_most(oss_pair_cost_bytes(input, metric_of(member)), oss_bytes_of(0, *held));
  return oss_bytes_add(oss_bytes_of(0, table + rows), most);
}

const oss_schedule_desc oss_search_gits = {
    .base = {.name = "gits",
             .summary = "dynamic programming over what each step costs by itself on the teacher's trajectory; one schedule, from N to 0",
             .source = "Chen et al. 2024 (arXiv 2405.11326), algorithm 1",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .needs_teacher = 1,
    .find = find,
    .bytes = bytes,
    .nfe = nfe,
    .work = work,
};

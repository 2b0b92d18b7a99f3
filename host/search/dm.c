// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/log.h"
#include "host/search/dm_minimise.h"
#include "host/search/times.h"

static const oss_option options[] = {
    {.name = "init",
     .type = OSS_OPTION_CHOICE,
     .fallback = "logsnr",
     .choices = "logsnr uniform edm quadratic",
     .help = "where the minimisation starts first (uniform, quadratic: in flow time); the others follow and the best is kept"},
};

enum { STARTS = 4 };

/* The formulas of `init`, the chosen one first. */
static void list_starts(const oss_member *member, oss_formula out[STARTS]) {
  static const char *const names[STARTS] = {"logsnr", "uniform", "edm", "quadratic"};
  const oss_formula formulas[STARTS] = {oss_formula_logsnr(), oss_formula_flow(1.0), oss_formula_edm(7.0), oss_formula_quadratic()};
  size_t next = 1;
  for (size_t i = 0; i < STARTS; i++) out[oss_member_is(member, "init", names[i]) ? 0 : next++] = formulas[i];
}

static double lambda_of_t(double t) {
  return log1p(-t) - log(t);
}

static double t_of_lambda(double lambda) {
  return 1.0 / (1.0 + exp(lambda));
}

/* Fills t, the K+1 times of the range. One interval has nothing to choose; its objective is reported all the same. */
static oss_status optimise(const oss_member *member, const oss_level_range *range, double *t, double *objective) {
  size_t k = (size_t)range->intervals, side = k + 1;
  oss_formula formulas[STARTS];
  double *starts = malloc((STARTS + 1) * side * sizeof *starts), *best = starts + STARTS * side;
  if (starts == NULL) return oss_fail(OSS_ERR_MEMORY, "knots of %zu intervals", k);
  list_starts(member, formulas);
  for (size_t s = 0; s < STARTS; s++) {
    double *knots = starts + s * side;
    oss_formula_times(&formulas[s], range->high, range->low, range->intervals, knots);
    for (size_t i = 0; i <= k; i++) knots[i] = lambda_of_t(knots[i]);
  }
  oss_status status = oss_dm_minimise(k, STARTS, starts, best, objective);
  t[0] = range->high;
  t[k] = range->low;
  for (size_t i = 1; i < k; i++) t[i] = t_of_lambda(best[i]);
  free(starts);
  return status;
}

/* The range of a budget, or why there is none. */
static oss_status find_range(const oss_grid *grid, int64_t steps, oss_level_range *range) {
  *range = oss_times_level_range(grid, steps);
  if (range->intervals > OSS_DM_MAX_INTERVALS)
    return oss_fail(OSS_ERR_UNSUPPORTED,
                    "dm: %lld steps (student.steps): at most %d, its minimisation takes a time that grows with the third power",
                    (long long)steps, OSS_DM_MAX_INTERVALS);
  /* t_N takes the place of the first knot, so one interval needs no second finite level. */
  double above = range->intervals == 1 ? grid->t[grid->n] : range->high;
  if (range->intervals > 0 && !(range->low < above * (1.0 - 1e-6)))
    return oss_fail(OSS_ERR_UNSUPPORTED, "dm: no room for %lld steps: the teacher's finite noise levels lie between t = %g and %g",
                    (long long)steps, range->high, range->low);
  return OSS_OK;
}

static oss_status check(const oss_member *member, const oss_search_input *input) {
  (void)member;
  for (size_t i = 0; i < input->budget_count; i++) {
    oss_level_range range;
    OSS_TRY(find_range(&input->problem->grid, input->budgets[i], &range));
  }
  return OSS_OK;
}

static oss_status find_one(const oss_member *member, const oss_grid *grid, int64_t steps, oss_found *found) {
  oss_level_range range;
  OSS_TRY(find_range(grid, steps, &range));
  double *t = malloc(((size_t)steps + 1) * sizeof *t), began = oss_now();
  oss_status status = OSS_OK;
  if (t == NULL) return oss_fail(OSS_ERR_MEMORY, "schedule of %lld steps", (long long)steps);
  if (range.intervals > 0 && range.low < range.high) {
    OSS_TRY_TO(done, optimise(member, &range, t, &found->claim.cost));
    found->claim.priced = 1;
  } else if (range.intervals > 0) {
    t[range.intervals] = range.low;
  }
  t[0] = grid->t[grid->n];
  t[steps] = grid->t[0];
  if (oss_times_descend(grid, steps, t) != OSS_OK) {
    status = oss_fail(OSS_ERR_NUMERIC, "%s", oss_message());
    goto done;
  }
  OSS_TRY_TO(done, oss_schedule_from_times(grid, (size_t)steps, t, &found->schedule));
  found->seconds = oss_now() - began;
done:
  free(t);
  return status;
}

static oss_status find(const oss_member *member, const oss_search_input *input, oss_found *found) {
  for (size_t i = 0; i < input->budget_count; i++) {
    oss_status status = find_one(member, &input->problem->grid, input->budgets[i], &found[i]);
    if (status == OSS_OK) continue;
    do oss_found_free(&found[i]);
    while (i-- > 0);
    return oss_fail_context(status, "dm");
  }
  return OSS_OK;
}

const oss_schedule_desc oss_search_dm = {
    .base = {.name = "dm",
             .summary = "optimised time steps: a bound on the error of multistep solvers, minimised over the knots; needs no denoiser call",
             .source = "Xue et al. 2024 (arXiv 2402.17376), the objective of its published code",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .check = check,
    .find = find,
};

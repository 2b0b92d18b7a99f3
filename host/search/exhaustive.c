// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/log.h"
#include "host/core/registries.h"
#include "host/core/value.h"
#include "host/core/yaml_node.h"
#include "host/search/branch.h"

static const oss_option options[] = {
    {.name = "start", .type = OSS_OPTION_CHOICE, .fallback = "free", .choices = "free pinned", .help = "first index: any, or N"},
    {.name = "samples",
     .type = OSS_OPTION_CHOICE,
     .fallback = "joint",
     .choices = "per_sample joint",
     .help = "the best schedule for all samples together, or one a sample (needs samples.evaluate: same)"},
    {.name = "fewer", .type = OSS_OPTION_BOOL, .fallback = "true", .help = "whether a schedule may take fewer steps than its budget"},
    {.name = "p",
     .type = OSS_OPTION_REAL,
     .fallback = "2",
     .max = 16,
     .open_min = 1,
     .help = "what is minimised: the mean |difference|^p of the end states from the teacher's, averaged over the samples"},
    {.name = "calls",
     .type = OSS_OPTION_INT,
     .fallback = "10000000",
     .min = 1,
     .max = 1e15,
     .help = "denoiser calls on one sample that it may take; when they end, the best schedule so far and a bound are returned"},
};

static oss_branch_options read_options(const oss_member *member) {
  return (oss_branch_options){.pinned = oss_member_is(member, "start", "pinned"),
                              .per_sample = oss_member_is(member, "samples", "per_sample"),
                              .fewer = oss_member_int(member, "fewer") != 0,
                              .p = oss_member_real(member, "p"),
                              .calls = oss_member_int(member, "calls")};
}

/* Per sample, a part of the tree says nothing about the samples that were not walked through it. */
static oss_status check(const oss_member *member, const oss_search_input *input) {
  oss_branch_options o = read_options(member);
  oss_branch_plan plan;
  if (!o.per_sample) return OSS_OK;
  if (!input->evaluate_same)
    return oss_fail(OSS_ERR_UNSUPPORTED, "samples: per_sample finds a schedule for one noise: it needs samples.evaluate: same");
  OSS_TRY(oss_branch_plan_of(input, &o, &plan));
  if (plan.calls <= (double)o.calls) return OSS_OK;
  return oss_fail(OSS_ERR_UNSUPPORTED, "all schedules of every sample take %.3g denoiser calls, exhaustive.calls allows %lld", plan.calls,
                  (long long)o.calls);
}

/* The search by dynamic programming with the same start, whose schedules are what to begin with where the calls may end. */
static oss_status make_guide(const oss_branch_options *o, oss_member **out) {
  static const oss_registry *const registries[] = {&oss_searches, NULL};
  char number[OSS_NUMBER_BYTES];
  oss_member **members = NULL;
  oss_node *node = NULL;
  size_t count = 0;
  char *text = oss_format("{kind: oss, samples: joint, start: %s, cost: {kind: xt, p: %s}}", o->pinned ? "pinned" : "free",
                          oss_number_text(o->p, number));
  *out = NULL;
  if (text == NULL) return oss_fail(OSS_ERR_MEMORY, "search");
  oss_status status = oss_yaml_value("exhaustive", text, strlen(text), 1, &node);
  if (status == OSS_OK) status = oss_members_parse(registries, node, "exhaustive", ".", &members, &count);
  if (status == OSS_OK) {
    *out = members[0];
    free(members);
  }
  oss_node_free(node);
  free(text);
  return status;
}

/* What that search costs, or 0 where it is not asked: the calls suffice, or it takes more than half of them or those that one sample needs.
 */
static int64_t guide_calls(const oss_member *guide, const oss_search_input *input, const oss_branch_options *o) {
  oss_branch_plan plan;
  if (o->per_sample || oss_branch_plan_of(input, o, &plan) != OSS_OK || !plan.tight) return 0;
  oss_search_input quiet = *input;
  quiet.want_tables = 0;
  int alone = oss_solver_tail(input->solver) > 1; /* it searches each budget by itself then */
  int64_t calls = 0;
  for (size_t i = 0; i < input->budget_count; i++) {
    if (oss_schedule_check(guide, &quiet, input->budgets[i]) != OSS_OK) return 0;
    int64_t own = oss_schedule_nfe(guide, &quiet, input->budgets[i]) / input->problem->denoiser->evaluations;
    calls = alone ? calls + own : own > calls ? own : calls;
  }
  return calls <= o->calls / 2 && (plan.out_of_reach || plan.first + (double)calls <= (double)o->calls) ? calls : 0;
}

/* found [budget_count] stays empty where the search is not asked. */
static oss_status ask_guide(const oss_search_input *input, const oss_branch_options *o, oss_found *found, int64_t *calls) {
  oss_member *guide;
  oss_search_input quiet = *input;
  quiet.want_tables = 0;
  OSS_TRY(make_guide(o, &guide));
  *calls = guide_calls(guide, input, o);
  oss_status status = *calls > 0 ? oss_schedule_find(guide, &quiet, found) : OSS_OK;
  oss_member_free(guide);
  return status;
}

static int64_t nfe(const oss_member *member, const oss_search_input *input, int64_t steps) {
  oss_branch_options o = read_options(member);
  oss_search_input alone = *input;
  oss_branch_plan plan;
  alone.budget_count = 1;
  alone.budgets = &steps;
  if (oss_branch_plan_of(&alone, &o, &plan) != OSS_OK) return 0;
  return oss_search_product(plan.calls < 1e18 ? (int64_t)plan.calls : (int64_t)1e18, input->problem->denoiser->evaluations);
}

static double work(const oss_member *member, const oss_search_input *input) {
  oss_branch_options o = read_options(member);
  oss_branch_plan plan;
  return oss_branch_plan_of(input, &o, &plan) == OSS_OK ? plan.calls * input->problem->denoiser->flops : 0.0;
}

/* The schedules of one budget and what is known of them. */
static oss_status extract(const oss_branch *b, size_t budget, oss_found *found) {
  size_t width = budget + 1;
  int32_t *index = calloc(b->rows * width, sizeof *index);
  double sum = 0.0, samples = (double)b->input->samples;
  if (index == NULL) return oss_fail(OSS_ERR_MEMORY, "schedules");
  for (size_t r = 0; r < b->rows; r++) {
    size_t d = oss_branch_best(b, budget, r), repeats = budget - d;
    const int32_t *path = b->path + (d * b->rows + r) * b->depth;
    if (d == 0) {
      free(index);
      return oss_fail(OSS_ERR_NUMERIC, "no schedule of %zu steps ends with a finite error", budget);
    }
    for (size_t i = 0; i < budget; i++) index[r * width + i] = path[i < repeats ? 0 : i - repeats];
    sum += b->best[d * b->rows + r];
  }
  oss_status status = oss_schedule_from_indices(&b->input->problem->grid, b->rows, budget, index, &found->schedule);
  free(index);
  double bound = oss_branch_bound(b, budget);
  found->claim = (oss_claim){.priced = 1, .bounded = 1, .cost = sum / samples, .bound = bound / samples, .complete = !(bound < sum)};
  return status;
}

static oss_status search(const oss_search_input *input, const oss_branch_options *o, oss_found *found) {
  double begin = oss_now();
  int64_t guided = 0;
  oss_branch b = {0};
  oss_found *guide = calloc(input->budget_count, sizeof *guide);
  oss_status status = OSS_OK;
  if (guide == NULL) return oss_fail(OSS_ERR_MEMORY, "search");
  OSS_TRY_TO(done, ask_guide(input, o, guide, &guided));
  OSS_TRY_TO(done, oss_branch_create(input, o, &b));
  b.calls.left -= guided;
  b.found = guided > 0 ? guide : NULL;
  OSS_TRY_TO(done, oss_branch_run(&b));
  for (size_t i = 0; i < input->budget_count; i++) {
    OSS_TRY_TO(done, extract(&b, (size_t)input->budgets[i], &found[i]));
    found[i].nfe = oss_branch_calls(&b, (size_t)input->budgets[i]) * input->problem->denoiser->evaluations + guide[i].nfe;
    found[i].seconds = oss_now() - begin;
  }
done:
  oss_branch_free(&b);
  for (size_t i = 0; i < input->budget_count; i++) oss_found_free(&guide[i]);
  free(guide);
  return status;
}

static oss_status find(const oss_member *member, const oss_search_input *input, oss_found *found) {
  oss_branch_options o = read_options(member);
  oss_status status = search(input, &o, found);
  if (status != OSS_OK)
    for (size_t i = 0; i < input->budget_count; i++) oss_found_free(&found[i]);
  return status;
}

static oss_bytes bytes(const oss_member *member, const oss_search_input *input, size_t *held) {
  oss_branch_options o = read_options(member);
  size_t rows = o.per_sample ? input->samples : 1, guided = 0;
  oss_bytes asking = {0};
  oss_member *guide;
  for (size_t i = 0; i < input->budget_count; i++) *held += rows * ((size_t)input->budgets[i] + 1) * (sizeof(double) + 2 * sizeof(int32_t));
  if (make_guide(&o, &guide) == OSS_OK) {
    if (guide_calls(guide, input, &o) > 0) asking = oss_schedule_bytes(guide, input, &guided);
    oss_member_free(guide);
  }
  return oss_bytes_most(asking, oss_bytes_add(oss_branch_bytes(input, &o), oss_bytes_of(0, guided + *held)));
}

const oss_schedule_desc oss_search_exhaustive = {
    .base = {.name = "exhaustive",
             .summary = "the best of all schedules on the teacher's grid, by branch and bound over their common beginnings",
             .source = "this project (docs/DERIVATIONS.md, Exhaustive search)",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .needs_teacher = 1,
    .shares = 1, /* calls */
    .check = check,
    .find = find,
    .bytes = bytes,
    .nfe = nfe,
    .work = work,
};

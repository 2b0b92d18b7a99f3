// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <stdlib.h>

#include "host/core/log.h"
#include "host/core/registries.h"
#include "host/pipeline/sample.h"
#include "host/search/learn.h"

extern const oss_schedule_desc oss_search_learned;

static const oss_option options[] = {
    {.name = "init",
     .type = OSS_OPTION_NESTED,
     .fallback = "uniform",
     .nested = &oss_schedules,
     .nested_too = &oss_searches,
     .help = "the schedule to begin with, whose first time and start are kept; one for all samples"},
    {.name = "optimizer",
     .type = OSS_OPTION_CHOICE,
     .fallback = "bobyqa",
     .choices = "bobyqa sbplx cobyla lbfgs",
     .help = "quadratic model, simplex on subspaces, linear models, or L-BFGS on finite differences (NLopt)"},
    {.name = "evaluations",
     .type = OSS_OPTION_INT,
     .fallback = "",
     .min = 1,
     .max = 1e9,
     .help = "how often the searched samples may be sampled, the first schedule included; left out: 100 for each time that is free"},
    {.name = "tolerance",
     .type = OSS_OPTION_REAL,
     .fallback = "1e-06",
     .min = 0,
     .max = 1,
     .help = "ends when the error changes by less than this part of it; 0: when all evaluations are used"},
    {.name = "reduce",
     .type = OSS_OPTION_CHOICE,
     .fallback = "mean",
     .choices = "mean log_mean",
     .help = "mean of the errors over the samples, or of their logarithms (matches averaged PSNR)"},
    {.name = "p",
     .type = OSS_OPTION_REAL,
     .fallback = "2",
     .max = 16,
     .open_min = 1,
     .help = "error: mean |difference|^p of the end state from the teacher's"},
};

static const oss_member *init_of(const oss_member *member) {
  return oss_member_value(member, "init")->nested;
}

static oss_learn_options read_options(const oss_member *member, int64_t steps) {
  const oss_value *given = oss_member_value(member, "evaluations");
  int64_t usual = steps > 1 ? 100 * (steps - 1) : 1;
  return (oss_learn_options){.optimizer = oss_member_is(member, "optimizer", "sbplx")    ? OSS_LEARN_SBPLX
                                          : oss_member_is(member, "optimizer", "cobyla") ? OSS_LEARN_COBYLA
                                          : oss_member_is(member, "optimizer", "lbfgs")  ? OSS_LEARN_LBFGS
                                                                                         : OSS_LEARN_BOBYQA,
                             .evaluations = given->given ? given->integer : usual,
                             .tolerance = oss_member_real(member, "tolerance"),
                             .p = oss_member_real(member, "p"),
                             .log = oss_member_is(member, "reduce", "log_mean")};
}

/* A schedule that needs no search says here how many it is for the samples. */
static oss_status check_rows(const oss_member *init, const oss_search_input *input) {
  oss_found found = {0};
  oss_search_input alone = *input;
  alone.budget_count = 1;
  OSS_TRY(oss_schedule_find(init, &alone, &found));
  size_t rows = found.schedule.rows;
  oss_found_free(&found);
  return rows == 1 ? OSS_OK
                   : oss_fail(OSS_ERR_UNSUPPORTED, "learned begins with one schedule for all samples, %s is one a sample", init->yaml);
}

static oss_status check(const oss_member *member, const oss_search_input *input) {
  const oss_member *init = init_of(member);
  if (init->desc == &oss_search_learned.base) return oss_member_fail(member, "init: learned begins with a schedule that is not learned");
  for (size_t i = 0; i < input->budget_count; i++) OSS_TRY(oss_schedule_check(init, input, input->budgets[i]));
  if (oss_member_is(init, "samples", "per_sample"))
    return oss_fail(OSS_ERR_UNSUPPORTED, "learned begins with one schedule for all samples, %s is one a sample", init->yaml);
  return oss_schedule_needs_teacher(init) || input->budget_count == 0 ? OSS_OK : check_rows(init, input);
}

/* Denoiser calls, over all samples, for one budget besides its first schedule's. */
static int64_t calls_of(const oss_member *member, const oss_search_input *input, int64_t steps) {
  int64_t times = steps > 1 ? read_options(member, steps).evaluations : 1;
  return oss_search_product(oss_search_product(times, (int64_t)input->samples),
                            oss_sample_calls(input->solver, &input->problem->grid, steps));
}

static int64_t nfe(const oss_member *member, const oss_search_input *input, int64_t steps) {
  int64_t learning = oss_search_product(calls_of(member, input, steps), input->problem->denoiser->evaluations);
  return oss_schedule_nfe(init_of(member), input, steps) + learning;
}

static double work(const oss_member *member, const oss_search_input *input) {
  double sum = oss_schedule_work(init_of(member), input);
  for (size_t i = 0; i < input->budget_count; i++)
    sum += (double)calls_of(member, input, input->budgets[i]) * input->problem->denoiser->flops;
  return sum;
}

static oss_status find(const oss_member *member, const oss_search_input *input, oss_found *found) {
  oss_search_input quiet = *input;
  oss_status status = OSS_OK;
  quiet.want_tables = 0;
  OSS_TRY(oss_schedule_find(init_of(member), &quiet, found));
  for (size_t i = 0; i < input->budget_count; i++) {
    oss_learn_options o = read_options(member, input->budgets[i]);
    oss_schedule schedule = found[i].schedule;
    int64_t init_nfe = found[i].nfe, calls = 0;
    double begin = oss_now(), init_seconds = found[i].seconds, cost = 0.0;
    found[i].schedule = (oss_schedule){0}; /* the rest of what the first search knows is not about this one */
    oss_found_free(&found[i]);
    found[i].schedule = schedule;
    OSS_TRY_TO(failed, oss_learn(input, &o, &found[i].schedule, &cost, &calls));
    found[i].claim = (oss_claim){.priced = 1, .cost = cost};
    found[i].nfe = init_nfe + calls * input->problem->denoiser->evaluations;
    found[i].seconds = init_seconds + (oss_now() - begin);
  }
  return OSS_OK;
failed:
  for (size_t i = 0; i < input->budget_count; i++) oss_found_free(&found[i]);
  return status;
}

static oss_bytes bytes(const oss_member *member, const oss_search_input *input, size_t *held) {
  oss_search_input quiet = *input;
  size_t kept = 0;
  quiet.want_tables = 0;
  for (size_t i = 0; i < input->budget_count; i++) *held += ((size_t)input->budgets[i] + 1) * (sizeof(double) + 2 * sizeof(int32_t));
  oss_bytes first = oss_schedule_bytes(init_of(member), &quiet, &kept);
  oss_bytes learning = oss_learn_bytes(input, (size_t)oss_search_largest(input));
  return oss_bytes_most(first, oss_bytes_add(learning, oss_bytes_of(0, kept)));
}

const oss_schedule_desc oss_search_learned = {
    .base = {.name = "learned",
             .summary = "times free of the grid that minimise the end-state error of the searched samples, without derivatives",
             .source = "in the spirit of LD3, Tong et al. 2024 (arXiv 2405.15506), without back-propagation",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .needs_teacher = 1,
    .off_grid = 1,
    .check = check,
    .find = find,
    .bytes = bytes,
    .nfe = nfe,
    .work = work,
};

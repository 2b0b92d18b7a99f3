// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/sweep/plan.h"

#include <stdlib.h>
#include <string.h>

#include "host/core/log.h"
#include "host/pipeline/sample.h"
#include "host/pipeline/score.h"
#include "host/sweep/key.h"
#include "host/sweep/memory.h"

size_t oss_plan_axes(const oss_planned *planned, int64_t teacher_steps, oss_axis_value axes[OSS_MAX_AXES]) {
  const oss_cell *c = &planned->cell;
  size_t n = 0;
  axes[n++] = (oss_axis_value){"seed", NULL, (int64_t)c->seed};
  axes[n++] = (oss_axis_value){"denoiser", c->denoiser->yaml, 0};
  axes[n++] = (oss_axis_value){"initial", c->initial->yaml, 0};
  axes[n++] = (oss_axis_value){"teacher_solver", c->teacher_solver->yaml, 0};
  axes[n++] = (oss_axis_value){"teacher_grid", c->teacher_grid->yaml, 0};
  axes[n++] = (oss_axis_value){"teacher_steps", NULL, teacher_steps};
  axes[n++] = (oss_axis_value){"samples_search", NULL, c->samples_search};
  axes[n++] = (oss_axis_value){"samples_evaluate", c->samples_evaluate == OSS_SAME ? "same" : NULL, c->samples_evaluate};
  axes[n++] = (oss_axis_value){"solver", c->solver->yaml, 0};
  axes[n++] = (oss_axis_value){"schedule", c->schedule->yaml, 0};
  axes[n++] = (oss_axis_value){"calibration", c->calibration->yaml, 0};
  axes[n++] = (oss_axis_value){"steps", NULL, c->steps};
  return n;
}

static int same_teacher(const oss_planned_teacher *t, const oss_cell *c, int64_t n) {
  return t->denoiser == c->denoiser && t->solver == c->teacher_solver && t->grid == c->teacher_grid && t->initial == c->initial &&
         t->steps == n;
}

static oss_status place_teacher(oss_plan *plan, const oss_context *c, size_t *index) {
  const oss_grid *grid = &c->problem.grid;
  for (size_t i = 0; i < plan->teacher_count; i++) {
    if (!same_teacher(&plan->teachers[i], &c->cell, grid->n)) continue;
    *index = i;
    return OSS_OK;
  }
  oss_planned_teacher *grown = realloc(plan->teachers, (plan->teacher_count + 1) * sizeof *grown);
  if (grown == NULL) return oss_fail(OSS_ERR_MEMORY, "plan");
  plan->teachers = grown;
  oss_planned_teacher *t = &grown[plan->teacher_count];
  *t = (oss_planned_teacher){.denoiser = c->cell.denoiser,
                             .solver = c->cell.teacher_solver,
                             .grid = c->cell.teacher_grid,
                             .initial = c->cell.initial,
                             .steps = grid->n};
  t->t = malloc(((size_t)grid->n + 1) * sizeof *t->t);
  if (t->t == NULL) return oss_fail(OSS_ERR_MEMORY, "plan");
  memcpy(t->t, grid->t, ((size_t)grid->n + 1) * sizeof *t->t);
  if (c->denoiser->about != NULL && (t->about = oss_strdup(c->denoiser->about)) == NULL) {
    free(t->t);
    return oss_fail(OSS_ERR_MEMORY, "plan");
  }
  *index = plan->teacher_count++;
  return OSS_OK;
}

/* Groups with the same teacher and samples follow each other (the axes' order), so a teacher is made where either changes. */
static void count_teaching(oss_plan *plan, const oss_context *c, size_t first, size_t teacher) {
  const oss_cell *cell = &c->cell;
  const oss_planned *before = first > 0 ? &plan->cells[first - 1] : NULL;
  if (before != NULL && before->teacher == teacher && before->cell.seed == cell->seed &&
      before->cell.samples_search == cell->samples_search && before->cell.samples_evaluate == cell->samples_evaluate)
    return;
  int one = oss_context_one_teacher(c->config, cell);
  int64_t searched = oss_context_searches(c->config) || one ? cell->samples_search : 0;
  int64_t scored = one ? 0 : (int64_t)oss_context_score_count(cell);
  int64_t calls = searched * oss_grid_calls(cell->teacher_solver, &c->problem.grid) +
                  scored * oss_grid_calls(cell->teacher_solver, &oss_context_scored_problem(c)->grid);
  plan->teachers[teacher].nfe += calls * c->denoiser->evaluations;
  plan->work += (double)calls * c->denoiser->flops;
}

/* Peak of a group's phases: opening the denoiser, teaching, searching for all its budgets, evaluating one of `steps`. */
static oss_bytes group_bytes(const oss_context *c, const oss_member *schedule, const oss_search_input *input, size_t steps) {
  const oss_problem *p = &c->problem;
  oss_evaluation evaluation = oss_context_evaluation(c);
  size_t batch = p->batch, searched = input->samples < batch ? input->samples : batch;
  size_t scored = evaluation.samples < batch ? evaluation.samples : batch;
  int one = oss_context_one_teacher(c->config, &c->cell), end_only = oss_context_end_only(c->config, &c->cell);
  size_t held, points = evaluation.teacher_steps > (size_t)p->grid.n ? evaluation.teacher_steps : (size_t)p->grid.n;
  oss_bytes teachers = {0};
  if (oss_context_searches(c->config) || one) teachers = oss_teacher_bytes(p, searched, one && end_only);
  if (!one) teachers = oss_bytes_add(teachers, oss_teacher_bytes(oss_context_scored_problem(c), scored, end_only));
  oss_bytes most = oss_sample_bytes(p, p->teacher_solver, searched > scored ? searched : scored, 1, points);
  most = oss_bytes_most(most, oss_schedule_bytes(schedule, input, &held));
  most = oss_bytes_most(most, oss_bytes_add(oss_evaluate_bytes(&evaluation, steps), oss_bytes_of(0, held)));
  most = oss_bytes_most(oss_bytes_add(teachers, most), oss_bytes_of(0, c->denoiser->opening));
  return oss_bytes_add(oss_bytes_of(c->denoiser->bytes, 0), most);
}

/* Of a bounded memory, a part is lost to rounding. */
static int fits(const oss_context *c, oss_bytes bytes) {
  size_t memory = c->be->memory;
  return memory == 0 || bytes.device <= memory - memory / 32;
}

/* Warns of metrics that are left out, once as long as they are the same. */
static oss_status check_metrics(oss_plan *plan, const oss_evaluation *evaluation) {
  char *left_out;
  OSS_TRY(oss_score_check(evaluation, &left_out));
  if (left_out == NULL) return OSS_OK;
  if (plan->left_out == NULL || strcmp(plan->left_out, left_out) != 0)
    oss_log_warning("%s: left out: %s", evaluation->problem->denoiser_member->yaml, left_out);
  free(plan->left_out);
  plan->left_out = left_out;
  return OSS_OK;
}

/* Sets skip for cells without a meaning; *count of the others' steps go to budgets. */
static oss_status check_group(oss_plan *plan, const oss_context *c, size_t first, size_t cells, int64_t *budgets, size_t *count) {
  const oss_member *schedule = plan->cells[first].cell.schedule;
  oss_evaluation evaluation = oss_context_evaluation(c);
  *count = 0;
  for (size_t i = first; i < first + cells; i++) {
    oss_planned *p = &plan->cells[i];
    oss_search_input input = oss_context_search_input(c, &p->cell.steps, 1);
    oss_status status = oss_schedule_check(schedule, &input, p->cell.steps);
    if (status == OSS_OK && p->cell.repeats)
      status = oss_fail(OSS_ERR_UNSUPPORTED, "teacher.steps is not for a grid from a file: this cell would repeat another");
    if (status == OSS_OK) status = check_metrics(plan, &evaluation);
    if (status == OSS_ERR_UNSUPPORTED) {
      p->skip = oss_strdup(oss_message());
      if (p->skip == NULL) return oss_fail(OSS_ERR_MEMORY, "plan");
      continue;
    }
    OSS_TRY(status);
    budgets[(*count)++] = p->cell.steps;
  }
  return OSS_OK;
}

/* One group: the cells that differ in steps only; one search serves them. */
static oss_status plan_group(oss_plan *plan, oss_context *c, size_t first, size_t count, int64_t *budgets, oss_key_memo *memo) {
  size_t teacher = 0, budget_count = 0;
  const oss_member *schedule = plan->cells[first].cell.schedule;
  OSS_TRY(oss_context_move(c, &plan->cells[first].cell));
  OSS_TRY(place_teacher(plan, c, &teacher));
  count_teaching(plan, c, first, teacher);
  OSS_TRY(check_group(plan, c, first, count, budgets, &budget_count));
  oss_search_input input = oss_context_search_input(c, budgets, budget_count);
  int64_t largest = oss_search_largest(&input);
  while (budget_count > 0 && !fits(c, group_bytes(c, schedule, &input, (size_t)largest)) && oss_context_narrow(c)) continue;
  for (size_t i = first; i < first + count; i++) {
    oss_planned *p = &plan->cells[i];
    int64_t steps = p->cell.steps;
    p->teacher = teacher;
    OSS_TRY(oss_key_make(memo, c, &p->cell, p->key, p->schedule_key));
    if (p->skip != NULL) continue;
    int64_t calls = oss_sample_calls(p->cell.solver, &c->problem.grid, steps);
    p->nfe = calls * c->denoiser->evaluations;
    p->search_nfe = oss_schedule_nfe(schedule, &input, steps);
    p->work = (double)oss_context_score_count(&p->cell) * (double)calls * c->denoiser->flops;
    p->bytes = oss_bytes_add(oss_bytes_of(0, plan->base), group_bytes(c, schedule, &input, (size_t)steps));
    plan->work += p->work;
    plan->runnable++;
    plan->bytes = oss_bytes_most(plan->bytes, p->bytes);
  }
  int first_calibration = plan->cells[first].cell.calibration == c->config->calibrations.at[0]; /* the others take what it found */
  if (first_calibration) plan->work += oss_schedule_work(schedule, &input);
  return OSS_OK;
}

/* Once through all groups, into an empty plan. */
static oss_status fill(oss_plan *plan, oss_context *context, int64_t *budgets, oss_key_memo *memo) {
  const oss_config *config = context->config;
  OSS_TRY(oss_config_cell_count(config, &plan->count));
  plan->cells = calloc(plan->count, sizeof *plan->cells);
  if (plan->cells == NULL) return oss_fail(OSS_ERR_MEMORY, "plan of %zu cells", plan->count);
  for (size_t i = 0; i < plan->count; i++) plan->cells[i].cell = oss_config_cell(config, i);
  for (size_t first = 0; first < plan->count; first += config->steps.count)
    OSS_TRY(plan_group(plan, context, first, config->steps.count, budgets, memo));
  if (plan->runnable > 0) return OSS_OK;
  return oss_fail(OSS_ERR_CONFIG, "%s: no cell can run: %s", config->path, plan->cells[0].skip);
}

/* Forgets the cells, not what was warned of. */
static void empty(oss_plan *plan) {
  oss_plan again = {.base = plan->base, .left_out = plan->left_out};
  plan->left_out = NULL;
  oss_plan_free(plan);
  *plan = again;
}

oss_status oss_plan_create(oss_context *context, oss_plan *out) {
  const oss_config *config = context->config;
  oss_plan plan = {.base = oss_resident_bytes()};
  oss_key_memo memo = {0};
  oss_status status = OSS_OK;
  *out = (oss_plan){0};
  if (config->reference > 0 && oss_score_needs_of(&config->metrics).points)
    return oss_fail(OSS_ERR_CONFIG, "%s: teacher.reference: a metric of the points on the way (trajectory) needs each cell's own teacher",
                    config->path);
  int64_t *budgets = malloc(config->steps.count * sizeof *budgets);
  size_t limit;
  if (budgets == NULL) return oss_fail(OSS_ERR_MEMORY, "plan");
  do { /* again when a group made all batches smaller: those before it were planned with larger ones */
    limit = context->batch_limit;
    empty(&plan);
    status = fill(&plan, context, budgets, &memo);
  } while (status == OSS_OK && context->batch_limit != limit);
  free(budgets);
  oss_key_forget(&memo);
  if (status == OSS_OK)
    *out = plan;
  else
    oss_plan_free(&plan);
  return status;
}

oss_status oss_plan_reserve(const oss_plan *plan, const oss_context *c) {
  oss_backend *be = c->be;
  size_t need = plan->bytes.device, held = c->denoiser->loaded ? c->denoiser->bytes : 0; /* of the cell planned last, open already */
  if (be->space == OSS_SPACE_HOST) return OSS_OK;
  oss_status status = need > held ? be->ops->reserve(be, need - held) : OSS_OK;
  if (status != OSS_ERR_MEMORY) return status;
  return oss_fail_context(status,
                          "the run needs %.1f MiB of device memory; %.1f MiB were free on %s. A smaller samples.batch (%zu now) or "
                          "teacher.steps makes it less",
                          (double)need / 1048576.0, (double)be->memory / 1048576.0, be->device, c->problem.batch);
}

void oss_plan_free(oss_plan *plan) {
  if (plan == NULL) return;
  for (size_t i = 0; plan->cells != NULL && i < plan->count; i++) free(plan->cells[i].skip);
  for (size_t i = 0; i < plan->teacher_count; i++) {
    free(plan->teachers[i].t);
    free(plan->teachers[i].about);
  }
  free(plan->left_out);
  free(plan->cells);
  free(plan->teachers);
  *plan = (oss_plan){0};
}

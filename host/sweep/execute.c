// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/sweep/execute.h"

#include <stdlib.h>
#include <string.h>

#include "host/core/log.h"
#include "host/io/found.h"
#include "host/io/result.h"
#include "host/sweep/provenance.h"

typedef struct sweep {
  oss_context *context;
  const oss_plan *plan;
  const oss_run_options *options;
  oss_run_summary *summary;
  oss_teacher_record *teachers; /* what each teacher cost in this run */
  int64_t teacher_nfe;          /* of the context, as far as it is in a record already; and the seconds */
  double teacher_seconds;
  size_t finished;
} sweep;

static void start_record(const oss_planned *planned, const oss_plan *plan, oss_record *record) {
  *record = (oss_record){.number = planned->cell.number, .teacher = planned->teacher};
  memcpy(record->key, planned->key, sizeof record->key);
  record->axis_count = oss_plan_axes(planned, plan->teachers[planned->teacher].steps, record->axes);
}

/* Writes a record and frees it. */
static oss_status finish_record(sweep *s, oss_record *record) {
  oss_status status = oss_partial_write(s->options->output, record);
  oss_record_free(record);
  if (s->context->progress != NULL) oss_progress_cell(s->context->progress, ++s->finished);
  return status;
}

/* A cell without numbers. */
static oss_status write_reason(sweep *s, const oss_planned *planned, oss_cell_status status, const char *reason) {
  oss_record record;
  start_record(planned, s->plan, &record);
  record.status = status;
  record.reason = oss_strdup(reason);
  if (record.reason == NULL) return oss_fail(OSS_ERR_MEMORY, "record");
  return finish_record(s, &record);
}

/* Whether a failure concerns the cell alone. */
static int cell_only(oss_status status) {
  return status == OSS_ERR_NUMERIC || status == OSS_ERR_MEMORY;
}

static oss_status fail_cell(sweep *s, const oss_planned *planned, oss_status status) {
  if (!cell_only(status)) return status;
  char *reason = oss_format("%s%s", status == OSS_ERR_MEMORY ? "out of memory: " : "", oss_message());
  if (reason == NULL) return status;
  if (s->context->progress != NULL) oss_progress_clear(s->context->progress);
  oss_log_warning("cell %zu failed: %s", planned->cell.number, reason);
  s->summary->failed++;
  status = write_reason(s, planned, OSS_CELL_FAILED, reason);
  free(reason);
  return status;
}

/* Whether further cells take the same schedule: those of the next calibrations. */
static int last_of_schedule(const oss_config *config, const oss_cell *cell) {
  return cell->calibration == config->calibrations.at[config->calibrations.count - 1];
}

/* Evaluates one found schedule and writes its cell; takes what was found over. */
static oss_status score_cell(sweep *s, const oss_planned *planned, oss_found *found) {
  oss_context *c = s->context;
  oss_evaluation evaluation = oss_context_evaluation(c);
  oss_record record;
  start_record(planned, s->plan, &record);
  if (c->progress != NULL)
    oss_progress_stage(c->progress, "cell %zu: sampling with %lld steps", planned->cell.number, (long long)planned->cell.steps);
  record.schedule = found->schedule;
  record.tables = found->tables;
  record.per_sample = found->per_sample;
  record.pair_cost = found->pair_cost;
  record.claim = found->claim;
  record.origin = found->origin;
  record.search_nfe = found->nfe;
  record.search_seconds = found->seconds;
  *found = (oss_found){0};
  oss_status status = oss_evaluate(&evaluation, &record.schedule, &record);
  if (status != OSS_OK) {
    oss_record_free(&record);
    return fail_cell(s, planned, status);
  }
  s->summary->done++;
  OSS_TRY(finish_record(s, &record));
  if (last_of_schedule(c->config, &planned->cell)) oss_found_remove(s->options->output, planned->schedule_key);
  return OSS_OK;
}

/* Teachers are made, and without a cache made again, while a group runs: what is spent then belongs to the group's teacher. */
static oss_status teach(sweep *s, const oss_planned *planned) {
  OSS_TRY(oss_context_move(s->context, &planned->cell));
  return oss_context_teach(s->context);
}

static void count_teacher(sweep *s, const oss_planned *planned) {
  oss_teacher_record *t = &s->teachers[planned->teacher];
  int64_t nfe;
  double seconds;
  oss_context_spent(s->context, &nfe, &seconds);
  t->nfe += nfe - s->teacher_nfe;
  t->seconds += seconds - s->teacher_seconds;
  s->teacher_nfe = nfe;
  s->teacher_seconds = seconds;
}

/* One search for those of the cells todo[count], which differ in steps only, whose schedule is not there already: left behind by a stopped
 * run, or found for another calibration. What is found is kept on disk until its last cell is scored. */
static oss_status search_group(sweep *s, const oss_planned *const *todo, size_t count, int64_t *budgets, oss_found *fresh,
                               oss_found *found) {
  const oss_member *schedule = todo[0]->cell.schedule;
  const char *output = s->options->output;
  size_t missing = 0, next = 0;
  for (size_t i = 0; i < count; i++) {
    int there = 0;
    OSS_TRY(oss_found_read(output, todo[i]->schedule_key, &found[i], &there)); /* without resume the folder began empty */
    if (!there) budgets[missing++] = todo[i]->cell.steps;
  }
  if (missing == 0) return OSS_OK;
  oss_search_input input = oss_context_search_input(s->context, budgets, missing);
  OSS_TRY(oss_schedule_find(schedule, &input, fresh));
  for (size_t i = 0; i < count; i++) {
    if (found[i].schedule.rows > 0) continue;
    found[i] = fresh[next];
    fresh[next++] = (oss_found){0};
    if (!oss_schedule_needs_teacher(schedule)) continue; /* made again in no time */
    OSS_TRY(oss_found_write(output, todo[i]->schedule_key, &found[i]));
  }
  return OSS_OK;
}

/* All cells of a group failed together, in teaching or searching. */
static oss_status fail_group(sweep *s, const oss_planned *const *todo, size_t count, oss_status status) {
  if (!cell_only(status)) return status;
  char *reason = oss_strdup(oss_message()); /* writing cells may replace the message */
  oss_status written = OSS_OK;
  for (size_t i = 0; i < count && written == OSS_OK; i++)
    written = fail_cell(s, todo[i], oss_fail(status, "%s", reason != NULL ? reason : "no memory"));
  free(reason);
  return written;
}

static oss_status run_group(sweep *s, const oss_planned *const *todo, size_t count) {
  oss_found *found = calloc(2 * count, sizeof *found);
  int64_t *budgets = malloc(count * sizeof *budgets);
  oss_status status = OSS_OK;
  if (found == NULL || budgets == NULL) {
    status = oss_fail(OSS_ERR_MEMORY, "search of %zu budgets", count);
    goto done;
  }
  status = teach(s, todo[0]);
  if (status == OSS_OK) status = search_group(s, todo, count, budgets, found + count, found);
  if (status != OSS_OK) {
    status = fail_group(s, todo, count, status);
    goto done;
  }
  for (size_t i = 0; i < count; i++) OSS_TRY_TO(done, score_cell(s, todo[i], &found[i]));
done:
  count_teacher(s, todo[0]);
  for (size_t i = 0; found != NULL && i < 2 * count; i++) oss_found_free(&found[i]);
  free(found);
  free(budgets);
  return status;
}

/* Sorts out the cells of a group that need no work, and runs the rest. */
static oss_status visit_group(sweep *s, size_t first, size_t count) {
  const oss_planned **todo = malloc(count * sizeof *todo);
  size_t left = 0;
  oss_status status = OSS_OK;
  if (todo == NULL) return oss_fail(OSS_ERR_MEMORY, "group");
  for (size_t i = first; i < first + count; i++) {
    const oss_planned *planned = &s->plan->cells[i];
    int found = 0;
    if (planned->skip != NULL) {
      s->summary->skipped++;
      OSS_TRY_TO(done, write_reason(s, planned, OSS_CELL_SKIPPED, planned->skip));
      continue;
    }
    if (s->options->resume) OSS_TRY_TO(done, oss_partial_find(s->options->output, planned->key, planned->cell.number, &found));
    if (!found) {
      todo[left++] = planned;
      continue;
    }
    s->summary->kept++;
    if (s->context->progress != NULL) {
      oss_progress_work(s->context->progress, planned->work);
      oss_progress_cell(s->context->progress, ++s->finished);
    }
  }
  if (left > 0) status = run_group(s, todo, left);
done:
  free(todo);
  return status;
}

static oss_status write_result(sweep *s) {
  const oss_plan *plan = s->plan;
  oss_provenance provenance = {0};
  char(*keys)[OSS_HASH_BYTES] = malloc(plan->count * sizeof *keys);
  oss_status status = OSS_OK;
  if (keys == NULL) {
    status = oss_fail(OSS_ERR_MEMORY, "result of %zu cells", plan->count);
    goto done;
  }
  for (size_t i = 0; i < plan->count; i++) memcpy(keys[i], plan->cells[i].key, sizeof keys[i]);
  OSS_TRY_TO(done, oss_provenance_create(s->context, s->options->argv, &provenance));
  status = oss_result_write(s->options->output, provenance.attributes, provenance.count, s->teachers, plan->teacher_count,
                            (const char(*)[OSS_HASH_BYTES])keys, plan->count);
done:
  oss_provenance_free(&provenance);
  free(keys);
  return status;
}

oss_status oss_sweep_run(oss_context *context, const oss_plan *plan, const oss_run_options *options, oss_run_summary *summary) {
  sweep s = {.context = context, .plan = plan, .options = options, .summary = summary};
  size_t group = context->config->steps.count;
  oss_partial *partial = NULL;
  oss_status status = OSS_OK;
  *summary = (oss_run_summary){0};
  s.teachers = calloc(plan->teacher_count, sizeof *s.teachers);
  if (s.teachers == NULL) return oss_fail(OSS_ERR_MEMORY, "sweep");
  for (size_t i = 0; i < plan->teacher_count; i++) {
    const oss_planned_teacher *t = &plan->teachers[i];
    s.teachers[i] = (oss_teacher_record){.solver = t->solver->yaml,
                                         .grid = t->grid->yaml,
                                         .denoiser = t->denoiser->yaml,
                                         .initial = t->initial->yaml,
                                         .steps = t->steps,
                                         .t = t->t};
  }
  OSS_TRY_TO(done, oss_partial_open(options->output, options->resume, &partial));
  for (size_t first = 0; first < plan->count; first += group) OSS_TRY_TO(done, visit_group(&s, first, group));
  status = write_result(&s);
done:
  oss_partial_close(partial);
  free(s.teachers);
  return status;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/sweep/context.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host/pipeline/score.h"

static const size_t auto_bytes = (size_t)1 << 30; /* what a batch may take when samples.batch is not given; on a device half its memory */
enum { AUTO_BATCH_MAX = 256 };

/* auto is ./trajectories where there is such a folder, else the user's cache folder. */
char *oss_cache_folder(const char *setting) {
  struct stat info;
  if (strcmp(setting, "none") == 0) return NULL;
  if (strcmp(setting, "auto") != 0) return oss_strdup(setting);
  if (stat("trajectories", &info) == 0 && S_ISDIR(info.st_mode)) return oss_strdup("trajectories");
  const char *base = getenv("XDG_CACHE_HOME");
  if (base != NULL && base[0] == '/') return oss_format("%s/ossbench/trajectories", base);
  const char *home = getenv("HOME");
  return home != NULL && home[0] == '/' ? oss_format("%s/.cache/ossbench/trajectories", home) : NULL;
}

oss_status oss_context_create(const oss_config *config, oss_backend *be, oss_progress *progress, oss_context *out) {
  *out = (oss_context){.config = config, .be = be, .progress = progress, .cache = oss_cache_folder(config->cache)};
  return OSS_OK;
}

void oss_context_spent(const oss_context *c, int64_t *nfe, double *seconds) {
  const oss_teacher *open[2] = {c->search_teacher, c->score_teacher == c->search_teacher ? NULL : c->score_teacher};
  *nfe = c->closed_nfe;
  *seconds = c->closed_seconds;
  for (int i = 0; i < 2; i++) {
    if (open[i] == NULL) continue;
    *nfe += oss_teacher_nfe(open[i]);
    *seconds += oss_teacher_seconds(open[i]);
  }
}

static void close_teachers(oss_context *c) {
  free(c->quantiles);
  c->quantiles = NULL;
  oss_context_spent(c, &c->closed_nfe, &c->closed_seconds);
  if (c->score_teacher != c->search_teacher) oss_teacher_destroy(c->score_teacher);
  oss_teacher_destroy(c->search_teacher);
  c->search_teacher = c->score_teacher = NULL;
}

static void close_problem(oss_context *c) {
  close_teachers(c);
  oss_problem_free(&c->problem);
  oss_problem_free(&c->reference);
  c->open = 0;
}

void oss_context_destroy(oss_context *context) {
  if (context == NULL) return;
  close_problem(context);
  oss_denoiser_destroy(context->denoiser);
  free(context->cache);
  *context = (oss_context){0};
}

static size_t auto_batch(const oss_problem *p, size_t limit) {
  size_t side = (size_t)p->grid.n + 1;
  size_t sample = 5 * side * p->elements * sizeof(float) + side * side * sizeof(double);
  size_t batch = (p->be->memory > 0 ? p->be->memory / 2 : auto_bytes) / sample, most = AUTO_BATCH_MAX;
  if (limit > 0 && limit < most) most = limit;
  return batch < 1 ? 1 : batch > most ? most : batch;
}

/* Fails early when the noise file can't serve all samples. */
static oss_status check_noise(const oss_config *config, const oss_problem *p, const oss_cell *cell) {
  size_t searched = (size_t)cell->samples_search, scored = oss_context_score_first(config, cell) + oss_context_score_count(cell);
  size_t needed = searched > scored ? searched : scored;
  if (p->noise_file == NULL || needed <= p->noise_rows) return OSS_OK;
  return oss_fail(OSS_ERR_INPUT, "%s: noise '%s' has %zu samples, samples.search and samples.evaluate need %zu", p->noise_file,
                  p->noise_dataset, p->noise_rows, needed);
}

/* Whether the metrics compare with another teacher than the cell's own. */
static int refers(const oss_config *config, const oss_cell *cell) {
  return config->reference > 0 && cell->teacher_steps != config->reference;
}

const oss_problem *oss_context_scored_problem(const oss_context *c) {
  return refers(c->config, &c->cell) ? &c->reference : &c->problem;
}

/* The searched samples' teacher is the scored samples' too. */
int oss_context_one_teacher(const oss_config *config, const oss_cell *cell) {
  return cell->samples_evaluate == OSS_SAME && !refers(config, cell);
}

static oss_status open_reference(oss_context *c) {
  oss_cell cell = c->cell;
  if (!refers(c->config, &cell)) return OSS_OK;
  cell.teacher_steps = c->config->reference;
  OSS_TRY(oss_problem_create(c->config, &cell, c->be, c->denoiser, &c->reference));
  c->reference.batch = c->problem.batch; /* samples go through both in the same batches */
  return OSS_OK;
}

static int same_problem(const oss_cell *a, const oss_cell *b) {
  return a->denoiser == b->denoiser && a->seed == b->seed && a->initial == b->initial && a->teacher_solver == b->teacher_solver &&
         a->teacher_grid == b->teacher_grid && a->teacher_steps == b->teacher_steps;
}

static int same_samples(const oss_cell *a, const oss_cell *b) {
  return a->samples_search == b->samples_search && a->samples_evaluate == b->samples_evaluate;
}

oss_status oss_context_move(oss_context *c, const oss_cell *cell) {
  oss_cell before = c->cell;
  int was_open = c->open;
  if (was_open && same_problem(&before, cell)) {
    if (!same_samples(&before, cell)) close_teachers(c);
    c->cell = *cell;
    return check_noise(c->config, &c->problem, cell);
  }
  close_problem(c);
  if (c->denoiser == NULL || before.denoiser != cell->denoiser) {
    oss_denoiser_destroy(c->denoiser);
    c->denoiser = NULL;
    OSS_TRY(oss_denoiser_open(cell->denoiser, c->be, &c->denoiser));
  }
  c->cell = *cell;
  OSS_TRY(oss_problem_create(c->config, cell, c->be, c->denoiser, &c->problem));
  c->open = 1;
  if (c->problem.batch == 0) c->problem.batch = auto_batch(&c->problem, c->batch_limit);
  OSS_TRY(open_reference(c));
  return check_noise(c->config, &c->problem, cell);
}

int oss_context_narrow(oss_context *c) {
  if (c->config->batch > 0 || c->problem.batch < 2) return 0;
  c->batch_limit = c->problem.batch = c->problem.batch / 2;
  if (refers(c->config, &c->cell)) c->reference.batch = c->problem.batch;
  return 1;
}

size_t oss_context_score_count(const oss_cell *cell) {
  return (size_t)(cell->samples_evaluate == OSS_SAME ? cell->samples_search : cell->samples_evaluate);
}

size_t oss_context_score_first(const oss_config *config, const oss_cell *cell) {
  int64_t most = 0;
  if (cell->samples_evaluate == OSS_SAME) return 0;
  for (size_t i = 0; i < config->samples_search.count; i++)
    if (config->samples_search.at[i] > most) most = config->samples_search.at[i];
  return (size_t)most;
}

int oss_context_searches(const oss_config *config) {
  if (oss_config_calibrates(config)) return 1; /* to the quantiles of its whole way */
  for (size_t i = 0; i < config->schedules.count; i++)
    if (oss_schedule_needs_teacher(config->schedules.at[i])) return 1;
  return 0;
}

int oss_context_end_only(const oss_config *config, const oss_cell *cell) {
  if ((config->save & OSS_SAVE_TRAJECTORY) || oss_score_needs_of(&config->metrics).points) return 0;
  return !oss_context_one_teacher(config, cell) || !oss_context_searches(config);
}

/* Also says how the cell's student is calibrated to them. */
static oss_status take_quantiles(oss_context *c) {
  const oss_grid *grid = &c->problem.grid;
  if (!oss_config_calibrates(c->config)) return OSS_OK;
  if (c->quantiles == NULL) {
    double *quantiles = malloc(2 * ((size_t)grid->n + 1) * sizeof *quantiles);
    if (quantiles == NULL) return oss_fail(OSS_ERR_MEMORY, "quantiles of the teacher");
    oss_status status =
        oss_calibration_learn(&c->problem, c->search_teacher, (size_t)c->cell.samples_search, c->config->quantiles, quantiles);
    if (status != OSS_OK) {
      free(quantiles);
      return status;
    }
    c->quantiles = quantiles;
  }
  c->calibration = (oss_calibration){.kind = oss_calibration_of(c->cell.calibration),
                                     .level = {c->config->quantiles[0], c->config->quantiles[1]},
                                     .points = (size_t)grid->n + 1,
                                     .t = grid->t,
                                     .quantile = c->quantiles};
  return OSS_OK;
}

static oss_status open_teachers(oss_context *c) {
  size_t searched = (size_t)c->cell.samples_search;
  int one = oss_context_one_teacher(c->config, &c->cell);
  if (c->search_teacher == NULL && (oss_context_searches(c->config) || one)) {
    int end_only = one && oss_context_end_only(c->config, &c->cell);
    OSS_TRY(oss_teacher_create(&c->problem, 0, searched, end_only, c->cache, c->progress, &c->search_teacher));
  }
  if (c->score_teacher != NULL) return OSS_OK;
  if (one) {
    c->score_teacher = c->search_teacher;
    return OSS_OK;
  }
  return oss_teacher_create(oss_context_scored_problem(c), oss_context_score_first(c->config, &c->cell), oss_context_score_count(&c->cell),
                            oss_context_end_only(c->config, &c->cell), c->cache, c->progress, &c->score_teacher);
}

oss_status oss_context_teach(oss_context *c) {
  OSS_TRY(oss_denoiser_load(c->denoiser));
  OSS_TRY(open_teachers(c));
  return take_quantiles(c);
}

oss_search_input oss_context_search_input(const oss_context *c, const int64_t *budgets, size_t count) {
  return (oss_search_input){.problem = &c->problem,
                            .teacher = c->search_teacher,
                            .solver = c->cell.solver,
                            .samples = (size_t)c->cell.samples_search,
                            .evaluate_same = c->cell.samples_evaluate == OSS_SAME,
                            .want_tables = (c->config->save & OSS_SAVE_TABLES) != 0,
                            .budget_count = count,
                            .budgets = budgets,
                            .progress = c->progress};
}

oss_evaluation oss_context_evaluation(const oss_context *c) {
  return (oss_evaluation){.problem = &c->problem,
                          .teacher = c->score_teacher,
                          .teacher_steps = (size_t)oss_context_scored_problem(c)->grid.n,
                          .solver = c->cell.solver,
                          .first = oss_context_score_first(c->config, &c->cell),
                          .samples = oss_context_score_count(&c->cell),
                          .metrics = &c->config->metrics,
                          .save = c->config->save,
                          .calibration = oss_config_calibrates(c->config) ? &c->calibration : NULL,
                          .progress = c->progress};
}

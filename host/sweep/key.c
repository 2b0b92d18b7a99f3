// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/sweep/key.h"

#include <stdlib.h>
#include <string.h>

#include "host/core/version.h"
#include "host/search/search.h"

void oss_key_forget(oss_key_memo *memo) {
  free(memo->files);
  *memo = (oss_key_memo){0};
}

/* The content of a file, read once a sweep. *out lives until the next call. */
static oss_status hash_of(oss_key_memo *memo, const char *path, const char **out) {
  for (size_t i = 0; i < memo->count; i++) {
    if (strcmp(memo->files[i].path, path) != 0) continue;
    *out = memo->files[i].hash;
    return OSS_OK;
  }
  struct oss_known_file *grown = realloc(memo->files, (memo->count + 1) * sizeof *grown);
  if (grown == NULL) return oss_fail(OSS_ERR_MEMORY, "content of %s", path);
  memo->files = grown;
  grown[memo->count].path = path;
  OSS_TRY(oss_hash_file(path, grown[memo->count].hash));
  *out = grown[memo->count++].hash;
  return OSS_OK;
}

/* The canonical line of a member with contents in place of paths: moving a file changes nothing. */
static oss_status add_member(oss_key_memo *memo, oss_text *text, const char *axis, const oss_member *member) {
  oss_text_add(text, "%s %s", axis, member->desc->name);
  for (size_t i = 0; i < member->desc->option_count; i++) {
    const oss_option *option = &member->desc->options[i];
    const oss_value *value = &member->values[i];
    char number[OSS_NUMBER_BYTES];
    const char *hash = "";
    if (!value->given) continue;
    oss_text_add(text, " %s ", option->name);
    if (value->nested != NULL) {
      OSS_TRY(add_member(memo, text, "(", value->nested));
    } else if (value->path != NULL) {
      OSS_TRY(hash_of(memo, value->path, &hash));
      oss_text_add(text, "%s", hash);
    } else if (value->text != NULL) {
      oss_text_add(text, "'%s'", value->text);
    } else {
      oss_text_add(text, "%lld %s", (long long)value->integer, oss_number_text(value->real, number));
    }
  }
  oss_text_add(text, "\n");
  return OSS_OK;
}

/* What a cell depends on but for its calibration. */
static oss_status add_schedule(oss_key_memo *memo, const oss_context *c, const oss_cell *cell, oss_text *text) {
  const oss_member *members[] = {cell->denoiser, cell->initial, cell->teacher_solver, cell->teacher_grid, cell->solver, cell->schedule};
  static const char *const names[] = {"denoiser", "initial", "teacher_solver", "teacher_grid", "solver", "schedule"};
  oss_text_add(text, "ossbench cell %s\nnumerics %s\nsave %u\nnoise %s %s\n", oss_algorithm_hash(), c->be->numerics, c->config->save,
               c->problem.noise_content, c->problem.noise_file != NULL ? c->problem.noise_dataset : "philox");
  oss_text_add(text, "seed %llu\nteacher_steps %lld\nsteps %lld\nsearched %lld\nscored %zu from %zu\n", (unsigned long long)cell->seed,
               (long long)c->problem.grid.n, (long long)cell->steps, (long long)cell->samples_search, oss_context_score_count(cell),
               oss_context_score_first(c->config, cell));
  if (c->config->reference > 0 && c->config->reference != cell->teacher_steps)
    oss_text_add(text, "reference %lld\n", (long long)c->config->reference);
  for (size_t i = 0; oss_schedule_shares(cell->schedule) && i < c->config->steps.count; i++)
    oss_text_add(text, "beside %lld\n", (long long)c->config->steps.at[i]);
  for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) OSS_TRY(add_member(memo, text, names[i], members[i]));
  for (size_t i = 0; i < c->config->metrics.count; i++) OSS_TRY(add_member(memo, text, "metric", c->config->metrics.at[i]));
  return OSS_OK;
}

/* Every cell of a sweep that calibrates records quantiles; in another neither they nor their levels matter. */
static void add_calibration(const oss_config *config, const oss_cell *cell, oss_text *text) {
  char low[OSS_NUMBER_BYTES], high[OSS_NUMBER_BYTES];
  if (!oss_config_calibrates(config)) return;
  oss_text_add(text, "calibration %s, quantiles %s %s\n", cell->calibration->yaml, oss_number_text(config->quantiles[0], low),
               oss_number_text(config->quantiles[1], high));
}

oss_status oss_key_make(oss_key_memo *memo, const oss_context *c, const oss_cell *cell, char out[OSS_HASH_BYTES],
                        char schedule[OSS_HASH_BYTES]) {
  oss_text text = {0};
  char *chars = NULL;
  oss_status status = add_schedule(memo, c, cell, &text);
  size_t common = text.length;
  add_calibration(c->config, cell, &text);
  if (status == OSS_OK) status = oss_text_take(&text, &chars);
  if (status == OSS_OK) {
    oss_hash_text(chars, out);
    chars[common] = '\0';
    oss_hash_text(chars, schedule);
  }
  oss_text_free(&text);
  free(chars);
  return status;
}

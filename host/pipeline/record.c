// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/pipeline/record.h"

#include <stdlib.h>

const char *oss_cell_status_name(oss_cell_status status) {
  switch (status) {
    case OSS_CELL_DONE:
      return "done";
    case OSS_CELL_SKIPPED:
      return "skipped";
    case OSS_CELL_FAILED:
      return "failed";
  }
  return "unknown";
}

oss_status oss_schedule_create(size_t rows, size_t steps, oss_schedule *out) {
  *out = (oss_schedule){0};
  if (rows == 0 || steps == 0) return oss_fail(OSS_ERR_INTERNAL, "a schedule of %zu rows and %zu steps", rows, steps);
  if (steps >= SIZE_MAX / sizeof(double) / rows - 1)
    return oss_fail(OSS_ERR_MEMORY, "no memory for %zu schedules of %zu steps", rows, steps);
  size_t count = rows * (steps + 1);
  *out = (oss_schedule){.rows = rows,
                        .steps = steps,
                        .index = calloc(count, sizeof *out->index),
                        .t = calloc(count, sizeof *out->t),
                        .used = calloc(rows, sizeof *out->used),
                        .start = calloc(rows, sizeof *out->start)};
  if (out->index && out->t && out->used && out->start) return OSS_OK;
  oss_schedule_free(out);
  return oss_fail(OSS_ERR_MEMORY, "no memory for %zu schedules of %zu steps", rows, steps);
}

void oss_schedule_free(oss_schedule *schedule) {
  if (!schedule) return;
  free(schedule->index);
  free(schedule->t);
  free(schedule->used);
  free(schedule->start);
  free(schedule->order);
  *schedule = (oss_schedule){0};
}

void oss_tables_free(oss_tables *tables) {
  if (!tables) return;
  free(tables->cost);
  free(tables->from);
  free(tables->order);
  *tables = (oss_tables){0};
}

void oss_origin_free(oss_origin *origin) {
  free(origin->file);
  free(origin->key);
  free(origin->denoiser);
  free(origin->schedule);
  *origin = (oss_origin){0};
}

void oss_found_free(oss_found *found) {
  oss_schedule_free(&found->schedule);
  oss_tables_free(&found->tables);
  oss_array_free(&found->per_sample);
  oss_array_free(&found->pair_cost);
  oss_origin_free(&found->origin);
  *found = (oss_found){0};
}

void oss_record_free(oss_record *record) {
  if (!record) return;
  free(record->reason);
  oss_schedule_free(&record->schedule);
  oss_tables_free(&record->tables);
  oss_array_free(&record->per_sample);
  oss_array_free(&record->pair_cost);
  oss_origin_free(&record->origin);
  for (size_t i = 0; i < record->metric_count; i++) free(record->metrics[i].values);
  free(record->left_out);
  free(record->metrics);
  oss_array_free(&record->classes);
  oss_array_free(&record->student);
  oss_array_free(&record->teacher_end);
  oss_array_free(&record->student_trajectory);
  oss_array_free(&record->teacher_trajectory);
  oss_array_free(&record->quantiles);
  oss_array_free(&record->teacher_quantiles);
  *record = (oss_record){0};
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/search.h"

#include <stdlib.h>
#include <string.h>

#include "host/core/registries.h"
#include "host/pipeline/stage.h"
#include "host/search/times.h"

#define OSS_SEARCH(name) extern const oss_schedule_desc oss_search_##name;
#include "host/search/searches.def"
#undef OSS_SEARCH
#define OSS_SCHEDULE(name) extern const oss_schedule_desc oss_schedule_##name;
#include "host/schedules/schedules.def"
#undef OSS_SCHEDULE

static const oss_schedule_desc *const searches[] = {
#define OSS_SEARCH(name) &oss_search_##name,
#include "host/search/searches.def"
#undef OSS_SEARCH
};

static const oss_schedule_desc *const schedules[] = {
#define OSS_SCHEDULE(name) &oss_schedule_##name,
#include "host/schedules/schedules.def"
#undef OSS_SCHEDULE
};

OSS_DEFINE_REGISTRY(oss_searches, searches, "searches", "search", "schedules found from a teacher (student.schedule)")
OSS_DEFINE_REGISTRY(oss_schedules, schedules, "schedules", "schedule", "schedules that need no search (student.schedule)")

static const oss_schedule_desc *desc_of(const oss_member *member) {
  return (const oss_schedule_desc *)member->desc;
}

int oss_schedule_needs_teacher(const oss_member *member) {
  return desc_of(member)->needs_teacher;
}

int oss_schedule_shares(const oss_member *member) {
  const oss_member *init = oss_member_value(member, "init")->nested;
  return desc_of(member)->shares || (init != NULL && oss_schedule_shares(init));
}

oss_status oss_schedule_check(const oss_member *member, const oss_search_input *input, int64_t steps) {
  if (desc_of(member)->needs_teacher && !desc_of(member)->off_grid && steps > input->problem->grid.n)
    return oss_fail(OSS_ERR_UNSUPPORTED, "%lld steps (student.steps) are more than the teacher's %lld", (long long)steps,
                    (long long)input->problem->grid.n);
  if (desc_of(member)->times != NULL) return oss_times_check(member, input);
  return desc_of(member)->check == NULL ? OSS_OK : desc_of(member)->check(member, input);
}

oss_status oss_schedule_find(const oss_member *member, const oss_search_input *input, oss_found *found) {
  memset(found, 0, input->budget_count * sizeof *found);
  if (desc_of(member)->times != NULL) return oss_times_find(member, input, found);
  if (!desc_of(member)->needs_teacher) return desc_of(member)->find(member, input, found);
  OSS_TRY(oss_stage_begin(input->problem->be, "search"));
  return oss_stage_end(input->problem->be, desc_of(member)->find(member, input, found));
}

oss_bytes oss_schedule_bytes(const oss_member *member, const oss_search_input *input, size_t *held) {
  *held = 0;
  return desc_of(member)->bytes == NULL ? (oss_bytes){0} : desc_of(member)->bytes(member, input, held);
}

int64_t oss_schedule_nfe(const oss_member *member, const oss_search_input *input, int64_t steps) {
  return desc_of(member)->nfe == NULL ? 0 : desc_of(member)->nfe(member, input, steps);
}

double oss_schedule_work(const oss_member *member, const oss_search_input *input) {
  return desc_of(member)->work == NULL ? 0.0 : desc_of(member)->work(member, input);
}

int64_t oss_search_product(int64_t a, int64_t b) {
  const int64_t most = (int64_t)1 << 61;
  return b > 0 && a > most / b ? most : a * b;
}

int64_t oss_search_largest(const oss_search_input *input) {
  int64_t most = 0;
  for (size_t i = 0; i < input->budget_count; i++)
    if (input->budgets[i] > most) most = input->budgets[i];
  return most;
}

oss_status oss_schedule_from_indices(const oss_grid *grid, size_t rows, size_t steps, const int32_t *index, oss_schedule *out) {
  OSS_TRY(oss_schedule_create(rows, steps, out));
  memcpy(out->index, index, rows * (steps + 1) * sizeof *index);
  for (size_t r = 0; r < rows; r++) {
    const int32_t *row = index + r * (steps + 1);
    size_t repeats = 0;
    while (repeats < steps && row[repeats + 1] == row[0]) repeats++;
    for (size_t i = 0; i <= steps; i++) {
      if (row[i] < 0 || row[i] > grid->n || (i > repeats && row[i] >= row[i - 1])) {
        oss_schedule_free(out);
        return oss_fail(OSS_ERR_INPUT, "schedule index %zu is %d: indices descend from at most %lld to 0", i, row[i], (long long)grid->n);
      }
      out->t[r * (steps + 1) + i] = grid->t[row[i]];
    }
    out->used[r] = (int32_t)(steps - repeats);
    out->start[r] = grid->t[grid->n];
  }
  return OSS_OK;
}

oss_status oss_schedule_from_times(const oss_grid *grid, size_t steps, const double *t, oss_schedule *out) {
  OSS_TRY(oss_schedule_create(1, steps, out));
  for (size_t i = 0; i <= steps; i++) {
    out->t[i] = t[i];
    out->index[i] = oss_grid_index(grid, t[i]);
  }
  out->used[0] = (int32_t)steps;
  out->start[0] = t[0];
  return OSS_OK;
}

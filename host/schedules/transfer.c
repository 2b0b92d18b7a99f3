// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <stdlib.h>
#include <string.h>

#include "host/io/reader.h"
#include "host/schedules/match.h"
#include "host/search/average.h"
#include "host/search/search.h"
#include "host/solvers/solver.h"

static const oss_option options[] = {
    {.name = "from", .type = OSS_OPTION_FILE, .fallback = NULL, .help = "a result of ossbench run that holds the schedule"},
    {.name = "denoiser",
     .type = OSS_OPTION_TEXT,
     .fallback = "",
     .help = "which one there it was found on: the kind, the file's name or a part of the line; left out: its only one"},
    {.name = "schedule", .type = OSS_OPTION_TEXT, .fallback = "", .help = "and by which search or formula, in the same way"},
    {.name = "solver", .type = OSS_OPTION_TEXT, .fallback = "same", .help = "and for which solver; same: the student's"},
    {.name = "teacher_grid", .type = OSS_OPTION_TEXT, .fallback = "same", .help = "and on which teacher's grid; same: this teacher's"},
    {.name = "teacher_steps",
     .type = OSS_OPTION_INT,
     .fallback = "",
     .min = 1,
     .max = OSS_GRID_MAX_STEPS,
     .help = "and on how many steps of it; left out: this teacher's"},
    {.name = "average",
     .type = OSS_OPTION_CHOICE,
     .fallback = "none",
     .choices = "none median mean",
     .help = "of a schedule a sample: refused, or one from all of them, on the grid they were found on"},
};

/* A cell's schedule as it was found. Owned. */
typedef struct source {
  oss_schedule schedule; /* rows as in the file */
  double first, last;    /* t_N and t_0 of the teacher it was found on */
} source;

static oss_status read_part(const char *path, int64_t cell, const char *name, oss_type type, int rank, oss_array *out) {
  char *object = oss_format("/cells/%04lld/schedule/%s", (long long)cell, name);
  if (object == NULL) return oss_fail(OSS_ERR_MEMORY, "schedule of cell %lld", (long long)cell);
  oss_status status = oss_io_read(path, object, type, rank, rank, out);
  free(object);
  return status;
}

static oss_status bad_schedule(const char *path, int64_t cell, const char *what) {
  return oss_fail(OSS_ERR_INPUT, "%s: '/cells/%04lld/schedule' %s: no schedule that ossbench wrote", path, (long long)cell, what);
}

static void array_to(oss_array *array, void *out, size_t count, size_t size) {
  memcpy(out, array->data, count * size);
  oss_array_free(array);
}

/* Descending times in [0, 1] behind repeats of the first. */
static int descends(const oss_schedule *s, size_t row) {
  const double *t = s->t + row * (s->steps + 1);
  if (s->used[row] < 1 || (size_t)s->used[row] > s->steps || !(t[0] <= 1.0 && t[s->steps] >= 0.0)) return 0;
  for (size_t i = 1; i <= s->steps; i++)
    if (i <= s->steps - (size_t)s->used[row] ? t[i] != t[0] : !(t[i] < t[i - 1])) return 0;
  return s->start[row] > 0.0 && s->start[row] <= 1.0;
}

static oss_status read_orders(const char *path, int64_t cell, oss_schedule *s) {
  oss_array order = {0};
  char *object = oss_format("/cells/%04lld/schedule/order", (long long)cell);
  if (object == NULL) return oss_fail(OSS_ERR_MEMORY, "schedule of cell %lld", (long long)cell);
  int there = oss_io_exists(path, object);
  free(object);
  if (!there) return OSS_OK;
  OSS_TRY(read_part(path, cell, "order", OSS_I32, 2, &order));
  if (order.dims[0] != s->rows || order.dims[1] != s->steps) {
    oss_array_free(&order);
    return bad_schedule(path, cell, "has orders of another shape");
  }
  s->order = order.data;
  return OSS_OK;
}

static oss_status read_schedule(const char *path, const oss_listed_cell *cell, oss_schedule *s) {
  size_t steps = (size_t)cell->steps;
  oss_array t = {0}, index = {0}, used = {0}, start = {0};
  oss_status status = OSS_OK;
  OSS_TRY_TO(done, read_part(path, cell->number, "t", OSS_F64, 2, &t));
  OSS_TRY_TO(done, read_part(path, cell->number, "index", OSS_I32, 2, &index));
  OSS_TRY_TO(done, read_part(path, cell->number, "used", OSS_I32, 1, &used));
  OSS_TRY_TO(done, read_part(path, cell->number, "start", OSS_F64, 1, &start));
  size_t rows = t.dims[0];
  if (t.dims[1] != steps + 1 || index.dims[0] != rows || index.dims[1] != steps + 1 || used.dims[0] != rows || start.dims[0] != rows) {
    status = bad_schedule(path, cell->number, "has arrays of different shapes");
    goto done;
  }
  OSS_TRY_TO(done, oss_schedule_create(rows, steps, s));
  array_to(&t, s->t, rows * (steps + 1), sizeof *s->t);
  array_to(&index, s->index, rows * (steps + 1), sizeof *s->index);
  array_to(&used, s->used, rows, sizeof *s->used);
  array_to(&start, s->start, rows, sizeof *s->start);
  for (size_t r = 0; r < rows && status == OSS_OK; r++)
    if (!descends(s, r)) status = bad_schedule(path, cell->number, "does not descend");
  if (status == OSS_OK) status = read_orders(path, cell->number, s);
done:
  oss_array_free(&t);
  oss_array_free(&index);
  oss_array_free(&used);
  oss_array_free(&start);
  return status;
}

/* The times of the teacher that the cell names, ascending. */
static oss_status read_teacher(const char *path, int64_t cell, oss_array *out) {
  char *object = oss_format("/cells/%04lld", (long long)cell), *teacher = NULL, *times = NULL;
  oss_status status = object == NULL ? oss_fail(OSS_ERR_MEMORY, "teacher of cell %lld", (long long)cell)
                                     : oss_io_attribute_text(path, object, "teacher", &teacher);
  if (status == OSS_OK && teacher == NULL) status = bad_schedule(path, cell, "has no teacher beside it");
  if (status == OSS_OK && (times = oss_format("%s/t", teacher)) == NULL) status = oss_fail(OSS_ERR_MEMORY, "teacher '%s'", teacher);
  if (status == OSS_OK) status = oss_io_read(path, times, OSS_F64, 1, 1, out);
  free(object);
  free(teacher);
  free(times);
  return status;
}

/* One schedule in place of one a sample. */
static oss_status average(const oss_member *member, int64_t cell, const oss_array *teacher, oss_schedule *s) {
  const char *path = oss_member_path(member, "from");
  const double *t = teacher->data;
  oss_schedule one;
  if (s->rows == 1) return OSS_OK;
  if (oss_member_is(member, "average", "none"))
    return oss_fail(OSS_ERR_UNSUPPORTED,
                    "%s: cell %lld has a schedule a sample (%zu of them), and so has no one schedule to hand on; "
                    "average: median takes one from them",
                    path, (long long)cell, s->rows);
  for (size_t i = 0; i < s->rows * (s->steps + 1); i++)
    if (s->index[i] < 0 || (size_t)s->index[i] >= teacher->dims[0])
      return oss_fail(OSS_ERR_UNSUPPORTED, "%s: cell %lld has a schedule a sample off its teacher's grid: there is no average of them",
                      path, (long long)cell);
  OSS_TRY(oss_schedule_create(1, s->steps, &one));
  oss_average how = oss_member_is(member, "average", "mean") ? OSS_AVERAGE_MEAN : OSS_AVERAGE_MEDIAN;
  oss_status status = oss_average_schedules(how, s->rows, s->steps, s->index, one.index);
  size_t repeats = 0;
  while (repeats + 1 < s->steps && one.index[repeats + 1] == one.index[0]) repeats++;
  for (size_t i = 0; i <= s->steps; i++) one.t[i] = t[one.index[i]];
  one.used[0] = (int32_t)(s->steps - repeats);
  one.start[0] = s->start[0];
  oss_schedule_free(s);
  *s = one;
  return status;
}

static oss_status read_source(const oss_member *member, const oss_listed_cell *cell, source *out) {
  const char *path = oss_member_path(member, "from");
  oss_array teacher = {0};
  *out = (source){0};
  oss_status status = read_schedule(path, cell, &out->schedule);
  if (status == OSS_OK) status = read_teacher(path, cell->number, &teacher);
  if (status == OSS_OK) status = average(member, cell->number, &teacher, &out->schedule);
  if (status == OSS_OK) {
    out->first = ((const double *)teacher.data)[teacher.dims[0] - 1];
    out->last = ((const double *)teacher.data)[0];
  } else {
    oss_schedule_free(&out->schedule);
  }
  oss_array_free(&teacher);
  return status;
}

static int same_schedule(const source *a, const source *b) {
  const oss_schedule *s = &a->schedule, *o = &b->schedule;
  return s->steps == o->steps && memcmp(s->t, o->t, (s->steps + 1) * sizeof *s->t) == 0 && s->used[0] == o->used[0] &&
         s->start[0] == o->start[0] && a->first == b->first && a->last == b->last;
}

/* A time keeps its noise level; the ends of the teacher it comes from become the ends of this one. */
static double moved(const source *from, const oss_grid *grid, double t) {
  return t == from->first ? grid->t[grid->n] : t == from->last ? grid->t[0] : t;
}

/* Orders that the steps were chosen with and sampled with. */
static oss_status take_orders(const oss_member *member, const oss_listed_cell *cell, const oss_schedule *from, const oss_member *solver,
                              oss_schedule *out) {
  for (size_t i = 0; i < from->steps; i++)
    if (from->order[i] < 0 || from->order[i] > oss_solver_orders(solver)) {
      oss_schedule_free(out);
      return bad_schedule(oss_member_path(member, "from"), cell->number, "has orders that its solver has not");
    }
  out->order = malloc(from->steps * sizeof *out->order);
  if (out->order == NULL) {
    oss_schedule_free(out);
    return oss_fail(OSS_ERR_MEMORY, "orders of %zu steps", from->steps);
  }
  memcpy(out->order, from->order, from->steps * sizeof *out->order);
  out->follow = 1;
  return OSS_OK;
}

static oss_status carry_over(const oss_member *member, const oss_listed_cell *cell, const source *from, const oss_search_input *input,
                             oss_schedule *out) {
  const oss_schedule *s = &from->schedule;
  const oss_grid *grid = &input->problem->grid;
  int follow = s->order != NULL && strstr(cell->schedule, "sampling: stored") != NULL;
  OSS_TRY(oss_schedule_create(1, s->steps, out));
  for (size_t i = 0; i <= s->steps; i++) {
    double t = moved(from, grid, s->t[i]);
    if (!(t <= grid->t[grid->n] && t >= grid->t[0]) || (i > s->steps - (size_t)s->used[0] && !(t < out->t[i - 1]))) {
      oss_schedule_free(out);
      return oss_fail(OSS_ERR_UNSUPPORTED, "%s: cell %lld has a step at t = %g, which is not within this teacher's range, %g to %g",
                      oss_member_path(member, "from"), (long long)cell->number, t, grid->t[grid->n], grid->t[0]);
    }
    out->t[i] = t;
    out->index[i] = oss_grid_index(grid, t);
  }
  out->used[0] = s->used[0];
  out->start[0] = moved(from, grid, s->start[0]);
  return follow && strcmp(cell->solver, input->solver->yaml) == 0 ? take_orders(member, cell, s, input->solver, out) : OSS_OK;
}

/* The cells that answer, of which one is as good as another when they hold the same schedule. */
static oss_status choose(const oss_member *member, const oss_listed_cell *cells, const size_t *chosen, size_t count, source *out) {
  OSS_TRY(read_source(member, &cells[chosen[0]], out));
  for (size_t i = 1; i < count; i++) {
    source other;
    oss_status status = read_source(member, &cells[chosen[i]], &other);
    int same = status == OSS_OK && same_schedule(out, &other);
    if (status == OSS_OK) oss_schedule_free(&other.schedule);
    if (same) continue;
    oss_schedule_free(&out->schedule);
    OSS_TRY(status);
    return oss_member_fail(member, "%s has several schedules that answer, in cells %lld and %lld (%zu in all): %s by %s",
                           oss_member_path(member, "from"), (long long)cells[chosen[0]].number, (long long)cells[chosen[i]].number, count,
                           cells[chosen[0]].denoiser, cells[chosen[0]].schedule);
  }
  return OSS_OK;
}

static oss_asked asked(const oss_member *member, const char *option, const char *same) {
  const char *text = oss_member_text(member, option);
  if (text[0] == '\0') return (oss_asked){NULL, 0};
  return strcmp(text, "same") == 0 && same != NULL ? (oss_asked){same, 1} : (oss_asked){text, 0};
}

static oss_wanted wanted_of(const oss_member *member, const oss_search_input *input, int64_t budget) {
  const oss_problem *p = input->problem;
  const oss_value *steps = oss_member_value(member, "teacher_steps");
  return (oss_wanted){.denoiser = asked(member, "denoiser", NULL),
                      .schedule = asked(member, "schedule", NULL),
                      .solver = asked(member, "solver", input->solver->yaml),
                      .teacher_grid = asked(member, "teacher_grid", p->grid_member->yaml),
                      .teacher_steps = steps->given ? steps->integer : p->grid.n,
                      .steps = budget,
                      .teacher_solver = p->teacher_solver->yaml,
                      .initial = p->initial->yaml,
                      .seed = (int64_t)p->seed,
                      .samples_search = (int64_t)input->samples};
}

static oss_status set_origin(const char *path, const oss_listed_cell *cell, oss_origin *out) {
  *out = (oss_origin){.file = oss_strdup(path),
                      .key = oss_strdup(cell->key),
                      .denoiser = oss_strdup(cell->denoiser),
                      .schedule = oss_strdup(cell->schedule),
                      .cell = cell->number};
  if (out->file != NULL && out->key != NULL && out->denoiser != NULL && out->schedule != NULL) return OSS_OK;
  return oss_fail(OSS_ERR_MEMORY, "origin of a schedule");
}

static oss_status find_one(const oss_member *member, const oss_search_input *input, const oss_listed_cell *cells, size_t cell_count,
                           int64_t budget, oss_found *found) {
  const char *path = oss_member_path(member, "from");
  oss_wanted wanted = wanted_of(member, input, budget);
  size_t *chosen = NULL, count = 0;
  source from = {0};
  oss_status status = oss_match_cells(path, cells, cell_count, &wanted, &chosen, &count);
  if (status == OSS_ERR_CONFIG) {
    char *message = oss_strdup(oss_message());
    status = oss_member_fail(member, "%s", message != NULL ? message : "several cells answer");
    free(message);
  }
  if (status == OSS_OK) status = choose(member, cells, chosen, count, &from);
  if (status == OSS_OK) status = carry_over(member, &cells[chosen[0]], &from, input, &found->schedule);
  if (status == OSS_OK) status = set_origin(path, &cells[chosen[0]], &found->origin);
  if (status != OSS_OK) oss_found_free(found);
  oss_schedule_free(&from.schedule);
  free(chosen);
  return status;
}

static oss_status find(const oss_member *member, const oss_search_input *input, oss_found *found) {
  oss_listed_cell *cells;
  size_t count;
  oss_status status = OSS_OK;
  OSS_TRY(oss_io_cells(oss_member_path(member, "from"), &cells, &count));
  for (size_t i = 0; i < input->budget_count && status == OSS_OK; i++) {
    status = find_one(member, input, cells, count, input->budgets[i], &found[i]);
    for (size_t k = 0; k < i && status != OSS_OK; k++) oss_found_free(&found[k]);
  }
  oss_io_cells_free(cells, count);
  return status;
}

static oss_status check(const oss_member *member, const oss_search_input *input) {
  oss_found *found = calloc(input->budget_count + 1, sizeof *found);
  if (found == NULL) return oss_fail(OSS_ERR_MEMORY, "schedules of %zu budgets", input->budget_count);
  oss_status status = find(member, input, found);
  for (size_t i = 0; i < input->budget_count; i++) oss_found_free(&found[i]); /* empty after a failure */
  free(found);
  return status;
}

const oss_schedule_desc oss_schedule_transfer = {
    .base = {.name = "transfer",
             .summary = "a schedule found on another denoiser: the same noise levels, from a result of ossbench run",
             .source = "the question of which schedules carry over to other networks",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .check = check,
    .find = find,
};

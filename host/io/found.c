// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/io/found.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/core/log.h"
#include "host/core/text.h"
#include "host/io/h5.h"
#include "host/io/reader.h"
#include "host/io/writer.h"

static char *found_path(const char *output, const char *key) {
  return oss_format("%s.partial/found-%s.h5", output, key);
}

/* The arrays of a found schedule, for writing and reading alike. Borrowed data. */
typedef struct part {
  const char *object;
  oss_array array;
} part;

enum { PART_COUNT = 10 };

static void list_parts(const oss_found *f, part out[PART_COUNT]) {
  const oss_schedule *s = &f->schedule;
  const oss_tables *t = &f->tables;
  out[0] = (part){"/schedule/index", {OSS_I32, 2, {s->rows, s->steps + 1}, s->index}};
  out[1] = (part){"/schedule/t", {OSS_F64, 2, {s->rows, s->steps + 1}, s->t}};
  out[2] = (part){"/schedule/used", {OSS_I32, 1, {s->rows}, s->used}};
  out[3] = (part){"/schedule/start", {OSS_F64, 1, {s->rows}, s->start}};
  out[4] = (part){"/search/index", f->per_sample};
  out[5] = (part){"/search/from", {OSS_I32, 3, {t->rows, t->steps, t->n + 1}, t->from}};
  out[6] = (part){"/search/cost", {OSS_F64, 3, {t->rows, t->steps, t->n + 1}, t->cost}};
  out[7] = (part){"/schedule/order", {OSS_I32, 2, {s->rows, s->steps}, s->order}};
  out[8] = (part){"/search/order", {OSS_I32, 3, {t->rows, t->steps, t->n + 1}, t->order}};
  out[9] = (part){"/search/pair_cost", f->pair_cost};
}

/* Not compressed: the file lives for minutes. */
static oss_status write_plain(oss_writer *writer, const char *object, const oss_array *array) {
  OSS_TRY(oss_writer_begin(writer, object, array));
  return oss_writer_block(writer, object, 0, 0, array);
}

/* Only what is there: a NaN does not read back. */
static oss_status write_claim(oss_writer *writer, const oss_claim *claim) {
  if (claim->priced) OSS_TRY(oss_writer_real(writer, "/schedule", "cost", claim->cost));
  if (!claim->bounded) return OSS_OK;
  OSS_TRY(oss_writer_real(writer, "/schedule", "bound", claim->bound));
  return oss_writer_int(writer, "/schedule", "complete", claim->complete);
}

/* Costs and bounds are not negative: -1 stands for an attribute that is not there. */
static oss_status read_claim(const char *path, oss_claim *claim) {
  double complete;
  OSS_TRY(oss_io_attribute_real(path, "/schedule", "cost", -1.0, &claim->cost));
  OSS_TRY(oss_io_attribute_real(path, "/schedule", "bound", -1.0, &claim->bound));
  OSS_TRY(oss_io_attribute_real(path, "/schedule", "complete", 0.0, &complete));
  claim->priced = claim->cost >= 0.0;
  claim->bounded = claim->bound >= 0.0;
  claim->complete = complete != 0.0;
  return OSS_OK;
}

static oss_status write_parts(oss_writer *writer, const oss_found *found) {
  part parts[PART_COUNT];
  list_parts(found, parts);
  for (int i = 0; i < PART_COUNT; i++)
    if (parts[i].array.data != NULL) OSS_TRY(write_plain(writer, parts[i].object, &parts[i].array));
  OSS_TRY(write_claim(writer, &found->claim));
  OSS_TRY(oss_writer_int(writer, "/schedule", "follow", found->schedule.follow));
  OSS_TRY(oss_writer_int(writer, "/schedule", "nfe", found->nfe));
  return oss_writer_real(writer, "/schedule", "seconds", found->seconds);
}

oss_status oss_found_write(const char *output, const char *key, const oss_found *found) {
  oss_writer *writer = NULL;
  char *path = found_path(output, key);
  if (path == NULL) return oss_fail(OSS_ERR_MEMORY, "found schedule");
  oss_status status = oss_writer_create_sealed(path, &writer);
  if (status == OSS_OK) {
    status = write_parts(writer, found);
    if (status == OSS_OK)
      status = oss_writer_finish(writer);
    else
      oss_writer_abort(writer);
  }
  free(path);
  return status;
}

static oss_status read_parts(const char *path, oss_found *f) {
  oss_schedule *s = &f->schedule;
  oss_tables *t = &f->tables;
  oss_array index = {0}, times = {0}, used = {0}, start = {0}, from = {0}, cost = {0}, order = {0};
  double nfe, follow;
  OSS_TRY(oss_io_read(path, "/schedule/index", OSS_I32, 2, 2, &index));
  *s = (oss_schedule){.rows = index.dims[0], .steps = index.dims[1] - 1, .index = index.data};
  OSS_TRY(oss_io_read(path, "/schedule/t", OSS_F64, 2, 2, &times));
  s->t = times.data;
  OSS_TRY(oss_io_read(path, "/schedule/used", OSS_I32, 1, 1, &used));
  s->used = used.data;
  OSS_TRY(oss_io_read(path, "/schedule/start", OSS_F64, 1, 1, &start));
  s->start = start.data;
  if (oss_io_exists(path, "/schedule/order")) OSS_TRY(oss_io_read(path, "/schedule/order", OSS_I32, 2, 2, &order));
  s->order = order.data;
  OSS_TRY(oss_io_attribute_real(path, "/schedule", "follow", 0.0, &follow));
  s->follow = follow != 0.0;
  OSS_TRY(oss_io_attribute_real(path, "/schedule", "nfe", 0.0, &nfe));
  f->nfe = (int64_t)nfe;
  OSS_TRY(oss_io_attribute_real(path, "/schedule", "seconds", 0.0, &f->seconds));
  OSS_TRY(read_claim(path, &f->claim));
  if (oss_io_exists(path, "/search/pair_cost")) OSS_TRY(oss_io_read(path, "/search/pair_cost", OSS_F64, 2, 2, &f->pair_cost));
  if (oss_io_exists(path, "/search/index")) OSS_TRY(oss_io_read(path, "/search/index", OSS_I32, 2, 2, &f->per_sample));
  if (!oss_io_exists(path, "/search/from")) return OSS_OK;
  OSS_TRY(oss_io_read(path, "/search/from", OSS_I32, 3, 3, &from));
  *t = (oss_tables){.rows = from.dims[0], .steps = from.dims[1], .n = from.dims[2] - 1, .from = from.data};
  OSS_TRY(oss_io_read_unbounded(path, "/search/cost", 3, 3, &cost)); /* infinite where unreachable */
  t->cost = cost.data;
  order = (oss_array){0};
  if (oss_io_exists(path, "/search/order")) OSS_TRY(oss_io_read(path, "/search/order", OSS_I32, 3, 3, &order));
  t->order = order.data;
  return OSS_OK;
}

oss_status oss_found_read(const char *output, const char *key, oss_found *found, int *there) {
  char *path = found_path(output, key);
  int whole = 0;
  *there = 0;
  *found = (oss_found){0};
  if (path == NULL) return oss_fail(OSS_ERR_MEMORY, "found schedule");
  if (access(path, F_OK) == 0) {
    oss_status status = oss_sealed_check(path, &whole);
    if (status == OSS_OK && whole) status = read_parts(path, found);
    *there = status == OSS_OK && whole;
    if (!*there) {
      oss_log_warning("%s: damaged; its search is made again", path);
      oss_found_free(found);
    }
  }
  free(path);
  return OSS_OK;
}

void oss_found_remove(const char *output, const char *key) {
  char *path = found_path(output, key);
  if (path != NULL) (void)unlink(path); /* a leftover is harmless: the folder goes in the end */
  free(path);
}

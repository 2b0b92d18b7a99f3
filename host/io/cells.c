// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/io/cells.h"

#include <stdlib.h>

#include "host/core/text.h"
#include "host/io/h5.h"

typedef struct column {
  const char *name;
  size_t offset;
} column;

#define COLUMN(name) \
  { #name, offsetof(oss_listed_cell, name) }
static const column wholes[] = {
    {"cell", offsetof(oss_listed_cell, number)}, COLUMN(seed), COLUMN(teacher_steps), COLUMN(samples_search), COLUMN(steps)};
static const column texts[] = {COLUMN(denoiser), COLUMN(initial),     COLUMN(teacher_solver), COLUMN(teacher_grid), COLUMN(solver),
                               COLUMN(schedule), COLUMN(calibration), COLUMN(status),         COLUMN(reason)};
enum { WHOLES = sizeof wholes / sizeof *wholes, TEXTS = sizeof texts / sizeof *texts };

static char **text_of(oss_listed_cell *cell, size_t i) {
  return (char **)(void *)((char *)cell + texts[i].offset);
}

void oss_io_cells_free(oss_listed_cell *cells, size_t count) {
  for (size_t i = 0; cells && i < count; i++)
    for (size_t t = 0; t < TEXTS; t++) free(*text_of(&cells[i], t));
  free(cells);
}

/* A row of the table as the struct holds it. Columns are found by name; those that the file lacks stay zero. */
static hid_t row_type(void) {
  hid_t key = oss_summary_key_type(), text = oss_h5_text_type(), type = H5Tcreate(H5T_COMPOUND, sizeof(oss_listed_cell));
  int good = key >= 0 && text >= 0 && type >= 0 && H5Tinsert(type, "key", offsetof(oss_listed_cell, key), key) >= 0;
  for (size_t i = 0; i < WHOLES && good; i++) good = H5Tinsert(type, wholes[i].name, wholes[i].offset, H5T_NATIVE_INT64) >= 0;
  for (size_t i = 0; i < TEXTS && good; i++) good = H5Tinsert(type, texts[i].name, texts[i].offset, text) >= 0;
  oss_h5_close(key);
  oss_h5_close(text);
  if (good) return type;
  oss_h5_close(type);
  return H5I_INVALID_HID;
}

static oss_status read_rows(const char *path, hid_t dataset, hid_t type, hid_t space, oss_listed_cell **out, size_t *count) {
  hssize_t rows = H5Sget_simple_extent_npoints(space);
  if (rows <= 0) return oss_fail(OSS_ERR_INPUT, "%s: its /summary lists no cells", path);
  oss_listed_cell *cells = calloc((size_t)rows, sizeof *cells);
  if (!cells) return oss_fail(OSS_ERR_MEMORY, "%s: %lld cells", path, (long long)rows);
  oss_status status = OSS_OK;
  if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, cells) < 0) /* it makes texts with malloc */
    status = oss_h5_fail(OSS_ERR_INPUT, "%s: '/summary' cannot be read as a result's", path);
  for (size_t i = 0; i < (size_t)rows * TEXTS && status == OSS_OK; i++) {
    char **text = text_of(&cells[i / TEXTS], i % TEXTS);
    if (!*text && !(*text = oss_strdup(""))) status = oss_fail(OSS_ERR_MEMORY, "%s: %lld cells", path, (long long)rows);
  }
  if (status != OSS_OK) {
    oss_io_cells_free(cells, (size_t)rows);
    return status;
  }
  *out = cells;
  *count = (size_t)rows;
  return OSS_OK;
}

oss_status oss_io_cells(const char *path, oss_listed_cell **out, size_t *count) {
  hid_t file, dataset = H5I_INVALID_HID, space = H5I_INVALID_HID, type = H5I_INVALID_HID;
  *out = NULL;
  *count = 0;
  OSS_TRY(oss_h5_open(path, &file));
  oss_status status = OSS_OK;
  if (!oss_h5_exists(file, "/summary") || !oss_h5_exists(file, "/cells")) {
    status = oss_fail(OSS_ERR_INPUT, "%s: no result of ossbench run (it has no /cells or no /summary)", path);
    goto done;
  }
  OSS_TRY_TO(done, oss_h5_find(file, path, "/summary", H5I_DATASET, &dataset));
  space = H5Dget_space(dataset);
  type = space < 0 ? H5I_INVALID_HID : row_type();
  status =
      type < 0 ? oss_h5_fail(OSS_ERR_INPUT, "%s: '/summary' cannot be opened", path) : read_rows(path, dataset, type, space, out, count);
done:
  oss_h5_close(type);
  oss_h5_close(space);
  oss_h5_close(dataset);
  oss_h5_close(file);
  return status;
}

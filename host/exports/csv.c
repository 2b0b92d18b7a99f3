// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>

#include "host/exports/export.h"
#include "host/grids/grid.h"

/* In full: the very doubles, so that what is read back is the same schedule. */
static void add_number(oss_text *out, double v, const char *after) {
  char number[OSS_NUMBER_BYTES];
  oss_text_add(out, "%s%s", isinf(v) ? (v > 0 ? "inf" : "-inf") : oss_number_text(v, number), after);
}

static oss_status write(const oss_member *member, oss_exported *e, oss_text *out) {
  (void)member;
  oss_text_add(out, "index,t,sigma,lambda\n");
  for (size_t i = 0; i <= e->steps; i++) {
    oss_text_add(out, "%d,", (int)e->index[i]);
    add_number(out, e->t[i], ",");
    add_number(out, oss_sigma_of_t(e->t[i]), ",");
    add_number(out, log((1.0 - e->t[i]) / e->t[i]), "\n");
  }
  return OSS_OK;
}

const oss_export_desc oss_export_csv = {
    .base = {.name = "csv",
             .summary = "one line a point: grid index, t, sigma = t / (1 - t), lambda = log((1 - t) / t)",
             .source = "RFC 4180, with comment lines that begin with #"},
    .write = write,
    .space = OSS_SPACE_NONE,
    .notes = OSS_NOTES_COMMENTS,
};

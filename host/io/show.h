// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Pieces of what a person sees of a result. */
#ifndef OSS_IO_SHOW_H
#define OSS_IO_SHOW_H

#include <stdio.h>

#include "host/core/table.h"
#include "host/core/text.h"
#include "host/io/cell.h"

/* The value of an attribute as new memory. */
char *oss_show_value(const oss_h5_attribute *attribute);

/* "0.01234 ± 0.0004"; the mean alone for one sample, "" without values. New memory. The mean takes at least width columns, so that the
 * means of a column can end below one another. */
char *oss_show_metric(const oss_cell_metric *metric, size_t width);
size_t oss_show_metric_width(const oss_cell_metric *metric);

/* One cell whole. name: "0003". */
oss_status oss_show_cell(FILE *out, hid_t file, const char *path, const char *name);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What an object of an HDF5 file holds, for readers that do not know the names beforehand. */
#ifndef OSS_IO_LIST_H
#define OSS_IO_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/status.h"

/* An attribute with one value. */
typedef struct oss_io_attribute {
  char *name;
  char *text;      /* NULL: a number */
  int whole;       /* the number is an integer */
  int64_t integer; /* whole alone */
  double real;     /* any number, also where it is NaN or infinite */
} oss_io_attribute;

/* The attributes of an object that are text or one number, in the order they were made where that was kept. None where there is no such
 * object. Owned: oss_io_attributes_free. */
oss_status oss_io_attributes(const char *path, const char *object, oss_io_attribute **out, size_t *count);
void oss_io_attributes_free(oss_io_attribute *attributes, size_t count);

/* The names of what a group holds; none where there is no such group. Owned: oss_io_names_free. */
oss_status oss_io_children(const char *path, const char *group, char ***out, size_t *count);
void oss_io_names_free(char **names, size_t count);

#endif

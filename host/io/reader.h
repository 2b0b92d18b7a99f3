// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Reading arrays and attributes from HDF5 files. Every error names the file, the object and what was found instead. */
#ifndef OSS_IO_READER_H
#define OSS_IO_READER_H

#include "host/core/array.h"
#include "kernels/status.h"

/* To be called once, first thing in main(): errors are reported by ossbench alone, and no handler runs at exit. */
void oss_io_init(void);

/* The HDF5 library in words. */
const char *oss_io_library_version(void);

/* Reads a whole numeric dataset (integers, floats of any width, booleans), converted to type. rank_min..rank_max: what is acceptable.
 * Non-numeric types, other ranks, empty datasets, (for floating types) NaN or infinity, (for integer types) fractions or numbers out of
 * range, and links or data that lie in other files are OSS_ERR_INPUT; more than the memory there is, OSS_ERR_MEMORY. The caller frees *out.
 */
oss_status oss_io_read(const char *path, const char *dataset, oss_type type, int rank_min, int rank_max, oss_array *out);

/* The same as float64 where positive infinity has a meaning (a noise level at t = 1, the cost of what cannot be reached): it is accepted,
 * NaN and negative infinity are not. */
oss_status oss_io_read_unbounded(const char *path, const char *dataset, int rank_min, int rank_max, oss_array *out);

/* The rows first .. first + count - 1 (along dimension 0) of the same; OSS_ERR_INPUT says how many there are when they do not suffice. */
oss_status oss_io_read_rows(const char *path, const char *dataset, oss_type type, size_t first, size_t count, oss_array *out);

/* The shape, with the same demands on type and size: out->data is NULL, out->type the narrowest type that holds what is stored. */
oss_status oss_io_shape(const char *path, const char *dataset, oss_array *out);

/* Whether the file is a readable HDF5 file that holds this object. */
int oss_io_exists(const char *path, const char *object);

/* A numeric attribute of an object ("/" for the root); fallback where the object or the attribute is missing. Text, several values, NaN
 * and infinity are OSS_ERR_INPUT. */
oss_status oss_io_attribute_real(const char *path, const char *object, const char *name, double fallback, double *out);

/* A text attribute; *out is new memory, NULL where the object or the attribute is missing. */
oss_status oss_io_attribute_text(const char *path, const char *object, const char *name, char **out);

#endif

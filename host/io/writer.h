// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Writing an HDF5 file that appears whole or not at all: everything goes to a temporary name beside the target and is renamed last. */
#ifndef OSS_IO_WRITER_H
#define OSS_IO_WRITER_H

#include <stdint.h>

#include "host/core/array.h"
#include "kernels/status.h"

typedef struct oss_writer oss_writer;

/* Opens PATH.tmp.PID (PATH.tmp.PID.N where that is taken); makes missing folders; a symbolic link is followed. OSS_ERR_IO with the
 * system's reason, also where PATH is a folder or a device. After a failure every further call may fail; finish then fails too. */
oss_status oss_writer_create(const char *path, oss_writer **out);

/* object: an absolute path such as "/cells/0000"; missing groups are made. Text is variable-length UTF-8.
 * An attribute of that name is replaced. Attributes and the members of a group made here keep their order. */
oss_status oss_writer_group(oss_writer *writer, const char *object);
oss_status oss_writer_text(oss_writer *writer, const char *object, const char *name, const char *text);
oss_status oss_writer_int(oss_writer *writer, const char *object, const char *name, int64_t value);
oss_status oss_writer_real(oss_writer *writer, const char *object, const char *name, double value);
oss_status oss_writer_reals(oss_writer *writer, const char *object, const char *name, size_t count, const double *values); /* a list */

/* A whole dataset (missing groups are made, an existing one is an error); from 16 KiB on they are chunked and compressed (shuffle, deflate
 * 1). */
oss_status oss_writer_array(oss_writer *writer, const char *object, const oss_array *array);

/* A dataset written in blocks: created with its full shape, then filled along dimension dim (0 or 1) from first on. Contiguous, not
 * compressed. */
oss_status oss_writer_begin(oss_writer *writer, const char *object, const oss_array *shape);
oss_status oss_writer_block(oss_writer *writer, const char *object, int dim, size_t first, const oss_array *block);

/* Copies an object with all below it from another file. */
oss_status oss_writer_copy(oss_writer *writer, const char *source_path, const char *source_object, const char *object);

/* Flushes, closes, syncs and renames to the target; or closes and removes the temporary file. Both free the writer; NULL-safe. */
oss_status oss_writer_finish(oss_writer *writer);
void oss_writer_abort(oss_writer *writer);

#endif

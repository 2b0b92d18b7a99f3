// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Teacher trajectories kept on disk, one HDF5 file a key, verified when read. */
#ifndef OSS_IO_CACHE_H
#define OSS_IO_CACHE_H

#include "host/core/array.h"
#include "kernels/status.h"

/* The file of a key in a folder: FOLDER/KEYHASH.h5; caller frees. description is the full text that was hashed, kept in the file. */
char *oss_cache_path(const char *folder, const char *description);

/* Opens a finished file: checks that it is whole (attributes description, points, samples, elements; the dataset "states" (points, samples,
 * elements) f32; "checksum", one XXH3-64 (int64) a (point), of that point's bytes over all samples). *found = 0 where there is none; a file
 * that is damaged or belongs to another description is reported with a warning and *found = 0. Whole verification streams through the file
 * once, a point at a time. */
oss_status oss_cache_check(const char *path, const char *description, size_t points, size_t samples, size_t elements, int *found);

/* Samples first .. first+count-1 of one point: out (count, elements), host. */
oss_status oss_cache_read(const char *path, size_t point, size_t first, size_t count, size_t elements, float *out);

typedef struct oss_cache_writer oss_cache_writer;
/* Blocks (one point, some samples) come with the samples in order, for each block of samples all points in order; together they must cover
 * everything before finish, which computes the checksums (a running XXH3 state a point). */
oss_status oss_cache_begin(const char *path, const char *description, size_t points, size_t samples, size_t elements,
                           oss_cache_writer **out);
oss_status oss_cache_add(oss_cache_writer *writer, size_t point, size_t first, size_t count, const float *states); /* (count, elements) */
oss_status oss_cache_finish(oss_cache_writer *writer); /* renames into place; frees */
void oss_cache_abort(oss_cache_writer *writer);        /* removes; frees; NULL-safe */

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What the files of host/io share; nobody else includes this, as nobody else knows HDF5. */
#ifndef OSS_IO_H5_H
#define OSS_IO_H5_H

#define H5_USE_110_API /* newer libraries then offer the calls of 1.10 */
#include <hdf5.h>
#include <stddef.h>
#include <stdint.h>

#include "host/core/array.h"
#include "host/io/writer.h"
#include "kernels/status.h"

/* oss_fail with HDF5's own innermost description added. To be called before any other HDF5 call, which would clear it. */
oss_status oss_h5_fail(oss_status code, const char *fmt, ...) OSS_PRINTF(2, 3);

/* Closes an identifier of any kind; nothing for a negative one. Negative when HDF5 fails. */
int oss_h5_close(hid_t id);

/* Opens a file for reading; OSS_ERR_INPUT tells a missing, foreign, truncated and damaged file apart. */
oss_status oss_h5_open(const char *path, hid_t *file);

/* Opens an object; wanted is H5I_DATASET, H5I_GROUP or H5I_BADID for either. Links that leave the file are refused. The message of a
 * missing dataset lists those the file has. path: for messages. */
oss_status oss_h5_find(hid_t file, const char *path, const char *object, H5I_type_t wanted, hid_t *out);

/* Whether the object exists, every link on the way included. */
int oss_h5_exists(hid_t file, const char *object);

/* What to do with one object of a file; context is the caller's. */
typedef oss_status oss_h5_use(hid_t object, void *context);

/* Opens the file and, where the object exists, calls use on it, with path and object in front of its message. OSS_OK where it is missing.
 */
oss_status oss_h5_with(const char *path, const char *object, H5I_type_t wanted, oss_h5_use *use, void *context);

/* Types in memory and on disk (little-endian). Not to be closed. */
hid_t oss_h5_memory_type(oss_type type);
hid_t oss_h5_file_type(oss_type type);

/* The type of a text attribute: variable length, UTF-8. Negative on failure; caller closes. */
hid_t oss_h5_text_type(void);

/* The type of the keys in /summary: OSS_HASH_BYTES - 1 characters, found again without a heap of strings. The same. */
hid_t oss_summary_key_type(void);

typedef enum oss_h5_kind { OSS_H5_NONE, OSS_H5_TEXT, OSS_H5_INT, OSS_H5_REAL, OSS_H5_OTHER } oss_h5_kind;

/* An attribute with one value; OTHER is anything else. NONE: there is no such attribute. */
typedef struct oss_h5_attribute {
  char *name;
  oss_h5_kind kind;
  char *text; /* TEXT: never NULL; owned like name */
  int64_t integer;
  double real; /* INT too */
} oss_h5_attribute;

oss_status oss_h5_attribute_read(hid_t object, const char *name, oss_h5_attribute *out);
void oss_h5_attribute_free(oss_h5_attribute *attribute);

/* An owned list of names. */
typedef struct oss_h5_names {
  char **at;
  size_t count, capacity;
  int failed; /* out of memory */
} oss_h5_names;

/* The attributes of an object, or the links of a group, in the order they were made where that was kept, else by name. */
oss_status oss_h5_attribute_names(hid_t object, oss_h5_names *out);
oss_status oss_h5_children(hid_t group, oss_h5_names *out);
void oss_h5_names_add(oss_h5_names *names, const char *name);
void oss_h5_names_free(oss_h5_names *names);

/* "(3, 4)"; "()" for rank 0. Returns out. */
enum { OSS_H5_SHAPE_BYTES = 256 };
char *oss_h5_shape_text(int rank, const hsize_t *dims, char out[OSS_H5_SHAPE_BYTES]);

/* The file a writer writes, for what its public functions do not offer, and what to return when that failed. */
hid_t oss_writer_file(oss_writer *writer);
oss_status oss_writer_fail(oss_writer *writer, const char *object);
oss_status oss_writer_outcome(oss_writer *writer, const char *object, herr_t code); /* fails where code is negative or the disk refused */

/* A writer whose file carries a checksum of itself in its first 512 bytes (the user block that HDF5 leaves alone), and its verification:
 * *whole = 0 with a message where the file is not what was written. */
oss_status oss_writer_create_sealed(const char *path, oss_writer **out);
oss_status oss_sealed_check(const char *path, int *whole);

#endif

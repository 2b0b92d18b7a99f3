// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The HDF5 file driver that writers use. HDF5 1.10 cannot close a file whose last writes fail: it keeps the file and its memory, and
 * tries again at exit. This driver keeps the first error for us, and from then on accepts everything without writing, so that HDF5
 * always closes in good order and the writer, which asks for the error, throws the file away. */
#ifndef OSS_IO_DISK_H
#define OSS_IO_DISK_H

#include "host/io/h5.h"

typedef struct oss_disk {
  int fd;    /* borrowed; -1 once the writer has given up on it */
  int error; /* errno of the first failure; 0: none */
} oss_disk;

/* A file access list whose files live on disk->fd; the name given to H5Fcreate serves messages alone. *driver is to be unregistered
 * (H5FDunregister) when the file is closed. Negative on failure. disk must live as long as the file. */
hid_t oss_disk_access_list(oss_disk *disk, hid_t *driver);

/* Writes all bytes at an offset; 0 or an errno. */
int oss_disk_write(int fd, const void *data, size_t bytes, int64_t offset);

/* Reads up to bytes; the number read, short only at the end of the file, or -1 with errno. */
int64_t oss_disk_read(int fd, void *data, size_t bytes, int64_t offset);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/io/disk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

/* One call to the system moves at most this much: Linux stops just below 2 GiB anyway. */
enum { PIECE = 1 << 30 };

typedef struct disk_file {
  H5FD_t base; /* first, as HDF5 wants it */
  oss_disk *disk;
  haddr_t eoa, eof;
} disk_file;

int oss_disk_write(int fd, const void *data, size_t bytes, int64_t offset) {
  const char *from = data;
  while (bytes > 0) {
    ssize_t done = pwrite(fd, from, bytes < PIECE ? bytes : PIECE, (off_t)offset);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return errno;
    if (done == 0) return ENOSPC;
    from += done;
    offset += done;
    bytes -= (size_t)done;
  }
  return 0;
}

int64_t oss_disk_read(int fd, void *data, size_t bytes, int64_t offset) {
  char *to = data;
  size_t total = 0;
  while (total < bytes) {
    size_t rest = bytes - total;
    ssize_t done = pread(fd, to + total, rest < PIECE ? rest : PIECE, (off_t)(offset + (int64_t)total));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return -1;
    if (done == 0) break;
    total += (size_t)done;
  }
  return (int64_t)total;
}

static H5FD_t *disk_open(const char *name, unsigned flags, hid_t access_list, haddr_t limit) {
  (void)name, (void)flags, (void)limit;
  oss_disk *const *disk = H5Pget_driver_info(access_list);
  disk_file *file = disk ? calloc(1, sizeof *file) : NULL;
  if (!file) return NULL;
  file->disk = *disk;
  struct stat info;
  if (fstat(file->disk->fd, &info) == 0) file->eof = (haddr_t)info.st_size;
  return &file->base;
}

static herr_t disk_close(H5FD_t *base) {
  free(base);
  return 0;
}

static herr_t disk_query(const H5FD_t *base, unsigned long *flags) {
  (void)base;
  *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE | H5FD_FEAT_AGGREGATE_SMALLDATA |
           H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
  return 0;
}

static haddr_t disk_eoa(const H5FD_t *base, H5FD_mem_t type) {
  (void)type;
  return ((const disk_file *)base)->eoa;
}

static herr_t disk_set_eoa(H5FD_t *base, H5FD_mem_t type, haddr_t address) {
  (void)type;
  ((disk_file *)base)->eoa = address;
  return 0;
}

static haddr_t disk_eof(const H5FD_t *base, H5FD_mem_t type) {
  (void)type;
  return ((const disk_file *)base)->eof;
}

static herr_t disk_read(H5FD_t *base, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, void *out) {
  (void)type, (void)transfer;
  disk_file *file = (disk_file *)base;
  int64_t got = file->disk->error ? 0 : oss_disk_read(file->disk->fd, out, size, (int64_t)address);
  if (got < 0) {
    file->disk->error = errno;
    got = 0;
  }
  memset((char *)out + got, 0, size - (size_t)got); /* allocated but never written */
  return 0;
}

static herr_t disk_write(H5FD_t *base, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, const void *data) {
  (void)type, (void)transfer;
  disk_file *file = (disk_file *)base;
  if (!file->disk->error) file->disk->error = oss_disk_write(file->disk->fd, data, size, (int64_t)address);
  if (address + size > file->eof) file->eof = address + size;
  return 0;
}

static herr_t disk_truncate(H5FD_t *base, hid_t transfer, hbool_t closing) {
  (void)transfer, (void)closing;
  disk_file *file = (disk_file *)base;
  if (file->eoa == file->eof) return 0;
  if (!file->disk->error && ftruncate(file->disk->fd, (off_t)file->eoa) != 0) file->disk->error = errno;
  file->eof = file->eoa;
  return 0;
}

static const H5FD_class_t disk_class = {
#if H5_VERSION_GE(1, 13, 0)
    .version = H5FD_CLASS_VERSION,
    .value = (H5FD_class_value_t)512, /* the first that is free for private drivers */
#endif
    .name = "ossbench",
    .maxaddr = INT64_MAX,
    .fc_degree = H5F_CLOSE_STRONG,
    .fapl_size = sizeof(oss_disk *),
    .open = disk_open,
    .close = disk_close,
    .query = disk_query,
    .get_eoa = disk_eoa,
    .set_eoa = disk_set_eoa,
    .get_eof = disk_eof,
    .read = disk_read,
    .write = disk_write,
    .truncate = disk_truncate,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

hid_t oss_disk_access_list(oss_disk *disk, hid_t *driver) {
  *driver = H5FDregister(&disk_class);
  hid_t list = *driver < 0 ? H5I_INVALID_HID : H5Pcreate(H5P_FILE_ACCESS);
  /* Checksummed metadata throughout, readable by every HDF5 since 1.10. */
  if (list < 0 || H5Pset_driver(list, *driver, &disk) < 0 || H5Pset_fclose_degree(list, H5F_CLOSE_STRONG) < 0 ||
      H5Pset_libver_bounds(list, H5F_LIBVER_V110, H5F_LIBVER_V110) < 0) {
    if (list >= 0) (void)H5Pclose(list);
    if (*driver >= 0) (void)H5FDunregister(*driver);
    *driver = H5I_INVALID_HID;
    return H5I_INVALID_HID;
  }
  return list;
}

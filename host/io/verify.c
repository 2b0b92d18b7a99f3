// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Reading all data of a group for the sake of its checksums. */
#include <stdlib.h>

#include "host/io/cell.h"

/* Rows are read in blocks of about this many bytes. */
enum { BLOCK_BYTES = 1 << 24 };

/* Reads a dataset in the file's own type and throws it away. */
static oss_status read_through(hid_t dataset, const char *name) {
  hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset), memory = H5I_INVALID_HID;
  hsize_t dims[H5S_MAX_RANK], start[H5S_MAX_RANK] = {0};
  int rank = H5Sget_simple_extent_dims(space, dims, NULL);
  size_t size = H5Tget_size(type);
  oss_status status = rank < 0 || size == 0 ? oss_h5_fail(OSS_ERR_INPUT, "'%s' cannot be read", name) : OSS_OK;
  void *block = NULL;
  hsize_t rows = rank > 0 ? dims[0] : 1, stride = 1;
  for (int d = 1; d < rank; d++) stride *= dims[d];
  if (status != OSS_OK || rows * stride == 0) goto done;
  hsize_t most = BLOCK_BYTES / size / stride;
  if (most == 0) most = 1;
  if (most > rows) most = rows;
  block = malloc((size_t)(most * stride) * size);
  if (!block) {
    status = oss_fail(OSS_ERR_MEMORY, "no memory to check '%s'", name);
    goto done;
  }
  for (hsize_t first = 0; first < rows && status == OSS_OK; first += most) {
    herr_t code;
    if (rank == 0) {
      code = H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, block);
    } else {
      dims[0] = rows - first < most ? rows - first : most;
      start[0] = first;
      memory = H5Screate_simple(rank, dims, NULL);
      code = memory < 0 ? -1 : H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, dims, NULL);
      if (code >= 0) code = H5Dread(dataset, type, memory, space, H5P_DEFAULT, block);
    }
    if (code < 0) status = oss_h5_fail(OSS_ERR_INPUT, "'%s' cannot be read", name);
    oss_h5_close(memory);
    memory = H5I_INVALID_HID;
  }
done:
  free(block);
  oss_h5_close(space);
  oss_h5_close(type);
  return status;
}

static herr_t visit(hid_t group, const char *name, const H5O_info_t *info, void *data) {
  oss_status *status = data;
  if (info->type != H5O_TYPE_DATASET) return 0;
  hid_t dataset = H5Dopen2(group, name, H5P_DEFAULT);
  if (dataset < 0) {
    *status = oss_h5_fail(OSS_ERR_INPUT, "'%s' cannot be opened", name);
  } else {
    *status = read_through(dataset, name);
    oss_h5_close(dataset);
  }
  return *status == OSS_OK ? 0 : 1; /* 1 ends the visit */
}

oss_status oss_cell_verify(hid_t group) {
  oss_status status = OSS_OK;
  if (H5Ovisit2(group, H5_INDEX_NAME, H5_ITER_INC, visit, &status, H5O_INFO_BASIC) < 0 && status == OSS_OK)
    status = oss_h5_fail(OSS_ERR_INPUT, "cannot be read");
  return status;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <hdf5.h>

#include "host/io/reader.h"

const char *oss_io_library_version(void) {
  return H5_VERS_INFO;
}

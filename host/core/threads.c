// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/core/threads.h"

#include <omp.h>

int oss_host_threads(const oss_backend *be) {
  return be->threads > 0 ? be->threads : omp_get_max_threads();
}

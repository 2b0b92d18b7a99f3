// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/core/array.h"

#include <stdlib.h>
#include <string.h>

size_t oss_type_bytes(oss_type type) {
  switch (type) {
    case OSS_F32:
    case OSS_I32:
      return 4;
    case OSS_F64:
    case OSS_I64:
      return 8;
  }
  return 0;
}

size_t oss_array_count(const oss_array *array) {
  size_t count = 1;
  for (int d = 0; d < array->rank; d++) count *= array->dims[d];
  return count;
}

void oss_array_free(oss_array *array) {
  if (!array) return;
  free(array->data);
  memset(array, 0, sizeof *array);
}

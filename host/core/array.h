// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* A host array with its shape: what comes out of a file and what goes into one. */
#ifndef OSS_CORE_ARRAY_H
#define OSS_CORE_ARRAY_H

#include <stddef.h>
#include <stdint.h>

enum { OSS_MAX_RANK = 8, OSS_MAX_SAMPLE_RANK = OSS_MAX_RANK - 2 /* a trajectory adds points and samples */ };

typedef enum oss_type { OSS_F32, OSS_F64, OSS_I32, OSS_I64 } oss_type;

/* Row-major. {0} is empty; data is owned when oss_array_free is the one to free it. */
typedef struct oss_array {
  oss_type type;
  int rank;
  size_t dims[OSS_MAX_RANK];
  void *data;
} oss_array;

size_t oss_type_bytes(oss_type type);
size_t oss_array_count(const oss_array *array); /* elements; 1 for rank 0 */
void oss_array_free(oss_array *array);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Memory in estimates: the backend's buffers and the host's, which are different memory on a card and the same one on the processor. */
#ifndef OSS_CORE_BYTES_H
#define OSS_CORE_BYTES_H

#include <stddef.h>

/* The most of each, and of both at one time: peaks of the two need not fall together. */
typedef struct oss_bytes {
  size_t device, host, both;
} oss_bytes;

oss_bytes oss_bytes_of(size_t device, size_t host);
oss_bytes oss_bytes_add(oss_bytes a, oss_bytes b);  /* held at the same time */
oss_bytes oss_bytes_most(oss_bytes a, oss_bytes b); /* held one after the other */

#endif

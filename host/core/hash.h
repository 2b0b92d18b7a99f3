// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Content hashes (XXH3, 128 bits) for cache keys and cell keys. Not cryptographic. */
#ifndef OSS_CORE_HASH_H
#define OSS_CORE_HASH_H

#include <stddef.h>

#include "kernels/status.h"

enum { OSS_HASH_BYTES = 33 /* 32 hexadecimal digits and the NUL */ };

void oss_hash_text(const char *text, char out[OSS_HASH_BYTES]);
void oss_hash_memory(const void *data, size_t bytes, char out[OSS_HASH_BYTES]);

/* The content of a file. OSS_ERR_INPUT names the path when it can't be read. */
oss_status oss_hash_file(const char *path, char out[OSS_HASH_BYTES]);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/core/hash.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

static void hexadecimal(XXH128_hash_t hash, char out[OSS_HASH_BYTES]) {
  XXH128_canonical_t bytes; /* big-endian on every machine, so keys can be shared between machines */
  XXH128_canonicalFromHash(&bytes, hash);
  for (size_t i = 0; i < sizeof bytes.digest; i++) snprintf(out + 2 * i, 3, "%02x", bytes.digest[i]);
}

void oss_hash_memory(const void *data, size_t bytes, char out[OSS_HASH_BYTES]) {
  hexadecimal(XXH3_128bits(data, bytes), out);
}

void oss_hash_text(const char *text, char out[OSS_HASH_BYTES]) {
  oss_hash_memory(text, strlen(text), out);
}

oss_status oss_hash_file(const char *path, char out[OSS_HASH_BYTES]) {
  enum { BLOCK = 1 << 16 };
  oss_status status = OSS_OK;
  unsigned char *block = NULL;
  XXH3_state_t *state = NULL;
  FILE *file = fopen(path, "rb");
  if (!file) return oss_fail(OSS_ERR_INPUT, "%s: can't be read: %s", path, strerror(errno));
  block = malloc(BLOCK);
  state = XXH3_createState();
  if (!block || !state || XXH3_128bits_reset(state) != XXH_OK) {
    status = oss_fail(OSS_ERR_MEMORY, "%s: no memory to hash it", path);
    goto done;
  }
  size_t got;
  while ((got = fread(block, 1, BLOCK, file)) > 0) XXH3_128bits_update(state, block, got);
  if (ferror(file)) { /* a folder opens like a file and fails here */
    status = oss_fail(OSS_ERR_INPUT, "%s: can't be read: %s", path, strerror(errno));
    goto done;
  }
  hexadecimal(XXH3_128bits_digest(state), out);
done:
  XXH3_freeState(state);
  free(block);
  fclose(file);
  return status;
}

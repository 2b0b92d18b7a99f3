// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Words that read as NaN in float and double and as a huge number in integers, and zones that ASan guards. */
#include <string.h>

#include "internal.h"

#if OSS_CUDA_HOST_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace oss_cuda_host {

static const uint32_t poison_word = 0x7ffbad0du;

/* A word's bytes by address, so that pieces of a zone agree with the whole. */
static unsigned char poison_byte(uintptr_t address) {
  return (unsigned char)(poison_word >> 8 * (address & 3));
}

void fill_poison(void *memory, size_t bytes) {
  char *at = static_cast<char *>(memory), *end = at + bytes;
  while (at < end && (reinterpret_cast<uintptr_t>(at) & 3) != 0) {
    *at = (char)poison_byte(reinterpret_cast<uintptr_t>(at));
    at++;
  }
  size_t words = (size_t)(end - at) / sizeof poison_word;
  uint32_t *word = reinterpret_cast<uint32_t *>(at);
  for (size_t i = 0; i < words; i++) word[i] = poison_word;
  for (at += words * sizeof poison_word; at < end; at++) *at = (char)poison_byte(reinterpret_cast<uintptr_t>(at));
}

bool is_poison(const void *memory, size_t bytes) {
  const unsigned char *at = static_cast<const unsigned char *>(memory), *end = at + bytes;
  for (; at < end && (reinterpret_cast<uintptr_t>(at) & 3) != 0; at++)
    if (*at != poison_byte(reinterpret_cast<uintptr_t>(at))) return false;
  for (; end - at >= (ptrdiff_t)sizeof poison_word; at += sizeof poison_word)
    if (memcmp(at, &poison_word, sizeof poison_word) != 0) return false;
  for (; at < end; at++)
    if (*at != poison_byte(reinterpret_cast<uintptr_t>(at))) return false;
  return true;
}

#if OSS_CUDA_HOST_ASAN
void forbid(const void *memory, size_t bytes) {
  __asan_poison_memory_region(memory, bytes);
}
void allow(const void *memory, size_t bytes) {
  __asan_unpoison_memory_region(memory, bytes);
}
#else
void forbid(const void *memory, size_t bytes) {
  (void)memory;
  (void)bytes;
}
void allow(const void *memory, size_t bytes) {
  (void)memory;
  (void)bytes;
}
#endif

}  // namespace oss_cuda_host

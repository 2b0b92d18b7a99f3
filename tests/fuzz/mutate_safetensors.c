// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Changes a safetensors file so that most of its children still have a header of the length that they say: else the fuzzer would hardly
 * come past the first eight bytes. */
#include <stddef.h>
#include <stdint.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
  size = LLVMFuzzerMutate(data, size, max_size);
  if (size < 8 || seed % 8 == 0) return size;
  size_t end = size;
  while (end > 8 && data[end - 1] != '}') end--;
  for (int i = 0; i < 8; i++) data[i] = (uint8_t)((end - 8) >> (8 * i));
  return size;
}

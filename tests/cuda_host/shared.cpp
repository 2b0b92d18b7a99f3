// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Shared memory of the block that runs: arrays between guard zones, poisoned afresh for every block. */
#include <sys/mman.h>

#include <map>
#include <vector>

#include "internal.h"

namespace oss_cuda_host {

namespace {

enum { ARENA_BYTES = 4 << 20, ZONE = 64 };

struct placed {
  const char *name;
  char *memory;
  size_t bytes;
};

char *arena;
size_t used, static_bytes;
const kernel_call *call_;
std::vector<placed> arrays;
std::map<const void *, int> allowed; /* cudaFuncSetAttribute */

size_t rounded(size_t bytes, size_t align) {
  return (bytes + align - 1) / align * align;
}

/* bytes between zones, filled with poison. */
char *place(const char *name, size_t bytes) {
  size_t whole = rounded(bytes, ZONE) + ZONE;
  if (used + whole > ARENA_BYTES) fail("more shared arrays than there is room for");
  char *memory = arena + used;
  allow(memory, bytes);
  fill_poison(memory, whole > bytes && !OSS_CUDA_HOST_ASAN ? whole : bytes);
  used += whole;
  arrays.push_back(placed{name, memory, bytes});
  return memory;
}

void open_arena() {
  void *memory = mmap(nullptr, ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) fail("no memory for shared arrays");
  arena = static_cast<char *>(memory);
  forbid(arena, ARENA_BYTES);
  if (!OSS_CUDA_HOST_ASAN) fill_poison(arena, ZONE);
}

}  // namespace

void shared_begin(const kernel_call &call) {
  if (arena == nullptr) open_arena();
  call_ = &call;
  used = ZONE;
  static_bytes = 0;
  arrays.clear();
  place("the dynamic shared memory", call.shared);
}

void shared_end() {
  for (const placed &array : arrays) {
    const char *end = array.memory + array.bytes;
    if (OSS_CUDA_HOST_ASAN) continue;
    if (!is_poison(array.memory - ZONE, ZONE) && &array == arrays.data()) fail("a thread wrote in front of %s", array.name);
    if (!is_poison(end, rounded(array.bytes, ZONE) + ZONE - array.bytes))
      fail("a thread wrote behind the end of %s (%zu bytes)", array.name, array.bytes);
  }
  forbid(arena, used);
}

void place_shared(shared_site *site) {
  size_t limit = shared_limit(call_->kernel);
  static_bytes = rounded(static_bytes, site->align) + site->bytes;
  if (static_bytes > STATIC_SHARED_BYTES)
    fail("static shared arrays of %zu bytes (with %s, %s:%d); %d are the most", static_bytes, site->name, site->file, site->line,
         STATIC_SHARED_BYTES);
  size_t most = call_->shared == 0 || limit <= STATIC_SHARED_BYTES ? (size_t)STATIC_SHARED_BYTES : (size_t)MOST_SHARED_BYTES;
  if (static_bytes + call_->shared > most)
    fail("shared memory of %zu static and %zu dynamic bytes (with %s, %s:%d); %zu are the most", static_bytes, call_->shared, site->name,
         site->file, site->line, most);
  site->address = place(site->name, site->bytes);
  site->block = block_serial;
}

void *dynamic_shared(size_t align) {
  if (align > 16) fail("dynamic shared memory as a type aligned to %zu: it is aligned to 16", align);
  return arrays.front().memory;
}

size_t shared_limit(const void *kernel) {
  auto found = allowed.find(kernel);
  return found == allowed.end() ? (size_t)STATIC_SHARED_BYTES : (size_t)found->second;
}

}  // namespace oss_cuda_host

using namespace oss_cuda_host;

cudaError_t oss_cuda_host_set_attribute(const void *kernel, cudaFuncAttribute attribute, int value) {
  enter("cudaFuncSetAttribute");
  if (attribute == cudaFuncAttributePreferredSharedMemoryCarveout)
    return result(value < -1 || value > 100 ? cudaErrorInvalidValue : cudaSuccess);
  if (attribute != cudaFuncAttributeMaxDynamicSharedMemorySize || value < 0 || value > MOST_SHARED_BYTES)
    return result(cudaErrorInvalidValue);
  allowed[kernel] = value;
  return cudaSuccess;
}

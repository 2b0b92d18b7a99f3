// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Device memory: the program gets addresses of a range that is never memory, so that the host cannot use them; the bytes lie at a fixed
 * distance, and launches and copies translate what they are given. Every allocation has its own pages with guard zones in them, and no
 * address is used twice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <map>

#include "internal.h"

namespace oss_cuda_host {

namespace {

const size_t range_bytes = (size_t)1 << 40;
const size_t page = 4096;

char *range, *next;
size_t in_use; /* bytes that the program holds */
uint64_t last_id;
size_t threshold;                               /* of the pool: kept, never used */
std::map<const char *, allocation> allocations; /* by begin; those that are gone too */
std::map<uint64_t, const char *> by_id;
std::map<uint64_t, allocation *> live; /* filled and not gone */
std::map<const char *, size_t> pinned;

char *reserve() {
  void *memory = mmap(nullptr, range_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) fail("no range of addresses for device memory");
  return static_cast<char *>(memory);
}

void open_range() {
  range = next = reserve();
  char *bytes = reserve();
  device_offset = bytes - range;
  madvise(bytes, range_bytes, MADV_HUGEPAGE); /* faster to fill; nothing is lost without */
}

void fill_allocation(allocation &a) {
  if (OSS_CUDA_HOST_ASAN)
    fill_poison(device_bytes(a.memory), a.bytes);
  else
    fill_poison(device_bytes(a.begin), a.length);
  live[a.id] = &a;
}

allocation *allocate(size_t bytes) {
  if (bytes > total_memory() - (in_use < total_memory() ? in_use : total_memory())) return nullptr;
  if (range == nullptr) open_range();
  allocation a = {};
  a.id = ++last_id;
  a.begin = next;
  a.memory = next + GUARD_BYTES;
  a.bytes = bytes;
  a.length = (bytes + 2 * GUARD_BYTES + page - 1) / page * page;
  if (a.length > range_bytes - (size_t)(next - range)) fail("the range of addresses of device memory is used up");
  next += a.length;
  in_use += bytes;
  if (mprotect(device_bytes(a.begin), a.length, PROT_READ | PROT_WRITE) != 0) return nullptr;
  forbid(device_bytes(a.begin), GUARD_BYTES);
  forbid(device_bytes(a.memory) + bytes, a.length - GUARD_BYTES - bytes);
  by_id[a.id] = a.begin;
  return &(allocations[a.begin] = a);
}

/* behind: how much of the zone behind its end, which goes on to the end of the page. */
void check_guard(const allocation &a, size_t behind) {
  if (OSS_CUDA_HOST_ASAN) return;
  const char *begin = device_bytes(a.begin), *end = device_bytes(a.memory) + a.bytes;
  if (!is_poison(begin, GUARD_BYTES))
    fail("something was written in front of a device allocation of %zu bytes at %p", a.bytes, (void *)a.memory);
  if (!is_poison(end, behind))
    fail("something was written behind the end of a device allocation of %zu bytes at %p", a.bytes, (void *)a.memory);
}

/* The device has come to where it was freed. */
void dispose(uint64_t id) {
  allocation *a = allocation_of(id);
  check_guard(*a, a->length - GUARD_BYTES - a->bytes);
  a->gone = true;
  live.erase(id);
  mprotect(device_bytes(a->begin), a->length, PROT_NONE);
  madvise(device_bytes(a->begin), a->length, MADV_DONTNEED);
}

allocation *release(const char *function, void *memory) {
  allocation *a = in_device_range(memory) ? find_allocation(memory) : nullptr;
  if (a == nullptr || a->memory != memory) fail("%s of %p, which is not the beginning of an allocation", function, memory);
  if (a->released) fail("%s of device memory that was freed before (%p)", function, memory);
  a->released = true;
  in_use -= a->bytes;
  return a;
}

bool in_range(const char *address, const char *begin) {
  return range != nullptr && address >= begin && address < begin + range_bytes;
}

}  // namespace

ptrdiff_t device_offset;

bool in_device_range(const void *address) {
  return in_range(static_cast<const char *>(address), range);
}

bool in_device_bytes(const void *address) {
  return in_range(static_cast<const char *>(address), device_bytes(range));
}

allocation *find_allocation(const void *address) {
  const char *at = static_cast<const char *>(address);
  auto after = allocations.upper_bound(at);
  if (after == allocations.begin()) return nullptr;
  allocation *a = &std::prev(after)->second;
  return at < a->begin + a->length ? a : nullptr;
}

allocation *allocation_of(uint64_t id) {
  return &allocations[by_id[id]];
}

allocation *check_device(const char *what, const void *memory, size_t bytes) {
  const char *at = static_cast<const char *>(memory);
  if (!in_device_range(memory)) fail("%s: %p is not device memory", what, memory);
  allocation *a = find_allocation(memory);
  if (a == nullptr) fail("%s: %p belongs to no device allocation", what, memory);
  if (a->released) fail("%s: the device memory at %p was freed", what, memory);
  if (at < a->memory || at > a->memory + a->bytes || bytes > a->bytes - (size_t)(at - a->memory))
    fail("%s: %zu bytes at %td of a device allocation of %zu bytes", what, bytes, at - a->memory, a->bytes);
  return a;
}

void check_guards() {
  for (const auto &each : live) check_guard(*each.second, GUARD_BYTES);
}

bool is_pinned(const void *memory, size_t bytes) {
  const char *at = static_cast<const char *>(memory);
  auto after = pinned.upper_bound(at);
  if (after == pinned.begin()) return false;
  auto block = std::prev(after);
  size_t offset = (size_t)(at - block->first);
  return offset <= block->second && bytes <= block->second - offset;
}

bool is_mapped(const void *address) {
  unsigned char resident;
  uintptr_t at = reinterpret_cast<uintptr_t>(address) / page * page;
  return mincore(reinterpret_cast<void *>(at), 1, &resident) == 0;
}

void memory_leaks(std::string *out) {
  size_t count = 0, bytes = 0;
  for (const auto &each : allocations) {
    if (each.second.released) continue;
    count++;
    bytes += each.second.bytes;
  }
  if (count > 0) *out += " " + std::to_string(count) + " device allocations of " + std::to_string(bytes) + " bytes;";
  if (!pinned.empty()) *out += " " + std::to_string(pinned.size()) + " pinned host allocations;";
}

}  // namespace oss_cuda_host

using namespace oss_cuda_host;

cudaError_t cudaMalloc(void **memory, size_t bytes) {
  enter("cudaMalloc");
  forbid_in_capture("cudaMalloc");
  *memory = nullptr;
  if (bytes == 0) return cudaSuccess;
  allocation *a = allocate(bytes);
  if (a == nullptr) return result(cudaErrorMemoryAllocation);
  fill_allocation(*a);
  *memory = a->memory;
  return cudaSuccess;
}

cudaError_t cudaFree(void *memory) {
  enter("cudaFree");
  forbid_in_capture("cudaFree");
  if (memory == nullptr) return cudaSuccess;
  run_device();
  dispose(release("cudaFree", memory)->id);
  return cudaSuccess;
}

cudaError_t cudaMallocAsync(void **memory, size_t bytes, cudaStream_t stream) {
  enter("cudaMallocAsync");
  forbid_in_capture("cudaMallocAsync");
  if (!stream_exists(stream)) return result(cudaErrorInvalidResourceHandle);
  *memory = nullptr;
  if (bytes == 0) return cudaSuccess;
  allocation *a = allocate(bytes);
  if (a == nullptr) return result(cudaErrorMemoryAllocation);
  *memory = a->memory;
  uint64_t id = a->id;
  operation op;
  op.what = "cudaMallocAsync";
  op.run = [id] { fill_allocation(*allocation_of(id)); };
  enqueue(stream, std::move(op));
  return cudaSuccess;
}

cudaError_t cudaFreeAsync(void *memory, cudaStream_t stream) {
  enter("cudaFreeAsync");
  forbid_in_capture("cudaFreeAsync");
  if (!stream_exists(stream)) return result(cudaErrorInvalidResourceHandle);
  if (memory == nullptr) return cudaSuccess;
  uint64_t id = release("cudaFreeAsync", memory)->id;
  operation op;
  op.what = "cudaFreeAsync";
  op.run = [id] { dispose(id); };
  enqueue(stream, std::move(op));
  return cudaSuccess;
}

cudaError_t cudaMemGetInfo(size_t *available, size_t *total) {
  enter("cudaMemGetInfo");
  *total = total_memory();
  *available = in_use < *total ? *total - in_use : 0;
  return cudaSuccess;
}

cudaError_t cudaDeviceGetDefaultMemPool(cudaMemPool_t *pool, int device) {
  enter("cudaDeviceGetDefaultMemPool");
  if (device != 0) return result(cudaErrorInvalidDevice);
  *pool = reinterpret_cast<cudaMemPool_t>(&threshold);
  return cudaSuccess;
}

cudaError_t cudaMemPoolSetAttribute(cudaMemPool_t pool, cudaMemPoolAttr attribute, void *value) {
  enter("cudaMemPoolSetAttribute");
  if (pool != reinterpret_cast<cudaMemPool_t>(&threshold)) return result(cudaErrorInvalidValue);
  if (attribute == cudaMemPoolAttrReleaseThreshold) memcpy(&threshold, value, sizeof threshold);
  return cudaSuccess;
}

cudaError_t cudaHostAlloc(void **memory, size_t bytes, unsigned flags) {
  enter("cudaHostAlloc");
  forbid_in_capture("cudaHostAlloc");
  (void)flags;
  *memory = nullptr;
  if (bytes == 0) return cudaSuccess;
  if (posix_memalign(memory, page, bytes) != 0) return result(cudaErrorMemoryAllocation);
  fill_poison(*memory, bytes);
  pinned[static_cast<char *>(*memory)] = bytes;
  return cudaSuccess;
}

cudaError_t cudaMallocHost(void **memory, size_t bytes) {
  return cudaHostAlloc(memory, bytes, cudaHostAllocDefault);
}

cudaError_t cudaFreeHost(void *memory) {
  enter("cudaFreeHost");
  forbid_in_capture("cudaFreeHost");
  if (memory == nullptr) return cudaSuccess;
  if (pinned.count(static_cast<char *>(memory)) == 0) fail("cudaFreeHost of %p, which is not pinned memory", memory);
  run_device();
  pinned.erase(static_cast<char *>(memory));
  free(memory);
  return cudaSuccess;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What is asked of a launch before it is queued. */
#include "internal.h"

namespace oss_cuda_host {

namespace {

/* Reports name the launch although nothing runs yet. */
[[noreturn]] void refuse(const kernel_call &call, const char *why) {
  fail("launch of %s at %s:%d (grid %u %u %u, block %u %u %u, %zu shared bytes): %s", call.name, call.file, call.line, call.grid.x,
       call.grid.y, call.grid.z, call.block.x, call.block.y, call.block.z, call.shared, why);
}

void check_sizes(const kernel_call &call) {
  const dim3 g = call.grid, b = call.block;
  if (g.x == 0 || g.y == 0 || g.z == 0) refuse(call, "the grid is empty");
  if (b.x == 0 || b.y == 0 || b.z == 0) refuse(call, "the block is empty");
  if (g.x > 0x7fffffffu || g.y > 65535 || g.z > 65535) refuse(call, "a grid of 2147483647, 65535, 65535 is the most");
  if (b.x > MOST_THREADS || b.y > MOST_THREADS || b.z > 64 || (size_t)b.x * b.y * b.z > MOST_THREADS)
    refuse(call, "a block has 1024 threads at most, and 64 in z");
  if (call.shared > shared_limit(call.kernel))
    refuse(call, shared_limit(call.kernel) == STATIC_SHARED_BYTES ? "more than 48 KiB of shared memory need cudaFuncSetAttribute"
                                                                  : "more shared memory than cudaFuncSetAttribute allowed");
}

void check_pointer(const kernel_call &call, uint64_t word, std::vector<uint64_t> *touches) {
  const void *address = reinterpret_cast<const void *>(word);
  if (address == nullptr) return;
  if (!in_device_range(address)) {
    if (is_pinned(address, 1)) refuse(call, "an argument points to pinned host memory, which kernels reach through the bus only");
    refuse(call, is_mapped(address) ? "an argument points to host memory" : "a pointer argument is neither NULL nor device memory");
  }
  allocation *a = find_allocation(address);
  if (a == nullptr) refuse(call, "an argument points to device memory outside every allocation");
  if (a->released) refuse(call, "an argument points to device memory that was freed");
  touches->push_back(a->id);
}

/* A word inside a structure may be anything, two small numbers too: only what certainly is a pointer counts. Address sanitizer's shadow is
 * mapped where two numbers may point. */
void check_word(const kernel_call &call, uint64_t word, std::vector<uint64_t> *touches) {
  const void *address = reinterpret_cast<const void *>(word);
  const uint64_t lowest = OSS_CUDA_HOST_ASAN ? (uint64_t)1 << 44 : 65536;
  if (word < lowest || word >> 47 != 0) return;
  if (!in_device_range(address)) {
    if (is_mapped(address)) refuse(call, "a structure among the arguments holds a pointer to host memory");
    return;
  }
  allocation *a = find_allocation(address);
  if (a != nullptr && !a->released) touches->push_back(a->id);
}

uint64_t read_word(const void *at) {
  uint64_t word;
  memcpy(&word, at, sizeof word);
  return word;
}

/* What the kernel gets for a device address. */
void translate(void *at) {
  const char *address = reinterpret_cast<const char *>(read_word(at));
  if (!in_device_range(address)) return;
  address = device_bytes(address);
  memcpy(at, &address, sizeof address);
}

}  // namespace

void launch(std::unique_ptr<kernel_call> call, const argument_words &arguments, cudaStream_t stream) {
  enter(call->name);
  if (!stream_exists(stream)) refuse(*call, "no such stream");
  check_sizes(*call);
  operation op;
  op.what = std::string("kernel ") + call->name;
  for (void *at : arguments.pointers) check_pointer(*call, read_word(at), &op.touches);
  for (void *at : arguments.words) check_word(*call, read_word(at), &op.touches);
  for (const auto *places : {&arguments.pointers, &arguments.words})
    for (void *at : *places) translate(at);
  std::shared_ptr<kernel_call> kept = std::move(call);
  op.run = [kept] { run_kernel(*kept); };
  enqueue(stream, std::move(op));
}

}  // namespace oss_cuda_host

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The emulator's parts, for each other. */
#ifndef OSS_CUDA_HOST_INTERNAL_H
#define OSS_CUDA_HOST_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cuda_runtime.h"

#if defined(__SANITIZE_ADDRESS__)
#define OSS_CUDA_HOST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OSS_CUDA_HOST_ASAN 1
#endif
#endif
#ifndef OSS_CUDA_HOST_ASAN
#define OSS_CUDA_HOST_ASAN 0
#endif

namespace oss_cuda_host {

enum {
  EXIT_FAULT = 97, /* the exit status of every fault that is found */
  WARP_LANES = 32,
  MOST_THREADS = 1024,
  STATIC_SHARED_BYTES = 48 << 10,
  MOST_SHARED_BYTES = 227 << 10,
  GUARD_BYTES = 256
};

/* ---- report.cpp. Says what is wrong and where, and ends the process with EXIT_FAULT. */
[[noreturn]] void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What runs now, for reports; NULL or empty otherwise. */
struct running {
  const kernel_call *call;
  bool thread;         /* a thread of it, whose indices are valid */
  std::string command; /* the copy or the like that runs */
};
extern running now;
/* Our handler in front of whatever is there for SIGSEGV, SIGBUS and SIGILL; test frames put theirs in place again and again, so this is
 * done whenever the device has worked. */
void watch_faults();

/* ---- device.cpp. What every function of the API begins with; returns error after keeping it for cudaGetLastError. */
void enter(const char *function);
cudaError_t result(cudaError_t error);
size_t total_memory();

/* ---- memory.cpp */
struct allocation {
  uint64_t id;
  char *memory; /* what the program got: an address of the range that is never memory */
  size_t bytes;
  char *begin; /* the same with guard zones, whole pages */
  size_t length;
  bool released; /* the program gave it back */
  bool gone;     /* and the device has come that far */
};
bool in_device_range(const void *address);        /* such an address */
allocation *find_allocation(const void *address); /* whose zones hold the address; also one that was freed */
allocation *allocation_of(uint64_t id);
/* The allocation that holds all the bytes; anything else is a fault of what. */
allocation *check_device(const char *what, const void *memory, size_t bytes);
void check_guards();
/* Where the bytes of a device address lie. */
extern ptrdiff_t device_offset;
template <class T>
static inline T *device_bytes(T *address) {
  return reinterpret_cast<T *>(reinterpret_cast<intptr_t>(address) + device_offset);
}
bool in_device_bytes(const void *address);
bool is_pinned(const void *memory, size_t bytes);
bool is_mapped(const void *address);
void memory_leaks(std::string *out);

/* ---- poison.cpp. Words that read as NaN and as huge numbers; zones that nobody may touch. */
void fill_poison(void *memory, size_t bytes);
bool is_poison(const void *memory, size_t bytes);
void forbid(const void *memory, size_t bytes); /* nothing without ASan */
void allow(const void *memory, size_t bytes);

/* ---- stream.cpp */
struct operation {
  std::string what;
  std::function<void()> run;
  std::vector<uint64_t> touches; /* allocations */
  uint64_t serial = 0;
};
void enqueue(cudaStream_t stream, operation op);
void run_operation(const operation &op);
void run_device(); /* all that is queued anywhere */
void finish_stream(cudaStream_t stream);
void forbid_in_capture(const char *function);
bool stream_exists(cudaStream_t stream);
void stream_leaks(std::string *out);
void graph_leaks(std::string *out);
void blas_leaks(std::string *out);
void dnn_leaks(std::string *out);

/* ---- block.cpp, shared.cpp */
void run_kernel(const kernel_call &call);
void shared_begin(const kernel_call &call);
void shared_end();
size_t shared_limit(const void *kernel); /* dynamic bytes it may have */

}  // namespace oss_cuda_host

struct CUgraph_st {
  std::vector<oss_cuda_host::operation> nodes;
};

#endif

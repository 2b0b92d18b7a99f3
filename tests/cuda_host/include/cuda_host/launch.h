// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Launches and shared memory: the macros of kernels/cuda/cuda.h for this build. */
#ifndef OSS_CUDA_HOST_LAUNCH_H
#define OSS_CUDA_HOST_LAUNCH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "cuda_host/api.h"

namespace oss_cuda_host {

/* A kernel with its arguments, copied when it was launched. */
struct kernel_call {
  const char *name, *file; /* of the launch */
  int line;
  const void *kernel;
  dim3 grid, block;
  size_t shared;
  virtual void thread() const = 0; /* what one thread does */
  virtual ~kernel_call() = default;
};

/* Where the copied arguments have words that may be device addresses. */
struct argument_words {
  std::vector<void *> pointers; /* arguments that are pointers */
  std::vector<void *> words;    /* aligned words inside structures */
};

/* Checks the launch, translates device addresses among the arguments and queues it. */
void launch(std::unique_ptr<kernel_call> call, const argument_words &arguments, cudaStream_t stream);

template <class T>
static inline void note_argument(T *value, argument_words *out) {
  static_assert(std::is_trivially_copyable<T>::value, "a kernel's arguments are copied byte by byte");
  if constexpr (std::is_pointer<T>::value) {
    out->pointers.push_back(value);
  } else if constexpr (std::is_class<T>::value && alignof(T) % alignof(void *) == 0) {
    for (size_t at = 0; at + sizeof(void *) <= sizeof(T); at += sizeof(void *)) out->words.push_back(reinterpret_cast<char *>(value) + at);
  }
}

template <class... Parameters>
struct bound_call final : kernel_call {
  void (*entry)(Parameters...);
  std::tuple<std::decay_t<Parameters>...> arguments;
  template <class... Arguments>
  explicit bound_call(void (*e)(Parameters...), Arguments &&...given) : entry(e), arguments(std::forward<Arguments>(given)...) {
  }
  void thread() const override {
    std::apply(entry, arguments);
  }
};

template <class... Parameters>
struct launcher {
  void (*entry)(Parameters...);
  const char *name, *file;
  int line;
  dim3 grid, block;
  size_t shared;
  cudaStream_t stream;
  template <class... Arguments>
  void operator()(Arguments &&...given) const {
    auto call = std::make_unique<bound_call<Parameters...>>(entry, static_cast<std::decay_t<Parameters>>(given)...);
    call->name = name;
    call->file = file;
    call->line = line;
    call->kernel = reinterpret_cast<const void *>(entry);
    call->grid = grid;
    call->block = block;
    call->shared = shared;
    argument_words words;
    std::apply([&words](auto &...each) { (note_argument(&each, &words), ...); }, call->arguments);
    oss_cuda_host::launch(std::move(call), words, stream);
  }
};

template <class... Parameters>
static inline launcher<Parameters...> configure(void (*entry)(Parameters...), const char *name, const char *file, int line, dim3 grid,
                                                dim3 block, size_t shared, cudaStream_t stream) {
  return launcher<Parameters...>{entry, name, file, line, grid, block, shared, stream};
}

/* A shared array of the source, and where it lies in the block that runs. */
struct shared_site {
  const char *name, *file;
  int line;
  size_t bytes, align;
  unsigned long long block; /* the serial number of the block that address is for; 0 for none */
  void *address;
};
void place_shared(shared_site *site);
void *dynamic_shared(size_t align);
extern unsigned long long block_serial;

static inline void *shared_address(shared_site *site) {
  if (site->block != block_serial) place_shared(site);
  return site->address;
}

}  // namespace oss_cuda_host

#define OSS_LAUNCH_RAW(kernel, grid, block, shared, stream, ...) \
  oss_cuda_host::configure(kernel, #kernel, __FILE__, __LINE__, grid, block, shared, stream)(__VA_ARGS__)

#define OSS_SHARED(type, name, dims)                                                                                             \
  typedef type oss_shared_type_##name dims;                                                                                      \
  static oss_cuda_host::shared_site oss_shared_site_##name = {#name,         __FILE__, __LINE__, sizeof(oss_shared_type_##name), \
                                                              alignof(type), 0,        nullptr};                                 \
  oss_shared_type_##name &name = *static_cast<oss_shared_type_##name *>(oss_cuda_host::shared_address(&oss_shared_site_##name))

#define OSS_SHARED_DYNAMIC(type, name) type *name = static_cast<type *>(oss_cuda_host::dynamic_shared(alignof(type)))

#endif

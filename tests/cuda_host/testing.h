// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* A frame for the emulator's own tests: every case runs in a process of its own, since a fault that is found ends the process. */
#ifndef OSS_CUDA_HOST_TESTING_H
#define OSS_CUDA_HOST_TESTING_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "cuda_runtime.h"

#define REQUIRE(condition)                                                    \
  do {                                                                        \
    if (!(condition)) {                                                       \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                \
    }                                                                         \
  } while (0)
#define DO(call) REQUIRE((call) == cudaSuccess)

/* Launches in a stream that has been made, as OSS_LAUNCH does. */
#define RUN(kernel, grid, block, shared, ...) OSS_LAUNCH_RAW(kernel, grid, block, shared, stream, __VA_ARGS__)

struct outcome {
  int status; /* of its exit; -1 when it did not exit */
  std::string words;
};

static inline outcome in_child(void (*run)()) {
  int ends[2];
  char buffer[4096];
  outcome result = {-1, ""};
  if (pipe(ends) != 0) abort();
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], 2);
    close(ends[0]);
    close(ends[1]);
    run();
    exit(0);
  }
  close(ends[1]);
  for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0;) result.words.append(buffer, (size_t)n);
  close(ends[0]);
  int status = 0;
  if (waitpid(child, &status, 0) == child && WIFEXITED(status)) result.status = WEXITSTATUS(status);
  return result;
}

struct test_case {
  const char *name;
  void (*run)();
  const char *part; /* of the report of its fault; NULL: it has none */
  bool sanitizer;   /* a sanitizer's report will do, where one is on */
};

static inline bool has_asan() {
#if defined(__SANITIZE_ADDRESS__)
  return true;
#elif defined(__has_feature)
  return __has_feature(address_sanitizer);
#else
  return false;
#endif
}

static inline int run_cases(const test_case *cases, size_t count) {
  int failed = 0;
  for (size_t i = 0; i < count; i++) {
    const test_case &c = cases[i];
    outcome got = in_child(c.run);
    bool good = c.part == nullptr ? got.status == 0 : got.status == 97 && got.words.find(c.part) != std::string::npos;
    for (const char *part : {"Sanitizer", "runtime error: "})
      if (c.sanitizer && has_asan()) good |= got.status != 0 && got.words.find(part) != std::string::npos;
    printf("%s %s\n", good ? "ok    " : "FAILED", c.name);
    if (!good)
      printf("  exit %d, wanted %s '%s'\n%s\n", got.status, c.part == nullptr ? "0" : "97 and", c.part == nullptr ? "" : c.part,
             got.words.c_str());
    failed += !good;
  }
  if (count == 0) return 1;
  return failed > 0;
}

#define CASES_MAIN(cases)                                        \
  int main() {                                                   \
    return run_cases(cases, sizeof(cases) / sizeof((cases)[0])); \
  }

/* A stream and count elements of device memory, which a case that goes well gives back. */
template <class T>
struct fixture {
  cudaStream_t stream = nullptr;
  T *device = nullptr, *host = nullptr; /* host: pinned */
  size_t bytes;
  explicit fixture(size_t count) : bytes(count * sizeof(T)) {
    DO(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    DO(cudaMalloc(&device, bytes));
    DO(cudaMallocHost(&host, bytes));
  }
  void fetch() {
    DO(cudaMemcpyAsync(host, device, bytes, cudaMemcpyDeviceToHost, stream));
    DO(cudaStreamSynchronize(stream));
  }
  void finish() {
    DO(cudaStreamSynchronize(stream));
  }
  ~fixture() {
    DO(cudaFree(device));
    DO(cudaFreeHost(host));
    DO(cudaStreamDestroy(stream));
  }
};

#endif

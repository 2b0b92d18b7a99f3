// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Faults end the process at once with a status of their own: neither a test frame nor an exit handler may swallow them. */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fiber.h"
#include "internal.h"

namespace oss_cuda_host {

running now;

namespace {

void say_where() {
  const kernel_call *call = now.call;
  fputs("cuda_host: ", stderr);
  if (call != nullptr) {
    fprintf(stderr, "kernel %s (launched at %s:%d, grid %u %u %u, block %u %u %u)", call->name, call->file, call->line, call->grid.x,
            call->grid.y, call->grid.z, call->block.x, call->block.y, call->block.z);
    const uint3 b = oss_cuda_host_block, t = oss_cuda_host_thread;
    fprintf(stderr, ", block (%u, %u, %u)", b.x, b.y, b.z);
    if (now.thread) fprintf(stderr, ", thread (%u, %u, %u)", t.x, t.y, t.z);
    fputs(": ", stderr);
  } else if (!now.command.empty()) {
    fprintf(stderr, "%s: ", now.command.c_str());
  }
}

enum { WATCHED = 3 };
const int watched[WATCHED] = {SIGSEGV, SIGBUS, SIGILL}; /* the last: what the compiler puts where an address is between alignments */
struct sigaction earlier[WATCHED];

void on_fault(int number, siginfo_t *info, void *context) {
  const void *address = info->si_addr;
  if (number == SIGILL && now.call != nullptr) fail("the kernel reads or writes several values as one, between their alignments");
  if (in_device_range(address)) {
    if (now.call == nullptr && now.command.empty()) fail("the host uses device memory (%p)", address);
    fail("a device address that was not an argument, nor in a structure among them, is used (%p)", address);
  }
  if (in_device_bytes(address)) {
    const allocation *a = find_allocation(static_cast<const char *>(address) - device_offset);
    fail(a != nullptr && a->gone ? "device memory that was freed is used (%p)" : "device memory outside every allocation is used (%p)",
         address);
  }
  if (fiber_overflow(address)) fail("a thread uses more stack than it has");
  int which = 0;
  while (watched[which] != number) which++;
  const struct sigaction &before = earlier[which];
  if (before.sa_flags & SA_SIGINFO) {
    before.sa_sigaction(number, info, context);
  } else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
    before.sa_handler(number);
  } else if (now.call != nullptr) {
    fail("the kernel uses an address that is not memory (%p)", address);
  } else {
    signal(number, SIG_DFL); /* and the instruction runs again */
  }
}

void on_end(int status, void *unused) {
  (void)unused;
  std::string left;
  memory_leaks(&left);
  stream_leaks(&left);
  graph_leaks(&left);
  blas_leaks(&left);
  dnn_leaks(&left);
  if (left.empty() || status != 0) return; /* a program that failed may leave things behind */
  fflush(stdout);
  fail("left at the end of the program:%s", left.c_str());
}

#if !defined(__GLIBC__)
void on_normal_end() {
  on_end(0, nullptr);
}
#endif

}  // namespace

void fail(const char *format, ...) {
  va_list arguments;
  fflush(stdout);
  say_where();
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  fflush(stderr);
  _exit(EXIT_FAULT);
}

void watch_faults() {
  static bool first = true;
  if (first) { /* faults on a stack that is full need another one */
    static char stack[64 << 10];
    stack_t other = {};
    other.ss_sp = stack;
    other.ss_size = sizeof stack;
    if (!OSS_CUDA_HOST_ASAN) sigaltstack(&other, nullptr); /* ASan has its own */
#if defined(__GLIBC__)
    on_exit(on_end, nullptr);
#else
    atexit(on_normal_end);
#endif
    first = false;
  }
  for (int i = 0; i < WATCHED; i++) {
    struct sigaction there, ours = {};
    sigaction(watched[i], nullptr, &there);
    if ((there.sa_flags & SA_SIGINFO) && there.sa_sigaction == on_fault) continue;
    earlier[i] = there;
    ours.sa_sigaction = on_fault;
    ours.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigaction(watched[i], &ours, nullptr);
  }
}

}  // namespace oss_cuda_host

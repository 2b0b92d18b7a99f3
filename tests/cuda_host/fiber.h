// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Contexts with a stack of their own, for the threads of a block. */
#ifndef OSS_CUDA_HOST_FIBER_H
#define OSS_CUDA_HOST_FIBER_H

#include <stddef.h>

#if !defined(__x86_64__) && !defined(__aarch64__)
#include <ucontext.h>
#endif

namespace oss_cuda_host {

struct fiber {
  void *pointer; /* where its registers lie while it does not run */
  char *stack;   /* NULL: the program's own */
  size_t bytes, number;
  fiber *older;
  void *fake; /* ASan's */
  const void *bottom;
#if !defined(__x86_64__) && !defined(__aarch64__)
  ucontext_t context;
#endif
};

/* Never returns from entry. Lives as long as the process: blocks take turns with them. */
fiber *fiber_create(void (*entry)());
void fiber_switch(fiber *from, fiber *to);
bool fiber_overflow(const void *address); /* whether it lies just below a stack */

}  // namespace oss_cuda_host

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "fiber.h"

#include <stdint.h>
#include <sys/mman.h>

#include "internal.h"

#if OSS_CUDA_HOST_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

#if defined(__x86_64__)
/* void oss_cuda_host_switch(void **save, void *load): what a called function must keep, and the stack. */
__asm__(
    ".text\n"
    ".globl oss_cuda_host_switch\n"
    ".type oss_cuda_host_switch,@function\n"
    "oss_cuda_host_switch:\n"
    "  pushq %rbp\n"
    "  pushq %rbx\n"
    "  pushq %r12\n"
    "  pushq %r13\n"
    "  pushq %r14\n"
    "  pushq %r15\n"
    "  movq %rsp, (%rdi)\n"
    "  movq %rsi, %rsp\n"
    "  popq %r15\n"
    "  popq %r14\n"
    "  popq %r13\n"
    "  popq %r12\n"
    "  popq %rbx\n"
    "  popq %rbp\n"
    "  popq %rax\n"
    "  jmp *%rax\n" /* ret would be predicted to go elsewhere */
    ".size oss_cuda_host_switch,.-oss_cuda_host_switch\n");
#elif defined(__aarch64__)
__asm__(
    ".text\n"
    ".globl oss_cuda_host_switch\n"
    ".type oss_cuda_host_switch,%function\n"
    "oss_cuda_host_switch:\n"
    "  sub sp, sp, #160\n"
    "  stp x19, x20, [sp, #0]\n"
    "  stp x21, x22, [sp, #16]\n"
    "  stp x23, x24, [sp, #32]\n"
    "  stp x25, x26, [sp, #48]\n"
    "  stp x27, x28, [sp, #64]\n"
    "  stp x29, x30, [sp, #80]\n"
    "  stp d8, d9, [sp, #96]\n"
    "  stp d10, d11, [sp, #112]\n"
    "  stp d12, d13, [sp, #128]\n"
    "  stp d14, d15, [sp, #144]\n"
    "  mov x9, sp\n"
    "  str x9, [x0]\n"
    "  mov sp, x1\n"
    "  ldp x19, x20, [sp, #0]\n"
    "  ldp x21, x22, [sp, #16]\n"
    "  ldp x23, x24, [sp, #32]\n"
    "  ldp x25, x26, [sp, #48]\n"
    "  ldp x27, x28, [sp, #64]\n"
    "  ldp x29, x30, [sp, #80]\n"
    "  ldp d8, d9, [sp, #96]\n"
    "  ldp d10, d11, [sp, #112]\n"
    "  ldp d12, d13, [sp, #128]\n"
    "  ldp d14, d15, [sp, #144]\n"
    "  add sp, sp, #160\n"
    "  ret\n"
    ".size oss_cuda_host_switch,.-oss_cuda_host_switch\n");
#endif

#if defined(__x86_64__) || defined(__aarch64__)
extern "C" void oss_cuda_host_switch(void **save, void *load);
#endif

namespace oss_cuda_host {

namespace {

enum { GUARD_PAGE = 4096 << 4, STACK_BYTES = OSS_CUDA_HOST_ASAN ? 512 << 10 : 160 << 10 };

fiber *newest; /* of all, a chain */
fiber *left;   /* the one that was just left */

/* The first thing on a stack, and after every return to one. */
void arrive(fiber *self) {
#if OSS_CUDA_HOST_ASAN
  const void *bottom = nullptr;
  size_t bytes = 0;
  __sanitizer_finish_switch_fiber(self->fake, &bottom, &bytes);
  if (left->stack == nullptr) { /* the program's own stack, known only now */
    left->bottom = bottom;
    left->bytes = bytes;
  }
#else
  (void)self;
#endif
}

void (*first_call)();
fiber *entered;

void begin() {
  arrive(entered);
  first_call();
  fail("a thread's stack returned where it must not");
}

}  // namespace

fiber *fiber_create(void (*entry)()) {
  fiber *f = new fiber{};
  void *memory = mmap(nullptr, GUARD_PAGE + STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED || mprotect(memory, GUARD_PAGE, PROT_NONE) != 0) fail("no memory for the stacks of threads");
  f->stack = static_cast<char *>(memory) + GUARD_PAGE;
  f->bytes = STACK_BYTES;
  f->bottom = f->stack;
  first_call = entry;
  f->number = newest == nullptr ? 0 : newest->number + 1;
  size_t shift = f->number % 61 * 320; /* or the tops of all stacks would share a few lines of the cache */
#if defined(__x86_64__)
  void **top = reinterpret_cast<void **>(f->stack + STACK_BYTES - 16 - shift); /* begin returns to NULL: never */
  *top = reinterpret_cast<void *>(&begin);
  f->pointer = top - 6;
#elif defined(__aarch64__)
  void **top = reinterpret_cast<void **>(f->stack + STACK_BYTES - 160 - shift);
  top[11] = reinterpret_cast<void *>(&begin);
  f->pointer = top;
#else
  getcontext(&f->context);
  f->context.uc_stack.ss_sp = f->stack;
  f->context.uc_stack.ss_size = STACK_BYTES - shift;
  makecontext(&f->context, begin, 0);
#endif
  f->older = newest;
  newest = f;
  return f;
}

void fiber_switch(fiber *from, fiber *to) {
  left = from;
  entered = to;
#if OSS_CUDA_HOST_ASAN
  __sanitizer_start_switch_fiber(&from->fake, to->bottom, to->bytes);
#endif
#if defined(__x86_64__) || defined(__aarch64__)
  oss_cuda_host_switch(&from->pointer, to->pointer);
#else
  swapcontext(&from->context, &to->context);
#endif
  arrive(from);
}

bool fiber_overflow(const void *address) {
  const char *at = static_cast<const char *>(address);
  for (const fiber *f = newest; f != nullptr; f = f->older)
    if (at >= f->stack - GUARD_PAGE && at < f->stack) return true;
  return false;
}

}  // namespace oss_cuda_host

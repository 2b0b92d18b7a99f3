// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "tests/fuzz/memory.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

static size_t held, peak, most, most_size;
static double worst;
static int counting;

/* What the linker calls the real ones, and what it puts in their place. */
void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *old, size_t bytes);
void __real_free(void *old);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *old, size_t bytes);
void __wrap_free(void *old);

static void add(void *made) {
  if (!made || !counting) return;
  held += malloc_usable_size(made);
  if (held > peak) peak = held;
}

/* Memory from before the counting is given back too: held is then too small by that, and the peak with it, by a constant. */
static void take(void *old) {
  size_t bytes = old && counting ? malloc_usable_size(old) : 0;
  held -= bytes < held ? bytes : held;
}

void *__wrap_malloc(size_t bytes) {
  void *made = __real_malloc(bytes);
  add(made);
  return made;
}

void *__wrap_calloc(size_t count, size_t bytes) {
  void *made = __real_calloc(count, bytes);
  add(made);
  return made;
}

/* Counted as if both were there for a moment, as they are when it moves. */
void *__wrap_realloc(void *old, size_t bytes) {
  size_t before = old && counting ? malloc_usable_size(old) : 0;
  void *made = __real_realloc(old, bytes);
  add(made);
  if (made) held -= before < held ? before : held;
  return made;
}

void __wrap_free(void *old) {
  take(old);
  __real_free(old);
}

static void report(void) {
  fprintf(stderr, "memory: at most %zu bytes, for an input of %zu; at most %.2f times an input of 4 KiB or more\n", most, most_size, worst);
}

void fuzz_memory_start(void) {
  static int registered;
  if (!registered) registered = atexit(report) == 0;
  held = peak = 0;
  counting = 1;
}

void fuzz_memory_check(size_t size, size_t factor, size_t constant) {
  counting = 0;
  if (peak > most) {
    most = peak;
    most_size = size;
  }
  if (size >= 4096 && (double)peak / (double)size > worst) worst = (double)peak / (double)size;
  if (peak <= factor * size + constant) return;
  fprintf(stderr, "memory: %zu bytes for an input of %zu\n", peak, size);
  abort();
}

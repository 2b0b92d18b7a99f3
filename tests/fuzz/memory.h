// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* How much memory the readers take: malloc and its like are wrapped by the linker (--wrap), in all of ossbench's own code. */
#ifndef OSS_TESTS_FUZZ_MEMORY_H
#define OSS_TESTS_FUZZ_MEMORY_H

#include <stddef.h>

/* Counts from here on. */
void fuzz_memory_start(void);

/* The most bytes held at once since then, with what malloc adds to round them. Ends the program when that is more than factor times size
 * plus a constant. */
void fuzz_memory_check(size_t size, size_t factor, size_t constant);

#endif

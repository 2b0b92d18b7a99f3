// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What every backend asks about the sizes it is given. */
#ifndef OSS_KERNELS_SIZES_H
#define OSS_KERNELS_SIZES_H

#include <stddef.h>
#include <stdint.h>

/* Whether an array [a][b][c] of things of size bytes (> 0) has indices that fit the address space. */
static inline int oss_fits(size_t a, size_t b, size_t c, size_t size) {
  size_t room = (size_t)PTRDIFF_MAX / size;
  if (a == 0 || b == 0 || c == 0) return 1;
  return a <= room && b <= room / a && c <= room / a / b;
}

#endif

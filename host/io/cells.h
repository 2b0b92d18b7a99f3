// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What cells a result holds: the columns of its /summary that say which one is which. */
#ifndef OSS_IO_CELLS_H
#define OSS_IO_CELLS_H

#include <stddef.h>
#include <stdint.h>

#include "host/core/hash.h"
#include "kernels/status.h"

/* Axes are the values in the file; a text that the file lacks is "". */
typedef struct oss_listed_cell {
  int64_t number; /* /cells/NNNN */
  int64_t seed, teacher_steps, samples_search, steps;
  char *denoiser, *initial, *teacher_solver, *teacher_grid, *solver, *schedule, *calibration;
  char *status, *reason;
  char key[OSS_HASH_BYTES];
} oss_listed_cell;

/* The cells of a result in its order. OSS_ERR_INPUT for a file that is none. Owned: oss_io_cells_free. */
oss_status oss_io_cells(const char *path, oss_listed_cell **out, size_t *count);
void oss_io_cells_free(oss_listed_cell *cells, size_t count);

#endif

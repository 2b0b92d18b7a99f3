// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The problem a teacher and a student share: denoiser, grid, noise and conditions of every sample. */
#ifndef OSS_PIPELINE_PROBLEM_H
#define OSS_PIPELINE_PROBLEM_H

#include "host/core/bytes.h"
#include "host/core/config.h"
#include "host/denoisers/denoiser.h"
#include "host/grids/grid.h"
#include "kernels/buffer.h"

typedef struct oss_problem {
  oss_backend *be;                                                            /* borrowed */
  oss_denoiser *denoiser;                                                     /* borrowed */
  const oss_member *denoiser_member, *grid_member, *teacher_solver, *initial; /* borrowed */
  int rank; /* of a sample; from the noise file when there is one, else the denoiser's */
  size_t dims[OSS_MAX_RANK];
  size_t elements;
  uint64_t seed;
  const char *noise_file, *noise_dataset; /* borrowed; NULL: drawn */
  char noise_content[OSS_HASH_BYTES];
  size_t noise_rows; /* samples in the noise file */
  size_t batch;      /* samples at a time */
  oss_grid grid;     /* owned */
} oss_problem;

/* cell: which denoiser, grid, seed and start; steps may be OSS_FROM_FILE. Checks the shape of the noise file. Free with oss_problem_free.
 */
oss_status oss_problem_create(const oss_config *config, const oss_cell *cell, oss_backend *be, oss_denoiser *denoiser, oss_problem *out);
void oss_problem_free(oss_problem *problem);

/* Start states of samples first .. first + count - 1: eps under initial: one, else start[r] eps; start (host) has count times.
 * out: backend memory [count][D]. OSS_ERR_INPUT when the noise file has too few samples. */
oss_status oss_problem_start(const oss_problem *problem, size_t first, size_t count, const double *start, float *out);

/* The condition of each sample, repeated copies times ([copies][count]), in a new buffer. */
oss_status oss_problem_labels(const oss_problem *problem, size_t first, size_t count, size_t copies, oss_buffer *out);

#endif

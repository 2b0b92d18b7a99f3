// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* pair_error with the power 1. */
#include "kernels/cuda/pair_piece.cuh"

oss_status oss_cuda_pair_magnitudes(oss_backend *be, const pair_job *job) {
  return do_terms<1>(be, job);
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* cuBLAS for the CUDA backend. The library is looked up when a device is opened, not when the program starts: loading its half gigabyte
 * takes longer than many commands of a machine without a GPU. */
#ifndef OSS_KERNELS_CUDA_BLAS_H
#define OSS_KERNELS_CUDA_BLAS_H

#include "kernels/cuda/cuda.h"

/* Loads the library and binds a handle to the state's stream. OSS_ERR_UNAVAILABLE says what is missing. */
oss_status oss_cuda_blas_open(oss_cuda_state *state);
void oss_cuda_blas_close(oss_cuda_state *state); /* safe on a state without */

#endif

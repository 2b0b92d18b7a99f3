// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* CUDA for the processor: what the kernels of kernels/cuda use of CUDA 13, for the host compiler. See tests/cuda_host/README.md. */
#ifndef OSS_CUDA_HOST_CUDA_RUNTIME_H
#define OSS_CUDA_HOST_CUDA_RUNTIME_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define OSS_CUDA_EMULATED 1

#define __global__
#define __device__
#define __host__
#define __constant__
#define __grid_constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __align__(bytes) __attribute__((aligned(bytes)))
#define CUDART_VERSION 13000
#define CUDART_CB

#include "cuda_host/types.h"
#include "cuda_host/vectors.h"
/* those two first */
#include "cuda_host/api.h"
#include "cuda_host/device.h"
#include "cuda_host/warp.h"
/* and those before these */
#include "cuda_host/atomics.h"
#include "cuda_host/launch.h"

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* NVTX ranges: nobody listens. */
#ifndef OSS_CUDA_HOST_NVTOOLSEXT_H
#define OSS_CUDA_HOST_NVTOOLSEXT_H

extern "C" {
int nvtxRangePushA(const char *name); /* the range's depth */
int nvtxRangePop(void);               /* < 0 without a range */
}

#endif

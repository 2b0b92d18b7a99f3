// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Threads that work on the host may take, whatever the backend. */
#ifndef OSS_CORE_THREADS_H
#define OSS_CORE_THREADS_H

#include "kernels/backend.h"

/* The backend's own, or where it has none all that OpenMP gives. */
int oss_host_threads(const oss_backend *be);

#endif

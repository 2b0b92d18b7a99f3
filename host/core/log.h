// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Messages to stderr. Results go to stdout, everything else here. */
#ifndef OSS_CORE_LOG_H
#define OSS_CORE_LOG_H

#include "kernels/status.h"

void oss_log_info(const char *fmt, ...) OSS_PRINTF(1, 2);    /* "ossbench: ..." */
void oss_log_warning(const char *fmt, ...) OSS_PRINTF(1, 2); /* "ossbench: warning: ..." */
void oss_log_error(const char *fmt, ...) OSS_PRINTF(1, 2);   /* "ossbench: error: ..." */

/* Seconds from a monotonic clock. */
double oss_now(void);

#endif

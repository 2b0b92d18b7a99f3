// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Memory of this process, as the system counts it. */
#ifndef OSS_SWEEP_MEMORY_H
#define OSS_SWEEP_MEMORY_H

#include <stddef.h>

size_t oss_resident_bytes(void); /* now; 0 where the system does not tell */
size_t oss_peak_bytes(void);     /* the most so far; 0 where the system does not tell */

size_t oss_physical_bytes(void); /* of the machine; 0 where the system does not tell */

#endif

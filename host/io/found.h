// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What a search found, kept beside the cells while a run goes on: a killed run does not search again for the budgets it had not scored yet.
 */
#ifndef OSS_IO_FOUND_H
#define OSS_IO_FOUND_H

#include "host/pipeline/record.h"

/* OUTPUT.partial/found-KEY.h5, KEY the one of its schedule (host/sweep/key.h). */
oss_status oss_found_write(const char *output, const char *key, const oss_found *found);

/* *there is 1 and *found owned by the caller when a whole file of that key exists; a damaged one is warned of and counts as absent. */
oss_status oss_found_read(const char *output, const char *key, oss_found *found, int *there);

/* Removes it once its last cell is written; nothing happens where there is none. */
void oss_found_remove(const char *output, const char *key);

#endif

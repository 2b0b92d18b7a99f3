// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Keys of cells: the hash of everything a cell's record depends on. */
#ifndef OSS_SWEEP_KEY_H
#define OSS_SWEEP_KEY_H

#include "host/sweep/context.h"

/* Files whose content is known already: a sweep names the same few in every cell, and a checkpoint is large. {0} knows none. */
typedef struct oss_key_memo {
  struct oss_known_file {
    const char *path; /* borrowed from the config */
    char hash[OSS_HASH_BYTES];
  } * files;
  size_t count;
} oss_key_memo;

void oss_key_forget(oss_key_memo *memo);

/* The key of the cell that the context is at, and the key of its schedule, which cells that differ in calibration share. OSS_ERR_INPUT when
 * a file that a member names can't be read. */
oss_status oss_key_make(oss_key_memo *memo, const oss_context *context, const oss_cell *cell, char out[OSS_HASH_BYTES],
                        char schedule[OSS_HASH_BYTES]);

#endif

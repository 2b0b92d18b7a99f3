// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Both ends of the searched samples, for searches that judge whole schedules by where they end. */
#ifndef OSS_SEARCH_ENDS_H
#define OSS_SEARCH_ENDS_H

#include "host/search/search.h"

typedef struct oss_ends {
  oss_buffer start; /* [S][D] x_T */
  oss_buffer end;   /* [S][D] the teacher's states at index 0 */
} oss_ends;

/* start: the time whose noise level the start has under initial: t. Kept for all samples, since a teacher without a cache would be made
 * again for each batch that is asked for. */
oss_status oss_ends_create(const oss_search_input *input, double start, oss_ends *out);
void oss_ends_destroy(oss_ends *ends);
oss_bytes oss_ends_bytes(const oss_search_input *input);

#endif

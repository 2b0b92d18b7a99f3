// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Takes out of vectors their part along a line, a line a sample. */
#ifndef OSS_SEARCH_LINE_H
#define OSS_SEARCH_LINE_H

#include "host/core/bytes.h"
#include "kernels/buffer.h"

typedef struct oss_line oss_line;

/* For up to batch samples of d elements. */
oss_status oss_line_create(oss_backend *be, size_t batch, size_t d, oss_line **out);
void oss_line_destroy(oss_line *line); /* NULL-safe */
oss_bytes oss_line_bytes(size_t batch, size_t d);

/* The line of each of count samples runs along w = ratio * a - b; a, b: backend [count][D], borrowed. A line without length (w = 0) takes
 * nothing out. */
oss_status oss_line_set(oss_line *line, size_t count, double ratio, const float *a, const float *b);

/* out = scale * (x - w (w.x) / (w.w)): one rounding from the float inputs. [count][D] each; out must not alias a or b. */
oss_status oss_line_remove(oss_line *line, double scale, const float *x, float *out);

#endif

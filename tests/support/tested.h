// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Which parity program tests which operation. */
#ifndef OSS_TESTS_SUPPORT_TESTED_H
#define OSS_TESTS_SUPPORT_TESTED_H

#define PARITY_MEMORY(X) X(allocate) X(release) X(upload) X(download) X(copy) X(reserve)
#define PARITY_ORDER(X) X(finish) X(repeat_begin) X(repeat_end) X(repeat_free) X(stage_begin) X(stage_end) X(timer_start) X(timer_stop)
#define PARITY_NOISE(X) X(noise)
#define PARITY_ROWS(X) X(lincomb) X(gather_columns) X(project) X(row_error)
#define PARITY_AMPLITUDE(X) X(row_quantile) X(row_affine)
#define PARITY_MIXTURE(X) X(mixture_distance) X(mixture_weights) X(mixture_combine)
#define PARITY_PAIR_ERROR(X) X(pair_error)
#define PARITY_SEARCH(X) X(cost_accumulate) X(cost_select) X(dp_relax)
#define PARITY_STATES(X) X(advance) X(gather_states)
#define PARITY_DENSE(X) X(dense_pack) X(dense) X(layer_free)
#define PARITY_ATTENTION(X) X(attention)
#define PARITY_CONV(X) X(conv_pack) X(conv)
#define PARITY_RESAMPLE(X) X(resample)
#define PARITY_NORM(X) X(group_norm) X(layer_norm)
#define PARITY_ELEMENTS(X) X(gated_sum) X(activate) X(concat) X(table_rows) X(embed)
#define PARITY_PRECONDITION(X) X(precondition)

/* By hand: clang-format does not agree with itself about long lists of macros. */
/* clang-format off */
#define PARITY_NETWORKS(X) \
  PARITY_DENSE(X) PARITY_ATTENTION(X) PARITY_CONV(X) PARITY_RESAMPLE(X) PARITY_NORM(X) PARITY_ELEMENTS(X) PARITY_PRECONDITION(X)
#define PARITY_ALL(X) \
  PARITY_MEMORY(X) PARITY_ORDER(X) PARITY_NOISE(X) PARITY_ROWS(X) PARITY_AMPLITUDE(X) PARITY_MIXTURE(X) PARITY_PAIR_ERROR(X) \
  PARITY_SEARCH(X) PARITY_STATES(X) PARITY_NETWORKS(X)
/* clang-format on */

#endif

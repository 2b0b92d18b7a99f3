// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* A row's denoiser call, the coefficients of its candidates and their costs. */
#include <stdlib.h>

#include "host/search/coefs.h"
#include "host/search/dp_block.h"

oss_status dp_view(const dp_shared *s, size_t rows, const float *in, float *out) {
  oss_backend *be = s->input->problem->be;
  if (s->options->cost.matrix != NULL) return be->ops->project(be, rows, s->d, s->chosen, s->view.data, in, out);
  return be->ops->gather_columns(be, rows, s->d, s->chosen, s->view.data, in, out);
}

/* An analytical first step answers for cells without a path: all of them in the first row, index N in the others (the start is a source
 * there), whatever the denoiser said. */
static oss_status answer_first(dp_block *b, const dp_shared *s, size_t row) {
  oss_backend *be = s->input->problem->be;
  size_t skip = (row == 0 ? 1 : s->side - 1) * b->count, rows = s->side * b->count - skip;
  oss_terms x = {{(float *)b->x.data + skip * s->d}};
  return be->ops->lincomb(be, rows, s->d, 1, 1, (double *)b->gains.data + skip, x, (float *)b->output.data + skip * s->d);
}

oss_status dp_block_denoise(dp_block *b, dp_shared *s, size_t row) {
  const oss_problem *p = s->input->problem;
  size_t skip = b->count, rows = (s->side - 1) * b->count;
  int analytical = oss_solver_afs(s->input->solver);
  if (!analytical || row > 0)
    OSS_TRY(oss_denoiser_call(p->denoiser, rows, (double *)b->times.data + skip, (int32_t *)b->labels.data + skip,
                              (float *)b->x.data + skip * s->d, (float *)b->output.data + skip * s->d));
  if (analytical) OSS_TRY(answer_first(b, s, row));
  if (!s->views || s->pairwise) return OSS_OK;
  OSS_TRY(dp_view(s, s->side * b->count, b->x.data, b->chosen[0].data));
  OSS_TRY(dp_view(s, s->side * b->count, b->output.data, b->chosen[1].data));
  for (int m = 1; m < s->terms; m++) OSS_TRY(dp_view(s, s->side * b->count, b->history[m - 1].data, b->chosen[m + 1].data));
  return OSS_OK;
}

oss_status dp_data(dp_block *b, const dp_shared *s, size_t cells, const float *states, float *out) {
  const oss_problem *p = s->input->problem;
  size_t low = p->grid.t[0] > 0.0 ? 0 : 1, skip = low * b->count;
  if (low == 1) OSS_TRY(p->be->ops->copy(p->be, b->count * s->d * sizeof(float), states, out));
  if (low >= cells) return OSS_OK;
  return oss_denoiser_call(p->denoiser, (cells - low) * b->count, (double *)b->times.data + skip, (int32_t *)b->labels.data + skip,
                           states + skip * s->d, out + skip * s->d);
}

static oss_coef_request request_of(const dp_block *b, const dp_shared *s, size_t sample, int order, int remaining, int data) {
  size_t path = s->side * (size_t)(s->terms - 1);
  return (oss_coef_request){.solver = s->input->solver,
                            .grid = &s->input->problem->grid,
                            .path = b->path != NULL ? b->path + sample * path : NULL,
                            .arrived = b->arrived != NULL ? b->arrived + sample * s->side : NULL,
                            .order = order,
                            .remaining = remaining,
                            .carried = data,
                            .threads = s->options->threads};
}

oss_status dp_upload_coefs(dp_block *b, dp_shared *s, int order, int remaining, int data) {
  size_t table = ((size_t)s->terms + 1) * s->side * s->side, tables = s->own_coefs ? b->count : 1;
  if (s->coef_ready) return OSS_OK;
  for (size_t i = 0; i < tables; i++) {
    oss_coef_request request = request_of(b, s, i, order, remaining, data);
    oss_coefs_fill(&request, s->host_coef);
    OSS_TRY(oss_buffer_upload(&s->coef, i * table * sizeof(double), table * sizeof(double), s->host_coef));
  }
  /* A one-step solver's table does not change from row to row, unless costs and steps take turns in it. */
  s->coef_ready = s->terms == 1 && !s->options->cost.data;
  return OSS_OK;
}

oss_status dp_block_costs(dp_block *b, dp_shared *s, int order, int remaining, oss_buffer *out) {
  const oss_problem *p = s->input->problem;
  OSS_TRY(dp_upload_coefs(b, s, order, remaining, s->options->cost.data && !s->pairwise));
  if (s->pairwise) return dp_pairs_costs(b, s, out);
  const float *x = s->views ? b->chosen[0].data : b->x.data;
  oss_terms h = {{s->views ? b->chosen[1].data : b->output.data}};
  for (int m = 1; m < s->terms; m++) h.at[m] = s->views ? b->chosen[m + 1].data : b->history[m - 1].data;
  return p->be->ops->pair_error(p->be, b->count, s->side - 1, s->chosen, s->terms, s->options->cost.p, s->coef_stride, s->coef.data, x, h,
                                b->teacher, out->data);
}

oss_status dp_block_orders(dp_block *b, dp_shared *s, const oss_buffer *choice, int shared_choice, const int32_t *host_from,
                           size_t from_stride) {
  size_t table = s->side * s->side;
  if (b->order == NULL) return OSS_OK;
  for (size_t i = 0; i < b->count; i++) {
    const int32_t *from = host_from + i * from_stride;
    if (i == 0 || !shared_choice)
      OSS_TRY(oss_buffer_download(choice, (shared_choice ? 0 : i) * table * sizeof(int32_t), table * sizeof(int32_t), s->host_choice));
    for (size_t j = 0; j < s->side; j++) b->order[i * s->side + j] = from[j] >= 0 ? s->host_choice[(size_t)from[j] * s->side + j] : 0;
  }
  return OSS_OK;
}

/* The chosen candidates' coefficients: the whole table is there already unless orders differ from pair to pair, or it holds what a cost
 * compared. */
oss_status dp_upload_chosen(dp_block *b, dp_shared *s, int remaining, size_t from_stride, const int32_t *host_from) {
  size_t table = ((size_t)s->terms + 1) * s->side * s->side, tables = s->own_coefs ? b->count : 1;
  if (s->orders == 1) return s->options->cost.data && !s->pairwise ? dp_upload_coefs(b, s, 0, remaining, 0) : OSS_OK;
  for (size_t i = 0; i < tables; i++) {
    oss_coef_request request = request_of(b, s, i, 0, remaining, 0);
    oss_coefs_fill_chosen(&request, host_from + i * from_stride, b->order + i * s->side, s->host_coef);
    OSS_TRY(oss_buffer_upload(&s->coef, i * table * sizeof(double), table * sizeof(double), s->host_coef));
  }
  return OSS_OK;
}

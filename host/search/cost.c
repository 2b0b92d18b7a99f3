// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/cost.h"

#include <stdlib.h>

#include "host/core/registries.h"

#define OSS_COST(name) extern const oss_cost_desc oss_cost_##name;
#include "host/search/costs.def"
#undef OSS_COST

static const oss_cost_desc *const costs[] = {
#define OSS_COST(name) &oss_cost_##name,
#include "host/search/costs.def"
#undef OSS_COST
};

OSS_DEFINE_REGISTRY(oss_costs, costs, "costs", "cost", "what a search compares with the teacher (option cost of a search)")

const oss_option oss_cost_options[] = {
    OSS_COST_P_OPTION("exponent: mean |difference|^p; 2: mean squared error"),
    {.name = "channels", .type = OSS_OPTION_COUNT, .fallback = "all", .min = 1, .max = 1e9, .help = "all, or the first so many channels"},
    {.name = "frames",
     .type = OSS_OPTION_COUNT,
     .fallback = "all",
     .min = 1,
     .max = 1e9,
     .help = "all, or so many frames spread evenly (video)"},
};

static oss_status check_axes(const oss_member *cost, const oss_problem *p, size_t channels, size_t frames) {
  if (channels > 0 && p->rank < 2)
    return oss_member_fail(cost, "channels: %zu needs samples (C, ...), these have rank %d", channels, p->rank);
  if (frames > 0 && p->rank != 4)
    return oss_member_fail(cost, "frames: %zu needs samples (C, F, H, W), these have rank %d", frames, p->rank);
  if (channels > p->dims[0]) return oss_member_fail(cost, "channels: %zu of %zu", channels, p->dims[0]);
  if (frames > 0 && frames > p->dims[1]) return oss_member_fail(cost, "frames: %zu of %zu", frames, p->dims[1]);
  return OSS_OK;
}

/* floor(linspace(0, F-1, n))[f], in floating point as the published code has it: not always the exact quotient. */
static size_t chosen_frame(size_t f, size_t frames, size_t all_frames) {
  if (frames < 2) return 0;
  if (f == frames - 1) return all_frames - 1;
  return (size_t)((double)f * ((double)(all_frames - 1) / (double)(frames - 1)));
}

/* The elements that channels and frames select from a sample (C, H, W) or (C, F, H, W). */
static oss_status select_columns(const oss_member *cost, const oss_problem *p, oss_cost_view *view) {
  size_t channels = (size_t)oss_member_int(cost, "channels"), frames = (size_t)oss_member_int(cost, "frames"); /* 0: all */
  OSS_TRY(check_axes(cost, p, channels, frames));
  if (channels == 0 && frames == 0) return OSS_OK;
  size_t all_frames = p->rank == 4 ? p->dims[1] : 1;
  size_t plane = p->elements / (p->dims[0] * all_frames);
  if (channels == 0) channels = p->dims[0];
  if (frames == 0) frames = all_frames;
  view->columns = malloc(channels * frames * plane * sizeof *view->columns);
  if (view->columns == NULL) return oss_fail(OSS_ERR_MEMORY, "elements of the cost");
  view->count = 0;
  for (size_t c = 0; c < channels; c++)
    for (size_t f = 0; f < frames; f++) {
      size_t frame = chosen_frame(f, frames, all_frames);
      for (size_t e = 0; e < plane; e++) view->columns[view->count++] = (int32_t)((c * all_frames + frame) * plane + e);
    }
  return OSS_OK;
}

oss_status oss_cost_view_create(const oss_member *cost, const oss_problem *p, oss_cost_view *out) {
  const oss_cost_desc *desc = (const oss_cost_desc *)cost->desc;
  *out = (oss_cost_view){.data = desc->data, .calls = desc->calls, .p = oss_member_real(cost, "p"), .count = p->elements};
  return desc->matrix ? desc->matrix(cost, p, out) : select_columns(cost, p, out);
}

void oss_cost_view_free(oss_cost_view *view) {
  free(view->columns);
  free(view->matrix);
  *view = (oss_cost_view){0};
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/schedules/published.h"
#include "host/search/search.h"

/* Flow times of 10, 20 and 40 steps; a schedule of M steps has M of them and its end. flux is the 200-point grid of mu = 1.15 at the
 * indices 198 193 189 185 180 170 155 121 56 22, wan the 100-point grid of shift 5 at 100 99 98 97 96 95 94 93 91 89 88 86 83 78 72 65 56
 * 41 19 5, both rounded. */
static const double flux[] = {0.9968, 0.9886, 0.9819, 0.975, 0.966, 0.9471, 0.9158, 0.8287, 0.5512, 0.2808, 0.001};
static const double wan[] = {1.0,   0.997, 0.995, 0.993, 0.991, 0.989, 0.987, 0.985, 0.98,  0.975, 0.973,
                             0.968, 0.96,  0.946, 0.927, 0.902, 0.864, 0.776, 0.539, 0.208, 0.001};
static const double chroma[] = {0.992, 0.99,  0.988, 0.985, 0.982, 0.978, 0.973, 0.968, 0.961, 0.953, 0.943, 0.931, 0.917, 0.9,
                                0.881, 0.858, 0.832, 0.802, 0.769, 0.731, 0.69,  0.646, 0.599, 0.55,  0.501, 0.451, 0.402, 0.355,
                                0.311, 0.27,  0.232, 0.199, 0.169, 0.143, 0.12,  0.101, 0.084, 0.07,  0.058, 0.048, 0.001};

static const oss_published tables[] = {
    {"flux", sizeof flux / sizeof flux[0], flux},
    {"wan", sizeof wan / sizeof wan[0], wan},
    {"chroma", sizeof chroma / sizeof chroma[0], chroma},
};

static const oss_option options[] = {
    {.name = "table",
     .type = OSS_OPTION_CHOICE,
     .fallback = "flux",
     .choices = "flux wan chroma",
     .help = "the model it was found for: FLUX.1-dev, Wan, Chroma"},
};

static oss_status times(const oss_member *member, const oss_grid *grid, int64_t steps, double *t) {
  return oss_published_times(member, tables, sizeof tables / sizeof tables[0], 0, grid, steps, t);
}

const oss_schedule_desc oss_schedule_table = {
    .base = {.name = "table",
             .summary = "the published OSS schedules: flow times, log-linear between them; the last is replaced by the teacher's end",
             .source = "OSS (arXiv 2503.21774), published schedules as ComfyUI carries them",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .times = times,
};

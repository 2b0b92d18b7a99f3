// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/schedules/published.h"
#include "host/search/search.h"

/* Noise levels sigma of 10 steps; a schedule of M steps has M of them and its end. */
static const double sd1[] = {14.6146412293, 6.4745760956, 3.8636745985, 2.6946151520, 1.8841921177, 1.3943805092,
                             0.9642583904,  0.6523686016, 0.3977456272, 0.1515232662, 0.0291671582};
static const double sdxl[] = {14.6146412293, 6.3184485287, 3.7681790315, 2.1811480769, 1.3405244945, 0.8620721141,
                              0.5550693289,  0.3798540708, 0.2332364134, 0.1114188177, 0.0291671582};
static const double svd[] = {700.0, 54.5, 15.886, 7.977, 4.248, 1.789, 0.981, 0.403, 0.173, 0.034, 0.002};

static const oss_published tables[] = {
    {"sd1", sizeof sd1 / sizeof sd1[0], sd1},
    {"sdxl", sizeof sdxl / sizeof sdxl[0], sdxl},
    {"svd", sizeof svd / sizeof svd[0], svd},
};

static const oss_option options[] = {
    {.name = "table",
     .type = OSS_OPTION_CHOICE,
     .fallback = "sd1",
     .choices = "sd1 sdxl svd",
     .help = "the model it was published for: Stable Diffusion 1.5, SDXL, Stable Video Diffusion"},
};

static oss_status times(const oss_member *member, const oss_grid *grid, int64_t steps, double *t) {
  return oss_published_times(member, tables, sizeof tables / sizeof tables[0], 1, grid, steps, t);
}

const oss_schedule_desc oss_schedule_ays = {
    .base = {.name = "ays",
             .summary = "Align Your Steps: published noise levels, log-linear between them; the last is replaced by the teacher's end",
             .source = "Sabour et al. 2024 (arXiv 2404.14507), published schedules",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .times = times,
};

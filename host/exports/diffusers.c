// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>

#include "host/exports/export.h"
#include "host/grids/grid.h"

enum { TRAINING_STEPS = 1000 };

static const oss_option options[] = {
    {.name = "betas",
     .type = OSS_OPTION_CHOICE,
     .fallback = "linear",
     .choices = "linear scaled_linear",
     .help = "the model's 1000 training steps: linear from 1e-4 to 0.02 (DDPM), or scaled_linear from 0.00085 to 0.012 (Stable Diffusion)"},
    OSS_EXPORT_LAST_OPTION,
};

typedef struct table {
  const char *name, *start, *end; /* of beta, as Python text */
  double sigma[TRAINING_STEPS];   /* ascending */
} table;

static void fill_table(const oss_member *member, table *out) {
  int scaled = oss_member_is(member, "betas", "scaled_linear");
  *out = scaled ? (table){.name = "scaled_linear", .start = "0.00085", .end = "0.012"}
                : (table){.name = "linear", .start = "0.0001", .end = "0.02"};
  double low = strtod(out->start, NULL), high = strtod(out->end, NULL), product = 1.0;
  if (scaled) {
    low = sqrt(low);
    high = sqrt(high);
  }
  for (int k = 0; k < TRAINING_STEPS; k++) {
    double beta = low + (high - low) * k / (TRAINING_STEPS - 1);
    product *= 1.0 - (scaled ? beta * beta : beta);
    out->sigma[k] = sqrt((1.0 - product) / product);
  }
}

/* By log-SNR, -2 log sigma. */
static int nearest(const table *steps, double sigma) {
  int best = 0;
  for (int k = 1; k < TRAINING_STEPS; k++)
    if (fabs(log(steps->sigma[k] / sigma)) < fabs(log(steps->sigma[best] / sigma))) best = k;
  return best;
}

/* The network is asked at a training step that is not the state's noise level. */
static void note_range(const table *steps, oss_exported *e) {
  size_t above = 0, below = 0;
  double low = steps->sigma[0], high = steps->sigma[TRAINING_STEPS - 1];
  for (size_t i = 0; i < e->steps; i++) {
    double sigma = oss_sigma_of_t(e->t[i]);
    above += sigma > high * (1 + 1e-6);
    below += sigma < low * (1 - 1e-6);
  }
  if (above > 0)
    oss_exported_note(e, "sigmas above %.6g, the largest of the model's training steps (%s betas): %zu; step 999 stands in%s", high,
                      steps->name, above,
                      above > 1 ? ". EulerDiscreteScheduler would begin at the second of them: call scheduler.set_begin_index(0)" : "");
  if (below > 0)
    oss_exported_note(e, "sigmas below %.6g, the smallest of the model's training steps (%s betas): %zu; step 0 stands in", low,
                      steps->name, below);
  if (e->t[e->steps] > 0.0)
    oss_exported_note(e, "the timesteps leave the last sigma out: such schedulers go on to their own end in that step");
}

static void note_repeats(const int *timesteps, oss_exported *e) {
  for (size_t i = 0, next; i < e->steps; i = next) {
    for (next = i + 1; next < e->steps && timesteps[next] == timesteps[i];) next++;
    if (next == i + 1) continue;
    oss_exported_note(e, "warning: timesteps %zu to %zu of the list all fall on %d, so the list is not this schedule: use the sigmas", i,
                      next - 1, timesteps[i]);
  }
}

static oss_status add_timesteps(const table *steps, oss_exported *e, oss_text *out) {
  int *timesteps = malloc(e->steps * sizeof *timesteps);
  if (timesteps == NULL) return oss_fail(OSS_ERR_MEMORY, "%zu timesteps", e->steps);
  oss_text_add(out, "timesteps = [");
  for (size_t i = 0; i < e->steps; i++) {
    timesteps[i] = nearest(steps, oss_sigma_of_t(e->t[i]));
    oss_text_add(out, "%s%d", i > 0 ? ", " : "", timesteps[i]);
  }
  oss_text_add(out, "]\n");
  note_repeats(timesteps, e);
  free(timesteps);
  return OSS_OK;
}

static oss_status write(const oss_member *member, oss_exported *e, oss_text *out) {
  table steps;
  fill_table(member, &steps);
  oss_text_add(out, "from diffusers import EulerDiscreteScheduler\n\nsigmas = [");
  oss_export_add_sigmas(out, member, e, e->steps + 1, ", ");
  oss_text_add(out,
               "]\n"
               "# trailing: the start is noise times the first sigma\n"
               "scheduler = EulerDiscreteScheduler(\n"
               "    beta_schedule=\"%s\", beta_start=%s, beta_end=%s, timestep_spacing=\"trailing\")\n"
               "scheduler.set_timesteps(sigmas=sigmas)\n\n"
               "# In a pipeline that takes sigmas=:\n"
               "# pipe.scheduler = EulerDiscreteScheduler.from_config(pipe.scheduler.config, timestep_spacing=\"trailing\")\n"
               "# pipe(..., sigmas=sigmas)\n\n"
               "# For schedulers that take whole training steps alone (DPMSolverMultistep, Heun, DDPM), the nearest by log-SNR;\n"
               "# never both. Such a scheduler adds its own end after the last one, 0 with final_sigmas_type=\"zero\".\n",
               steps.name, steps.start, steps.end);
  note_range(&steps, e);
  OSS_TRY(add_timesteps(&steps, e, out));
  oss_text_add(out, "# scheduler.set_timesteps(timesteps=timesteps), or pipe(..., timesteps=timesteps)\n");
  return OSS_OK;
}

const oss_export_desc oss_export_diffusers = {
    .base = {.name = "diffusers",
             .summary = "Python: diffusers' EulerDiscreteScheduler by its sigmas, and other schedulers by their timesteps",
             .source = "diffusers, scheduling_euler_discrete.py; the table of DDPM, arXiv 2006.11239",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .write = write,
    .space = OSS_SPACE_VE,
    .notes = OSS_NOTES_COMMENTS,
    .start = OSS_START_LEVEL,
};

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>

#include "host/exports/export.h"

static const oss_option options[] = {
    {.name = "shift",
     .type = OSS_OPTION_REAL,
     .fallback = "1",
     .max = 1e6,
     .open_min = 1,
     .help = "the shift a that the scheduler applies: it is undone, u = s / (a - (a - 1) s)"},
    {.name = "mu",
     .type = OSS_OPTION_REAL,
     .fallback = "",
     .min = -12,
     .max = 12,
     .help = "of a scheduler with dynamic shifting: a = e^mu"},
    {.name = "last",
     .type = OSS_OPTION_CHOICE,
     .fallback = "replace",
     .choices = "replace append",
     .help = "a last time above 0 (the scheduler always ends at 0): replaced by the 0, or followed by it (one more evaluation)"},
};

/* N numbers: the scheduler adds the 0 itself. */
static void add_times(const oss_exported *e, double a, oss_text *out) {
  char number[OSS_FIXED_BYTES];
  oss_text_add(out, "sigmas = [");
  for (size_t i = 0; i < e->steps; i++) {
    double s = e->t[i];
    oss_text_add(out, "%s%s", i > 0 ? ", " : "", oss_export_fixed(a == 1.0 ? s : s / (a - (a - 1.0) * s), number));
  }
  oss_text_add(out, "]\n");
}

static oss_status write(const oss_member *member, oss_exported *e, oss_text *out) {
  int dynamic = oss_member_value(member, "mu")->given;
  double shift = oss_member_real(member, "shift"), mu = oss_member_real(member, "mu");
  char number[OSS_NUMBER_BYTES];
  if (dynamic && shift != 1.0) return oss_member_fail(member, "shift and mu: a scheduler has one of them");
  oss_text_add(out,
               "from diffusers import FlowMatchEulerDiscreteScheduler\n\n"
               "# Flow times before the scheduler's shift, without the final 0, which it appends.\n");
  add_times(e, dynamic ? exp(mu) : shift, out);
  oss_number_text(dynamic ? mu : shift, number);
  if (dynamic)
    oss_text_add(out,
                 "scheduler = FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True)\n"
                 "scheduler.set_timesteps(sigmas=sigmas, mu=%s)\n",
                 number);
  else
    oss_text_add(out,
                 "scheduler = FlowMatchEulerDiscreteScheduler(shift=%s)\n"
                 "scheduler.set_timesteps(sigmas=sigmas)\n",
                 number);
  oss_text_add(out, "\n# In a pipeline that takes sigmas=:\n");
  if (dynamic)
    oss_text_add(out, "# its mu must be %s (FLUX derives it from the size of the image), and shift_terminal None\n", number);
  else
    oss_text_add(out,
                 "# pipe.scheduler = FlowMatchEulerDiscreteScheduler.from_config(\n"
                 "#     pipe.scheduler.config, shift=%s, use_dynamic_shifting=False, shift_terminal=None)\n",
                 number);
  oss_text_add(out, "# pipe(..., sigmas=sigmas)\n");
  return OSS_OK;
}

const oss_export_desc oss_export_diffusers_flow = {
    .base = {.name = "diffusers_flow",
             .summary = "Python: diffusers' FlowMatchEulerDiscreteScheduler (SD3, FLUX)",
             .source = "diffusers, scheduling_flow_match_euler_discrete.py",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .write = write,
    .space = OSS_SPACE_FLOW,
    .notes = OSS_NOTES_COMMENTS,
    .start = OSS_START_ONE,
};

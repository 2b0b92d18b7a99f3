// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/exports/export.h"

static const oss_option options[] = {OSS_EXPORT_LAST_OPTION};

static oss_status write(const oss_member *member, oss_exported *e, oss_text *out) {
  oss_text_add(out, "import torch\n\nsigmas = torch.tensor([");
  oss_export_add_sigmas(out, member, e, e->steps + 1, ", ");
  oss_text_add(out,
               "])\n\n"
               "# The caller scales the noise, by the first sigma:\n"
               "# x = torch.randn(shape, device=device) * sigmas[0]\n"
               "# x0 = k_diffusion.sampling.sample_euler(model, x, sigmas.to(device))\n");
  return OSS_OK;
}

const oss_export_desc oss_export_k_diffusion = {
    .base = {.name = "k_diffusion",
             .summary = "Python: the tensor of sigmas that k-diffusion's samplers take",
             .source = "k-diffusion, k_diffusion/sampling.py",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .write = write,
    .space = OSS_SPACE_VE,
    .notes = OSS_NOTES_COMMENTS,
    .start = OSS_START_LEVEL,
};

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/exports/export.h"

static const oss_option options[] = {OSS_EXPORT_SPACE_OPTION, OSS_EXPORT_LAST_OPTION};

/* The node takes every digit group for a sigma: the numbers alone, without exponents. */
static oss_status write(const oss_member *member, oss_exported *e, oss_text *out) {
  oss_export_add_sigmas(out, member, e, e->steps + 1, ", ");
  oss_text_add(out, "\n");
  return OSS_OK;
}

const oss_export_desc oss_export_comfyui = {
    .base = {.name = "comfyui",
             .summary = "the text of a ManualSigmas node, for SamplerCustom or SamplerCustomAdvanced",
             .source = "ComfyUI, comfy_extras/nodes_custom_sampler.py",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .write = write,
    .space = OSS_SPACE_BY_OPTION,
    .notes = OSS_NOTES_OUTSIDE,
    .start = OSS_START_LEVEL,
};

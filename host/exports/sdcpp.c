// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/exports/export.h"

static const oss_option options[] = {OSS_EXPORT_SPACE_OPTION, OSS_EXPORT_LAST_OPTION};

static oss_status write(const oss_member *member, oss_exported *e, oss_text *out) {
  oss_text_add(out, "--sigmas \"");
  oss_export_add_sigmas(out, member, e, e->steps + 1, ",");
  oss_text_add(out, "\"\n");
  return OSS_OK;
}

const oss_export_desc oss_export_sdcpp = {
    .base = {.name = "sdcpp",
             .summary = "the option --sigmas of stable-diffusion.cpp",
             .source = "stable-diffusion.cpp, examples/cli",
             .options = options,
             .option_count = sizeof options / sizeof options[0]},
    .write = write,
    .space = OSS_SPACE_BY_OPTION,
    .notes = OSS_NOTES_OUTSIDE,
    .start = OSS_START_LEVEL,
};

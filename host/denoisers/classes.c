// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/denoisers/classes.h"

#include <Random123/philox.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/streams.h"

oss_status oss_class_parse(const oss_member *member, int given, int64_t *choice) {
  const char *text = oss_member_text(member, "class");
  char *end;
  if (strcmp(text, "none") == 0) {
    *choice = OSS_CLASS_NONE;
  } else if (strcmp(text, "drawn") == 0) {
    *choice = OSS_CLASS_DRAWN;
  } else if (given && strcmp(text, "given") == 0) {
    *choice = OSS_CLASS_GIVEN;
  } else {
    long value = strtol(text, &end, 10);
    if (end == text || *end != '\0' || value < 0 || value > INT32_MAX)
      return oss_member_fail(member, "class '%s': none, drawn%s or a class number >= 0", text, given ? ", given" : "");
    *choice = value;
  }
  if (*choice == OSS_CLASS_NONE && oss_member_real(member, "guidance") != 1.0)
    return oss_member_fail(member, "guidance %g needs a class", oss_member_real(member, "guidance"));
  return OSS_OK;
}

double oss_class_uniform(uint64_t seed, uint64_t sample) {
  philox4x32_ctr_t counter = {{0, OSS_STREAM_LABEL, (uint32_t)sample, (uint32_t)(sample >> 32)}};
  philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
  return ((double)philox4x32(counter, key).v[0] + 0.5) / 4294967296.0;
}

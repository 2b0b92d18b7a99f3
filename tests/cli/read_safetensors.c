// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* read_safetensors FILE OUT: what the reader makes of a file, for tests of the files that scripts write. Metadata and tensors on stdout, a
 * line each; the values of all tensors, one after the other, into OUT. */
#include <stdio.h>
#include <stdlib.h>

#include "host/io/safetensors.h"

static oss_status print_all(const oss_safetensors *file, FILE *out) {
  for (size_t i = 0; i < oss_safetensors_metadata_count(file); i++) {
    const char *key, *value;
    oss_safetensors_metadata_at(file, i, &key, &value);
    printf("%s=%s\n", key, value);
  }
  for (size_t i = 0; i < oss_safetensors_count(file); i++) {
    const oss_tensor_info *info = oss_safetensors_at(file, i);
    char shape[OSS_TENSOR_SHAPE_BYTES];
    printf("%s %s %s\n", info->name, oss_tensor_shape_text(info, shape), oss_dtype_name(info->dtype));
    float *values = malloc(info->elements * sizeof *values + 1);
    if (!values) return oss_fail(OSS_ERR_MEMORY, "no memory");
    oss_status status = oss_safetensors_read(file, info, values);
    if (status == OSS_OK && fwrite(values, sizeof *values, info->elements, out) != info->elements)
      status = oss_fail(OSS_ERR_IO, "cannot be written");
    free(values);
    OSS_TRY(status);
  }
  return OSS_OK;
}

int main(int count, char **arguments) {
  oss_safetensors *file;
  FILE *out = count == 3 ? fopen(arguments[2], "wb") : NULL;
  if (!out) return 2;
  oss_status status = oss_safetensors_open(arguments[1], &file);
  if (status == OSS_OK) {
    status = print_all(file, out);
    oss_safetensors_close(file);
  }
  if (fclose(out) != 0 && status == OSS_OK) status = oss_fail(OSS_ERR_IO, "cannot be written");
  if (status != OSS_OK) fprintf(stderr, "%s\n", oss_message());
  return status == OSS_OK ? 0 : 1;
}

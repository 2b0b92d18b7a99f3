// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* A whole safetensors file from the fuzzer: opened, every list walked, every tensor found and read, its metadata taken as arguments. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "host/io/safetensors.h"
#include "host/nets/arguments.h"
#include "tests/fuzz/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "not so: %s\n", what);
  abort();
}

/* The path of a file in memory, without a name, that holds the data. */
static const char *store(const uint8_t *data, size_t size) {
  static int fd = -1;
  static char path[64];
  if (fd < 0) {
    snprintf(path, sizeof path, "/ossbench-fuzz-%ld", (long)getpid());
    fd = shm_open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
    expect(fd >= 0 && shm_unlink(path) == 0, "memory for a file");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  }
  expect(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size, "the data is written");
  return path;
}

static void walk(const oss_safetensors *file, size_t size) {
  size_t bytes = 0;
  for (size_t i = 0; i < oss_safetensors_count(file); i++) {
    const oss_tensor_info *info = oss_safetensors_at(file, i);
    char shape[OSS_TENSOR_SHAPE_BYTES];
    expect(oss_safetensors_find(file, info->name) == info, "a tensor is found by its name");
    expect(info->offset <= size && info->elements <= size, "a tensor is no longer than the file");
    expect(oss_tensor_shape_text(info, shape)[0] == '[' && oss_dtype_name(info->dtype)[0], "a tensor has a shape and a type");
    float *out = malloc(info->elements * sizeof *out + 1);
    expect(out != NULL, "memory");
    if (oss_safetensors_read(file, info, out) == OSS_OK)
      for (size_t k = 0; k < info->elements; k++) expect(out[k] - out[k] == 0, "what was read is finite");
    else
      expect(strstr(oss_message(), "tensor") != NULL, "a message names the tensor");
    free(out);
    bytes += info->elements;
  }
  expect(bytes <= size, "the tensors are no longer than the file");
}

static void take_arguments(const oss_safetensors *file) {
  oss_arguments *arguments;
  oss_words known = {0};
  if (oss_arguments_from_file(file, &arguments) != OSS_OK) return;
  for (size_t i = 0; i < oss_safetensors_metadata_count(file); i++) {
    const char *key, *value, *text = NULL;
    int64_t whole = 0, list[8];
    double real = 0;
    int flag = 0;
    size_t count = 0;
    oss_safetensors_metadata_at(file, i, &key, &value);
    expect(oss_safetensors_metadata(file, key) == value && oss_arguments_has(arguments, key), "metadata is found by its key");
    (void)(oss_arguments_int(arguments, key, -5, 1000, &whole) == OSS_OK);
    (void)(oss_arguments_real(arguments, key, -1e30, 1e30, &real) == OSS_OK);
    (void)(oss_arguments_bool(arguments, key, &flag) == OSS_OK);
    (void)(oss_arguments_ints(arguments, key, 0, 100, 8, list, &count) == OSS_OK);
    expect(oss_arguments_text(arguments, key, &text) == OSS_OK && text == value, "metadata is text");
    expect(whole >= -5 && whole <= 1000 && count <= 8, "arguments are in their ranges");
    if (i % 2 == 0) oss_words_add(&known, key);
  }
  (void)(oss_arguments_check(arguments, &known) == OSS_OK);
  oss_arguments_free(arguments);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  oss_safetensors *file;
  const char *path = store(data, size);
  fuzz_memory_start();
  oss_status status = oss_safetensors_open(path, &file);
  fuzz_memory_check(size, 9, 4096);
  expect((status == OSS_OK) == (file != NULL), "a file is given exactly on success");
  if (status != OSS_OK) {
    expect(strstr(oss_message(), path) != NULL, "a message names the file");
    return 0;
  }
  walk(file, size);
  take_arguments(file);
  oss_safetensors_close(file);
  return 0;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* A JSON object of arguments from the fuzzer, and every getter on a key that it may have. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/nets/arguments.h"
#include "tests/fuzz/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const keys[] = {"a", "depth", "channel_mult", ""};
  char *text = malloc(size + 1);
  if (!text) return 0;
  memcpy(text, data, size);
  text[size] = '\0';
  oss_arguments *made;
  fuzz_memory_start();
  oss_status status = oss_arguments_from_json("arguments", text, &made);
  fuzz_memory_check(size, 2, 16384); /* there is room for 128 arguments from the start */
  if ((status == OSS_OK) != (made != NULL)) abort();
  for (size_t i = 0; made && i < sizeof keys / sizeof keys[0]; i++) {
    int64_t whole = 3, list[4];
    double real = 0.5;
    int flag = 2;
    size_t count = 0;
    const char *word = "";
    (void)(oss_arguments_int(made, keys[i], -10, 10, &whole) == OSS_OK);
    (void)(oss_arguments_real(made, keys[i], 0, 1, &real) == OSS_OK);
    (void)(oss_arguments_bool(made, keys[i], &flag) == OSS_OK);
    (void)(oss_arguments_text(made, keys[i], &word) == OSS_OK);
    (void)(oss_arguments_ints(made, keys[i], 0, 9, 4, list, &count) == OSS_OK);
    if (whole < -10 || whole > 10 || !(real >= 0 && real <= 1) || count > 4 || strlen(word) > size) abort();
    if (flag != 2 && !oss_arguments_has(made, keys[i])) abort();
  }
  oss_words known = {.at = {"a", "depth"}, .count = 2};
  if (made && oss_arguments_check(made, &known) != OSS_OK && !strstr(oss_message(), "unknown argument")) abort();
  oss_arguments_free(made);
  free(text);
  return 0;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* A config from the fuzzer; what is accepted, written out as it was understood, is accepted again and gives the same text. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/config.h"
#include "host/core/yaml.h"
#include "tests/fuzz/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The config as text in new memory, or NULL where it is refused. */
static char *understood(const char *chars, size_t size) {
  oss_document document = {0};
  oss_config config = {0};
  char *text = NULL;
  if (oss_yaml_parse("config.yaml", chars, size, &document) != OSS_OK) return NULL;
  if (oss_config_parse(&document, &config) == OSS_OK) {
    if (oss_config_yaml(&config, &text) != OSS_OK) abort();
    oss_config_free(&config);
  }
  oss_document_free(&document);
  return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_memory_start();
  char *once = understood((const char *)data, size);
  fuzz_memory_check(size, 400, 1 << 20); /* a node of a tree for each character or two, and every option of every member named */
  if (!once) return 0;
  char *twice = understood(once, strlen(once));
  if (!twice || strcmp(once, twice) != 0) {
    fprintf(stderr, "%s\n--- read again:\n%s\n%s\n", once, twice ? twice : "refused", oss_message());
    abort();
  }
  free(once);
  free(twice);
  return 0;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Gives every file of the folders named to the fuzzer's function, once: the corpus as a test of any build. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END) != 0) return 0;
  long size = ftell(file);
  uint8_t *data = size < 0 ? NULL : malloc((size_t)size + 1);
  rewind(file);
  int read = data && fread(data, 1, (size_t)size, file) == (size_t)size;
  fclose(file);
  if (read) (void)LLVMFuzzerTestOneInput(data, (size_t)size);
  free(data);
  return read;
}

int main(int count, char **folders) {
  size_t files = 0;
  for (int i = 1; i < count; i++) {
    DIR *list = opendir(folders[i]);
    if (!list) {
      fprintf(stderr, "%s: cannot be read\n", folders[i]);
      return 1;
    }
    for (const struct dirent *entry; (entry = readdir(list)) != NULL;) {
      char path[4096];
      if (entry->d_name[0] == '.') continue;
      snprintf(path, sizeof path, "%s/%s", folders[i], entry->d_name);
      if (!replay(path)) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return 1;
      }
      files++;
    }
    closedir(list);
  }
  printf("%zu inputs\n", files);
  return files > 0 ? 0 : 1; /* a corpus that is gone is no success */
}

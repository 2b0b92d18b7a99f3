// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* A folder of its own for each test of host/io, and small helpers on its files. */
#ifndef OSS_TESTS_UNIT_IO_FOLDER_H
#define OSS_TESTS_UNIT_IO_FOLDER_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>
/* after those it relies on */
#include <cmocka.h>

#include "kernels/status.h"

enum { PATH_BYTES = 512 };

#define ASSERT_OK(expr)                                          \
  do {                                                           \
    oss_status assert_status_ = (expr);                          \
    if (assert_status_ != OSS_OK) fail_msg("%s", oss_message()); \
  } while (0)

/* The expression fails with this code, and the message holds these words. */
#define ASSERT_FAILS(code, words, expr)                                                              \
  do {                                                                                               \
    oss_status assert_status_ = (expr);                                                              \
    if (assert_status_ == OSS_OK) fail_msg("no failure, expected: %s", (words));                     \
    if (!strstr(oss_message(), (words))) fail_msg("'%s' does not say '%s'", oss_message(), (words)); \
    assert_int_equal(assert_status_, (code));                                                        \
  } while (0)

/* HDF5 loses the header of an object that it finds damaged. Asked for by the leak sanitizer where there is one. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
  return "leak:libhdf5\n";
}

static inline int folder_setup(void **state) {
  char *folder = malloc(64);
  if (!folder) return -1;
  strcpy(folder, "/tmp/oss_test_XXXXXX");
  *state = mkdtemp(folder);
  return *state ? 0 : -1;
}

static inline int folder_teardown(void **state) {
  char command[PATH_BYTES];
  snprintf(command, sizeof command, "chmod -R u+w %s; rm -rf %s", (char *)*state, (char *)*state);
  free(*state);
  return system(command);
}

/* FOLDER/NAME in a buffer of the caller. */
static inline char *in_folder(void **state, const char *name, char out[PATH_BYTES]) {
  snprintf(out, PATH_BYTES, "%s/%s", (const char *)*state, name);
  return out;
}

static inline size_t count_files(const char *folder) {
  DIR *list = opendir(folder);
  size_t count = 0;
  if (!list) return 0;
  for (const struct dirent *entry; (entry = readdir(list)) != NULL;) count += entry->d_name[0] != '.';
  closedir(list);
  return count;
}

/* The whole file as new memory. */
static inline unsigned char *read_file(const char *path, size_t *bytes) {
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  fseek(file, 0, SEEK_END);
  *bytes = (size_t)ftell(file);
  rewind(file);
  unsigned char *data = malloc(*bytes + 1);
  assert_non_null(data);
  assert_int_equal(fread(data, 1, *bytes, file), *bytes);
  fclose(file);
  return data;
}

static inline void write_file(const char *path, const void *data, size_t bytes) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(data, 1, bytes, file), bytes);
  fclose(file);
}

/* Runs code of the fixtures' language with the folder as its working directory; FILES then lie there. */
static inline void run_python(void **state, const char *code) {
  char script[PATH_BYTES], command[2 * PATH_BYTES];
  write_file(in_folder(state, "fixture.py", script), code, strlen(code));
  snprintf(command, sizeof command, "cd %s && env -u LD_PRELOAD /usr/bin/python3 -B fixture.py", (const char *)*state);
  assert_int_equal(system(command), 0);
  unlink(script);
}

/* Sends stream (stdout or stderr) to a file from here to the end of the block's release_stream. */
static inline int capture_stream(FILE *stream, const char *path) {
  fflush(stream);
  int kept = dup(fileno(stream));
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  dup2(fileno(file), fileno(stream));
  fclose(file);
  return kept;
}

/* Puts the stream back; what was written, as text in new memory. */
static inline char *release_stream(FILE *stream, int kept, const char *path) {
  size_t bytes;
  fflush(stream);
  dup2(kept, fileno(stream));
  close(kept);
  unsigned char *data = read_file(path, &bytes);
  data[bytes] = '\0';
  return (char *)data;
}

#endif

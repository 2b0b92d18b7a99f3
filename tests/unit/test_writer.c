// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Writing files: what comes back, and every way in which a disk may refuse. */
#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "host/io/reader.h"
#include "host/io/writer.h"
#include "tests/unit/io_folder.h"

static void round_trip(void **state) {
  char path[PATH_BYTES];
  oss_writer *w;
  enum { N = 60000 };
  static float states[N];
  for (size_t i = 0; i < N; i++) states[i] = (float)(i % 100);
  const oss_array big = {.type = OSS_F32, .rank = 3, .dims = {3, 200, 100}, .data = states};
  const double numbers[2] = {INFINITY, 0.1};
  const oss_array small = {.type = OSS_F64, .rank = 1, .dims = {2}, .data = (void *)numbers};
  const oss_array none = {.type = OSS_I32, .rank = 2, .dims = {0, 3}};
  const oss_array blocks = {.type = OSS_F32, .rank = 3, .dims = {2, 5, 3}};
  in_folder(state, "new/folders/out.h5", path);
  ASSERT_OK(oss_writer_create(path, &w));
  ASSERT_OK(oss_writer_text(w, "/", "text", "größer"));
  ASSERT_OK(oss_writer_text(w, "/a/b", "empty", ""));
  ASSERT_OK(oss_writer_int(w, "/a/b", "number", -5));
  ASSERT_OK(oss_writer_real(w, "/a/b", "number", 0.5)); /* replaces */
  ASSERT_OK(oss_writer_array(w, "/c/big", &big));
  ASSERT_OK(oss_writer_array(w, "/c/small", &small));
  ASSERT_OK(oss_writer_array(w, "/c/none", &none));
  ASSERT_OK(oss_writer_begin(w, "/c/blocks", &blocks));
  const oss_array along1 = {.type = OSS_F32, .rank = 3, .dims = {2, 2, 3}, .data = states};
  ASSERT_OK(oss_writer_block(w, "/c/blocks", 1, 0, &along1));
  ASSERT_OK(oss_writer_block(w, "/c/blocks", 1, 2, &along1));
  const oss_array last = {.type = OSS_F32, .rank = 3, .dims = {2, 1, 3}, .data = states + 12};
  ASSERT_OK(oss_writer_block(w, "/c/blocks", 1, 4, &last));
  assert_int_not_equal(access(path, F_OK), 0); /* nothing there before finish */
  ASSERT_OK(oss_writer_finish(w));
  assert_int_equal(count_files(in_folder(state, "new/folders", path)), 1);
  in_folder(state, "new/folders/out.h5", path);
  struct stat info;
  assert_int_equal(stat(path, &info), 0);
  assert_true(info.st_size < (off_t)sizeof states / 4);
  oss_array a;
  double value;
  char *text;
  ASSERT_OK(oss_io_read(path, "c/big", OSS_F32, 3, 3, &a));
  assert_memory_equal(a.data, states, sizeof states);
  oss_array_free(&a);
  ASSERT_OK(oss_io_read(path, "c/blocks", OSS_F32, 3, 3, &a));
  assert_true(((float *)a.data)[12] == 12 && ((float *)a.data)[15 + 6] == 6 && ((float *)a.data)[15 + 12] == 15);
  oss_array_free(&a);
  ASSERT_FAILS(OSS_ERR_INPUT, "infinity at [0]", oss_io_read(path, "c/small", OSS_F64, 1, 1, &a));
  ASSERT_OK(oss_io_attribute_real(path, "/a/b", "number", 0, &value));
  assert_true(value == 0.5);
  ASSERT_OK(oss_io_attribute_text(path, "/", "text", &text));
  assert_string_equal(text, "größer");
  free(text);
  ASSERT_OK(oss_writer_create(in_folder(state, "copy.h5", path), &w));
  char source[PATH_BYTES];
  ASSERT_OK(oss_writer_copy(w, in_folder(state, "new/folders/out.h5", source), "/c", "/x/y"));
  ASSERT_OK(oss_writer_finish(w));
  ASSERT_OK(oss_io_read(path, "x/y/big", OSS_F32, 3, 3, &a));
  oss_array_free(&a);
  oss_writer_abort(NULL);
  ASSERT_OK(oss_writer_finish(NULL));
}

static void misuse_spoils_the_file(void **state) {
  char path[PATH_BYTES];
  oss_writer *w;
  const float x[4] = {0};
  const oss_array a = {.type = OSS_F32, .rank = 1, .dims = {4}, .data = (void *)x};
  in_folder(state, "out.h5", path);
  write_file(path, "old", 3);
  ASSERT_OK(oss_writer_create(path, &w));
  ASSERT_OK(oss_writer_array(w, "/x", &a));
  ASSERT_FAILS(OSS_ERR_INTERNAL, "out.h5: cannot write '/x': name already exists", oss_writer_array(w, "/x", &a));
  ASSERT_FAILS(OSS_ERR_INTERNAL, "an earlier part", oss_writer_finish(w));
  ASSERT_OK(oss_writer_create(path, &w));
  ASSERT_OK(oss_writer_begin(w, "/x", &a));
  ASSERT_FAILS(OSS_ERR_INTERNAL, "a block at 1 does not fit", oss_writer_block(w, "/x", 0, 1, &a));
  oss_writer_abort(w);
  ASSERT_OK(oss_writer_create(path, &w));
  ASSERT_FAILS(OSS_ERR_INPUT, "not an HDF5 file", oss_writer_copy(w, path, "/", "/x"));
  oss_writer_abort(w);
  assert_int_equal(count_files(*state), 1);
  size_t bytes;
  unsigned char *data = read_file(path, &bytes);
  assert_int_equal(bytes, 3);
  free(data);
}

static void refuses_bad_targets(void **state) {
  char path[PATH_BYTES], other[PATH_BYTES];
  oss_writer *w;
  ASSERT_FAILS(OSS_ERR_IO, "Is a directory", oss_writer_create(in_folder(state, ".", path), &w));
  ASSERT_FAILS(OSS_ERR_IO, "not a regular file", oss_writer_create("/dev/null", &w));
  ASSERT_FAILS(OSS_ERR_IO, "is empty", oss_writer_create("", &w));
  ASSERT_FAILS(OSS_ERR_IO, "a folder, not a file", oss_writer_create(in_folder(state, "x/", path), &w));
  write_file(in_folder(state, "file", path), "x", 1);
  ASSERT_FAILS(OSS_ERR_IO, "file: not a folder", oss_writer_create(in_folder(state, "file/out.h5", path), &w));
  ASSERT_FAILS(OSS_ERR_IO, "cannot make this folder", oss_writer_create("/proc/none/out.h5", &w));
  in_folder(state, "real.h5", path);
  write_file(path, "x", 1);
  assert_int_equal(symlink("real.h5", in_folder(state, "link.h5", other)), 0);
  ASSERT_OK(oss_writer_create(other, &w)); /* the link stays, its target is replaced */
  ASSERT_OK(oss_writer_finish(w));
  struct stat info;
  assert_true(lstat(other, &info) == 0 && S_ISLNK(info.st_mode));
  assert_true(oss_io_exists(path, "/"));
  pid_t child = fork();
  if (child == 0) { /* the superuser may write anywhere */
    int bad = chmod(*state, 0555) != 0 || (geteuid() == 0 && setuid(65534) != 0);
    oss_status status = bad ? OSS_OK : oss_writer_create(path, &w);
    _exit(status == OSS_ERR_IO && strstr(oss_message(), "Permission denied") ? 0 : 1);
  }
  int code;
  assert_int_equal(waitpid(child, &code, 0), child);
  assert_int_equal(code, 0);
  chmod(*state, 0755);
}

/* What a writer meets whose file may not grow beyond limit: all calls return, and finish fails with the system's reason. */
static int fill_up(const char *path, rlim_t limit) {
  struct rlimit size = {limit, limit};
  oss_writer *w;
  static double noise[40000];
  for (size_t i = 0; i < sizeof noise / sizeof *noise; i++) noise[i] = sin((double)i * (double)i);
  const oss_array a = {.type = OSS_F64, .rank = 2, .dims = {200, 200}, .data = noise};
  signal(SIGXFSZ, SIG_IGN);
  if (setrlimit(RLIMIT_FSIZE, &size) != 0 || oss_writer_create(path, &w) != OSS_OK) return 1;
  int refused = 0;
  for (int i = 0; i < 8; i++) {
    char name[32];
    snprintf(name, sizeof name, "/group/%d", i);
    refused |= oss_writer_array(w, name, &a) == OSS_ERR_IO;
    refused |= oss_writer_int(w, name, "number", i) == OSS_ERR_IO;
  }
  if (!refused) return 2;
  oss_status status = oss_writer_finish(w);
  if (status != OSS_ERR_IO || !strstr(oss_message(), "out.h5: cannot be written: File too large")) return 3;
  if (oss_writer_create(path, &w) != OSS_OK) return 4; /* HDF5 still works */
  oss_writer_text(w, "/", "a", "b");
  oss_writer_abort(w);
  return 0;
}

static void full_disk_leaves_the_old_file(void **state) {
  char path[PATH_BYTES];
  oss_writer *w;
  in_folder(state, "out.h5", path);
  ASSERT_OK(oss_writer_create(path, &w));
  ASSERT_OK(oss_writer_text(w, "/", "which", "old"));
  ASSERT_OK(oss_writer_finish(w));
  size_t before, after;
  unsigned char *old = read_file(path, &before);
  static const rlim_t limits[] = {0, 100, 2000, 100000, 400000};
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
    pid_t child = fork();
    if (child == 0) {
      alarm(20); /* a hang is a failure, at exit too */
      exit(fill_up(path, limits[i]));
    }
    int code;
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_true(WIFEXITED(code));
    assert_int_equal(WEXITSTATUS(code), 0);
    assert_int_equal(count_files(*state), 1);
    unsigned char *now = read_file(path, &after);
    assert_int_equal(before, after);
    assert_memory_equal(old, now, before);
    free(now);
  }
  free(old);
}

int main(void) {
  oss_io_init();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(round_trip, folder_setup, folder_teardown),
      cmocka_unit_test_setup_teardown(misuse_spoils_the_file, folder_setup, folder_teardown),
      cmocka_unit_test_setup_teardown(refuses_bad_targets, folder_setup, folder_teardown),
      cmocka_unit_test_setup_teardown(full_disk_leaves_the_old_file, folder_setup, folder_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* One run an output: what keeps a second one out, and that nothing which a killed one left does. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "host/io/lock.h"
#include "host/io/reader.h"
#include "host/io/result.h"
#include "tests/unit/io_folder.h"

/* A file system that answers so to F_SETLK; 0: the real one. Stands in for the C library's own. */
static int lock_errno;

int fcntl(int fd, int command, ...) {
  va_list list;
  va_start(list, command);
  void *argument = va_arg(list, void *);
  va_end(list);
  if (command == F_SETLK && lock_errno) {
    errno = lock_errno;
    return -1;
  }
  int (*real)(int, int, ...);
  *(void **)&real = dlsym(RTLD_NEXT, "fcntl");
  return real(fd, command, argument);
}

/* Opens the output and says what went to stderr, new memory. */
static char *opened(void **state, const char *output, int resume, oss_partial **out) {
  char log[PATH_BYTES];
  int kept = capture_stream(stderr, in_folder(state, "log", log));
  oss_status status = oss_partial_open(output, resume, out);
  char *warning = release_stream(stderr, kept, log);
  unlink(log);
  ASSERT_OK(status);
  return warning;
}

static void opens_silently(void **state, const char *output, int resume) {
  oss_partial *partial;
  char *warning = opened(state, output, resume, &partial);
  assert_string_equal(warning, "");
  free(warning);
  oss_partial_close(partial);
}

/* A process that holds the output until it is killed. */
static pid_t start_holder(const char *output) {
  int ends[2];
  char ready = 0;
  assert_int_equal(pipe(ends), 0);
  pid_t child = fork();
  if (child == 0) {
    oss_partial *partial;
    alarm(60); /* where the test fails before it kills us */
    ready = oss_partial_open(output, 1, &partial) == OSS_OK;
    if (write(ends[1], &ready, 1) != 1) _exit(1);
    for (;;) pause();
  }
  assert_int_equal(read(ends[0], &ready, 1), 1);
  assert_int_equal(ready, 1);
  close(ends[0]);
  close(ends[1]);
  return child;
}

static void end_holder(pid_t child) {
  kill(child, SIGKILL);
  assert_int_equal(waitpid(child, NULL, 0), child);
}

static void keeps_a_second_run_out(void **state) {
  char path[PATH_BYTES], linked[PATH_BYTES], name[PATH_BYTES], words[PATH_BYTES];
  oss_partial *partial;
  in_folder(state, "sub/out.h5", path);
  pid_t child = start_holder(path);
  write_file(in_folder(state, "sub/out.h5.partial/cell-0000-x.h5", name), "x", 1);
  write_file(in_folder(state, "sub/out.h5.tmp.1", name), "x", 1);
  snprintf(words, sizeof words, "out.h5: another run is writing it (process %ld)", (long)child);
  for (int resume = 0; resume < 2; resume++) {
    ASSERT_FAILS(OSS_ERR_IO, words, oss_partial_open(path, resume, &partial));
    assert_null(partial);
  }
  write_file(path, "x", 1); /* a link to it is the same output */
  assert_int_equal(symlink(path, in_folder(state, "link.h5", linked)), 0);
  snprintf(words, sizeof words, "link.h5: another run is writing it (process %ld)", (long)child);
  ASSERT_FAILS(OSS_ERR_IO, words, oss_partial_open(linked, 1, &partial));
  assert_int_equal(access(in_folder(state, "sub/out.h5.partial/cell-0000-x.h5", name), F_OK), 0); /* nothing was touched */
  assert_int_equal(access(in_folder(state, "sub/out.h5.tmp.1", name), F_OK), 0);
  assert_int_equal(access(in_folder(state, "sub/out.h5.partial.old", name), F_OK), -1);
  opens_silently(state, in_folder(state, "sub/other.h5", name), 0);
  end_holder(child);
  assert_int_equal(access(in_folder(state, "sub/out.h5.lock", name), F_OK), 0); /* left behind, and without meaning */
  opens_silently(state, path, 1);
  assert_int_equal(access(name, F_OK), -1);
  assert_int_equal(access(in_folder(state, "sub/out.h5.tmp.1", name), F_OK), -1);
  child = start_holder(path); /* and a lock file of today works again */
  ASSERT_FAILS(OSS_ERR_IO, "another run", oss_partial_open(path, 1, &partial));
  end_holder(child);
}

/* Processes that open and close all the time: at most one has it at any moment. */
static void is_held_by_one_at_a_time(void **state) {
  enum { PROCESSES = 4, ROUNDS = 200 };
  char path[PATH_BYTES], mark[PATH_BYTES];
  pid_t children[PROCESSES];
  in_folder(state, "out.h5", path);
  in_folder(state, "mark", mark);
  for (int c = 0; c < PROCESSES; c++) {
    children[c] = fork();
    if (children[c] != 0) continue;
    for (int held = 0; held < ROUNDS;) {
      oss_lock lock;
      oss_status status = oss_lock_take(path, path, &lock);
      if (status != OSS_OK && !strstr(oss_message(), "another run is writing it")) _exit(2);
      if (status != OSS_OK) continue;
      int fd = lock.fd < 0 ? -1 : open(mark, O_WRONLY | O_CREAT | O_EXCL, 0600); /* fails where somebody else is in here */
      if (fd < 0) _exit(3);
      close(fd);
      if (unlink(mark) != 0) _exit(4);
      oss_lock_release(&lock);
      held++;
    }
    _exit(0);
  }
  for (int c = 0; c < PROCESSES; c++) {
    int code;
    assert_int_equal(waitpid(children[c], &code, 0), children[c]);
    assert_int_equal(code, 0);
  }
  assert_int_equal(count_files(*state), 0);
}

static void goes_on_where_nothing_can_be_locked(void **state) {
  static const int codes[] = {ENOLCK, ENOSYS, EOPNOTSUPP, EINVAL};
  char path[PATH_BYTES], name[PATH_BYTES];
  in_folder(state, "out.h5", path);
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
    oss_partial *partial;
    write_file(in_folder(state, "out.h5.tmp.7", name), "x", 1);
    lock_errno = codes[i];
    char *warning = opened(state, path, 1, &partial);
    lock_errno = 0;
    if (!strstr(warning, "warning") || !strstr(warning, "out.h5.lock: cannot be locked") || !strstr(warning, strerror(codes[i])))
      fail_msg("%s", warning);
    free(warning);
    assert_int_equal(access(name, F_OK), 0); /* it may be somebody's */
    oss_partial_close(partial);
    assert_int_equal(access(in_folder(state, "out.h5.partial", name), F_OK), 0);
    assert_int_equal(access(in_folder(state, "out.h5.lock", name), F_OK), -1);
  }
}

static void removes_what_killed_runs_left(void **state) {
  static const char *const gone[] = {"out.h5.tmp.1", "out.h5.tmp.4711.12"};
  static const char *const kept[] = {"out.h5.tmp.",   "out.h5.tmp.x", "out.h5.tmp.1.",    "out.h5.tmp.1.x",
                                     "out.h5.tmp.1x", "out.h5.tmp1",  "out.h5.tmp.1.2.3", "xout.h5.tmp.1"};
  char path[PATH_BYTES], name[PATH_BYTES], linked[PATH_BYTES];
  in_folder(state, "out.h5", path);
  for (int as_link = 0; as_link < 2; as_link++) {
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) write_file(in_folder(state, gone[i], name), "x", 1);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) write_file(in_folder(state, kept[i], name), "x", 1);
    if (as_link) {
      write_file(path, "x", 1);
      mkdir(in_folder(state, "far", name), 0777);
      assert_int_equal(symlink("../out.h5", in_folder(state, "far/link.h5", linked)), 0);
    }
    opens_silently(state, as_link ? linked : path, 1);
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) assert_int_equal(access(in_folder(state, gone[i], name), F_OK), -1);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) assert_int_equal(access(in_folder(state, kept[i], name), F_OK), 0);
  }
}

static void leaves_foreign_files_alone(void **state) {
  char path[PATH_BYTES], name[PATH_BYTES];
  oss_partial *partial;
  size_t bytes;
  in_folder(state, "out.h5", path);
  write_file(in_folder(state, "out.h5.lock", name), "notes", 5);
  opens_silently(state, path, 1);
  unsigned char *data = read_file(name, &bytes);
  assert_int_equal(bytes, 5);
  free(data);
  unlink(name);
  assert_int_equal(mkdir(name, 0777), 0);
  ASSERT_FAILS(OSS_ERR_IO, "out.h5.lock: cannot be written: Is a directory", oss_partial_open(path, 1, &partial));
  assert_int_equal(rmdir(name), 0);
  oss_lock first, second; /* somebody takes the file away, and another run makes its own: that one stays */
  ASSERT_OK(oss_lock_take(path, path, &first));
  assert_int_equal(unlink(name), 0);
  ASSERT_OK(oss_lock_take(path, path, &second));
  oss_lock_release(&first);
  assert_int_equal(access(name, F_OK), 0);
  oss_lock_release(&second);
  assert_int_equal(access(name, F_OK), -1);
  oss_lock_release(&second); /* once is enough */
  oss_partial_close(NULL);
}

int main(void) {
  oss_io_init();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(keeps_a_second_run_out, folder_setup, folder_teardown),
      cmocka_unit_test_setup_teardown(is_held_by_one_at_a_time, folder_setup, folder_teardown),
      cmocka_unit_test_setup_teardown(goes_on_where_nothing_can_be_locked, folder_setup, folder_teardown),
      cmocka_unit_test_setup_teardown(removes_what_killed_runs_left, folder_setup, folder_teardown),
      cmocka_unit_test_setup_teardown(leaves_foreign_files_alone, folder_setup, folder_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

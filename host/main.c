// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* ossbench: the command line. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "host/cli/cli.h"
#include "host/core/log.h"
#include "host/core/version.h"
#include "host/io/reader.h"

static const oss_command *const commands[] = {&oss_command_run, &oss_command_list, &oss_command_show, &oss_command_export,
                                              &oss_command_info};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static void print_help(FILE *out) {
  fprintf(out,
          "ossbench %s: step-size schedules of diffusion sampling, searched, compared and measured\n\n"
          "Usage: ossbench COMMAND ...\n\n",
          oss_version());
  for (size_t i = 0; i < COMMAND_COUNT; i++) {
    char left[80];
    snprintf(left, sizeof left, "%s %s", commands[i]->name, commands[i]->arguments);
    fprintf(out, "  %-44s %s\n", left, commands[i]->summary);
  }
  fprintf(out,
          "\nossbench COMMAND --help tells its options, ossbench list what a config can name.\n"
          "Start with: ossbench run configs/quickstart.yaml\n"
          "Exit status: 0 done, 1 failed, 2 wrong usage or config.\n");
}

/* Says what failed, output that did not get out included. */
static int finish(oss_status status) {
  if (status == OSS_OK && (fflush(stdout) != 0 || ferror(stdout))) status = oss_fail(OSS_ERR_IO, "standard output: write failed");
  if (status == OSS_OK) return 0;
  oss_log_error("%s%s", status == OSS_ERR_MEMORY ? "out of memory: " : "", oss_message());
  return status == OSS_ERR_USAGE || status == OSS_ERR_CONFIG ? 2 : 1;
}

/* Threads that wait for the next loop spin by default. On processors that others use too they take the time of those that work: a search
 * takes twenty times as long. libgomp reads how long to spin as it is loaded, so the program starts itself again, told to sleep soon;
 * whoever said something about it is obeyed. */
static void let_waiting_threads_sleep(char **argv) {
  if (getenv("OMP_WAIT_POLICY") != NULL || getenv("GOMP_SPINCOUNT") != NULL) return;
  if (setenv("OMP_WAIT_POLICY", "passive", 1) != 0 || setenv("GOMP_SPINCOUNT", "1000", 1) != 0) return;
  (void)execv("/proc/self/exe", argv); /* where that fails, it goes on as it is */
}

int main(int argc, char **argv) {
  signal(SIGXFSZ, SIG_IGN); /* a file over its limit is an error to report, not a reason to die */
#ifdef __GLIBC__
  (void)mallopt(M_MMAP_THRESHOLD, 1 << 20); /* large buffers go back to the system at once: the peak stays what --dry-run says */
#endif
  oss_io_init();
  if (argc < 2) {
    print_help(stderr);
    return 2;
  }
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
    print_help(stdout);
    return finish(OSS_OK);
  }
  if (strcmp(argv[1], "--version") == 0) {
    printf("ossbench %s\n", oss_version());
    return finish(OSS_OK);
  }
  for (size_t i = 0; i < COMMAND_COUNT; i++) {
    if (strcmp(argv[1], commands[i]->name) != 0) continue;
    if (commands[i] == &oss_command_run) let_waiting_threads_sleep(argv);
    return finish(commands[i]->run(argc - 1, argv + 1));
  }
  oss_log_error("no command '%s': run, list, show, export or info (ossbench --help)", argv[1]);
  return 2;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* getopt_long */
#endif
#include <getopt.h>
#include <omp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/cli/cli.h"
#include "host/core/log.h"
#include "host/core/threads.h"
#include "host/sweep/execute.h"
#include "host/sweep/inputs.h"
#include "host/sweep/memory.h"

typedef struct arguments {
  const char *config, *output, *backend;
  const char **assignments; /* owned array of borrowed texts */
  size_t assignment_count;
  int threads, resume, dry_run, quiet, help;
} arguments;

static const struct option long_options[] = {
    {"set", required_argument, NULL, 's'},     {"output", required_argument, NULL, 'o'}, {"backend", required_argument, NULL, 'b'},
    {"threads", required_argument, NULL, 't'}, {"resume", no_argument, NULL, 'r'},       {"dry-run", no_argument, NULL, 'n'},
    {"quiet", no_argument, NULL, 'q'},         {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0},
};

static oss_status parse(int argc, char **argv, arguments *a) {
  *a = (arguments){.backend = "auto"};
  a->assignments = calloc((size_t)argc + 1, sizeof *a->assignments);
  if (a->assignments == NULL) return oss_fail(OSS_ERR_MEMORY, "command line");
  int option;
  long long threads;
  opterr = 0;
  while ((option = getopt_long(argc, argv, ":s:o:b:t:rnqh", long_options, NULL)) != -1) {
    switch (option) {
      case 's':
        a->assignments[a->assignment_count++] = optarg;
        break;
      case 'o':
        a->output = optarg;
        break;
      case 'b':
        a->backend = optarg;
        break;
      case 't':
        OSS_TRY(oss_parse_whole("--threads", optarg, 1, 1024, &threads));
        a->threads = (int)threads;
        break;
      case 'r':
        a->resume = 1;
        break;
      case 'n':
        a->dry_run = 1;
        break;
      case 'q':
        a->quiet = 1;
        break;
      case 'h':
        a->help = 1;
        break;
      case ':':
        return oss_command_misuse(&oss_command_run, "%s needs a value", argv[optind - 1]);
      default:
        return oss_command_misuse(&oss_command_run, "unknown option %s", argv[optind - 1]);
    }
  }
  if (a->help) return OSS_OK;
  if (optind + 1 != argc)
    return oss_command_misuse(&oss_command_run, optind == argc ? "which config? CONFIG is missing" : "one config at a time");
  a->config = argv[optind];
  return OSS_OK;
}

/* The command line as one text, for the record. */
static oss_status join(int argc, char **argv, char **out) {
  oss_text text = {0};
  oss_text_add(&text, "ossbench");
  for (int i = 0; i < argc; i++) {
    int plain = argv[i][0] != '\0' && strpbrk(argv[i], " \t\n'\"\\$*?[]{}()<>|&;#") == NULL;
    oss_text_add(&text, plain ? " %s" : " '%s'", argv[i]);
  }
  return oss_text_take(&text, out);
}

/* Cells are renamed into place one by one, so a run can stop anywhere; only what to do next must be said. */
static void stopped(int number) {
  static const char text[] = "\nossbench: stopped; finished cells are kept, the same command with --resume goes on\n";
  ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
  (void)ignored;
  signal(number, SIG_DFL);
  raise(number);
}

/* Each reason once, with how many cells it is of. */
static void say_skipped(const oss_plan *plan) {
  for (size_t i = 0; i < plan->count; i++) {
    size_t before = 0, cells = 0;
    const char *reason = plan->cells[i].skip;
    if (reason == NULL) continue;
    for (size_t k = 0; k < plan->count; k++) {
      int same = plan->cells[k].skip != NULL && strcmp(plan->cells[k].skip, reason) == 0;
      before += (size_t)(same && k < i);
      cells += (size_t)same;
    }
    if (before == 0) oss_log_info("skipped %zu: %s", cells, reason);
  }
}

static oss_status execute(const arguments *a, const char *argv, oss_config *config, oss_backend *be) {
  oss_progress progress = {0};
  oss_context context = {0};
  oss_plan plan = {0};
  oss_run_summary summary = {0};
  oss_status status;
  OSS_TRY_TO(done, oss_context_create(config, be, NULL, &context));
  OSS_TRY_TO(done, oss_plan_create(&context, &plan));
  if (a->dry_run) {
    status = oss_plan_print(&plan, &context);
    goto done;
  }
  OSS_TRY_TO(done, oss_plan_reserve(&plan, &context));
  double begin = oss_now();
  signal(SIGINT, stopped);
  signal(SIGTERM, stopped);
  oss_progress_begin(&progress, plan.count, plan.work, a->quiet);
  context.progress = &progress;
  oss_run_options options = {.output = config->output, .resume = a->resume, .argv = argv};
  status = oss_sweep_run(&context, &plan, &options, &summary);
  oss_progress_end(&progress);
  if (status != OSS_OK) goto done;
  if (!a->quiet)
    oss_log_info("%zu cells done, %zu kept, %zu skipped, %zu failed in %.1f s (%s%s, %d threads, peak memory %.0f MiB)", summary.done,
                 summary.kept, summary.skipped, summary.failed, oss_now() - begin, be->name,
                 be->emulated ? ", an emulation whose times mean nothing" : "", oss_host_threads(be), (double)oss_peak_bytes() / 1048576.0);
  if (!a->quiet && summary.skipped > 0 && plan.count <= 10000) say_skipped(&plan);
  printf("%s\n", config->output);
  if (summary.failed > 0) status = oss_fail(OSS_ERR_NUMERIC, "%zu cells failed; their reasons are in %s", summary.failed, config->output);
done:
  oss_plan_free(&plan);
  oss_context_destroy(&context);
  return status;
}

static oss_status run(int argc, char **argv) {
  arguments a = {0};
  oss_config config = {0};
  oss_backend *be = NULL;
  char *line = NULL;
  oss_status status;
  OSS_TRY_TO(done, join(argc, argv, &line)); /* getopt reorders argv */
  OSS_TRY_TO(done, parse(argc, argv, &a));
  if (a.help) {
    oss_command_help(&oss_command_run);
    goto done;
  }
  OSS_TRY_TO(done, oss_config_load(a.config, a.assignments, a.assignment_count, &config));
  if (a.output != NULL) {
    free(config.output);
    config.output = oss_strdup(a.output);
    if (config.output == NULL) {
      status = oss_fail(OSS_ERR_MEMORY, "output");
      goto done;
    }
  }
  OSS_TRY_TO(done, oss_inputs_check(&config));
  if (a.threads > 0) omp_set_num_threads(a.threads); /* of the host's own work, whatever the backend */
  OSS_TRY_TO(done, oss_backend_create(a.backend, a.threads, &be));
  OSS_TRY_TO(done, oss_backend_check_required(be));
  if (!a.quiet) oss_log_info("backend %s: %s%s%s", be->name, be->device, be->notice[0] != '\0' ? "; not taken: " : "", be->notice);
  status = execute(&a, line, &config, be);
done:
  oss_backend_destroy(be);
  oss_config_free(&config);
  free(a.assignments);
  free(line);
  return status;
}

const oss_command oss_command_run = {
    .name = "run",
    .arguments = "CONFIG [options]",
    .summary = "Runs every cell of a config and writes the result (HDF5); its path goes to stdout",
    .help =
        "  --set KEY=VALUE    changes the config: --set teacher.steps=100 --set student.steps=[5,10]; may be repeated\n"
        "  --output FILE      the result file instead of the config's output.file\n"
        "  --backend NAME     auto, cpu or cuda; auto (default) is cuda where there is a GPU, and says why where it is not.\n"
        "                     With OSS_REQUIRE_GPU=1 in the environment a run without one fails\n"
        "  --threads N        CPU threads (default: all, or OMP_NUM_THREADS)\n"
        "  --resume           keeps the finished cells of a run that was stopped, or of the result that is there\n"
        "  --dry-run          prints the cells and what each will cost in NFE and memory; computes nothing\n"
        "  --quiet            no progress\n",
    .run = run,
};

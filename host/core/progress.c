// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/core/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host/core/log.h"

static const double terminal_seconds = 0.1; /* faster than a person reads, slow enough to cost nothing */
static const double plain_seconds = 5.0;
enum { LINE_BYTES = 256, DURATION_BYTES = 32 };

static void duration(double seconds, char out[DURATION_BYTES]) {
  if (!(seconds >= 0)) seconds = 0;
  if (seconds > 359999) seconds = 359999; /* 99 h: beyond that nobody waits, and the text keeps its width */
  long s = (long)(seconds + 0.5);
  if (s < 60)
    snprintf(out, DURATION_BYTES, "%ld s", s);
  else if (s < 3600)
    snprintf(out, DURATION_BYTES, "%ld min %02ld s", s / 60, s % 60);
  else
    snprintf(out, DURATION_BYTES, "%ld h %02ld min", s / 3600, s / 60 % 60);
}

static size_t terminal_width(void) {
  struct winsize size = {0};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 80;
  return size.ws_col;
}

static void print_line(oss_progress *progress, double now) {
  char elapsed[DURATION_BYTES], left[DURATION_BYTES + 8] = "", line[LINE_BYTES];
  duration(now - progress->start, elapsed);
  double part = 0;
  if (progress->work_total > 0) part = progress->work_done / progress->work_total;
  if (!(part > 0) && progress->cells > 0) part = (double)progress->done / (double)progress->cells;
  if (part > 0 && part < 1) {
    char text[DURATION_BYTES];
    duration((now - progress->start) * (1 - part) / part, text);
    snprintf(left, sizeof left, ", %s left", text);
  }
  snprintf(line, sizeof line, "%zu/%zu cells, %s%s%s%s", progress->done, progress->cells, elapsed, left, progress->stage[0] ? ", " : "",
           progress->stage);
  progress->last = now;
  if (!progress->terminal) {
    oss_log_info("%s", line);
    return;
  }
  size_t width = terminal_width() - 1; /* a full last column would wrap */
  size_t length = strlen(line);
  if (length > width) {
    length = width;
    while (length > 0 && ((unsigned char)line[length] & 0xC0) == 0x80) length--; /* never half a character */
    line[length] = '\0';
  }
  fprintf(stderr, "\r%s\033[K", line);
  fflush(stderr);
}

static void update(oss_progress *progress, int at_once) {
  if (progress->quiet) return;
  double now = oss_now();
  double pause = progress->terminal ? terminal_seconds : plain_seconds;
  if ((at_once && progress->terminal) || now - progress->last >= pause) print_line(progress, now);
}

void oss_progress_begin(oss_progress *progress, size_t cells, double work_total, int quiet) {
  memset(progress, 0, sizeof *progress);
  const char *term = getenv("TERM");
  progress->terminal = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
  progress->quiet = quiet;
  progress->cells = cells;
  progress->work_total = work_total;
  progress->start = progress->last = oss_now();
}

void oss_progress_stage(oss_progress *progress, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  vsnprintf(progress->stage, sizeof progress->stage, fmt, args);
  va_end(args);
  update(progress, 0);
}

void oss_progress_work(oss_progress *progress, double work) {
  progress->work_done += work;
  update(progress, 0);
}

void oss_progress_cell(oss_progress *progress, size_t done) {
  progress->done = done;
  update(progress, 1);
}

void oss_progress_clear(oss_progress *progress) {
  if (progress->quiet || !progress->terminal) return;
  fputs("\r\033[K", stderr);
  fflush(stderr);
}

void oss_progress_end(oss_progress *progress) {
  if (progress->quiet) return;
  oss_progress_clear(progress);
  char elapsed[DURATION_BYTES];
  duration(oss_now() - progress->start, elapsed);
  oss_log_info("%zu/%zu cells in %s", progress->done, progress->cells, elapsed);
}

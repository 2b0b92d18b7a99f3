// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "host/cli/cli.h"
#include "host/core/registries.h"
#include "host/search/cost.h"
#include "kernels/backend.h"

static const oss_registry *const registries[] = {&oss_grids, &oss_denoisers, &oss_solvers,  &oss_schedules,    &oss_searches,
                                                 &oss_costs, &oss_metrics,   &oss_initials, &oss_calibrations, &oss_exports};
enum { REGISTRY_COUNT = sizeof registries / sizeof registries[0] };

/* The words of a choice with bars between them. */
static void print_choices(const char *choices) {
  for (const char *c = choices; *c != '\0'; c++) {
    if (*c == ' ')
      printf(" | ");
    else
      putchar(*c);
  }
}

/* " from 1 to 100", as far as there are limits. */
static void print_range(const oss_option *o) {
  char number[OSS_NUMBER_BYTES];
  if (o->min == 0 && o->max == 0) {
    if (o->open_min) printf(" above 0");
    return;
  }
  printf(" %s %s", o->open_min ? "above" : "from", oss_number_text(o->min, number));
  if (!isinf(o->max)) printf(" to %s", oss_number_text(o->max, number));
}

/* What an option takes, in words. */
static void print_values(const oss_option *o) {
  switch (o->type) {
    case OSS_OPTION_INT:
      printf("whole number");
      print_range(o);
      break;
    case OSS_OPTION_REAL:
      printf("number");
      print_range(o);
      break;
    case OSS_OPTION_BOOL:
      printf("true | false");
      break;
    case OSS_OPTION_CHOICE:
      print_choices(o->choices);
      break;
    case OSS_OPTION_TEXT:
      printf("text");
      break;
    case OSS_OPTION_FILE:
      printf("path");
      break;
    case OSS_OPTION_COUNT:
      printf("all | whole number");
      break;
    case OSS_OPTION_NESTED:
      printf("one of %s", o->nested->name);
      if (o->nested_too != NULL) printf(" or %s", o->nested_too->name);
      break;
  }
}

/* The text of members and options stands in one column, wide enough for their names. */
enum { COLUMN = 21, OPTION = 4, NAME = 2 };

static void print_option(const oss_option *o) {
  printf("%*s%-*s ", OPTION, "", COLUMN - OPTION - 1, o->name);
  print_values(o);
  if (o->fallback == NULL)
    printf(" (required)");
  else if (o->fallback[0] != '\0')
    printf(" (default %s)", o->fallback);
  printf("\n%*s%s\n", COLUMN, "", o->help);
}

static void print_member(const oss_member_desc *d, int details) {
  printf("%*s%-*s %s\n", NAME, "", COLUMN - NAME - 1, d->name, d->summary);
  if (!details) return;
  printf("%*ssource: %s\n", COLUMN, "", d->source);
  for (size_t k = 0; k < d->option_count; k++) print_option(&d->options[k]);
}

/* Every member of that name; how many there are. */
static int print_members(const char *name) {
  int found = 0;
  for (size_t i = 0; i < REGISTRY_COUNT; i++) {
    const oss_member_desc *d = oss_registry_find(registries[i], name);
    if (d == NULL) continue;
    printf("%s:\n", registries[i]->name);
    print_member(d, 1);
    found++;
  }
  return found;
}

static void print_registry(const oss_registry *registry, int details) {
  printf("%s: %s\n", registry->name, registry->summary);
  for (size_t i = 0; i < registry->count(); i++) {
    print_member(registry->at(i), details);
  }
}

static oss_status run(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--help") == 0) {
    oss_command_help(&oss_command_list);
    return OSS_OK;
  }
  if (argc > 2) return oss_command_misuse(&oss_command_list, "one registry or member at a time");
  if (argc == 1) {
    for (size_t i = 0; i < REGISTRY_COUNT; i++) {
      print_registry(registries[i], 0);
      printf("\n");
    }
    printf("backends:");
    for (const char *const *name = oss_backend_names(); *name != NULL; name++) printf(" %s", *name);
    printf("\n\nossbench list REGISTRY tells the options and sources of its members.\n");
    return OSS_OK;
  }
  for (size_t i = 0; i < REGISTRY_COUNT; i++) {
    if (strcmp(registries[i]->name, argv[1]) != 0 && strcmp(registries[i]->singular, argv[1]) != 0) continue;
    print_registry(registries[i], 1);
    return OSS_OK;
  }
  if (print_members(argv[1])) return OSS_OK;
  return oss_command_misuse(&oss_command_list, "no registry or member '%s': ossbench list tells which there are", argv[1]);
}

const oss_command oss_command_list = {
    .name = "list",
    .arguments = "[REGISTRY | MEMBER]",
    .summary = "Lists what a config can name; with a registry or a member, options and sources",
    .help = "",
    .run = run,
};

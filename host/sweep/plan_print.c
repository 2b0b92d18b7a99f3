// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/table.h"
#include "host/sweep/memory.h"
#include "host/sweep/plan.h"

static const double mib = 1048576.0;

/* The value of an axis of every cell, as text. */
typedef struct column {
  const char *name;
  char **values; /* (cells), owned */
  int varies, number;
} column;

static void free_columns(const oss_plan *plan, column *columns, size_t count) {
  for (size_t a = 0; a < count; a++) {
    for (size_t i = 0; columns[a].values != NULL && i < plan->count; i++) free(columns[a].values[i]);
    free(columns[a].values);
  }
}

static oss_status fill_columns(const oss_plan *plan, column *columns, size_t *count) {
  oss_axis_value axes[OSS_MAX_AXES];
  for (size_t i = 0; i < plan->count; i++) {
    const oss_planned *p = &plan->cells[i];
    *count = oss_plan_axes(p, plan->teachers[p->teacher].steps, axes);
    for (size_t a = 0; a < *count; a++) {
      column *c = &columns[a];
      if (i == 0) *c = (column){.name = axes[a].name, .values = calloc(plan->count, sizeof *c->values), .number = axes[a].text == NULL};
      if (c->values == NULL) return oss_fail(OSS_ERR_MEMORY, "plan");
      c->values[i] = axes[a].text != NULL ? oss_strdup(axes[a].text) : oss_format("%lld", (long long)axes[a].number);
      if (c->values[i] == NULL) return oss_fail(OSS_ERR_MEMORY, "plan");
      c->varies |= strcmp(c->values[i], c->values[0]) != 0;
    }
  }
  return OSS_OK;
}

/* The values of an axis that varies, each as short as it can be told from the others. */
static oss_status shorten(const oss_plan *plan, column *c) {
  char **different = calloc(plan->count, sizeof *different), **brief = calloc(plan->count, sizeof *brief);
  size_t *which = calloc(plan->count, sizeof *which), count = 0;
  oss_status status = OSS_OK;
  if (different == NULL || brief == NULL || which == NULL) {
    status = oss_fail(OSS_ERR_MEMORY, "plan");
    goto done;
  }
  for (size_t i = 0; i < plan->count; i++) {
    while (which[i] < count && strcmp(different[which[i]], c->values[i]) != 0) which[i]++;
    if (which[i] == count) different[count++] = c->values[i];
  }
  oss_members_short(count, different, brief);
  for (size_t i = 0; i < plan->count; i++) {
    char *copy = brief[which[i]] != NULL ? oss_strdup(brief[which[i]]) : NULL;
    if (copy == NULL) continue; /* the long form stays */
    free(c->values[i]);
    c->values[i] = copy;
  }
done:
  for (size_t k = 0; brief != NULL && k < count; k++) free(brief[k]);
  free(different);
  free(brief);
  free(which);
  return status;
}

/* apart: the backend has memory of its own. */
static oss_status print_cells(const oss_plan *plan, int apart, column *columns, size_t count) {
  oss_table table;
  size_t varying = 0;
  for (size_t a = 0; a < count; a++) varying += columns[a].varies != 0;
  size_t numbers = apart ? 5 : 4, at = numbers;
  OSS_TRY(oss_table_create(numbers + 1 + varying, plan->count, &table));
  const char *const heads[] = {"cell", "NFE", "search NFE", apart ? "device MiB" : "memory MiB", "host MiB"};
  for (size_t c = 0; c < numbers; c++) {
    table.heads[c] = heads[c];
    table.right[c] = 1;
  }
  for (size_t i = 0; i < plan->count; i++) {
    const oss_planned *p = &plan->cells[i];
    oss_table_set(&table, i, 0, oss_format("%zu", i));
    if (p->skip == NULL) {
      oss_table_set(&table, i, 1, oss_format("%lld", (long long)p->nfe));
      oss_table_set(&table, i, 2, oss_format("%lld", (long long)p->search_nfe));
      oss_table_set(&table, i, 3, oss_format("%.1f", (double)(apart ? p->bytes.device : p->bytes.both) / mib));
      if (apart) oss_table_set(&table, i, 4, oss_format("%.1f", (double)p->bytes.host / mib));
    } else {
      for (size_t c = 1; c < numbers; c++) oss_table_set(&table, i, c, oss_strdup("-"));
      oss_table_set(&table, i, numbers + varying, oss_format("skipped: %s", p->skip));
    }
  }
  for (size_t a = 0; a < count; a++) {
    if (!columns[a].varies) continue;
    table.heads[at] = columns[a].name;
    table.right[at] = (char)columns[a].number;
    table.shorten[at] = 1;
    for (size_t i = 0; i < plan->count; i++) oss_table_set(&table, i, at, oss_strdup(columns[a].values[i]));
    at++;
  }
  table.heads[at] = "";
  oss_table_print(&table, stdout);
  oss_table_free(&table);
  return OSS_OK;
}

static void print_teachers(const oss_plan *plan, const oss_context *context) {
  printf("\nTeachers (NFE over all samples and seeds, unless kept)\n");
  for (size_t i = 0; i < plan->teacher_count; i++) {
    const oss_planned_teacher *t = &plan->teachers[i];
    printf("  /teacher/%04zu  %lld steps, NFE %lld: %s, %s, %s\n", i, (long long)t->steps, (long long)t->nfe, t->solver->yaml,
           t->grid->yaml, t->denoiser->yaml);
  }
  if (context->config->reference > 0)
    printf("  scores are against a teacher of %lld steps instead (teacher.reference), its NFE included\n",
           (long long)context->config->reference);
  printf("  kept in %s\n", context->cache != NULL ? context->cache : "no folder (teacher.cache: none)");
}

/* What denoisers say of themselves, each once. */
static void print_denoisers(const oss_plan *plan) {
  int any = 0;
  for (size_t i = 0; i < plan->teacher_count; i++) {
    const oss_planned_teacher *t = &plan->teachers[i];
    size_t before = 0;
    while (plan->teachers[before].denoiser != t->denoiser) before++;
    if (t->about == NULL || before < i) continue;
    printf("%s  %s\n    %s\n", any ? "" : "\nNetworks\n", t->denoiser->yaml, t->about);
    any = 1;
  }
}

static void print_memory(const oss_plan *plan, const oss_backend *be) {
  size_t physical = oss_physical_bytes();
  int apart = be->space == OSS_SPACE_DEVICE;
  size_t host = apart ? plan->bytes.host : plan->bytes.both;
  if (apart) {
    printf("device memory: %.1f of %.1f MiB free on %s\n", (double)plan->bytes.device / mib, (double)be->memory / mib, be->device);
    if (plan->bytes.device > be->memory) printf("warning: it does not fit: a smaller samples.batch or teacher.steps makes it less\n");
    printf("host memory: %.1f MiB\n", (double)host / mib);
  } else {
    printf("peak memory: %.1f MiB (%s)\n", (double)host / mib, be->name);
  }
  if (physical > 0 && host > physical)
    printf("warning: that is more than the %.1f MiB of this machine; samples.batch bounds it\n", (double)physical / mib);
}

oss_status oss_plan_print(const oss_plan *plan, const oss_context *context) {
  const oss_config *config = context->config;
  column columns[OSS_MAX_AXES] = {0};
  size_t count = 0;
  oss_status status = fill_columns(plan, columns, &count);
  if (status != OSS_OK) goto done;
  printf("%s: %zu cells, %zu to run, output %s\n\nThe same for every cell\n", config->name, plan->count, plan->runnable, config->output);
  for (size_t a = 0; a < count; a++)
    if (!columns[a].varies) oss_table_line(stdout, 16, columns[a].name, columns[a].values[0]);
  for (size_t a = 0; a < count; a++)
    if (columns[a].varies && !columns[a].number) OSS_TRY_TO(done, shorten(plan, &columns[a]));
  printf("\n");
  OSS_TRY_TO(done, print_cells(plan, context->be->space == OSS_SPACE_DEVICE, columns, count));
  print_teachers(plan, context);
  print_denoisers(plan);
  printf(
      "\nNFE: denoiser evaluations, of the student a sample, of a search over all its samples. Cells that differ in steps or "
      "calibration share one search.\n");
  printf("work: %.3g floating-point operations if nothing is kept\n", plan->work);
  print_memory(plan, context->be);
done:
  free_columns(plan, columns, count);
  return status;
}

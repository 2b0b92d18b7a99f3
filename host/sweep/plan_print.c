// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/sweep/plan.h"

static const double mib = 1048576.0;

/* Axes that have one value in the whole plan are said once. */
static int varies(const oss_plan *plan, size_t axis) {
  oss_axis_value first[OSS_MAX_AXES], other[OSS_MAX_AXES];
  oss_plan_axes(&plan->cells[0], plan->teachers[plan->cells[0].teacher].steps, first);
  for (size_t i = 1; i < plan->count; i++) {
    oss_plan_axes(&plan->cells[i], plan->teachers[plan->cells[i].teacher].steps, other);
    if (first[axis].number != other[axis].number || (first[axis].text == NULL) != (other[axis].text == NULL)) return 1;
    if (first[axis].text != NULL && strcmp(first[axis].text, other[axis].text) != 0) return 1;
  }
  return 0;
}

static void print_axis(const oss_axis_value *axis) {
  if (axis->text != NULL)
    printf(" %s: %s", axis->name, axis->text);
  else
    printf(" %s: %lld", axis->name, (long long)axis->number);
}

void oss_plan_print(const oss_plan *plan, const oss_context *context) {
  const oss_config *config = context->config;
  oss_axis_value axes[OSS_MAX_AXES];
  int vary[OSS_MAX_AXES];
  size_t axis_count = oss_plan_axes(&plan->cells[0], plan->teachers[plan->cells[0].teacher].steps, axes);
  printf("%s: %zu cells, %zu to run, output %s\n", config->name, plan->count, plan->runnable, config->output);
  printf("the same in every cell:\n");
  for (size_t a = 0; a < axis_count; a++) {
    vary[a] = varies(plan, a);
    if (vary[a]) continue;
    printf(" ");
    print_axis(&axes[a]);
    printf("\n");
  }
  printf("\n%6s %6s %12s %10s  %s\n", "cell", "NFE", "search NFE", "memory MiB", "axes");
  for (size_t i = 0; i < plan->count; i++) {
    const oss_planned *p = &plan->cells[i];
    oss_plan_axes(p, plan->teachers[p->teacher].steps, axes);
    if (p->skip != NULL)
      printf("%6zu %6s %12s %10s ", i, "-", "-", "-");
    else
      printf("%6zu %6lld %12lld %10.1f ", i, (long long)p->nfe, (long long)p->search_nfe, (double)p->bytes / mib);
    for (size_t a = 0; a < axis_count; a++)
      if (vary[a]) print_axis(&axes[a]);
    if (p->skip != NULL) printf("  skipped: %s", p->skip);
    printf("\n");
  }
  printf("\nteachers:\n");
  for (size_t i = 0; i < plan->teacher_count; i++) {
    const oss_planned_teacher *t = &plan->teachers[i];
    printf("  /teacher/%04zu  %lld steps, NFE %lld over all samples of a seed unless kept: %s, %s, %s\n", i, (long long)t->steps,
           (long long)t->nfe, t->solver->yaml, t->grid->yaml, t->denoiser->yaml);
  }
  printf(
      "\nNFE counts denoiser evaluations: of the student a sample, of the search over all its samples (cells that differ in steps share "
      "one search).\n");
  printf("teachers kept in: %s\n", context->cache != NULL ? context->cache : "nowhere (teacher.cache: none)");
  printf("work: %.3g floating-point operations\n", plan->work);
  printf("peak memory: %.1f MiB (%s)\n", (double)plan->bytes / mib, context->be->name);
}

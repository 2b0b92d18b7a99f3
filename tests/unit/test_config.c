// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Configs against the real registries: defaults, axes and their order, paths, the printed form. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/core/calibration.h"
#include "host/core/config.h"
#include "host/core/text.h"
#include "tests/support/check.h"

#define D "denoiser: {kind: gmm, file: p.h5}\n"
#define T "teacher: {grid: edm}\n"
#define S "student: {steps: 5, schedule: uniform}\n"

static oss_status parse_as(const char *path, const char *text, oss_config *out) {
  oss_document document;
  check_ok(oss_yaml_parse(path, text, strlen(text), &document));
  oss_status status = oss_config_parse(&document, out);
  oss_document_free(&document); /* the config must not need it any more */
  return status;
}

static oss_status parse(const char *text, oss_config *out) {
  return parse_as("t.yaml", text, out);
}

static void assert_said(const char *words, const char *about) {
  char *copy = oss_strdup(words), *rest = NULL;
  for (char *word = strtok_r(copy, "|", &rest); word; word = strtok_r(NULL, "|", &rest))
    if (!strstr(oss_message(), word)) fail_msg("for '%s' the message lacks '%s': %s", about, word, oss_message());
  free(copy);
}

static void defaults(void **state) {
  (void)state;
  oss_config c;
  size_t cells = 0;
  check_ok(parse_as("/nowhere/my.first.yaml", D T S, &c));
  assert_string_equal(c.path, "/nowhere/my.first.yaml");
  assert_string_equal(c.directory, "/nowhere");
  assert_string_equal(c.name, "my.first");
  assert_null(c.noise_file);
  assert_string_equal(c.cache, "auto");
  assert_string_equal(c.output, "results/my.first.h5");
  assert_int_equal(c.save, 0);
  assert_int_equal(c.batch, 0);
  assert_int_equal(c.metrics.count, 2);
  assert_string_equal(c.metrics.at[0]->desc->name, "mse");
  assert_string_equal(c.metrics.at[1]->desc->name, "psnr");
  check_ok(oss_config_cell_count(&c, &cells));
  assert_int_equal(cells, 1);
  oss_cell cell = oss_config_cell(&c, 0);
  assert_int_equal(cell.number, 0);
  assert_int_equal(cell.seed, 0);
  assert_string_equal(cell.denoiser->desc->name, "gmm");
  assert_string_equal(cell.initial->yaml, "t");
  assert_string_equal(cell.teacher_solver->desc->name, "euler");
  assert_string_equal(cell.teacher_grid->yaml, "{kind: edm, rho: 7, sigma_min: 0.002, sigma_max: 80, end: zero}");
  assert_int_equal(cell.teacher_steps, 200);
  assert_int_equal(cell.samples_search, 16);
  assert_int_equal(cell.samples_evaluate, OSS_SAME);
  assert_string_equal(cell.solver->desc->name, "euler");
  assert_string_equal(cell.schedule->desc->name, "uniform");
  assert_string_equal(cell.calibration->yaml, "none");
  assert_false(oss_config_calibrates(&c));
  assert_true(c.quantiles[0] == 0.05 && c.quantiles[1] == 0.95);
  assert_int_equal(cell.steps, 5);
  oss_config_free(&c);
  oss_config_free(&c);
  oss_config_free(NULL);
}

static void everything(void **state) {
  (void)state;
  oss_config c;
  check_ok(parse("name: all of it\nseed: 9223372036854775807\n" D
                 "noise: {file: n.h5, dataset: noise}\nsamples: {search: 64, evaluate: [256, same], batch: 8}\ninitial: one\n"
                 "teacher: {solver: euler, grid: {kind: flow, shift: 3, end: min}, steps: 50, cache: none}\n"
                 "student: {solver: [euler], steps: [5, 10], schedule: [uniform, {kind: file, file: f.h5, dataset: d, as: sigma}]}\n"
                 "metrics: mse\noutput: {file: r.h5, save: [samples, tables]}\n",
                 &c));
  assert_string_equal(c.name, "all of it");
  assert_true(c.seeds.at[0] == INT64_MAX);
  assert_string_equal(c.noise_file, "n.h5");
  assert_string_equal(c.noise_dataset, "noise");
  assert_int_equal(c.batch, 8);
  assert_int_equal(c.samples_evaluate.at[0], 256);
  assert_int_equal(c.samples_evaluate.at[1], OSS_SAME);
  assert_string_equal(c.initials.at[0]->yaml, "one");
  assert_string_equal(c.cache, "none");
  assert_int_equal(c.metrics.count, 1);
  assert_int_equal(c.save, OSS_SAVE_SAMPLES | OSS_SAVE_TABLES);
  assert_string_equal(c.output, "r.h5");
  assert_string_equal(c.schedules.at[1]->yaml, "{kind: file, file: f.h5, dataset: d, as: sigma}");
  oss_config_free(&c);
  static const struct {
    const char *save;
    unsigned bits;
  } saves[] = {{"all", 7}, {"none", 0}, {"[]", 0}, {"tables", 1}, {"[trajectory]", 4}, {"[trajectory, tables, samples]", 7}};
  for (size_t i = 0; i < sizeof saves / sizeof saves[0]; i++) {
    char *text = oss_format("%soutput: {save: %s}\n", D T S, saves[i].save);
    check_ok(parse(text, &c));
    assert_int_equal(c.save, saves[i].bits);
    free(text);
    oss_config_free(&c);
  }
}

static const char *const swept = "seed: [3, 4]\n" D
                                 "initial: [t, one]\nsamples: {search: [8, 16], evaluate: [same, 32]}\n"
                                 "teacher: {grid: [{kind: edm, rho: [5, 7]}, ddim], steps: [100, 50]}\n"
                                 "student:\n  steps: [5, 10, 20]\n  calibration: [affine, none]\n  quantiles: [0.1, 0.75]\n  schedule:\n   "
                                 " - uniform\n    - {kind: file, file: f.h5, dataset: [d, e]}\n";

static void axes_and_order(void **state) {
  (void)state;
  oss_config c;
  size_t cells = 0, number = 0;
  check_ok(parse(swept, &c));
  check_ok(oss_config_cell_count(&c, &cells));
  assert_int_equal(cells, 2 * 2 * 3 * 2 * 2 * 2 * 3 * 2 * 3);
  for (int seed = 3; seed <= 4; seed++)
    for (int initial = 0; initial < 2; initial++)
      for (int grid = 0; grid < 3; grid++)
        for (int teacher_steps = 100; teacher_steps >= 50; teacher_steps -= 50)
          for (int search = 8; search <= 16; search += 8)
            for (int evaluate = 0; evaluate < 2; evaluate++)
              for (int schedule = 0; schedule < 3 * 2; schedule++) /* and calibration */
                for (int steps = 5; steps <= 20; steps *= 2, number++) {
                  oss_cell cell = oss_config_cell(&c, number);
                  assert_int_equal(cell.number, number);
                  assert_int_equal(cell.seed, seed);
                  assert_string_equal(cell.initial->desc->name, initial ? "one" : "t");
                  assert_string_equal(cell.teacher_grid->desc->name, grid == 2 ? "ddim" : "edm");
                  if (grid < 2) assert_int_equal((int)oss_member_real(cell.teacher_grid, "rho"), 5 + 2 * grid);
                  assert_int_equal(cell.teacher_steps, teacher_steps);
                  assert_int_equal(cell.samples_search, search);
                  assert_int_equal(cell.samples_evaluate, evaluate ? 32 : OSS_SAME);
                  assert_string_equal(oss_member_text(cell.schedule, "dataset"), schedule / 2 == 0 ? "" : schedule / 2 == 1 ? "d" : "e");
                  assert_int_equal(oss_calibration_of(cell.calibration), schedule % 2 ? OSS_CALIBRATION_NONE : OSS_CALIBRATION_AFFINE);
                  assert_int_equal(cell.steps, steps);
                }
  assert_int_equal(number, cells);
  assert_true(oss_config_calibrates(&c) && c.quantiles[0] == 0.1 && c.quantiles[1] == 0.75);
  oss_config_free(&c);
}

static void a_search_is_a_schedule(void **state) {
  (void)state;
  oss_config c;
  const char *const twice = D T "student:\n  steps: 5\n  schedule:\n    - {kind: oss, variant: [official, paper]}\n    - oss\n";
  assert_int_equal(parse(twice, &c), OSS_ERR_CONFIG); /* one of them is the default */
  assert_said("student.schedule|{kind: oss|is given twice|line 6|line 7", "oss");
  check_ok(parse(D T "student: {steps: 5, schedule: [{kind: oss, variant: [paper, carry], cost: {kind: xt, p: [1, 2]}}, uniform]}\n", &c));
  assert_int_equal(c.schedules.count, 5);
  assert_string_equal(oss_member_text(c.schedules.at[0], "variant"), "paper");
  assert_true(oss_member_real(oss_member_value(c.schedules.at[1], "cost")->nested, "p") == 2.0);
  assert_string_equal(oss_member_text(c.schedules.at[2], "variant"), "carry");
  oss_config_free(&c);
}

static void steps_of_a_file(void **state) {
  (void)state;
  oss_config c;
  check_ok(parse(D S "teacher: {grid: {kind: file, file: g.h5, dataset: t}}\n", &c));
  assert_int_equal(c.teacher_steps.at[0], OSS_FROM_FILE);
  assert_int_equal(oss_config_cell(&c, 0).teacher_steps, OSS_FROM_FILE);
  oss_config_free(&c);
  check_ok(parse(D S "teacher: {grid: [{kind: file, file: g.h5, dataset: t}, ddim]}\n", &c));
  assert_int_equal(oss_config_cell(&c, 0).teacher_steps, OSS_FROM_FILE);
  assert_int_equal(oss_config_cell(&c, 1).teacher_steps, 200);
  oss_config_free(&c);
  check_ok(parse(D S "teacher: {grid: {kind: file, file: g.h5, dataset: t}, steps: 30}\n", &c));
  assert_int_equal(oss_config_cell(&c, 0).teacher_steps, 30);
  oss_config_free(&c);
  check_ok(parse(D T "student: {steps: [20, 300], schedule: uniform}\n", &c)); /* too many for one cell is the sweep's matter */
  oss_config_free(&c);
}

/* ---- files ---- */

static char folder[] = "/tmp/oss_config_XXXXXX";

static char *put(const char *name, const char *text) {
  char *path = oss_format("%s/%s", folder, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
  return path;
}

static void assert_same_cells(const oss_config *a, const oss_config *b) {
  size_t count = 0, again = 0;
  check_ok(oss_config_cell_count(a, &count));
  check_ok(oss_config_cell_count(b, &again));
  assert_int_equal(count, again);
  for (size_t i = 0; i < count; i++) {
    oss_cell x = oss_config_cell(a, i), y = oss_config_cell(b, i);
    assert_true(x.seed == y.seed && x.teacher_steps == y.teacher_steps && x.samples_search == y.samples_search);
    assert_true(x.samples_evaluate == y.samples_evaluate && x.steps == y.steps);
    assert_string_equal(x.initial->yaml, y.initial->yaml);
    assert_string_equal(x.teacher_solver->yaml, y.teacher_solver->yaml);
    assert_string_equal(x.solver->yaml, y.solver->yaml);
    assert_string_equal(x.calibration->yaml, y.calibration->yaml);
    assert_ptr_equal(x.teacher_grid->desc, y.teacher_grid->desc);
    assert_string_equal(oss_member_text(x.schedule, "dataset"), oss_member_text(y.schedule, "dataset"));
  }
}

static void printed_form(void **state) {
  (void)state;
  char *path = put("c.yaml", swept), *data = put("p.h5", ""), *text = NULL, *again = NULL;
  oss_config a, b;
  check_ok(oss_config_load(path, NULL, 0, &a));
  assert_string_equal(oss_member_path(a.denoisers.at[0], "file"), data); /* beside the config */
  check_ok(oss_config_yaml(&a, &text));
  if (!strstr(text, data)) fail_msg("%s lacks %s", text, data);
  check_ok(parse_as("/elsewhere/printed.yaml", text, &b));
  assert_string_equal(a.name, b.name);
  assert_int_equal(a.save, b.save);
  assert_memory_equal(a.quantiles, b.quantiles, sizeof a.quantiles);
  assert_same_cells(&a, &b);
  check_ok(oss_config_yaml(&b, &again));
  assert_string_equal(text, again);
  assert_string_equal(a.denoisers.at[0]->yaml, "{kind: gmm, file: p.h5}"); /* the same from every folder */
  free(text);
  free(again);
  oss_config_free(&a);
  oss_config_free(&b);
  static const char *const others[] = {
      "name: 'odd: \"name\" # \\'\nnoise: {file: \"a \\u00e9.h5\", dataset: 'n, m'}\n" D T S "output: {save: all}\nsamples: {batch: 3}\n",
      D S "teacher: {grid: [{kind: file, file: g.h5, dataset: '5'}, ddim, {kind: flow, mu: 1.15}], cache: here}\n",
      "name: '5'\n" D T "student: {steps: [1, 2], schedule: [{kind: file, file: [x.h5, y.h5], dataset: d, as: t}]}\nmetrics: psnr\n",
  };
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    check_ok(parse_as(path, others[i], &a));
    check_ok(oss_config_yaml(&a, &text));
    if (parse_as("printed.yaml", text, &b) != OSS_OK) fail_msg("%s\n%s", text, oss_message());
    check_ok(oss_config_yaml(&b, &again));
    assert_string_equal(text, again);
    assert_string_equal(a.name, b.name);
    assert_same_cells(&a, &b);
    free(text);
    free(again);
    oss_config_free(&a);
    oss_config_free(&b);
  }
  unlink(path);
  unlink(data);
  free(path);
  free(data);
}

static void report_layout(void **state) {
  (void)state;
  static const struct {
    const char *report, *printed;
  } good[] = {
      {"", NULL},
      {"report: {}\n", "{}"},
      {"report: {rows: steps, columns: [schedule, teacher_grid], metrics: psnr}\n",
       "{rows: [steps], columns: [schedule, teacher_grid], metrics: [psnr]}"},
      {"report: {columns: metric, relative: {schedule: oss}}\n",
       "{columns: [metric], relative: {schedule: {kind: oss, variant: carry, "}, /* the only one of that kind */
      {"report: {relative: {schedule: {kind: file, file: x.h5, dataset: d}}}\n", "{relative: {schedule: {kind: file, file: /"},
      {"report: {relative: {steps: 10}}\n", "{relative: {steps: 10}}"},
      {"metrics: [frechet, {kind: frechet, features: pca}]\nreport: {metrics: [frechet_1, frechet]}\n", "{metrics: [frechet_1, frechet]}"},
      {"report: {relative: {samples_evaluate: same}}\n", "{relative: {samples_evaluate: same}}"},
      {"report: {relative: {teacher_grid: {kind: edm, rho: 7.0}}}\n", "{relative: {teacher_grid: {kind: edm, rho: 7, "},
  };
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    oss_config a, b;
    char *text = oss_format(D T
                            "student: {steps: [5, 10], schedule: [uniform, {kind: oss, variant: carry}, {kind: file, file: x.h5, "
                            "dataset: d}]}\n%s",
                            good[i].report),
         *printed = NULL;
    check_ok(parse_as("/elsewhere/t.yaml", text, &a));
    assert_int_equal(a.report != NULL, good[i].printed != NULL);
    if (good[i].printed) assert_memory_equal(a.report, good[i].printed, strlen(good[i].printed));
    check_ok(oss_config_yaml(&a, &printed));
    check_ok(parse_as("/nowhere/printed.yaml", printed, &b));
    assert_int_equal(a.report != NULL, b.report != NULL);
    if (a.report) assert_string_equal(a.report, b.report);
    free(text);
    free(printed);
    oss_config_free(&a);
    oss_config_free(&b);
  }
}

static void assignments(void **state) {
  (void)state;
  char *path = put("set.yaml", swept);
  oss_config c;
  const char *const good[] = {"seed=7", "teacher.grid=[ddim]", "student.schedule.1.dataset=q", "student.steps=[1, 2]", "output.save=all"};
  check_ok(oss_config_load(path, good, 5, &c));
  assert_int_equal(c.seeds.at[0], 7);
  assert_int_equal(c.teacher_grids.count, 1);
  assert_int_equal(c.teacher_grids.at[0]->line, 0);
  assert_string_equal(c.schedules.at[1]->yaml, "{kind: file, file: f.h5, dataset: q, as: index}");
  assert_int_equal(c.save, 7);
  oss_config_free(&c);
  static const struct {
    const char *assignment;
    oss_status status;
    const char *words;
  } bad[] = {
      {"seed", OSS_ERR_USAGE, "--set seed|key=value"},
      {"student.steps.0.x=1", OSS_ERR_USAGE, "student.steps.0"},
      {"student.stesp=1", OSS_ERR_CONFIG, "--set: student: unknown key 'stesp'|did you mean 'steps'?"},
      {"teacher.steps=many", OSS_ERR_CONFIG, "--set: teacher.steps: must be a whole number|'many'"},
      {"teacher.grid={kind: edm, rho: no}", OSS_ERR_CONFIG, "--set: teacher.grid.rho|'no'"},
      {"student.steps=", OSS_ERR_CONFIG, "--set: student.steps|nothing"},
      {"student.steps=[1, 2, 1]", OSS_ERR_CONFIG, "--set: student.steps: 1 is given twice: as number 1 and as number 3 of the list"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    assert_int_equal(oss_config_load(path, &bad[i].assignment, 1, &c), bad[i].status);
    assert_said(bad[i].words, bad[i].assignment);
  }
  unlink(path);
  assert_int_equal(oss_config_load(path, NULL, 0, &c), OSS_ERR_INPUT);
  assert_said(path, path);
  oss_config_free(&c);
  free(path);
}

static void output_places(void **state) {
  (void)state;
  oss_config c;
  char *path = oss_format("%s/o.yaml", folder), *results = oss_format("%s/results", folder), *expected = oss_format("%s/o.h5", results);
  check_ok(parse_as(path, D T S, &c)); /* no folder results beside the config */
  assert_string_equal(c.output, "results/o.h5");
  oss_config_free(&c);
  assert_int_equal(mkdir(results, 0700), 0);
  check_ok(parse_as(path, D T S, &c));
  assert_string_equal(c.output, expected);
  oss_config_free(&c);
  check_ok(parse_as(path, D T S "output: {file: results/o.h5}\n", &c));
  assert_string_equal(c.output, expected);
  oss_config_free(&c);
  check_ok(parse_as(path, D S "output: {file: /abs/x.h5}\nteacher: {grid: edm, cache: results}\n", &c));
  assert_string_equal(c.output, "/abs/x.h5");
  assert_string_equal(c.cache, results);
  oss_config_free(&c);
  rmdir(results);
  free(path);
  free(results);
  free(expected);
}

static int make_folder(void **state) {
  (void)state;
  return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
  (void)state;
  return rmdir(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(defaults),
      cmocka_unit_test(everything),
      cmocka_unit_test(axes_and_order),
      cmocka_unit_test(steps_of_a_file),
      cmocka_unit_test(a_search_is_a_schedule),
      cmocka_unit_test(printed_form),
      cmocka_unit_test(report_layout),
      cmocka_unit_test(assignments),
      cmocka_unit_test(output_places),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

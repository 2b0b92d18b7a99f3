// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Configs that are wrong, and what is said about each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/config.h"
#include "host/core/text.h"
#include "tests/support/check.h"

#define D "denoiser: {kind: gmm, file: p.h5}\n"
#define T "teacher: {grid: edm}\n"
#define S "student: {steps: 5, schedule: uniform}\n"

static oss_status parse(const char *text, oss_config *out) {
  oss_document document;
  check_ok(oss_yaml_parse("t.yaml", text, strlen(text), &document));
  oss_status status = oss_config_parse(&document, out);
  oss_document_free(&document);
  return status;
}

static void assert_said(const char *words, const char *about) {
  char *copy = oss_strdup(words), *rest = NULL;
  for (char *word = strtok_r(copy, "|", &rest); word; word = strtok_r(NULL, "|", &rest))
    if (!strstr(oss_message(), word)) fail_msg("for '%s' the message lacks '%s': %s", about, word, oss_message());
  free(copy);
}

static void bad_configs(void **state) {
  (void)state;
  static const struct {
    const char *text, *words;
  } bad[] = {
      {"a: 1\n", ":1|unknown key 'a'|name, seed, denoiser, noise, samples, initial, teacher, student, metrics, output"},
      {D T S "\nstudnet: 1\n", ":5|unknown key 'studnet'|did you mean 'student'?"},
      {D T "student:\n  stesp:\n    - 5\n", ":4|student: unknown key 'stesp'|did you mean 'steps'?|solver, steps, schedule"},
      {D S "teacher: {grid: edm, step: 5}\n", ":3|teacher: unknown key 'step'|did you mean 'steps'?|cache"},
      {D T S "samples: {serach: 5}\n", "samples: unknown key|'search'?"},
      {D T S "noise: {path: n.h5}\n", "noise: unknown key 'path'|file, dataset"},
      {D T S "output: {saves: all}\n", "output: unknown key|'save'?"},
      {T S, "denoiser: is required|denoiser: {kind: gmm"},
      {D S, "teacher.grid: is required|grid: edm"},
      {D S "teacher: {steps: 5}\n", ":3|teacher.grid: is required"},
      {D T, "student.steps: is required"},
      {D T "student: {steps: 5}\n", ":3|student.schedule: is required|uniform"},
      {D T "student: {schedule: uniform}\n", "student.steps: is required"},
      {D T "student: {steps: 5, schedule: uniform, quantiles: 0.5}\n",
       ":3|student.quantiles: must be two numbers in ascending order, above 0 and below 1, such as [0.05, 0.95]|found 0.5"},
      {D T "student: {steps: 5, schedule: uniform, quantiles: [0.5]}\n",
       ":3|student.quantiles: must be two numbers in ascending order, above 0 and below 1, such as [0.05, 0.95]|found a list of 1"},
      {D T "student: {steps: 5, schedule: uniform, quantiles: [0.1, 0.5, 0.9]}\n",
       ":3|student.quantiles: must be two numbers in ascending order, above 0 and below 1, such as [0.05, 0.95]|found a list of 3"},
      {D T "student: {steps: 5, schedule: uniform, quantiles: []}\n",
       ":3|student.quantiles: must be two numbers in ascending order, above 0 and below 1, such as [0.05, 0.95]|found a list of 0"},
      {D T "student: {steps: 5, schedule: uniform, quantiles: [0.95, 0.05]}\n",
       ":3|student.quantiles: must be two numbers in ascending order, above 0 and below 1, such as [0.05, 0.95]|found 0.95 and 0.05"},
      {D T "student: {steps: 5, schedule: uniform, quantiles: [0.5, 0.5]}\n",
       ":3|student.quantiles: must be two numbers in ascending order, above 0 and below 1, such as [0.05, 0.95]|found 0.5 and 0.5"},
      {D T "student: {steps: 5, schedule: uniform, quantiles: [0, 0.5]}\n",
       ":3|student.quantiles: must be two numbers in ascending order, above 0 and below 1, such as [0.05, 0.95]|found 0"},
      {D T "student: {steps: 5, schedule: uniform, quantiles: [0.5, 1]}\n",
       ":3|student.quantiles: must be two numbers in ascending order, above 0 and below 1, such as [0.05, 0.95]|found 1"},
      {D T "student: {steps: 5, schedule: uniform, quantiles: [-0.1, 0.5]}\n",
       ":3|student.quantiles: must be two numbers in ascending order, above 0 and below 1, such as [0.05, 0.95]|found -0.1"},
      {D T "student: {steps: 5, schedule: uniform, quantiles: [0.5, 1.5]}\n",
       ":3|student.quantiles: must be two numbers in ascending order, above 0 and below 1, such as [0.05, 0.95]|found 1.5"},
      {D T "student: {steps: 5, schedule: uniform, quantiles: [a, 0.5]}\n", "student.quantiles.0: must be a number|'a'"},
      {D T "student: {steps: 5, schedule: uniform, quantiles: [0.1, .nan]}\n", "student.quantiles.1: must be a number|.nan"},
      {D T "student: {steps: 5, schedule: uniform, quantiles: [[0.1, 0.9], [0.2, 0.8]]}\n", "student.quantiles.0: must be a number|a list"},
      {D T "student: {steps: 5, schedule: uniform, calibration: scael}\n",
       "student.calibration|'scael'|did you mean 'scale'?|none, scale, affine"},
      {D T "student: {steps: 5, schedule: uniform, calibration: [scale, scale]}\n", "student.calibration: scale is given twice"},
      {D T "student: {steps: 5, schedule: uniform, calibration: {kind: scale, quantiles: [0.1, 0.9]}}\n", "student.calibration|quantiles"},
      {D T "student:\n", ":3|student: must be a map, found nothing|steps"},
      {D T "student: [5]\n", "student: must be a map, found a list"},
      {D S "teacher: edm\n", "teacher: must be a map|'edm'|solver, grid, steps, reference, cache"},
      {D T S "samples: 64\n", "samples: must be a map, found 64|search, evaluate, batch"},
      {D T S "output: r.h5\n", "output: must be a map"},
      {D T S "noise: n.h5\n", "noise: must be a map"},
      {D T S "noise: {file: n.h5}\n", "noise.dataset: is required"},
      {D T S "noise: {dataset: n}\n", "noise.file: is required"},
      {D T S "noise: {file: [a], dataset: n}\n", "noise.file: must be the path of a file, found a list"},
      {D T S "noise: {file: a, dataset: }\n", "noise.dataset: must be the name of a dataset, found nothing"},
      {D T S "seed: -1\n", ":4|seed: must be a whole number >= 0, found -1"},
      {D T S "seed: 9223372036854775808\n", "seed: must be a whole number >= 0, found 9223372036854775808"},
      {D T S "seed: 1.0\n", "seed: must be a whole number"},
      {D T S "seed: '1'\n", "seed|without quotes"},
      {D T S "seed: []\n", "seed: an empty list"},
      {D T S "seed: [1, x]\n", "seed.1: must be a whole number|'x'"},
      {D T S "seed: [1, [2]]\n", "seed.1|a list"},
      {D T S "seed:\n  - 1\n  - 2\n  - 1\n", ":7|seed: 1 is given twice|number 1 (line 5)|number 3 (line 7)"},
      {D T S "seed: [0, +0]\n", "seed: 0 is given twice"},
      {D T S "seed: [-0, 0]\n", "seed: 0 is given twice"},
      {D T S "seed:\n", "seed|nothing"},
      {D T S "name: a/b\n", "name|'/'"},
      {D T S "name: ..\n", "name"},
      {D T S "name: [a]\n", "name: must be a text, found a list"},
      {D T S "name: ''\n", "name: must be a text"},
      {D T S "samples: {search: 0}\n", "samples.search: must be a whole number from 1|found 0"},
      {D T S "samples: {search: same}\n", "samples.search|'same'"},
      {D T S "samples: {evaluate: 0}\n", "samples.evaluate|from 1|or 'same'|found 0"},
      {D T S "samples: {evaluate: none}\n", "samples.evaluate|or 'same'|'none'"},
      {D T S "samples: {evaluate: [same, same]}\n", "samples.evaluate: same is given twice"},
      {D T S "samples: {batch: [1, 2]}\n", "samples.batch|or 'auto'|a list"},
      {D T S "samples: {batch: 0}\n", "samples.batch|or 'auto'|found 0"},
      {D T S "initial: two\n", "initial|'two'|allowed: t, one"},
      {D T S "initial: {kind: t, x: 1}\n", "initial: 't' has no option 'x'"},
      {D S "teacher: {grid: edn}\n", "teacher.grid|grid|did you mean 'edm'?|ddim"},
      {D S "teacher: {grid: {kind: edm, rh: 5}}\n", "teacher.grid: 'edm' has no option 'rh'|did you mean 'rho'?|sigma_min"},
      {D S "teacher: {grid: {kind: edm, rho: -5}}\n", "teacher.grid.rho: must be a number"},
      {D S "teacher: {grid: {kind: edm, rho: [5, 7, 5.0]}}\n", "teacher.grid: {kind: edm, rho: 5|is given twice"},
      {D S "teacher: {grid: {kind: edm, end: max}}\n", "teacher.grid.end|'max'|zero, min"},
      {D S "teacher: {grid: {kind: file, file: x.h5}}\n", "teacher.grid.dataset: 'file' needs it"},
      {D S "teacher: {grid: [edm, {kind: edm}]}\n", "teacher.grid|is given twice|number 1|number 2"},
      {D S "teacher: {grid: edm, steps: 0}\n", "teacher.steps|from 1|found 0"},
      {D S "teacher: {grid: edm, steps: 5.5}\n", "teacher.steps: must be a whole number|5.5"},
      {D S "teacher: {grid: edm, steps: 1000000000}\n", "teacher.steps|to 100000"},
      {D S "teacher: {grid: edm, steps: [10, 20, 10]}\n", "teacher.steps: 10 is given twice"},
      {D S "teacher: {grid: edm, solver: eular}\n", "teacher.solver|did you mean 'euler'?"},
      {D S "teacher: {grid: edm, cache: []}\n", "teacher.cache: must be 'auto', 'none' or a folder"},
      {D S "teacher: {grid: edm, steps: 4}\n", ":2|student.steps: must be at most teacher.steps, which is 4, found 5"},
      {D T "student: {steps: 201, schedule: uniform}\n", ":3|student.steps: must be at most teacher.steps, which is 200, found 201"},
      {D "teacher: {grid: edm, steps: [3, 4]}\nstudent: {steps: [7, 6], schedule: uniform}\n", "student.steps|4|found 6 as the smallest"},
      {D T "student: {steps: [], schedule: uniform}\n", "student.steps: an empty list"},
      {D T "student: {steps: five, schedule: uniform}\n", "student.steps: must be a whole number|'five'"},
      {D T "student: {steps: 0, schedule: uniform}\n", "student.steps|found 0"},
      {D T "student: {steps: 1e1, schedule: uniform}\n", "student.steps|no point or exponent"},
      {D T "student: {steps: {a: 1}, schedule: uniform}\n", "student.steps|a map"},
      {D T "student: {steps: 5, schedule: []}\n", "student.schedule: an empty list"},
      {D T "student: {steps: 5, schedule: unifrom}\n", "student.schedule|schedule or search|did you mean 'uniform'?"},
      {D T "student: {steps: 5, schedule: [uniform, uniform]}\n", "student.schedule: uniform is given twice"},
      {D T "student: {steps: 5, schedule: {kind: uniform, order: 2}}\n", "student.schedule: 'uniform' has no option 'order'"},
      {D T "student: {steps: 5, schedule: {kind: file, file: f.h5, dataset: d, as: indx}}\n", "student.schedule.as|'index'?|sigma"},
      {D T "student: {steps: 5, schedule: uniform, solver: 5}\n", "student.solver|found 5|euler"},
      {D T "student: {steps: 5, schedule: {kind: oss, variants: paper}}\n", "student.schedule: 'oss' has no option|'variant'?|start"},
      {D T "student: {steps: 5, schedule: {kind: oss, variant: ofical}}\n", "student.schedule.variant|'official'?|paper, carry"},
      {D T "student: {steps: 5, schedule: {kind: oss, cost: {kind: xt, q: 2}}}\n", "student.schedule.cost: 'xt' has no option 'q'|p"},
      {"denoiser: gmm\n" T S, "denoiser.file: 'gmm' needs it"},
      {"denoiser: {kind: gmm, file: 'a.h5', means: x}\n" T S, "denoiser: 'gmm' has no option 'means'"},
      {"denoiser: {file: a.h5}\n" T S, "denoiser|without 'kind'|gmm"},
      {D T S "metrics: []\n", "metrics: an empty list"},
      {D T S "metrics: [mse, mse]\n", "metrics: mse is given twice"},
      {D T S "metrics: [pnsr]\n", "metrics.0|metric|did you mean 'psnr'?"},
      {D T S "output: {save: tabels}\n", "output.save|'tabels'|did you mean 'tables'?|trajectory|all or none"},
      {D T S "output: {save: [tables, all]}\n", "output.save|'all'"},
      {D T S "output: {save: [tables, tables]}\n", "output.save|'tables' is given twice"},
      {D T S "output: {save: true}\n", "output.save|'true'"},
      {D T S "output: {file: }\n", "output.file|nothing"},
      {D T S "output: {file: /tmp}\n", "output.file|'/tmp' is a folder|results/t.h5"},
      {D T S "output: {file: new/}\n", "output.file|is a folder"},
      {D T S "report: [steps]\n", ":4|report: must be a map, found a list|rows, columns, metrics, relative"},
      {D T S "report: {row: steps}\n", "report: unknown key 'row'|did you mean 'rows'?"},
      {D T S "report: {rows: []}\n", "report.rows: an empty list"},
      {D T S "report: {rows: }\n", "report.rows: must be an axis of the sweep, found nothing|seed, denoiser"},
      {D T S "report: {rows: [[steps]]}\n", "report.rows.0: must be an axis of the sweep, found a list"},
      {D T S "report:\n  columns:\n    - schedule\n    - step\n", ":7|report.columns.1|'step'|did you mean 'steps'?|teacher_grid|metric"},
      {D T S "report: {rows: [steps, steps]}\n", "report.rows.1: 'steps' has a place in the table already"},
      {D T S "report: {rows: [schedule, metric], columns: metric}\n", "report.columns: 'metric' has a place"},
      {D T S "report: {metrics: [psnr, ssmi]}\n", "report.metrics.1: must be one of the config's metrics|'ssmi'|allowed: mse, psnr"},
      {D T S "report: {metrics: [psnr, psnr]}\n", "report.metrics.1: 'psnr' is given twice"},
      {D T S "report: {relative: uniform}\n", "report.relative: must be a map of one axis|{schedule: uniform}"},
      {D T S "report: {relative: {schedule: uniform, steps: 5}}\n", "report.relative: must be a map of one axis"},
      {D T S "report: {relative: {metric: psnr}}\n", "report.relative: 'metric' is no axis of the sweep|schedule"},
      {D T S "report: {relative: {schedul: uniform}}\n", "report.relative|did you mean 'schedule'?"},
      {D T S "report: {relative: {steps: 6}}\n", "report.relative.steps: must be a value of that axis, found 6|allowed: 5"},
      {D T S "report: {relative: {samples_evaluate: 6}}\n", "report.relative.samples_evaluate|allowed: same"},
      {D T S "report: {relative: {schedule: unifrom}}\n", "report.relative.schedule: expected schedule or search|'uniform'?"},
      {D T S "report: {relative: {schedule: oss}}\n", "report.relative.schedule: must be one value of that axis|'oss'|allowed: uniform"},
      {D T S "report: {relative: {schedule: {kind: oss, variant: [paper, carry]}}}\n", "report.relative.schedule|found a map"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    oss_config c;
    if (parse(bad[i].text, &c) != OSS_ERR_CONFIG) fail_msg("'%s' was taken", bad[i].text);
    assert_null(c.path);
    assert_memory_equal(oss_message(), "t.yaml:", 7);
    assert_said(bad[i].words, bad[i].text);
  }
}

static void too_many_cells(void **state) {
  (void)state;
  oss_text text = {0};
  oss_config c;
  oss_text_add(&text, "%s%sseed: [", D, T);
  for (int i = 0; i < 1001; i++) oss_text_add(&text, "%d,", i);
  oss_text_add(&text, "]\nstudent: {schedule: uniform, steps: [");
  for (int i = 1; i < 1001; i++) oss_text_add(&text, "%d,", i);
  oss_text_add(&text, "]}\n");
  assert_int_equal(parse(text.chars, &c), OSS_ERR_CONFIG);
  assert_said("t.yaml|more than 1000000 cells", "1001 x 1000");
  oss_text_free(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(bad_configs), cmocka_unit_test(too_many_cells)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The folder of finished cells, the result that is made of it, and what is shown of that. */
#include <math.h>

#include "host/core/text.h"
#include "host/io/reader.h"
#include "host/io/result.h"
#include "tests/unit/io_folder.h"

enum { CELLS = 4, STEPS = 3, N = 10, SAMPLES = 40 };
static const char uniform[] = "uniform", paper[] = "{kind: oss, variant: paper, start: free}",
                  carry[] = "{kind: oss, variant: carry, start: free}";
static const double teacher_t[N + 1] = {0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1};
static const oss_teacher_record teachers[2] = {
    {.solver = "heun", .grid = "flow", .denoiser = "gmm", .initial = "t", .steps = N, .nfe = 7, .seconds = 0.5, .t = teacher_t},
    {.solver = "euler", .grid = "flow", .denoiser = "gmm", .initial = "t", .steps = N, .nfe = 0, .seconds = 0, .t = teacher_t},
};
static const oss_attribute attributes[] = {
    {"schema_version", NULL, OSS_SCHEMA_VERSION},
    {"name", "größer", 0},
    {"backend", "cpu", 0},
    {"device", "a processor", 0},
    {"threads", NULL, 8},
    {"git_commit", "abc123", 0},
    {"git_dirty", NULL, 1},
};

static void key_of(size_t number, char out[OSS_HASH_BYTES]) {
  char text[32];
  snprintf(text, sizeof text, "cell %zu", number);
  oss_hash_text(text, out);
}

/* Cell 2 is skipped, cell 3 failed; 0 and 1 have one schedule and one a sample. */
static oss_record make_record(size_t number) {
  oss_record r = {.number = number, .teacher = 0, .status = number == 2 ? OSS_CELL_SKIPPED : number == 3 ? OSS_CELL_FAILED : OSS_CELL_DONE};
  key_of(number, r.key);
  r.axes[r.axis_count++] = (oss_axis_value){"seed", NULL, 5};
  r.axes[r.axis_count++] = (oss_axis_value){"denoiser", "gmm", 0};
  r.axes[r.axis_count++] = (oss_axis_value){"teacher_solver", "euler", 0};
  r.axes[r.axis_count++] = (oss_axis_value){"teacher_steps", NULL, N};
  r.axes[r.axis_count++] = (oss_axis_value){"schedule", number == 0 ? uniform : number == 1 ? paper : carry, 0};
  r.axes[r.axis_count++] = (oss_axis_value){"steps", NULL, (int64_t)(STEPS + number)};
  if (r.status != OSS_CELL_DONE) {
    r.reason = oss_strdup(number == 2 ? "makes no sense" : "NaN in the state");
    return r;
  }
  r.nfe = STEPS;
  r.depth = STEPS;
  r.search_nfe = 90;
  r.search_seconds = 0.25;
  r.sample_seconds = 0.125;
  size_t rows = number == 0 ? 1 : SAMPLES;
  ASSERT_OK(oss_schedule_create(rows, STEPS, &r.schedule));
  for (size_t i = 0; i < rows; i++) {
    for (size_t k = 0; k <= STEPS; k++) {
      r.schedule.index[i * (STEPS + 1) + k] = (int32_t)(k == 0 ? N : k == STEPS ? 0 : 8 - 3 * k + i % 2);
      r.schedule.t[i * (STEPS + 1) + k] = teacher_t[r.schedule.index[i * (STEPS + 1) + k]];
    }
    r.schedule.used[i] = STEPS;
    r.schedule.start[i] = 1;
  }
  r.metric_count = 2;
  r.metrics = calloc(2, sizeof *r.metrics);
  r.metrics[0] =
      (oss_metric_values){.name = "psnr", .unit = "dB", .higher_is_better = 1, .values = calloc(SAMPLES, sizeof(double)), .count = SAMPLES};
  r.metrics[1] =
      (oss_metric_values){.name = "mse", .unit = "", .values = calloc(SAMPLES, sizeof(double)), .count = number == 0 ? 1 : SAMPLES};
  for (size_t i = 0; i < SAMPLES; i++) r.metrics[0].values[i] = r.metrics[1].values[i] = (double)(i % 2);
  if (number == 1) {
    r.tables = (oss_tables){.rows = SAMPLES, .steps = STEPS, .n = N};
    size_t count = (size_t)SAMPLES * STEPS * (N + 1);
    r.tables.cost = malloc(count * sizeof(double));
    r.tables.from = malloc(count * sizeof(int32_t));
    for (size_t i = 0; i < count; i++) {
      r.tables.cost[i] = i % 3 == 0 ? 0.5 : INFINITY;
      r.tables.from[i] = (int32_t)(i % 5) - 1;
    }
    r.per_sample = (oss_array){.type = OSS_I32, .rank = 2, .dims = {2, 3}, .data = calloc(6, 4)};
    r.student = (oss_array){.type = OSS_F32, .rank = 3, .dims = {SAMPLES, 16, 16}, .data = calloc(SAMPLES * 256, 4)};
    r.teacher_trajectory = (oss_array){.type = OSS_F32, .rank = 2, .dims = {3, SAMPLES}, .data = calloc(3 * SAMPLES, 4)};
  }
  return r;
}

static void write_cell(const char *output, size_t number) {
  oss_record record = make_record(number);
  ASSERT_OK(oss_partial_write(output, &record));
  oss_record_free(&record);
}

static void make_folder(const char *output) {
  oss_partial *partial;
  ASSERT_OK(oss_partial_open(output, 1, &partial));
  oss_partial_close(partial);
}

static void write_result(const char *output) {
  char keys[CELLS][OSS_HASH_BYTES];
  make_folder(output);
  for (size_t i = 0; i < CELLS; i++) {
    key_of(i, keys[i]);
    write_cell(output, i);
  }
  ASSERT_OK(oss_result_write(output, attributes, sizeof attributes / sizeof *attributes, teachers, 2, (const char(*)[OSS_HASH_BYTES])keys,
                             CELLS));
}

/* Whether the cell with the key of one is found for another; a warning must have these words, NULL: none. */
static int find(void **state, const char *output, size_t key_number, size_t number, const char *words) {
  char key[OSS_HASH_BYTES], log[PATH_BYTES];
  key_of(key_number, key);
  int found = -1, kept = capture_stream(stderr, in_folder(state, "log", log));
  oss_status status = oss_partial_find(output, key, number, &found);
  char *warning = release_stream(stderr, kept, log);
  unlink(log);
  ASSERT_OK(status);
  if (words ? !strstr(warning, words) : warning[0] != '\0') fail_msg("warned '%s', expected '%s'", warning, words ? words : "");
  free(warning);
  return found;
}

static char *cell_path(const char *output, size_t number, size_t key_number, char out[PATH_BYTES]) {
  char key[OSS_HASH_BYTES];
  key_of(key_number, key);
  snprintf(out, PATH_BYTES, "%.400s.partial/cell-%04zu-%s.h5", output, number, key);
  return out;
}

static void writes_the_contract(void **state) {
  char path[PATH_BYTES], partial[PATH_BYTES], *text;
  double value;
  oss_array a;
  in_folder(state, "sub/out.h5", path);
  write_result(path);
  char *folder = oss_partial_path(path);
  assert_string_equal(folder, strcat(strcpy(partial, path), ".partial"));
  assert_int_not_equal(access(folder, F_OK), 0);
  free(folder);
  ASSERT_OK(oss_io_attribute_real(path, "/", "schema_version", 0, &value));
  assert_true(value == OSS_SCHEMA_VERSION);
  ASSERT_OK(oss_io_attribute_text(path, "/cells/0000", "teacher", &text));
  assert_string_equal(text, "/teacher/0001"); /* written as 0, but that is heun */
  free(text);
  ASSERT_OK(oss_io_read(path, "/teacher/0001/t", OSS_F64, 1, 1, &a));
  assert_true(a.dims[0] == N + 1);
  assert_memory_equal(a.data, teacher_t, sizeof teacher_t);
  oss_array_free(&a);
  ASSERT_OK(oss_io_read(path, "/cells/0001/schedule/index", OSS_I32, 2, 2, &a));
  assert_true(a.dims[0] == SAMPLES && a.dims[1] == STEPS + 1 && ((int32_t *)a.data)[5] == 6);
  oss_array_free(&a);
  ASSERT_FAILS(OSS_ERR_INPUT, "infinity at [0, 0]", oss_io_read(path, "/cells/0000/schedule/sigma", OSS_F64, 2, 2, &a));
  ASSERT_OK(oss_io_read_unbounded(path, "/cells/0000/schedule/sigma", 2, 2, &a));
  assert_true(a.type == OSS_F64 && isinf(((double *)a.data)[0]) && ((double *)a.data)[1] == 1);
  oss_array_free(&a);
  ASSERT_OK(oss_io_read(path, "/cells/0001/search/from", OSS_I32, 3, 3, &a));
  assert_true(a.dims[1] == STEPS && a.dims[2] == N + 1);
  oss_array_free(&a);
  ASSERT_OK(oss_io_attribute_real(path, "/cells/0001/metrics/mse", "std", 0, &value));
  assert_true(fabs(value - sqrt(10.0 / (SAMPLES - 1))) < 1e-15);
  ASSERT_OK(oss_io_attribute_real(path, "/cells/0000/metrics/mse", "std", 7, &value));
  assert_true(value == 0);
  assert_true(oss_io_exists(path, "/cells/0001/samples/student") && !oss_io_exists(path, "/cells/0001/samples/teacher"));
  assert_true(oss_io_exists(path, "/cells/0001/trajectory/teacher") && oss_io_exists(path, "/cells/0001/search/index"));
  assert_false(oss_io_exists(path, "/cells/0002/schedule") || oss_io_exists(path, "/cells/0004"));
  run_python(
      state,
      "import h5py, numpy as np\n"
      "s = h5py.File('sub/out.h5')['summary'][()]\n"
      "assert s.shape == (4,) and s.dtype.names == ('cell', 'seed', 'denoiser', 'teacher_solver', 'teacher_steps', 'schedule', 'steps',\n"
      "  'status', 'reason', 'nfe', 'depth', 'search_nfe', 'search_seconds', 'sample_seconds', 'psnr_mean', 'psnr_std', 'mse_mean',\n"
      "  'mse_std', 'key'), s.dtype\n"
      "assert [s.dtype[n].str for n in ('cell', 'seed', 'nfe', 'mse_mean')] == ['<i4', '<i8', '<i8', '<f8']\n"
      "assert list(s['cell']) == [0, 1, 2, 3] and list(s['status']) == [b'done', b'done', b'skipped', b'failed']\n"
      "assert s['schedule'][1].decode() == '{kind: oss, variant: paper, start: free}' and s['reason'][0] == b''\n"
      "assert s['reason'][2] == b'makes no sense' and s['nfe'][0] == 3 and s['nfe'][2] == -1\n"
      "assert s['mse_mean'][1] == 0.5 and np.isnan(s['mse_mean'][3]) and np.isnan(s['search_seconds'][2])\n"
      "f = h5py.File('sub/out.h5')\n"
      "assert f.attrs['name'] == 'größer'\n"
      "assert [c.attrs['teacher'] for c in f['cells'].values()] == 4 * ['/teacher/0001']\n"
      "m = f['cells/0000/metrics']\n"
      "assert list(m['psnr'].attrs) == ['mean', 'std', 'count', 'unit', 'higher_is_better'] and m['psnr'].attrs['unit'] == 'dB'\n"
      "assert list(m['mse'].attrs) == ['mean', 'std', 'count', 'higher_is_better'] and m['mse'].attrs['count'] == 1\n"
      "assert m['psnr'].attrs['higher_is_better'] == 1 and m['mse'].attrs['higher_is_better'] == 0\n");
}

static void keeps_finished_cells(void **state) {
  oss_partial *partial;
  char path[PATH_BYTES], cell[PATH_BYTES], other[PATH_BYTES];
  in_folder(state, "out.h5", path);
  make_folder(path);
  assert_false(find(state, path, 0, 0, NULL));
  for (size_t i = 0; i < CELLS; i++) write_cell(path, i);
  assert_true(find(state, path, 0, 0, NULL));
  assert_true(find(state, path, 2, 2, NULL));
  assert_false(find(state, path, 3, 3, NULL)); /* failed: tried again */
  assert_false(find(state, path, 9, 0, NULL)); /* another key */
  assert_true(find(state, path, 1, 7, NULL));  /* the same cell under another number */
  assert_int_equal(access(cell_path(path, 7, 1, cell), F_OK), 0);
  size_t bytes;
  unsigned char *data = read_file(cell_path(path, 0, 0, cell), &bytes);
  for (size_t i = 0; i < bytes; i += bytes / 50) { /* one bit anywhere in the file */
    data[i] ^= 0x04;
    write_file(cell, data, bytes);
    assert_false(find(state, path, 0, 0, "damaged (its checksum does not fit); this cell is computed again"));
    assert_int_not_equal(access(cell, F_OK), 0);
    data[i] ^= 0x04;
  }
  write_file(cell, data, bytes / 2);
  assert_false(find(state, path, 0, 0, "computed again"));
  write_file(cell, data, bytes);
  assert_true(find(state, path, 0, 0, NULL));
  write_file(cell_path(path, 8, 8, other), data, bytes); /* whole, but of another key */
  assert_false(find(state, path, 8, 8, NULL));
  free(data);
  /* Without resume the folder moves away, replacing what was there. */
  make_folder(path);
  assert_true(find(state, path, 0, 0, NULL));
  for (int i = 0; i < 2; i++) {
    char log[PATH_BYTES];
    write_cell(path, 0);
    int kept = capture_stream(stderr, in_folder(state, "log", log));
    oss_status status = oss_partial_open(path, 0, &partial);
    free(release_stream(stderr, kept, log));
    ASSERT_OK(status);
    oss_partial_close(partial);
    assert_false(find(state, path, 0, 0, NULL));
    assert_int_equal(count_files(in_folder(state, "out.h5.partial", other)), 0);
    assert_true(count_files(in_folder(state, "out.h5.partial.old", other)) >= 1);
  }
  assert_int_equal(count_files(other), 1);
  write_file(in_folder(state, "file", path), "x", 1);
  ASSERT_FAILS(OSS_ERR_IO, "not a folder", oss_partial_open(in_folder(state, "file/out.h5", path), 1, &partial));
  ASSERT_FAILS(OSS_ERR_IO, "Is a directory", oss_partial_open(*state, 1, &partial));
}

static void takes_cells_of_a_complete_result(void **state) {
  char path[PATH_BYTES], cell[PATH_BYTES], keys[2][OSS_HASH_BYTES], *text;
  in_folder(state, "out.h5", path);
  write_result(path);
  make_folder(path);
  assert_true(find(state, path, 1, 0, NULL)); /* renumbered: found by the summary's keys */
  assert_true(find(state, path, 2, 2, NULL)); /* in its place */
  assert_false(find(state, path, 3, 3, NULL));
  assert_false(find(state, path, 9, 1, NULL));
  assert_int_equal(access(cell_path(path, 0, 1, cell), F_OK), 0);
  write_cell(path, 0);
  assert_true(find(state, path, 0, 1, NULL));
  key_of(1, keys[0]);
  key_of(0, keys[1]);
  ASSERT_OK(oss_result_write(path, attributes, 2, teachers + 1, 1, (const char(*)[OSS_HASH_BYTES])keys, 2));
  ASSERT_OK(oss_io_attribute_text(path, "/cells/0000", "schedule", &text));
  assert_string_equal(text, paper);
  free(text);
  ASSERT_OK(oss_io_attribute_text(path, "/cells/0000", "teacher", &text));
  assert_string_equal(text, "/teacher/0000");
  free(text);
  assert_true(oss_io_exists(path, "/cells/0000/search/cost") && !oss_io_exists(path, "/cells/0002"));
  /* A damaged result gives nothing, and neither does a foreign one. */
  size_t bytes, before;
  unsigned char *data = read_file(path, &bytes);
  make_folder(path);
  write_file(path, data, bytes - 100);
  assert_false(find(state, path, 1, 0, "truncated HDF5 file"));
  write_file(path, "text", 4);
  assert_false(find(state, path, 1, 0, "not an HDF5 file"));
  write_file(path, data, bytes);
  ASSERT_FAILS(OSS_ERR_INPUT, "No such file", oss_result_write(path, attributes, 2, teachers, 2, (const char(*)[OSS_HASH_BYTES])keys, 2));
  unsigned char *now = read_file(path, &before); /* a cell was missing: the old result stays as it was */
  assert_int_equal(before, bytes);
  assert_memory_equal(now, data, bytes);
  free(now);
  for (size_t i = bytes / 8; i < bytes; i += 101) data[i] ^= 0xff;
  write_file(path, data, bytes);
  assert_false(find(state, path, 1, 0, "out.h5"));
  free(data);
}

/* What is printed, as new memory. */
static char *shown(void **state, const char *path, int64_t cell, oss_status expected) {
  char out[PATH_BYTES];
  int kept = capture_stream(stdout, in_folder(state, "stdout", out));
  oss_status status = oss_result_show(path, cell);
  char *text = release_stream(stdout, kept, out);
  if (status != expected) fail_msg("%s", oss_message());
  return text;
}

static void has_lines(const char *text, const char *const *lines) {
  for (; *lines; lines++) {
    if (!strstr(text, *lines)) fail_msg("'%s' is missing in:\n%s", *lines, text);
  }
}

static void shows_a_result(void **state) {
  static const char *const overview[] = {"  name            größer\n",
                                         "  threads         8\n",
                                         "  git             abc123 (with changes)\n",
                                         "  cells           4: 2 done, 1 skipped, 1 failed\n",
                                         "  teacher_solver  euler\n",
                                         "  seed            5\n",
                                         "  cell  schedule   steps  status   nfe  depth  psnr        mse\n",
                                         "     0  uniform        3  done       3      3  0.5 ± 0.51    0\n",
                                         "     1  oss paper      4  done       3      3  0.5 ± 0.51  0.5 ± 0.51\n",
                                         "     2  oss carry      5  skipped\n",
                                         "  skipped  makes no sense (cell 2)\n",
                                         "  failed   NaN in the state (cell 3)\n",
                                         NULL};
  static const char *const one[] = {"Cell 0 of ",
                                    "  schedule        uniform\n",
                                    "  nfe             3\n",
                                    "  psnr  0.5 ± 0.51  (40 samples)\n",
                                    "  point  index    t  sigma\n",
                                    "      0     10    1    inf\n",
                                    "      1      5  0.5      1\n",
                                    "  schedule/index (1, 4)\n",
                                    NULL};
  static const char *const many[] = {"Schedule (of 40 samples",
                                     "      1  5.5 [5, 6]  0.55 [0.5, 0.6]  1.25 [1, 1.5]\n",
                                     "cost at the end",
                                     "      3  ",
                                     "  trajectory/teacher (3, 40)\n",
                                     NULL};
  static const char *const skipped[] = {"Cell 2 of ", "  reason          makes no sense\n", NULL};
  char path[PATH_BYTES];
  in_folder(state, "out.h5", path);
  write_result(path);
  char *text = shown(state, path, -1, OSS_OK);
  has_lines(text, overview);
  free(text);
  text = shown(state, path, 0, OSS_OK);
  has_lines(text, one);
  free(text);
  text = shown(state, path, 1, OSS_OK);
  has_lines(text, many);
  free(text);
  text = shown(state, path, 2, OSS_OK);
  has_lines(text, skipped);
  free(text);
  free(shown(state, path, 4, OSS_ERR_USAGE));
  assert_non_null(strstr(oss_message(), "out.h5: no cell 4; its cells are 0 to 3"));
}

static void shows_what_there_is(void **state) {
  char path[PATH_BYTES], *text;
  run_python(
      state,
      "import h5py, numpy as np\n"
      "f = h5py.File('foreign.h5', 'w'); f['x'] = 1; f.close()\n"
      "f = h5py.File('newer.h5', 'w'); f.attrs['schema_version'] = 99; f.close()\n"
      "f = h5py.File('bare.h5', 'w'); f.attrs['schema_version'] = 1; f.close()\n"
      "f = h5py.File('odd.h5', 'w'); f.attrs['schema_version'] = 1\n"
      "c = f.create_group('cells/0000'); c.attrs['schedule'] = \"{kind: a, file: it's.h5, b: ['x, y', {z: 1}], cost: {kind: xt, p: 1}}\"; "
      "c.attrs['array'] = [1, "
      "2]\n"
      "f.create_group('cells/10000').attrs['schedule'] = '{kind: a, file: it.h5, b: [], cost: {kind: xt, p: 2}}'\n"
      "f['cells/0000/schedule/t'] = np.zeros((2, 3)); f['cells/0000/schedule/index'] = np.zeros((0, 3)); f['cells/0000/metrics'] = 3\n"
      "f.close()\n");
  ASSERT_FAILS(OSS_ERR_INPUT, "foreign.h5: not a result of ossbench", oss_result_show(in_folder(state, "foreign.h5", path), -1));
  ASSERT_FAILS(OSS_ERR_INPUT, "written by a newer ossbench (schema 99", oss_result_show(in_folder(state, "newer.h5", path), -1));
  ASSERT_FAILS(OSS_ERR_INPUT, "No such file", oss_result_show(in_folder(state, "none.h5", path), -1));
  free(shown(state, in_folder(state, "bare.h5", path), -1, OSS_OK));
  free(shown(state, path, 0, OSS_ERR_USAGE));
  assert_non_null(strstr(oss_message(), "has no cells"));
  text = shown(state, in_folder(state, "odd.h5", path), -1, OSS_OK);
  has_lines(text, (const char *const[]){"a it's.h5 b=['x, y', {z: 1}] cost.p=1", "a it.h5 b=[] cost.p=2", "10000", NULL});
  free(text);
  text = shown(state, path, 0, OSS_OK);
  has_lines(text, (const char *const[]){"(several values)", "schedule/t (2, 3)", NULL});
  free(text);
}

int main(void) {
  oss_io_init();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(writes_the_contract, folder_setup, folder_teardown),
      cmocka_unit_test_setup_teardown(keeps_finished_cells, folder_setup, folder_teardown),
      cmocka_unit_test_setup_teardown(takes_cells_of_a_complete_result, folder_setup, folder_teardown),
      cmocka_unit_test_setup_teardown(shows_a_result, folder_setup, folder_teardown),
      cmocka_unit_test_setup_teardown(shows_what_there_is, folder_setup, folder_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

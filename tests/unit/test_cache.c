// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Cached teacher trajectories, and what searches found: what is damaged or foreign is never used. */
#include <math.h>
#include <sys/wait.h>

#include "host/io/cache.h"
#include "host/io/found.h"
#include "host/io/reader.h"
#include "tests/unit/io_folder.h"

enum { POINTS = 5, SAMPLES = 7, ELEMENTS = 3 };
static const char about[] = "grid edm\nsamples 7\n";

static float state_of(size_t point, size_t sample, size_t element) {
  return (float)(100 * point + 10 * sample + element) + 0.25f;
}

/* Adds blocks of at most three samples. */
static oss_status fill(oss_cache_writer *w) {
  for (size_t first = 0; first < SAMPLES; first += 3) {
    size_t count = SAMPLES - first < 3 ? SAMPLES - first : 3;
    for (size_t p = 0; p < POINTS; p++) {
      float block[3 * ELEMENTS];
      for (size_t i = 0; i < count * ELEMENTS; i++) block[i] = state_of(p, first + i / ELEMENTS, i % ELEMENTS);
      OSS_TRY(oss_cache_add(w, p, first, count, block));
    }
  }
  return OSS_OK;
}

static void make(const char *path) {
  oss_cache_writer *w;
  ASSERT_OK(oss_cache_begin(path, about, POINTS, SAMPLES, ELEMENTS, &w));
  ASSERT_OK(fill(w));
  ASSERT_OK(oss_cache_finish(w));
}

/* Whether the file is found; *warning (new memory) is what stderr got meanwhile. */
static int check(void **state, const char *path, const char *description, size_t samples, char **warning) {
  char log[PATH_BYTES];
  int found = -1, kept = capture_stream(stderr, in_folder(state, "log", log));
  oss_status status = oss_cache_check(path, description, POINTS, samples, ELEMENTS, &found);
  *warning = release_stream(stderr, kept, log);
  unlink(log);
  ASSERT_OK(status);
  return found;
}

static void keeps_and_gives_back(void **state) {
  char *path = oss_cache_path(*state, about), *other = oss_cache_path(*state, "something else"), *warning;
  assert_string_not_equal(path, other);
  assert_int_equal(strlen(path), strlen(*state) + 1 + 32 + 3);
  assert_false(check(state, path, about, SAMPLES, &warning));
  assert_string_equal(warning, ""); /* nothing there is nothing to warn of */
  free(warning);
  make(path);
  assert_true(check(state, path, about, SAMPLES, &warning));
  assert_string_equal(warning, "");
  free(warning);
  for (size_t p = 0; p < POINTS; p++) {
    float out[4 * ELEMENTS];
    ASSERT_OK(oss_cache_read(path, p, 2, 4, ELEMENTS, out));
    for (size_t i = 0; i < 4 * ELEMENTS; i++) assert_true(out[i] == state_of(p, 2 + i / ELEMENTS, i % ELEMENTS));
  }
  float out[SAMPLES * ELEMENTS];
  ASSERT_FAILS(OSS_ERR_INPUT, "lacks samples 5 to 7 of point 0", oss_cache_read(path, 0, 5, 3, ELEMENTS, out));
  ASSERT_FAILS(OSS_ERR_INPUT, "of point 5 with", oss_cache_read(path, POINTS, 0, 1, ELEMENTS, out));
  ASSERT_FAILS(OSS_ERR_INPUT, "with 4 elements", oss_cache_read(path, 0, 0, 1, 4, out));
  ASSERT_FAILS(OSS_ERR_INPUT, "No such file", oss_cache_read(other, 0, 0, 1, ELEMENTS, out));
  free(path);
  free(other);
}

static void ignores_the_damaged_and_foreign(void **state) {
  char path[PATH_BYTES], *warning;
  size_t bytes, data_at = 0;
  in_folder(state, "a.h5", path);
  make(path);
  assert_false(check(state, path, "another text", SAMPLES, &warning));
  assert_non_null(strstr(warning, "a.h5: made for something else (its description differs); this trajectory is computed again"));
  free(warning);
  assert_false(check(state, path, about, SAMPLES + 1, &warning));
  assert_non_null(strstr(warning, "'samples' is not 8"));
  free(warning);
  unsigned char *data = read_file(path, &bytes);
  float first[ELEMENTS] = {state_of(0, 0, 0), state_of(0, 0, 1), state_of(0, 0, 2)};
  while (data_at + sizeof first <= bytes && memcmp(data + data_at, first, sizeof first) != 0) data_at++;
  assert_true(data_at + sizeof first <= bytes);
  for (size_t i = 0; i < sizeof(float) * POINTS * SAMPLES * ELEMENTS; i += 5) { /* one bit anywhere in the data */
    data[data_at + i] ^= (unsigned char)(1u << i % 8);
    write_file(path, data, bytes);
    assert_false(check(state, path, about, SAMPLES, &warning));
    assert_non_null(strstr(warning, "damaged (the checksum of point"));
    free(warning);
    data[data_at + i] ^= (unsigned char)(1u << i % 8);
  }
  for (size_t i = 0; i < bytes; i += 7) { /* elsewhere: found whole, or not found; never an error, never other numbers */
    data[i] ^= 0x10;
    write_file(path, data, bytes);
    if (check(state, path, about, SAMPLES, &warning)) {
      float out[ELEMENTS];
      ASSERT_OK(oss_cache_read(path, 3, 6, 1, ELEMENTS, out));
      assert_true(out[2] == state_of(3, 6, 2));
    }
    free(warning);
    data[i] ^= 0x10;
  }
  for (size_t cut = 0; cut < bytes; cut += 97) {
    write_file(path, data, cut);
    assert_false(check(state, path, about, SAMPLES, &warning));
    assert_non_null(strstr(warning, "HDF5 file"));
    free(warning);
  }
  write_file(path, data, bytes);
  assert_true(check(state, path, about, SAMPLES, &warning));
  free(warning);
  free(data);
}

static void demands_order_and_all_samples(void **state) {
  char path[PATH_BYTES];
  oss_cache_writer *w;
  float block[SAMPLES * ELEMENTS] = {0};
  in_folder(state, "a.h5", path);
  ASSERT_OK(oss_cache_begin(path, about, POINTS, SAMPLES, ELEMENTS, &w));
  ASSERT_FAILS(OSS_ERR_INTERNAL, "out of order", oss_cache_add(w, 1, 0, 3, block));
  ASSERT_FAILS(OSS_ERR_INTERNAL, "out of order", oss_cache_add(w, 0, 1, 3, block));
  ASSERT_FAILS(OSS_ERR_INTERNAL, "out of order", oss_cache_add(w, 0, 0, SAMPLES + 1, block));
  ASSERT_OK(oss_cache_add(w, 0, 0, 3, block));
  ASSERT_FAILS(OSS_ERR_INTERNAL, "out of order", oss_cache_add(w, 1, 0, 4, block));
  ASSERT_FAILS(OSS_ERR_INTERNAL, "0 of 7 samples were added", oss_cache_finish(w));
  assert_int_equal(count_files(*state), 0);
  ASSERT_OK(oss_cache_begin(path, about, POINTS, SAMPLES, ELEMENTS, &w));
  oss_cache_abort(w);
  oss_cache_abort(NULL);
  assert_int_equal(count_files(*state), 0);
  ASSERT_FAILS(OSS_ERR_MEMORY, "too large", oss_cache_begin(path, about, SIZE_MAX / 2, SAMPLES, ELEMENTS, &w));
  ASSERT_FAILS(OSS_ERR_INTERNAL, "empty", oss_cache_begin(path, about, 0, SAMPLES, ELEMENTS, &w));
}

static void writers_do_not_meet(void **state) {
  char path[PATH_BYTES], *warning;
  pid_t children[4];
  in_folder(state, "folder/a.h5", path);
  for (int c = 0; c < 4; c++) {
    children[c] = fork();
    if (children[c] != 0) continue;
    oss_status status = OSS_OK;
    for (int i = 0; i < 10 && status == OSS_OK; i++) {
      oss_cache_writer *w;
      status = oss_cache_begin(path, about, POINTS, SAMPLES, ELEMENTS, &w);
      if (status == OSS_OK) status = fill(w);
      if (status == OSS_OK) status = oss_cache_finish(w);
    }
    _exit(status == OSS_OK ? 0 : 1);
  }
  for (int c = 0; c < 4; c++) {
    int code;
    assert_int_equal(waitpid(children[c], &code, 0), children[c]);
    assert_int_equal(code, 0);
  }
  assert_true(check(state, path, about, SAMPLES, &warning));
  free(warning);
  /* Two in one process too. */
  oss_cache_writer *a, *b;
  ASSERT_OK(oss_cache_begin(path, about, POINTS, SAMPLES, ELEMENTS, &a));
  ASSERT_OK(oss_cache_begin(path, about, POINTS, SAMPLES, ELEMENTS, &b));
  ASSERT_OK(fill(a));
  ASSERT_OK(fill(b));
  ASSERT_OK(oss_cache_finish(b));
  ASSERT_OK(oss_cache_finish(a));
  assert_int_equal(count_files(in_folder(state, "folder", path)), 1);
}

static oss_found make_found(size_t rows, int with_tables) {
  enum { STEPS = 2, N = 4 };
  oss_found f = {.nfe = 1234567890123, .seconds = 0.1};
  ASSERT_OK(oss_schedule_create(rows, STEPS, &f.schedule));
  for (size_t i = 0; i < rows * (STEPS + 1); i++) {
    f.schedule.index[i] = (int32_t)(i % 3) - 1;
    f.schedule.t[i] = 1.0 / (double)(i + 1);
  }
  for (size_t i = 0; i < rows; i++) {
    f.schedule.used[i] = STEPS;
    f.schedule.start[i] = 0.5 + (double)i;
  }
  if (!with_tables) return f;
  f.tables = (oss_tables){.rows = rows, .steps = STEPS, .n = N};
  size_t count = rows * STEPS * (N + 1);
  f.tables.cost = malloc(count * sizeof(double));
  f.tables.from = malloc(count * sizeof(int32_t));
  f.per_sample = (oss_array){.type = OSS_I32, .rank = 2, .dims = {3, STEPS + 1}, .data = calloc(3 * (STEPS + 1), 4)};
  f.pair_cost = (oss_array){.type = OSS_F64, .rank = 2, .dims = {N + 1, N + 1}, .data = calloc((N + 1) * (N + 1), 8)};
  assert_true(f.tables.cost && f.tables.from && f.per_sample.data && f.pair_cost.data);
  for (size_t i = 0; i < (N + 1) * (N + 1); i++) ((double *)f.pair_cost.data)[i] = 0.1 * (double)i - 1.0;
  f.claim = (oss_claim){.priced = 1, .bounded = 1, .cost = 0.3, .bound = 0.0, .complete = 0};
  for (size_t i = 0; i < count; i++) {
    f.tables.cost[i] = i % 3 == 0 ? INFINITY : i % 3 == 1 ? 0.0 : 1.5;
    f.tables.from[i] = i % 3 == 0 ? -1 : (int32_t)i;
  }
  return f;
}

/* One bit anywhere in the file, and it counts as absent, with a warning. */
static void damage_is_seen(void **state, const char *output, const char *file) {
  char log[PATH_BYTES];
  size_t bytes;
  unsigned char *data = read_file(file, &bytes);
  for (size_t i = 0; i < bytes; i += bytes / 50) {
    oss_found back;
    int there = 1;
    data[i] ^= 0x20;
    write_file(file, data, bytes);
    data[i] ^= 0x20;
    int kept = capture_stream(stderr, in_folder(state, "log", log));
    oss_status status = oss_found_read(output, "key", &back, &there);
    char *warning = release_stream(stderr, kept, log);
    ASSERT_OK(status);
    assert_false(there || back.schedule.t);
    assert_non_null(strstr(warning, "damaged; its search is made again"));
    free(warning);
  }
  free(data);
}

static void keeps_what_a_search_found(void **state) {
  char path[PATH_BYTES], file[PATH_BYTES];
  in_folder(state, "out.h5", path);
  in_folder(state, "out.h5.partial/found-key.h5", file);
  for (int with_tables = 0; with_tables < 2; with_tables++) {
    oss_found f = make_found(2, with_tables), back;
    int there = 1;
    ASSERT_OK(oss_found_read(path, "key", &back, &there));
    assert_false(there);
    ASSERT_OK(oss_found_write(path, "key", &f));
    ASSERT_OK(oss_found_read(path, "key", &back, &there));
    assert_true(there && back.nfe == f.nfe && back.seconds == f.seconds && back.schedule.rows == 2 && back.schedule.steps == 2);
    assert_true(back.claim.priced == f.claim.priced && back.claim.bounded == f.claim.bounded && back.claim.complete == f.claim.complete);
    assert_true(!f.claim.priced || (back.claim.cost == f.claim.cost && back.claim.bound == f.claim.bound));
    assert_memory_equal(back.schedule.index, f.schedule.index, 6 * sizeof(int32_t));
    assert_memory_equal(back.schedule.t, f.schedule.t, 6 * sizeof(double));
    assert_memory_equal(back.schedule.used, f.schedule.used, 2 * sizeof(int32_t));
    assert_memory_equal(back.schedule.start, f.schedule.start, 2 * sizeof(double));
    assert_true(back.tables.rows == f.tables.rows && back.tables.steps == f.tables.steps && back.tables.n == f.tables.n);
    if (with_tables) {
      assert_memory_equal(back.tables.cost, f.tables.cost, 20 * sizeof(double)); /* infinities too */
      assert_memory_equal(back.tables.from, f.tables.from, 20 * sizeof(int32_t));
      assert_true(back.per_sample.rank == 2 && back.per_sample.dims[0] == 3 && back.per_sample.dims[1] == 3);
      assert_true(back.pair_cost.rank == 2 && back.pair_cost.dims[0] == 5 && back.pair_cost.dims[1] == 5);
      assert_memory_equal(back.pair_cost.data, f.pair_cost.data, 25 * sizeof(double)); /* negative ones too */
    }
    oss_found_free(&back);
    damage_is_seen(state, path, file);
    oss_found_free(&f);
    oss_found_remove(path, "key");
    oss_found_remove(path, "key"); /* nothing there */
    assert_int_equal(access(file, F_OK), -1);
  }
}

int main(void) {
  oss_io_init();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(keeps_and_gives_back, folder_setup, folder_teardown),
      cmocka_unit_test_setup_teardown(ignores_the_damaged_and_foreign, folder_setup, folder_teardown),
      cmocka_unit_test_setup_teardown(demands_order_and_all_samples, folder_setup, folder_teardown),
      cmocka_unit_test_setup_teardown(writers_do_not_meet, folder_setup, folder_teardown),
      cmocka_unit_test_setup_teardown(keeps_what_a_search_found, folder_setup, folder_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Histories of multistep solvers, in sampling and in the search: two solvers of this test alone (variable-step Adams-Bashforth in v with
 * two and three terms) against double arithmetic on the golden mixture of six elements. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/io/reader.h"
#include "host/pipeline/sample.h"
#include "host/solvers/solver.h"
#include "host/sweep/context.h"
#include "tests/property/multistep.h"
#include "tests/support/check.h"

/* ---- the solvers ---- */

/* x + w_0 (x - D) / t + w_1 h_1 + ... */
static void ab_row(const oss_member *member, const oss_step *step, oss_row *out) {
  double weight[MOST];
  (void)member;
  ab_weights(step->known, step->t, step->next, weight);
  out->a = 1.0 + weight[0] / step->t[0];
  out->b[0] = -weight[0] / step->t[0];
  for (int m = 1; m < step->known; m++) out->b[m] = weight[m];
}

static int two(const oss_member *member) {
  (void)member;
  return 2;
}

static int three(const oss_member *member) {
  (void)member;
  return 3;
}

static oss_history of_v(const oss_member *member) {
  (void)member;
  return OSS_HISTORY_V;
}

static const oss_solver_desc ab2 = {
    .base = {.name = "ab2", .summary = "test", .source = "test"}, .terms = two, .history = of_v, .row = ab_row, .order = two};
static const oss_solver_desc ab3 = {
    .base = {.name = "ab3", .summary = "test", .source = "test"}, .terms = three, .history = of_v, .row = ab_row, .order = three};
static const oss_member members[] = {{.desc = &ab2.base, .yaml = (char *)"ab2"}, {.desc = &ab3.base, .yaml = (char *)"ab3"}};

/* ---- the problem, through the host's own stages ---- */

typedef struct fixture {
  oss_config config;
  oss_backend *be;
  oss_context context;
  world world; /* for the double arithmetic */
} fixture;

static fixture f;
static const int64_t budgets[] = {STEPS};

static void write_config(const char *path, const char *grid, int batch) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fprintf(file,
          "denoiser: {kind: gmm, file: %s/oss_search_1d.h5}\nnoise: {file: %s/oss_search_1d.h5, dataset: noise}\n"
          "samples: {search: %d, evaluate: same, batch: %d}\n"
          "teacher: {cache: none, grid: {kind: file, file: %s/oss_search_1d.h5, dataset: %s/t, as: t}}\n"
          "student: {steps: %d, schedule: {kind: oss, samples: per_sample}}\n",
          OSS_GOLDEN_DIR, OSS_GOLDEN_DIR, S, batch, OSS_GOLDEN_DIR, grid, STEPS);
  assert_int_equal(fclose(file), 0);
}

static void load_mixture(const char *path) {
  oss_array means, scales, weights;
  double total = 0.0;
  check_ok(oss_io_read(path, "gmm/means", OSS_F32, 2, 2, &means)); /* what the program keeps */
  check_ok(oss_io_read(path, "gmm/scales", OSS_F64, 1, 1, &scales));
  check_ok(oss_io_read(path, "gmm/weights", OSS_F64, 1, 1, &weights));
  assert_true(means.dims[0] == K && means.dims[1] == D);
  for (int k = 0; k < K; k++) total += ((double *)weights.data)[k];
  for (int k = 0; k < K; k++) {
    for (int e = 0; e < D; e++) f.world.means[k][e] = ((float *)means.data)[k * D + e];
    f.world.scales[k] = ((double *)scales.data)[k];
    f.world.log_weights[k] = log(((double *)weights.data)[k] / total);
  }
  oss_array_free(&means);
  oss_array_free(&scales);
  oss_array_free(&weights);
}

/* Downloads what the program has, so that only the steps are compared: start states and the teacher's trajectory. */
static void load_states(void) {
  static float host[SIDE * S * D];
  const oss_problem *p = &f.context.problem;
  double times[S];
  oss_buffer x = {0};
  for (int s = 0; s < S; s++) times[s] = p->grid.t[N];
  check_ok(oss_buffer_create(f.be, "start", S * D, sizeof(float), &x));
  check_ok(oss_problem_start(p, 0, S, times, x.data));
  check_ok(oss_buffer_download(&x, 0, S * D * sizeof(float), host));
  oss_buffer_destroy(&x);
  for (int i = 0; i < S * D; i++) f.world.start[i / D][i % D] = host[i];
  for (size_t first = 0; first < S; first += p->batch) {
    size_t count = S - first < p->batch ? S - first : p->batch;
    const float *states;
    check_ok(oss_teacher_states(f.context.search_teacher, first, count, &states));
    check_ok(f.be->ops->download(f.be, SIDE * count * D * sizeof(float), states, host));
    for (size_t i = 0; i < SIDE * count * D; i++) f.world.teacher[i / (count * D)][first + i / D % count][i % D] = host[i];
  }
}

static void open_fixture(const char *grid, int batch) {
  char folder[] = "/tmp/ossbench-multistep-XXXXXX", path[64];
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/config.yaml", folder);
  write_config(path, grid, batch);
  check_ok(oss_config_load(path, NULL, 0, &f.config));
  remove(path);
  rmdir(folder);
  check_ok(oss_backend_create("cpu", 2, &f.be));
  check_ok(oss_context_create(&f.config, f.be, NULL, &f.context));
  oss_cell cell = oss_config_cell(&f.config, 0);
  check_ok(oss_context_move(&f.context, &cell));
  check_ok(oss_context_teach(&f.context));
  assert_int_equal(f.context.problem.grid.n, N);
  assert_int_equal(f.context.problem.elements, D);
  f.world.t = f.context.problem.grid.t;
  load_mixture(OSS_GOLDEN_DIR "/oss_search_1d.h5");
  load_states();
}

static void close_fixture(void) {
  oss_context_destroy(&f.context);
  oss_backend_destroy(f.be);
  oss_config_free(&f.config);
}

/* ---- comparisons ---- */

/* Means of |difference|^p whose differences are off by noise. */
static int costs_agree(double got, double want, double noise, double p) {
  return got == want || fabs(got - want) <= 1e-4 * want + pow(pow(want, 1 / p) + noise, p) - want;
}

/* The end states of all samples along schedules of the program's own making. */
static void walk_program(const oss_member *solver, const oss_schedule *schedule, double end[S][D]) {
  const oss_problem *p = &f.context.problem;
  oss_buffer x = {0}, labels = {0};
  float host[S * D];
  double start[S];
  oss_walk walk = {.solver = solver, .rows = schedule->rows, .steps = schedule->steps, .t = schedule->t, .used = schedule->used};
  for (int s = 0; s < S; s++) start[s] = schedule->start[schedule->rows == 1 ? 0 : s];
  check_ok(oss_buffer_create(f.be, "x", S * D, sizeof(float), &x));
  check_ok(oss_problem_labels(p, 0, S, 1, &labels));
  check_ok(oss_problem_start(p, 0, S, start, x.data));
  check_ok(oss_sample(p, &walk, S, labels.data, x.data, NULL, 0, NULL));
  check_ok(oss_buffer_download(&x, 0, sizeof host, host));
  for (int i = 0; i < S * D; i++) end[i / D][i % D] = host[i];
  oss_buffer_destroy(&x);
  oss_buffer_destroy(&labels);
}

static void check_walk(const oss_member *solver, size_t rows, size_t steps, const int32_t *index) {
  oss_schedule schedule;
  double got[S][D], want[D];
  check_ok(oss_schedule_from_indices(&f.context.problem.grid, rows, steps, index, &schedule));
  walk_program(solver, &schedule, got);
  for (size_t s = 0; s < S; s++) {
    double noise = walk_double(&f.world, oss_solver_terms(solver), (int)s, steps, index + (rows == 1 ? 0 : s) * (steps + 1), want);
    check_close(solver->yaml, D, got[s], want, 1e-6, noise);
  }
  oss_schedule_free(&schedule);
}

/* Every budget's schedule, resampled, has the cost that the table claims. */
static void check_claims(const oss_member *solver, const oss_dp_options *o, const oss_tables *tables) {
  for (size_t m = 1; m <= STEPS; m++) {
    int32_t index[S * (STEPS + 1)];
    oss_schedule schedule;
    double end[S][D], error[S], mean = 0.0;
    for (size_t r = 0; r < tables->rows; r++) check_ok(oss_dp_backtrack(tables, r, m, index + r * (m + 1), NULL));
    check_ok(oss_schedule_from_indices(&f.context.problem.grid, tables->rows, m, index, &schedule));
    walk_program(solver, &schedule, end);
    for (int s = 0; s < S; s++) {
      error[s] = error_of(end[s], f.world.teacher[0][s], o);
      mean += (o->log ? log(fmax(error[s], DBL_MIN)) : error[s]) / S;
    }
    if (o->joint) error[0] = o->log ? exp(mean) : mean;
    for (size_t r = 0; r < tables->rows; r++) {
      double claimed = tables->cost[(r * STEPS + m - 1) * SIDE];
      if (fabs(claimed - error[r]) > 1e-4 * error[r] + 1e-10)
        fail_msg("%s row %zu, %zu steps: %g is claimed, resampling gives %g", solver->yaml, r, m, claimed, error[r]);
    }
    oss_schedule_free(&schedule);
  }
}

static void check_tables(const oss_member *solver, const oss_dp_options *o, const oss_tables *tables) {
  double cost[STEPS * SIDE], noise[STEPS * SIDE];
  int32_t from[STEPS * SIDE];
  for (size_t r = 0; r < tables->rows; r++) {
    search_double(&f.world, oss_solver_terms(solver), o, (int)r, o->joint ? S : 1, cost, from, noise);
    for (size_t i = 0; i < STEPS * SIDE; i++) {
      double got = tables->cost[r * STEPS * SIDE + i];
      int32_t choice = tables->from[r * STEPS * SIDE + i];
      if (!costs_agree(got, cost[i], noise[i], o->cost.p) || (choice != from[i] && cost[i] > 1e-10))
        fail_msg("%s table %zu, row %zu, index %zu: %g from %d instead of %g from %d", solver->yaml, r, i / SIDE, i % SIDE, got, choice,
                 cost[i], from[i]);
    }
  }
}

static void check_search(const oss_dp_options *o) {
  for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
    oss_search_input input = oss_context_search_input(&f.context, budgets, 1);
    oss_tables tables;
    double seconds[STEPS];
    input.solver = &members[i];
    check_ok(oss_dp_run(&input, o, STEPS, &tables, seconds));
    assert_int_equal(tables.rows, o->joint ? 1 : S);
    check_tables(&members[i], o, &tables);
    check_claims(&members[i], o, &tables);
    oss_tables_free(&tables);
  }
}

/* ---- tests ---- */

static const char *const grids[] = {"fm_shift3_N16", "edm_rho7_N16", "ddim_linear_N16"};

static void test_sampling(void **unused) {
  static const int32_t one[] = {16, 12, 9, 5, 2, 0};
  static const int32_t each[S][STEPS + 1] = {{16, 15, 11, 4, 1, 0}, {13, 13, 13, 8, 3, 0}, {10, 10, 10, 10, 10, 0}, {16, 16, 12, 7, 6, 0}};
  (void)unused;
  for (size_t g = 0; g < sizeof grids / sizeof grids[0]; g++) {
    open_fixture(grids[g], S);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
      check_walk(&members[i], 1, STEPS, one);
      check_walk(&members[i], S, STEPS, &each[0][0]);
    }
    close_fixture();
  }
}

static void search_all(int joint, int log_mean) {
  static const int batches[] = {S, 3, 1};
  for (size_t g = 0; g < sizeof grids / sizeof grids[0]; g++)
    for (size_t b = 0; b < sizeof batches / sizeof batches[0]; b++) {
      open_fixture(grids[g], batches[b]);
      for (int pinned = 0; pinned < 2; pinned++) {
        check_search(&(oss_dp_options){
            .variant = OSS_VARIANT_PAPER, .pinned = pinned, .joint = joint, .log = log_mean, .threads = 1, .cost = {.p = 2.0, .count = D}});
        check_search(&(oss_dp_options){
            .variant = OSS_VARIANT_CARRY, .pinned = pinned, .joint = joint, .log = log_mean, .threads = 1, .cost = {.p = 2.0, .count = D}});
      }
      close_fixture();
    }
}

static void test_per_sample(void **unused) {
  (void)unused;
  search_all(0, 0);
}

static void test_joint(void **unused) {
  (void)unused;
  search_all(1, 0);
}

static void test_joint_log(void **unused) {
  (void)unused;
  search_all(1, 1);
}

/* A cost over some elements selects them from the histories too. */
static void test_columns(void **unused) {
  static int32_t columns[] = {5, 0, 2};
  (void)unused;
  open_fixture(grids[0], 3);
  for (int joint = 0; joint < 2; joint++)
    check_search(
        &(oss_dp_options){.variant = OSS_VARIANT_CARRY, .joint = joint, .threads = 1, .cost = {.p = 1.5, .columns = columns, .count = 3}});
  close_fixture();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_sampling),  cmocka_unit_test(test_per_sample), cmocka_unit_test(test_joint),
      cmocka_unit_test(test_joint_log), cmocka_unit_test(test_columns),
  };
  oss_io_init();
  return cmocka_run_group_tests(tests, NULL, NULL);
}

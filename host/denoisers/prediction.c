// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/denoisers/prediction.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/log.h"
#include "host/core/text.h"

static const double pi = 3.14159265358979323846;

oss_status oss_option_real(const oss_member *member, const oss_arguments *arguments, const char *name, double fallback, double *out) {
  const oss_value *value = oss_member_value(member, name);
  *out = fallback;
  if (!value->given) return oss_arguments_real(arguments, name, DBL_MIN, DBL_MAX, out);
  *out = value->real;
  return OSS_OK;
}

oss_status oss_option_word(const oss_member *member, const oss_arguments *arguments, const char *name, const char *fallback,
                           const char **out) {
  *out = fallback;
  if (!oss_member_value(member, name)->given) return oss_arguments_text(arguments, name, out);
  *out = oss_member_text(member, name);
  return OSS_OK;
}

static oss_status train_steps(const oss_member *member, const oss_arguments *arguments, int64_t *out) {
  const oss_value *value = oss_member_value(member, "train_steps");
  *out = 1000;
  if (!value->given) return oss_arguments_int(arguments, "train_steps", 2, 1000000, out);
  *out = value->integer;
  return OSS_OK;
}

/* The betas of a schedule of the usual names, by the formula of each. */
typedef struct schedule {
  double start, end;
  size_t steps;
} schedule;

static double beta_linear(const schedule *s, size_t i) {
  return s->start + (s->end - s->start) * (double)i / (double)(s->steps - 1);
}

static double beta_scaled_linear(const schedule *s, size_t i) {
  double a = sqrt(s->start), b = sqrt(s->end), root = a + (b - a) * (double)i / (double)(s->steps - 1);
  return root * root;
}

static double alpha_bar_cosine(double t) {
  double c = cos((t + 0.008) / 1.008 * pi / 2.0);
  return c * c;
}

static double beta_cosine(const schedule *s, size_t i) {
  double n = (double)s->steps, beta = 1.0 - alpha_bar_cosine((double)(i + 1) / n) / alpha_bar_cosine((double)i / n);
  return beta < 0.999 ? beta : 0.999;
}

typedef struct schedule_kind {
  const char *name;
  double start, end; /* defaults; 0: it has none */
  double (*beta)(const schedule *, size_t);
} schedule_kind;

static const schedule_kind schedules[] = {
    {"linear", 1e-4, 0.02, beta_linear}, {"cosine", 0.0, 0.0, beta_cosine}, {"scaled_linear", 8.5e-4, 0.012, beta_scaled_linear}};

/* log sigma_i with sigma_i^2 = 1 / prod (1 - beta) - 1 over the first i + 1, the product kept as a sum of logarithms. */
static oss_status fill_table(const oss_member *member, const schedule_kind *kind, const schedule *s, double *table) {
  double log_alpha = 0.0;
  for (size_t i = 0; i < s->steps; i++) {
    double beta = kind->beta(s, i);
    if (!(beta > 0.0) || !(beta < 1.0)) return oss_member_fail(member, "betas: number %zu is %g: each lies between 0 and 1", i, beta);
    log_alpha += log1p(-beta);
    table[i] = 0.5 * log(expm1(-log_alpha));
    if (!isfinite(table[i])) return oss_member_fail(member, "betas: sigma of time %zu is beyond double", i);
  }
  return OSS_OK;
}

static oss_status read_table(const oss_member *member, const oss_arguments *arguments, const char *betas, oss_precondition *how,
                             double **log_sigma) {
  const schedule_kind *kind = NULL;
  schedule s = {0};
  int64_t steps;
  OSS_TRY(oss_option_word(member, arguments, "betas", betas, &betas));
  for (size_t i = 0; i < sizeof schedules / sizeof schedules[0]; i++)
    if (strcmp(schedules[i].name, betas) == 0) kind = &schedules[i];
  if (kind == NULL) return oss_member_fail(member, "betas '%s' in the file: linear, cosine or scaled_linear", betas);
  if (kind->beta == beta_cosine && (oss_member_value(member, "beta_start")->given || oss_member_value(member, "beta_end")->given))
    return oss_member_fail(member, "beta_start and beta_end mean nothing to betas cosine");
  OSS_TRY(train_steps(member, arguments, &steps));
  OSS_TRY(oss_option_real(member, arguments, "beta_start", kind->start, &s.start));
  OSS_TRY(oss_option_real(member, arguments, "beta_end", kind->end, &s.end));
  s.steps = (size_t)steps;
  double *table = malloc(s.steps * sizeof *table);
  if (table == NULL) return oss_fail(OSS_ERR_MEMORY, "betas");
  oss_status status = fill_table(member, kind, &s, table);
  if (status != OSS_OK) {
    free(table);
    return status;
  }
  how->entries = s.steps;
  how->nearest = oss_member_is(member, "timestep", "nearest");
  how->sigma_max = exp(table[s.steps - 1]);
  *log_sigma = table;
  return OSS_OK;
}

static oss_status read_vp(const oss_member *member, const oss_arguments *arguments, oss_precondition *how) {
  int64_t steps;
  OSS_TRY(train_steps(member, arguments, &steps));
  OSS_TRY(oss_option_real(member, arguments, "beta_d", 19.9, &how->beta_d));
  OSS_TRY(oss_option_real(member, arguments, "beta_min", 0.1, &how->beta_min));
  how->last_time = (double)(steps - 1);
  how->sigma_max = sqrt(expm1(how->beta_d / 2.0 + how->beta_min));
  return OSS_OK;
}

/* Options that belong to some predictions only: a bit each. */
#define BIT(prediction) (1u << OSS_PREDICT_##prediction)
static const struct {
  const char *name;
  unsigned of;
} own_options[] = {{"sigma_data", BIT(EDM)}, {"sigma_max", BIT(EDM) | BIT(VP) | BIT(VE) | BIT(EPS)},
                   {"beta_d", BIT(VP)},      {"beta_min", BIT(VP)},
                   {"betas", BIT(EPS)},      {"beta_start", BIT(EPS)},
                   {"beta_end", BIT(EPS)},   {"train_steps", BIT(VP) | BIT(EPS)},
                   {"time_scale", BIT(V)}};
enum { OWN_OPTIONS = sizeof own_options / sizeof own_options[0] };

/* What was written has to have an effect. A file's metadata may say more than is asked for. */
static oss_status check_options(const oss_member *member, oss_prediction prediction, const char *word) {
  oss_text taken = {0};
  const char *idle = oss_member_is(member, "timestep", "nearest") && prediction != OSS_PREDICT_EPS ? "timestep" : NULL;
  for (size_t i = 0; i < OWN_OPTIONS; i++) {
    int belongs = (own_options[i].of >> prediction & 1u) != 0;
    if (belongs) oss_text_add(&taken, "%s%s", taken.length > 0 ? ", " : "", own_options[i].name);
    if (!belongs && oss_member_value(member, own_options[i].name)->given) idle = own_options[i].name;
  }
  oss_status status = OSS_OK;
  if (idle != NULL)
    status = oss_member_fail(member, "%s means nothing to precondition %s, which takes %s", idle, word, taken.chars ? taken.chars : "");
  oss_text_free(&taken);
  return status;
}

/* Another way to read a network than its file states is allowed, files may be wrong, but it is seldom what was meant. */
static oss_status compare_with_file(const oss_arguments *arguments, const char *precondition) {
  const char *stated = precondition;
  OSS_TRY(oss_arguments_text(arguments, "precondition", &stated));
  if (strcmp(stated, precondition) != 0)
    oss_log_warning("precondition: %s is asked of a network whose own metadata say %s", precondition, stated);
  return OSS_OK;
}

oss_status oss_prediction_read(const oss_member *member, const oss_arguments *arguments, const char *precondition, const char *betas,
                               oss_precondition *how, double **log_sigma) {
  static const char *const words[] = {
      [OSS_PREDICT_EDM] = "edm", [OSS_PREDICT_VP] = "vp", [OSS_PREDICT_VE] = "ve", [OSS_PREDICT_EPS] = "eps", [OSS_PREDICT_V] = "v"};
  const size_t count = sizeof words / sizeof words[0];
  size_t i = 0;
  oss_status status;
  *how = (oss_precondition){0};
  *log_sigma = NULL;
  OSS_TRY(oss_option_word(member, arguments, "precondition", precondition, &precondition));
  while (i < count && strcmp(words[i], precondition) != 0) i++;
  if (i == count) return oss_member_fail(member, "precondition '%s' in the file: edm, vp, ve, eps or v", precondition);
  OSS_TRY(compare_with_file(arguments, words[i]));
  how->prediction = (oss_prediction)i;
  OSS_TRY(check_options(member, how->prediction, words[i]));
  how->sigma_max = how->prediction == OSS_PREDICT_VE ? 100.0 : 80.0;
  OSS_TRY(oss_option_real(member, arguments, "sigma_data", 0.5, &how->sigma_data));
  OSS_TRY(oss_option_real(member, arguments, "time_scale", 1.0, &how->time_scale));
  if (how->prediction == OSS_PREDICT_VP) OSS_TRY(read_vp(member, arguments, how));
  if (how->prediction == OSS_PREDICT_EPS) OSS_TRY(read_table(member, arguments, betas, how, log_sigma));
  OSS_TRY_TO(failed, oss_option_real(member, arguments, "sigma_max", how->sigma_max, &how->sigma_max));
  if (isfinite(how->sigma_max)) return OSS_OK;
  status = oss_member_fail(member, "beta_d %g, beta_min %g: sigma at their end is beyond double; sigma_max may stand for it", how->beta_d,
                           how->beta_min);
failed:
  free(*log_sigma);
  *log_sigma = NULL;
  return status;
}

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* One experiment: what the config file says, with every sweep axis as a list, and the cells that are their product. */
#ifndef OSS_CORE_CONFIG_H
#define OSS_CORE_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#include "host/core/member.h"

typedef struct oss_members {
  oss_member **at;
  size_t count;
} oss_members;

typedef struct oss_numbers {
  int64_t *at;
  size_t count;
} oss_numbers;

enum { OSS_SAME = -1 /* samples.evaluate: same */, OSS_FROM_FILE = 0 /* teacher.steps left out */ };

typedef enum oss_save { OSS_SAVE_TABLES = 1, OSS_SAVE_SAMPLES = 2, OSS_SAVE_TRAJECTORY = 4 } oss_save;

typedef struct oss_config {
  char *path;       /* the file */
  char *directory;  /* its folder */
  char *name;       /* default: the file's name without its ending */
  char *noise_file; /* NULL: drawn noise; else resolved path */
  char *noise_dataset;
  int64_t reference; /* teacher.reference: steps of the teacher that metrics compare with; 0: each cell's own */
  char *cache;       /* teacher.cache: "auto", "none" or a folder (resolved) */
  char *output; /* output.file, resolved: beside the config if that folder exists, else below the current one; default results/NAME.h5 */
  unsigned save;
  int64_t batch; /* samples.batch: at most this many samples at a time; 0: chosen from memory */
  oss_members metrics;
  char *report;        /* the layout of the report's first table, checked, as one line of YAML; NULL: left out. No cell depends on it */
  double quantiles[2]; /* student.quantiles: ascending, within (0, 1) */

  /* The axes, in the order of the product, last fastest (steps of one search lie together). */
  oss_numbers seeds;
  oss_members denoisers;
  oss_members initials; /* t | one, as members of host/core/initial.h */
  oss_members teacher_solvers;
  oss_members teacher_grids;
  oss_numbers teacher_steps; /* or one OSS_FROM_FILE: left out beside a grid from a file (oss_config_cell gives 200 for the other grids) */
  oss_numbers samples_search;
  oss_numbers samples_evaluate; /* or OSS_SAME */
  oss_members solvers;
  oss_members schedules;
  oss_members calibrations; /* members of host/core/calibration.h */
  oss_numbers steps;
} oss_config;

/* One point of the sweep; everything borrowed from the config. */
typedef struct oss_cell {
  size_t number; /* 0-based, in file order: /cells/NNNN */
  uint64_t seed;
  const oss_member *denoiser, *initial, *teacher_solver, *teacher_grid, *solver, *schedule, *calibration;
  int64_t teacher_steps; /* OSS_FROM_FILE for a grid that is a list beside formulas, or where teacher.steps is left out */
  int repeats;           /* such a grid at a further value of teacher.steps: the same cell again */
  int64_t samples_search, samples_evaluate;
  int64_t steps;
} oss_cell;

/* Reads and checks a config; assignments are the --set texts in order. */
oss_status oss_config_load(const char *path, const char *const *assignments, size_t assignment_count, oss_config *out);
oss_status oss_config_parse(const oss_document *document, oss_config *out);
void oss_config_free(oss_config *config);

/* Whether any cell calibrates: then the teacher's quantiles are taken, and every cell records its own. */
int oss_config_calibrates(const oss_config *config);

/* The number of cells, and the cell of a number. OSS_ERR_CONFIG when there would be more than 1,000,000. */
oss_status oss_config_cell_count(const oss_config *config, size_t *count);
oss_cell oss_config_cell(const oss_config *config, size_t number);

/* The config with everything resolved and every default written out, as YAML that ossbench reads back to the same cells. Caller frees. */
oss_status oss_config_yaml(const oss_config *config, char **out);

#endif

// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Registries and their members.
 *
 * A registry is a list of const descriptors that each begin with an oss_member_desc. What the config writes as "name" or as
 * {kind: name, option: value, ...} is parsed against the member's option table into an oss_member; the help text, ossbench list,
 * the sweep axes and the HDF5 attributes all come from the same table. */
#ifndef OSS_CORE_MEMBER_H
#define OSS_CORE_MEMBER_H

#include <stddef.h>
#include <stdint.h>

#include "host/core/text.h"
#include "host/core/yaml.h"

typedef enum oss_option_type {
  OSS_OPTION_INT,
  OSS_OPTION_REAL,
  OSS_OPTION_BOOL,
  OSS_OPTION_CHOICE, /* one word of choices */
  OSS_OPTION_TEXT,   /* any text, such as the name of a dataset */
  OSS_OPTION_FILE,   /* a path, resolved against the config's folder, then the current one */
  OSS_OPTION_COUNT,  /* the word "all" (kept as 0) or a whole number >= 1 */
  OSS_OPTION_NESTED  /* a member of its own: {kind: xt, p: 2} */
} oss_option_type;

typedef struct oss_member_desc oss_member_desc;

/* A table of descriptors, for lookups by name and for listings. */
typedef struct oss_registry {
  const char *name;     /* "grids": the folder, and what ossbench list takes */
  const char *singular; /* "grid": for messages */
  const char *summary;
  size_t (*count)(void);
  const oss_member_desc *(*at)(size_t i); /* i < count() */
} oss_registry;

typedef struct oss_option {
  const char *name;
  oss_option_type type;
  const char *fallback; /* default as YAML text; NULL: must be given; "": may be left out (given is 0 then) */
  double min, max;     /* INT, REAL, COUNT: inclusive range; both 0: no limit. NaN is never accepted; infinity only where max is INFINITY */
  const char *choices; /* CHOICE: the words, separated by spaces */
  const oss_registry *nested;     /* NESTED: where its kinds are */
  const oss_registry *nested_too; /* and a second place; may be NULL */
  const char *help;
  int open_min; /* the minimum itself is excluded; with min and max both 0: above 0, no maximum */
} oss_option;

struct oss_member_desc {
  const char *name;
  const char *summary; /* one line, no full stop */
  const char *source;  /* paper and equation, or origin */
  const oss_option *options;
  size_t option_count;
  int own_steps; /* a grid that is a list: it has its own number of steps, teacher.steps is not for it */
};

typedef struct oss_member oss_member;

typedef struct oss_value {
  int given;       /* 0 when left out and without a default */
  int64_t integer; /* INT, COUNT, BOOL */
  double real;     /* REAL, and INT too */
  char *text;      /* CHOICE, TEXT, FILE (as written): owned */
  char *path;      /* FILE: resolved, owned */
  oss_member *nested;
} oss_value;

/* A chosen member with its options, in the order of the descriptor's table. */
struct oss_member {
  const oss_member_desc *desc;
  oss_value *values;
  char *yaml; /* one line of YAML with kind and every option, defaults included: the axis value in results. A member without options is just
                 its name */
  char *file; /* where it was written in the config, for later messages; owned */
  int line;
};

/* Every member that a node stands for: a name, a map, a list of those; inside a map, a list where an option takes one value stands for
 * one member each (the product, last option fastest). key is the dotted path for messages; config_dir the folder of the config (may be
 * "."). registries: NULL-terminated list of where the kind may be. On OSS_OK *out is an array of *count owned members (at least 1). */
oss_status oss_members_parse(const oss_registry *const *registries, const oss_node *node, const char *key, const char *config_dir,
                             oss_member ***out, size_t *count);
void oss_member_free(oss_member *member);
void oss_members_free(oss_member **members, size_t count);

/* The value of an option. name must be in the member's table (a test runs every member's; a name that is not gives an empty value). */
const oss_value *oss_member_value(const oss_member *member, const char *name);
double oss_member_real(const oss_member *member, const char *name);
int64_t oss_member_int(const oss_member *member, const char *name);
const char *oss_member_text(const oss_member *member, const char *name); /* "" when not given */
const char *oss_member_path(const oss_member *member, const char *name); /* "" when not given */
int oss_member_is(const oss_member *member, const char *name, const char *word);

/* Fails with OSS_ERR_CONFIG and a message that starts with where the member was written and its kind. */
oss_status oss_member_fail(const oss_member *member, const char *fmt, ...) OSS_PRINTF(2, 3);

/* The member of a registry called name, or NULL. */
const oss_member_desc *oss_registry_find(const oss_registry *registry, const char *name);

/* Resolves a path as the config does: absolute as it is; dir/path if that exists; else path itself if that exists; else dir/path. New
 * memory. */
char *oss_path_resolve(const char *dir, const char *path);

#endif

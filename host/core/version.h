// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What this build is. */
#ifndef OSS_CORE_VERSION_H
#define OSS_CORE_VERSION_H

const char *oss_version(void);        /* "0.1.0" */
const char *oss_git_commit(void);     /* of the source tree at build time; "unknown" outside a repository */
int oss_git_dirty(void);              /* 1 when that tree had changes */
const char *oss_algorithm_hash(void); /* of the sources that results depend on: what cached teachers and kept cells were made with */
const char *oss_compiler(void);       /* such as "gcc 12.2.0, Release" */
const char *oss_blas_version(void);   /* OpenBLAS's own description */
char *oss_dnnl_version(void);         /* new memory, NULL without */
const char *oss_yaml_version(void);

#endif

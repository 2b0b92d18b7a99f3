// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/core/version.h"

#include <cblas.h>
#include <dnnl.h>
#include <yaml.h>

#include "host/core/text.h"
#include "oss_git.h" /* made at build time by cmake/git_version.cmake */

const char *oss_version(void) {
  return OSS_VERSION;
}

const char *oss_git_commit(void) {
  return OSS_GIT_COMMIT;
}

int oss_git_dirty(void) {
  return OSS_GIT_DIRTY;
}

const char *oss_algorithm_hash(void) {
  return OSS_ALGORITHM_HASH;
}

const char *oss_compiler(void) {
#if defined(__clang__)
  return "clang " __clang_version__ ", " OSS_BUILD_TYPE;
#elif defined(__GNUC__)
  return "gcc " __VERSION__ ", " OSS_BUILD_TYPE;
#else
  return "unknown compiler, " OSS_BUILD_TYPE;
#endif
}

const char *oss_blas_version(void) {
  return openblas_get_config();
}

char *oss_dnnl_version(void) {
  const dnnl_version_t *found = dnnl_version();
  return oss_format("oneDNN %d.%d.%d", found->major, found->minor, found->patch);
}

const char *oss_yaml_version(void) {
  return yaml_get_version_string();
}
